//! What a client is told of a change that was refused.

use domain::product::Product;
use domain::sku::Sku;
use kit::http::problem::{Detail, Problem};
use products::SaveRefusal;

/// `product`: as it should have become.
pub(crate) fn refused(refusal: &SaveRefusal, product: &Product) -> Problem {
    match refusal {
        SaveRefusal::SlugTaken => taken("slug_taken", "slug".to_owned(), refusal),
        SaveRefusal::SkuTaken(sku) => taken("sku_taken", field_of(product, sku), refusal),
        SaveRefusal::SkuReserved(_) => Problem::conflict("sku_reserved", format!("Sorry, {refusal}.")),
        SaveRefusal::NoCategory(id) => {
            let at = product.categories.iter().position(|one| one == id);
            let field = format!("categoryIds[{}]", at.unwrap_or(0));
            Problem::field(&field, "is no category")
        }
        SaveRefusal::NoBrand => Problem::field("brandId", refusal.to_string()),
        SaveRefusal::TooManyRenames => Problem::field("variants", refusal.to_string()),
    }
}

fn field_of(product: &Product, sku: &Sku) -> String {
    let at = product.variants.iter().position(|v| v.sku == *sku);
    match at {
        Some(at) if !product.options.is_empty() => format!("variants[{at}].sku"),
        _ => "sku".to_owned(),
    }
}

fn taken(code: &'static str, field: String, refusal: &SaveRefusal) -> Problem {
    let mut problem = Problem::conflict(code, "It is in use already.");
    problem.details.push(Detail { field, message: refusal.to_string() });
    problem
}
