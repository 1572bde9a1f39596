//! How many products each further choice would leave. A group is counted without the choices made in it, because values
//! of one group are alternatives.

use std::collections::HashMap;

use domain::id::{BrandId, CategoryId};
use domain::money::{Currency, Money};
use domain::taxonomy::{Taxonomy, Term, TermId};
use kit::http::money::MoneyBody;
use search_index::{Facet, FacetValue, Group, Page, PriceBucket};
use serde::Serialize;
use utoipa::ToSchema;

use crate::query::STATES;

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FacetsBody {
    /// Categories with products, siblings in their order. A product counts for those above its own too.
    categories: Vec<CategoryFacetBody>,
    /// Brands with products, those with most first.
    brands: Vec<BrandFacetBody>,
    /// The lowest prices in equal steps.
    prices: Vec<PriceFacetBody>,
    /// Options of variants, such as Size, with their values.
    options: Vec<GroupFacetBody>,
    /// Attributes of products, such as Material, with their values.
    attributes: Vec<GroupFacetBody>,
    /// By average rating.
    ratings: Vec<RatingFacetBody>,
    /// How many of the products can be bought now.
    in_stock: usize,
    /// How many of the products were more expensive before.
    on_offer: usize,
    /// By status. Only staff see this.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    statuses: Vec<StatusFacetBody>,
}

/// A category with the number of products that choosing it would leave.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CategoryFacetBody {
    id: String,
    slug: String,
    /// The name of the category.
    name: String,
    /// The category above it. Null at the top.
    parent_id: Option<String>,
    count: usize,
}

/// A brand with the number of products that choosing it would leave.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BrandFacetBody {
    id: String,
    slug: String,
    /// The name of the brand.
    name: String,
    count: usize,
}

/// Prices from `from` up to `to`, without `to` itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PriceFacetBody {
    /// The lowest price of this step.
    from: MoneyBody,
    /// The lowest price of the next step.
    to: MoneyBody,
    count: usize,
}

/// An option or an attribute.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct GroupFacetBody {
    /// The name of the option or attribute.
    name: String,
    /// Its values, those with most products first.
    values: Vec<ValueFacetBody>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ValueFacetBody {
    /// The value, as `options` and `attributes` take it.
    value: String,
    count: usize,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RatingFacetBody {
    /// At least this average rating.
    rating: usize,
    count: usize,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct StatusFacetBody {
    status: &'static str,
    count: usize,
}

/// What facets need beside the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FacetTerms<'a> {
    pub(crate) categories: &'a Taxonomy<CategoryId>,
    pub(crate) brands: &'a Taxonomy<BrandId>,
    pub(crate) currency: Currency,
    pub(crate) for_staff: bool,
}

impl FacetsBody {
    pub(crate) fn of(page: &Page, terms: FacetTerms<'_>) -> Self {
        let money = |amount: u32| MoneyBody::from(Money::new(amount.into(), terms.currency));
        let price = |it: &PriceBucket| PriceFacetBody { from: money(it.from), to: money(it.to), count: it.count };
        let mut facets = Self {
            categories: Vec::new(),
            brands: Vec::new(),
            prices: page.prices.iter().map(price).collect(),
            options: Vec::new(),
            attributes: Vec::new(),
            ratings: (1..=5).rev().map(|rating| RatingFacetBody::of(page, rating)).collect(),
            in_stock: page.in_stock,
            on_offer: page.on_offer,
            statuses: Vec::new(),
        };
        if terms.for_staff {
            let status = |((status, _), &count)| StatusFacetBody { status, count };
            facets.statuses = STATES.into_iter().zip(&page.states).map(status).collect();
        }
        for Facet { group, values } in &page.facets {
            match group {
                Group::Category => facets.categories = terms.category_facets(values),
                Group::Brand => facets.brands = terms.brand_facets(values),
                Group::Option(name) => facets.options.push(GroupFacetBody::of(name, values)),
                Group::Attribute(name) => facets.attributes.push(GroupFacetBody::of(name, values)),
            }
        }
        facets
    }
}

impl FacetTerms<'_> {
    fn shows<I: TermId>(&self, taxonomy: &Taxonomy<I>, id: I) -> bool {
        self.for_staff || taxonomy.is_shown(id)
    }

    fn category_facets(&self, values: &[FacetValue]) -> Vec<CategoryFacetBody> {
        let counts: HashMap<CategoryId, usize> = counts(values).collect();
        let shown = self.categories.sorted().into_iter().filter(|term| self.shows(self.categories, term.id));
        let facet = |term: &Term<CategoryId>| {
            Some(CategoryFacetBody {
                id: term.id.to_string(),
                slug: term.slug.to_string(),
                name: term.name.clone(),
                parent_id: term.parent.map(|id| id.to_string()),
                count: *counts.get(&term.id)?,
            })
        };
        shown.filter_map(facet).collect()
    }

    fn brand_facets(&self, values: &[FacetValue]) -> Vec<BrandFacetBody> {
        let facet = |(id, count): (BrandId, usize)| {
            let term = self.brands.find(id).filter(|_| self.shows(self.brands, id))?;
            Some(BrandFacetBody { id: id.to_string(), slug: term.slug.to_string(), name: term.name.clone(), count })
        };
        counts(values).filter_map(facet).collect()
    }
}

/// The terms that a facet of the index counts.
pub(crate) fn counts<'a, I: TermId>(
    values: impl IntoIterator<Item = &'a FacetValue>,
) -> impl Iterator<Item = (I, usize)> {
    values.into_iter().filter_map(|value| Some((I::parse_id(&value.value)?, value.count)))
}

impl GroupFacetBody {
    fn of(name: &str, values: &[FacetValue]) -> Self {
        let value = |it: &FacetValue| ValueFacetBody { value: it.value.clone(), count: it.count };
        Self { name: name.to_owned(), values: values.iter().map(value).collect() }
    }
}

impl RatingFacetBody {
    fn of(page: &Page, rating: usize) -> Self {
        Self { rating, count: page.ratings[rating..].iter().sum() }
    }
}
