//! A shop of any size: the products of the generated catalogue.

use std::time::Duration;

use domain::id::{BrandId, CategoryId};
use domain::money::Currency;
use domain::product::{Definition, ProductStatus, VariantDefinition, VariantFacts};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::time::Time;
use kit::runtime::ids::Ids;
use sample_catalogue::{Catalogue, Variant};
use store::new_products::NewProduct;

use super::products::{self, new_product};
use super::{made, terms};
use crate::Failure;
use crate::stack::Stack;

pub(super) async fn seed(stack: &Stack, ids: &Ids, count: usize, now: Time) -> Result<String, Failure> {
    let catalogue = Catalogue::new(1);
    let tree = catalogue.categories().iter().map(|category| (category.name.as_str(), category.parent));
    let categories = terms::categories(stack, ids, now, tree).await?;
    let brands = terms::brands(stack, ids, now, catalogue.brands().iter().map(String::as_str)).await?;
    let currency = Currency::parse_of_shop(stack.output("Currency")?)?;
    let (of_brands, of_categories) = (brands.len(), categories.len());
    let generated = Generated { catalogue, currency, brands, categories };
    let added = products::add(stack, ids, now, count, move |number| generated.product(number)).await?;
    Ok(format!("{of_brands} more brands, {of_categories} more categories, {added} new products of {count} more"))
}

struct Generated {
    catalogue: Catalogue,
    currency: Currency,
    /// By their numbers in the catalogue.
    brands: Vec<BrandId>,
    categories: Vec<CategoryId>,
}

impl Generated {
    fn product(&self, number: usize) -> Result<NewProduct, Failure> {
        let product = self.catalogue.product(number);
        let at = made() - Duration::from_mins(u64::from(product.minutes_old));
        let brand = product.brand.and_then(|brand| self.brands.get(brand).copied());
        let category = product.categories.last().and_then(|&category| self.categories.get(category).copied());
        let definition = definition(&product, self.currency, brand, category)?;
        let ids = Ids::seeded(u64::try_from(number)?);
        new_product(&ids, self.currency, definition, at).map_err(|error| format!("{number}: {error}").into())
    }
}

fn definition(
    product: &sample_catalogue::Product,
    currency: Currency,
    brand: Option<BrandId>,
    category: Option<CategoryId>,
) -> Result<Definition, Failure> {
    // The catalogue counts in hundredths.
    let unit = 10_i64.pow(currency.decimals());
    let price = |hundredths: u32| (i64::from(hundredths) * unit / 100).max(1);
    let variant = |variant: &Variant| {
        let values = variant.options.iter().map(|option| option.value.to_owned()).collect();
        let compare_at = variant.compare_at.map(price).filter(|before| *before > price(variant.price));
        let facts =
            VariantFacts { values, compare_at, ..VariantFacts::new(Sku::parse(&variant.sku)?, price(variant.price)) };
        Ok::<_, Failure>(VariantDefinition { stock: Some(variant.stock.into()), ..VariantDefinition::new(facts) })
    };
    let options = product.variants.first().into_iter().flat_map(|variant| &variant.options);
    // Many products have the same name.
    let slug = Slug::of_name(&format!("{} {}", product.number, product.name))?;
    Ok(Definition {
        description: product.description.clone(),
        status: ProductStatus::Active,
        brand,
        categories: category.into_iter().collect(),
        attributes: product.attributes.iter().map(|one| (one.name.to_owned(), one.value.to_owned())).collect(),
        options: options.map(|option| option.name.to_owned()).collect(),
        variants: product.variants.iter().map(variant).collect::<Result<_, _>>()?,
        ..Definition::new(slug, product.name.clone())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::money::Currency;
    use domain::product::Product;
    use domain::time::Time;
    use kit::runtime::ids::Ids;
    use sample_catalogue::Catalogue;

    use super::definition;

    #[test]
    fn each_product_is_one_that_the_shop_takes_with_a_slug_of_its_own() {
        let (catalogue, now, mut slugs) = (Catalogue::new(1), Time::from_unix_millis(0), BTreeSet::new());
        for product in catalogue.products(2_000) {
            let ids = Ids::seeded(1);
            for code in ["usd", "jpy"] {
                let currency = Currency::parse_of_shop(code).unwrap();
                let definition = definition(&product, currency, None, None).unwrap();
                slugs.insert((code, definition.slug.to_string()));
                Product::define(ids.product(now), currency, definition, || ids.variant(now), now).unwrap();
            }
        }
        assert_eq!(slugs.len(), 4_000);
    }
}
