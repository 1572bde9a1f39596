//! What sold best: products, categories, and the coupons that were used.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use axum::extract::State;
use domain::calendar::Days;
use domain::id::{CategoryId, ProductId};
use domain::money::Money;
use domain::stats::{Amounts, Contribution, Counter, Subject};
use domain::taxonomy::Taxonomy;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Fields, Query};
use kit::http::money::MoneyBody;
use kit::http::paging;
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use store::StoreError;
use store::figures::Ranked;
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::dashboard::{FiguresQuery, FiguresRequest};

/// The products that sold best, of whose categories the figures are added up.
const MAX_OF_CATEGORIES: usize = 5_000;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TopQuery {
    /// `products` (the default), `categories` or `coupons`.
    of: Option<String>,
    /// What they are sorted by: `count` (the default) or `amount`.
    by: Option<String>,
    /// The first day, such as 2026-11-20, in the time zone of the shop. The default is 30 days with the last day.
    from: Option<String>,
    /// The last day, at most 366 days in all. The default is today.
    to: Option<String>,
    limit: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Products,
    Categories,
    Coupons,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TopSellerBody {
    /// The id of the product or category, or the code of the coupon.
    #[schema(example = "prd_01M7W6C3804Q9PV3Y1B8S4HJET")]
    id: String,
    /// Its name today. Null: it is a coupon, or no longer there.
    name: Option<String>,
    /// Units that were sold and not returned, or paid orders that used the coupon.
    count: i64,
    /// What customers paid for these units, without tax and shipping; or what the coupon took off.
    amount: MoneyBody,
}

/// One of a list, before it is named.
struct Seller<I> {
    id: I,
    count: i64,
    amount: i64,
}

fn of(text: &str) -> Result<Of, &'static str> {
    match text {
        "products" => Ok(Of::Products),
        "categories" => Ok(Of::Categories),
        "coupons" => Ok(Of::Coupons),
        _ => Err("must be products, categories or coupons"),
    }
}

fn is_by_amount(text: &str) -> Result<bool, &'static str> {
    match text {
        "count" => Ok(false),
        "amount" => Ok(true),
        _ => Err("must be count or amount"),
    }
}

impl App {
    /// The amounts of each subject on these days.
    async fn ranked(&self, ranked: Ranked, days: Days) -> Result<BTreeMap<Subject, Amounts>, StoreError> {
        let stored = self.context.store.ranked_figures(ranked, days).await?;
        let mut sums: BTreeMap<Subject, Amounts> = BTreeMap::new();
        let places = stored.iter().map(|stored| &stored.figures).flat_map(Contribution::places);
        for (place, amounts) in places.filter(|(place, _)| days.has(place.day)) {
            sums.entry(place.subject.clone()).or_default().add_all(amounts);
        }
        Ok(sums)
    }

    async fn sold_products(&self, days: Days) -> Result<Vec<Seller<ProductId>>, StoreError> {
        let sums = self.ranked(Ranked::Products, days).await?;
        let sellers = sums.into_iter().filter_map(|(subject, amounts)| match subject {
            Subject::Product(id) => {
                Some(Seller { id, count: amounts.get(Counter::UnitsSold), amount: amounts.get(Counter::Sales) })
            }
            Subject::Shop | Subject::Coupon(_) => None,
        });
        Ok(sellers.collect())
    }

    async fn top_products(&self, days: Days, top: Top) -> Result<Vec<TopSellerBody>, StoreError> {
        let sellers = top.of(self.sold_products(days).await?);
        let ids: Vec<ProductId> = sellers.iter().map(|seller| seller.id).collect();
        let found = self.context.store.products_and_stock(&ids, &[]).await?;
        let name = |id| found.offers.iter().find(|offer| offer.id == id).map(|offer| offer.name.clone());
        Ok(sellers.into_iter().map(|seller| self.body(seller.id.to_string(), name(seller.id), &seller)).collect())
    }

