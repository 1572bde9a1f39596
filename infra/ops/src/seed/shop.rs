//! Brands, the tree of categories and the products, with variants, stock and pictures.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::id::{BrandId, CategoryId, ImageId};
use domain::money::Currency;
use domain::product::{Definition, Image, ProductStatus, VariantDefinition, VariantFacts};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::stock::{Backorder, BackorderChange, BackorderMode, StockSetting};
use domain::time::Time;
use kit::runtime::ids::Ids;
use store::new_products::NewProduct;

use super::kinds::{BRANDS, KINDS, Nth, combinations, nth};
use super::pictures::{self, EDGE};
use super::products::{self, new_product};
use super::{made, terms};
use crate::Failure;
use crate::stack::Stack;

pub(super) async fn seed(stack: &Stack, ids: &Ids, count: usize, now: Time) -> Result<String, Failure> {
    let paths = category_paths();
    let tree = paths.iter().map(|path| {
        let (name, above) = path.split_last().unwrap_or((&"", &[]));
        (*name, paths.iter().position(|one| *one == above))
    });
    let (brands, categories, drawn) = tokio::try_join!(
        terms::brands(stack, ids, now, BRANDS.into_iter()),
        terms::categories(stack, ids, now, tree),
        pictures::draw_all(),
    )?;
    let said = format!("{} brands, {} categories", brands.len(), categories.len());
    let categories = paths.into_iter().zip(categories).collect();
    let currency = Currency::parse_of_shop(stack.output("Currency")?)?;
    let handmade = Handmade { currency, brands, categories };
    let products = (0..count).map(|number| handmade.product(number)).collect::<Result<Vec<_>, _>>()?;
    let shown = products.iter().enumerate().flat_map(|(number, NewProduct { product, .. })| {
        let pictures = &drawn[nth(number).brand];
        product.images.iter().map(move |image| (product.id, image.id, Arc::clone(pictures)))
    });
    let shown = shown.collect();
    let (added, ()) = tokio::try_join!(
        products::add(stack, ids, now, count, move |number| Ok(products[number].clone())),
        pictures::upload_all(stack, shown),
    )?;
    Ok(format!("{said}, {added} new products of {count}"))
}

/// All categories, each after the one that it is in.
fn category_paths() -> Vec<&'static [&'static str]> {
    let mut paths = Vec::new();
    for kind in KINDS {
        for depth in 1..=kind.path.len() {
            if !paths.contains(&&kind.path[..depth]) {
                paths.push(&kind.path[..depth]);
            }
        }
    }
    paths
}

struct Handmade {
    currency: Currency,
    brands: Vec<BrandId>,
    categories: BTreeMap<&'static [&'static str], CategoryId>,
}

impl Handmade {
    fn product(&self, number: usize) -> Result<NewProduct, Failure> {
        // Newer than all of the generated catalogue, which counts from the beginning.
        let ids = Ids::seeded(u64::MAX - u64::try_from(number)?);
        let at = made() + Duration::from_mins(u64::try_from(number)?);
        let image = ImageId::from_bytes(ids.upload(at).to_bytes());
        let mut new = new_product(&ids, self.currency, self.definition(number)?, at)?;
        let alt = format!("{}, drawn", new.product.name);
        new.product.images.push(Image { id: image, alt, width: EDGE, height: EDGE, shows: None });
        if number.is_multiple_of(26) {
            // It can be ordered although none is there.
            let terms = Backorder { mode: BackorderMode::Backorder, limit: 20, available_from: None };
            let setting = StockSetting { backorder: BackorderChange::To(terms), ..StockSetting::default() };
            let (level, _) = new.stock.first_mut().ok_or("a new product has stock")?;
            *level = level.set(&setting, at)?;
        }
        Ok(new)
    }

    fn definition(&self, n: usize) -> Result<Definition, Failure> {
        let Nth { kind, brand, name } = nth(n);
        let unit = 10_i64.pow(self.currency.decimals());
        // A few units more or less, so that prices differ.
        let price = (kind.price + i64::try_from(n % 9)?) * unit - unit / 20;
        let on_sale = n.is_multiple_of(6);
        let variants = combinations(kind).into_iter().enumerate().map(|(i, values)| {
            let stock = match (n + i * 5) % 13 {
                0 => 0,
                1 => 3,
                more => i64::try_from(more * 7)?,
            };
            let compare_at = on_sale.then_some(price + price / 5);
            let sku = Sku::parse(&format!("K{n:05}-{}", i + 1))?;
            let facts = VariantFacts { values, compare_at, ..VariantFacts::new(sku, price) };
            Ok::<_, Failure>(VariantDefinition { stock: Some(stock), ..VariantDefinition::new(facts) })
        });
        let category = self.categories.get(kind.path.as_slice()).copied();
        let noun = kind.noun.to_lowercase();
        Ok(Definition {
            description: format!(
                "The {name} by {}: a {noun} made of {}, for everyday use and easy to repair.\n\n\
                 Made in small runs. If it is sold out, ask for a mail when it is back.",
                BRANDS[brand], kind.made_of
            ),
            status: ProductStatus::Active,
            brand: self.brands.get(brand).copied(),
            categories: category.into_iter().collect(),
            attributes: BTreeMap::from([
                ("Material".to_owned(), kind.made_of.to_owned()),
                ("Care".to_owned(), "See the label".to_owned()),
            ]),
            options: kind.options.iter().map(|(name, _)| (*name).to_owned()).collect(),
            variants: variants.collect::<Result<_, _>>()?,
            ..Definition::new(Slug::of_name(&name)?, name.clone())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use domain::money::Currency;

    use super::super::PRODUCTS;
    use super::Handmade;

    #[test]
    fn each_run_makes_the_same_products_with_ids_and_pictures_of_their_own() {
        let currency = Currency::parse_of_shop("usd").unwrap();
        let handmade = Handmade { currency, brands: Vec::new(), categories: BTreeMap::new() };
        let made = || {
            let all = (0..PRODUCTS).map(|number| handmade.product(number).unwrap());
            all.map(|new| (new.product, new.stock)).collect::<Vec<_>>()
        };
        assert_eq!(made(), made());
        let ids: BTreeSet<_> = made().iter().map(|(product, _)| (product.id, product.images[0].id)).collect();
        assert_eq!(ids.len(), PRODUCTS);
    }
}
