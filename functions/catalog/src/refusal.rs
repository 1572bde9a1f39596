//! The answers to changes that were refused.

use domain::product::{Product, Violation};
use kit::http::problem::{Detail, Problem};
use products::SaveRefusal;

use crate::variant_input::json_path;

pub(crate) fn violated(violations: Vec<Violation>, has_variants: bool) -> Problem {
    let detail = |Violation { field, message }| Detail { field: json_path(field, has_variants), message };
    Problem::validation(violations.into_iter().map(detail).collect())
}

/// `product`: the version that was not saved.
pub(crate) fn refused(refusal: &SaveRefusal, product: &Product) -> Problem {
    let field = json_path(refusal.field(product), !product.options.is_empty());
    match refusal {
        SaveRefusal::SlugTaken => taken("slug_taken", "This slug is in use already.", field, refusal),
        SaveRefusal::SkuTaken(_) => taken("sku_taken", "This SKU is in use already.", field, refusal),
        SaveRefusal::SkuReserved(sku) => {
            let message = format!("Orders have reserved units of {sku}. Remove it after these orders are shipped.");
            Problem::conflict("sku_reserved", message)
        }
        SaveRefusal::NoCategory(_) | SaveRefusal::NoBrand | SaveRefusal::TooManyRenames => {
            Problem::field(&field, refusal.to_string())
        }
    }
}

fn taken(code: &'static str, message: &str, field: String, refusal: &SaveRefusal) -> Problem {
    let mut problem = Problem::conflict(code, message);
    problem.details.push(Detail { field, message: refusal.to_string() });
    problem
}