    /// By the categories that products have now. A product of two categories counts in both.
    async fn top_categories(&self, days: Days, top: Top) -> Result<Vec<TopSellerBody>, StoreError> {
        let sold = Top { limit: MAX_OF_CATEGORIES, ..top }.of(self.sold_products(days).await?);
        let ids: Vec<ProductId> = sold.iter().map(|seller| seller.id).collect();
        let (found, categories) = tokio::try_join!(
            self.context.store.products_and_stock(&ids, &[]),
            self.context.store.taxonomy::<CategoryId>()
        )?;
        let categories: Taxonomy<CategoryId> = categories;
        let sold: BTreeMap<ProductId, Seller<ProductId>> = sold.into_iter().map(|seller| (seller.id, seller)).collect();
        let mut sums: BTreeMap<CategoryId, Seller<CategoryId>> = BTreeMap::new();
        for offer in &found.offers {
            let Some(seller) = sold.get(&offer.id) else { continue };
            for &id in &offer.categories {
                let sum = sums.entry(id).or_insert(Seller { id, count: 0, amount: 0 });
                sum.count += seller.count;
                sum.amount += seller.amount;
            }
        }
        let name = |id| categories.find(id).map(|term| term.name.clone());
        let sellers = top.of(sums.into_values().collect()).into_iter();
        Ok(sellers.map(|seller| self.body(seller.id.to_string(), name(seller.id), &seller)).collect())
    }

    async fn top_coupons(&self, days: Days, top: Top) -> Result<Vec<TopSellerBody>, StoreError> {
        let sums = self.ranked(Ranked::Coupons, days).await?;
        let sellers = sums.into_iter().filter_map(|(subject, amounts)| match subject {
            Subject::Coupon(id) => {
                Some(Seller { id, count: amounts.get(Counter::Uses), amount: amounts.get(Counter::Discount) })
            }
            Subject::Shop | Subject::Product(_) => None,
        });
        let sellers = top.of(sellers.collect()).into_iter();
        Ok(sellers.map(|seller| self.body(seller.id.to_string(), None, &seller)).collect())
    }

    fn body<I>(&self, id: String, name: Option<String>, seller: &Seller<I>) -> TopSellerBody {
        let amount = Money::new(seller.amount, self.currency).into();
        TopSellerBody { id, name, count: seller.count, amount }
    }
}

/// How many of a list, and in which order.
#[derive(Debug, Clone, Copy)]
struct Top {
    is_by_amount: bool,
    limit: usize,
}

impl Top {
    /// The first of them, without those that sold nothing in the end.
    fn of<I: Ord>(self, mut sellers: Vec<Seller<I>>) -> Vec<Seller<I>> {
        sellers.retain(|seller| seller.count > 0);
        sellers.sort_by(|a, b| {
            let key = |seller: &Seller<I>| {
                let (count, amount) = (seller.count, seller.amount);
                Reverse(if self.is_by_amount { [amount, count] } else { [count, amount] })
            };
            key(a).cmp(&key(b)).then_with(|| a.id.cmp(&b.id))
        });
        sellers.truncate(self.limit);
        sellers
    }
}

/// What sold best.
///
/// Products and categories by what was sold and not returned, on the days on which it was paid; coupons by the paid orders
/// that used them. The lists are exact for every choice of days. Categories are those that products have now; a product
/// of several categories counts in each, and of very many products only the 5,000 that sold best are added up.
#[utoipa::path(get, path = "/api/v1/admin/dashboard/top", params(TopQuery), responses(
    (status = 200, description = "The best ones first.", body = Envelope<Vec<TopSellerBody>>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    Query(query): Query<TopQuery>,
) -> Result<Answer<Vec<TopSellerBody>>, Problem> {
    let limit = paging::page(query.limit, None)?.limit as usize;
    let mut fields = Fields::default();
    let checked = (
        fields.check_optional("of", query.of.as_deref(), of),
        fields.check_optional("by", query.by.as_deref(), is_by_amount),
    );
    let (of, is_by_amount) = fields.finish(checked)?;
    let days = FiguresRequest::of(&app, &FiguresQuery { from: query.from, to: query.to, interval: None })?.days;
    let top = Top { is_by_amount: is_by_amount == Some(true), limit };
    let sellers = match of.unwrap_or(Of::Products) {
        Of::Products => Box::pin(app.top_products(days, top)).await?,
        Of::Categories => Box::pin(app.top_categories(days, top)).await?,
        Of::Coupons => app.top_coupons(days, top).await?,
    };
    Ok(Answer::ok("What sold best.", sellers))
}
