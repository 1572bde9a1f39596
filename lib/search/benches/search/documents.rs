//! The products of the sample catalogue as the index gets them.

use sample_catalogue::{Catalogue, Product};
use search_index::{Document, Popularity, State, Term, Variant};

pub(crate) fn document(catalogue: &Catalogue, product: Product) -> Document {
    let text = |value: &&'static str| (*value).to_owned();
    let variants = product.variants.iter().map(|variant| Variant {
        sku: variant.sku.clone(),
        price: variant.price,
        in_stock: variant.stock > 0,
        on_offer: variant.compare_at.is_some(),
        options: variant.options.iter().map(|option| (text(&option.name), text(&option.value))).collect(),
    });
    let mut id = [0; 16];
    id[8..].copy_from_slice(&(product.number as u64).to_be_bytes());
    Document {
        id,
        state: match product.number % 50 {
            48 => State::Archived,
            49 => State::Draft,
            _ => State::Active,
        },
        brand: product.brand.map(|number| term("brd", number, &catalogue.brands()[number])),
        categories: (product.categories.iter())
            .map(|number| term("cat", *number, &catalogue.categories()[*number].name))
            .collect(),
        attributes: product.attributes.iter().map(|it| (text(&it.name), text(&it.value))).collect(),
        variants: variants.collect(),
        created_at: 1_800_000_000_000 - u64::from(product.minutes_old) * 60_000,
        popularity: Popularity {
            sales: product.popularity.sales,
            sales_ever: product.popularity.sales_ever,
            rating: product.popularity.rating,
            ratings: product.popularity.ratings,
        },
        card: card(&product),
        description: product.description,
        name: product.name,
    }
}

fn term(kind: &str, number: usize, name: &str) -> Term {
    Term { id: format!("{kind}_{number:026}"), name: name.to_owned() }
}

/// About as large as what a shop shows of a product in a list.
fn card(product: &Product) -> Vec<u8> {
    let (number, name) = (product.number, &product.name);
    let slug = name.to_lowercase().replace(' ', "-");
    let hash = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let image = format!("https://cdn.example.com/media/{hash:032x}/480.webp");
    let variant = &product.variants[0];
    let price = (variant.price, variant.compare_at.unwrap_or_default());
    format!("{{\"name\":\"{name}\",\"slug\":\"{slug}\",\"image\":\"{image}\",\"width\":480,\"height\":640,\"price\":{price:?}}}")
        .into_bytes()
}
