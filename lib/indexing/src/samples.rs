//! Products for tests.

use domain::id::{BrandId, CategoryId, ImageId, ProductId, VariantId};
use domain::money::Currency;
use domain::product::{Definition, Image, OptionValue, Product, ProductStatus, VariantDefinition, VariantFacts};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::stock::Band;
use domain::time::Time;
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) fn now() -> Time {
    Time::parse("2026-11-20T10:00:00Z").unwrap()
}

/// An active product with the option `Size`: `S` for 10, `M` for 11, and so on.
pub(crate) fn in_sizes(sizes: &[&str]) -> Product {
    let variant = |(n, size): (usize, &&str)| {
        let facts = VariantFacts::new(Sku::parse(&format!("K-{n}")).unwrap(), 1_000 + 100 * i64::try_from(n).unwrap());
        let facts = VariantFacts { values: vec![(*size).to_owned()], ..facts };
        VariantDefinition { stock: Some(20), ..VariantDefinition::new(facts) }
    };
    let definition = Definition {
        status: ProductStatus::Active,
        options: vec!["Size".to_owned()],
        variants: sizes.iter().enumerate().map(variant).collect(),
        ..Definition::new(Slug::parse("shirt").unwrap(), "Harbour shirt")
    };
    let mut variants = 0;
    let new_id = || {
        variants += 1;
        VariantId::new(now(), variants)
    };
    Product::define(ProductId::new(now(), 1), Currency::USD, definition, new_id, now()).unwrap().product
}

fn image(n: u128, shows: Option<OptionValue>) -> Image {
    Image { id: ImageId::new(now(), n), alt: "A shirt".to_owned(), width: 1200, height: 800, shows }
}

/// Any product as it can be stored.
pub(crate) fn product() -> impl Strategy<Value = Product> {
    let terms = (any::<Option<u128>>(), prop::collection::vec(any::<u128>(), 0..4));
    let variants = prop::collection::vec((0_i64..100_000_000, any::<Option<i64>>(), select(&Band::ALL[..])), 1..5);
    let times = (0_i64..4_000_000_000_000, any::<bool>());
    let texts = (".{0,40}", ".{0,40}", select(&ProductStatus::ALL[..]));
    (terms, variants, times, texts, 0_u128..3).prop_map(|(terms, variants, times, texts, images)| {
        let ((brand, categories), (name, description, status)) = (terms, texts);
        let sizes = ["S", "M", "L", "XL"];
        let mut product = in_sizes(&sizes[..variants.len()]);
        for (variant, (price, compare_at, band)) in product.variants.iter_mut().zip(variants) {
            variant.facts.price = price;
            variant.facts.compare_at = compare_at;
            variant.facts.weight_grams = Some(100);
            product.bands.insert(variant.sku.clone(), band);
        }
        let shows = OptionValue { option: "Size".to_owned(), value: "S".to_owned() };
        let created_at = Time::from_unix_millis(times.0);
        Product {
            name,
            description,
            status,
            brand: brand.map(|n| BrandId::from_bytes(n.to_be_bytes())),
            categories: categories.into_iter().map(|n| CategoryId::from_bytes(n.to_be_bytes())).collect(),
            images: (0..images).map(|n| image(n, (n == 0).then(|| shows.clone()))).collect(),
            created_at,
            updated_at: created_at,
            deleted_at: times.1.then_some(created_at),
            ..product
        }
    })
}
