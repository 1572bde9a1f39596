//! Sets the order and the descriptions of a product's pictures, and removes pictures. Uploads add them.

use axum::extract::{Path, State};
use domain::id::ImageId;
use domain::product::{Image, MAX_ALT, MAX_OPTION, MAX_OPTION_NAME, OptionValue, Product, Revision};
use domain::text;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields, Object};
use kit::http::etag::IfMatch;
use kit::http::problem::Problem;
use products::product_body::ProductBody;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::App;
use crate::products::{change_product, refuse_deleted};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImagesInput {
    /// All pictures of the product, in the order in which they are shown.
    #[schema(value_type = Vec<ImageInput>)]
    images: Vec<Object<ImageInput>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImageInput {
    id: String,
    /// A description for people who cannot see it.
    alt: String,
    /// The option value that it shows, such as the colour blue: variants of this value are shown with it. Without it, the
    /// picture shows the product as a whole.
    #[schema(value_type = Option<OptionValueInput>)]
    shows: Option<Object<OptionValueInput>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptionValueInput {
    /// The name of one of the product's options, such as Colour.
    option: String,
    /// A value that one of its variants has, such as Blue.
    value: String,
}

/// A picture as a request describes it.
struct Wanted {
    id: ImageId,
    alt: String,
    shows: Option<OptionValue>,
}

/// Sets the order and the texts of a product's pictures.
///
/// The list must have every picture of the product once. A picture can show an option value, such as a colour.
#[utoipa::path(put, path = "/api/v1/products/{id}/images", request_body = ImagesInput,
    params(("id" = String, Path, description = "Id or slug"), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The changed product.", body = Envelope<ProductBody>, headers(("ETag"))),
        (status = 404, description = "`product_not_found`."),
        (status = 409, description = "`product_deleted`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn arrange(
    State(app): State<App>,
    staff: Identity,
    Path(name): Path<String>,
    if_match: IfMatch,
    Body(body): Body<ImagesInput>,
) -> Result<Answer<ProductBody>, Problem> {
    let mut fields = Fields::default();
    let wanted: Vec<_> = body
        .images
        .iter()
        .enumerate()
        .map(|(i, Object(image))| {
            let id = fields.check(&format!("images[{i}].id"), ImageId::parse(&image.id));
            let alt = text::prose(&image.alt, MAX_ALT);
            let alt = fields.check(&format!("images[{i}].alt"), alt);
            let shows = match &image.shows {
                Some(Object(shown)) => parse_value(&mut fields, i, shown).map(Some),
                None => Some(None),
            };
            Some(Wanted { id: id?, alt: alt?, shows: shows? })
        })
        .collect();
    let wanted: Option<Vec<_>> = wanted.into_iter().collect();
    let (wanted,) = fields.finish((wanted,))?;
    let old = app.find(&name).await?;
    let change = |old: &Product, now| {
        refuse_deleted(old)?;
        let arranged = arranged(old, &wanted)?;
        Ok(Revision::with_same_skus(old.changed(now, |product| product.images = arranged)))
    };
    change_product(&app, &staff, old, &if_match, "product.images", change).await
}

fn parse_value(fields: &mut Fields, i: usize, shown: &OptionValueInput) -> Option<OptionValue> {
    let option = text::line(&shown.option, MAX_OPTION_NAME);
    let option = fields.check(&format!("images[{i}].shows.option"), option);
    let value = fields.check(&format!("images[{i}].shows.value"), text::line(&shown.value, MAX_OPTION));
    Some(OptionValue { option: option?, value: value? })
}

fn arranged(product: &Product, wanted: &[Wanted]) -> Result<Vec<Image>, Problem> {
    let mut left = product.images.clone();
    let mut arranged = Vec::new();
    for (i, Wanted { id, alt, shows }) in wanted.iter().enumerate() {
        let Some(at) = left.iter().position(|image| image.id == *id) else {
            let message = "is not a picture of this product, or is given twice";
            return Err(Problem::field(&format!("images[{i}].id"), message));
        };
        if shows.as_ref().is_some_and(|shown| !product.has_value(shown)) {
            let message = "must be an option of this product and a value that one of its variants has";
            return Err(Problem::field(&format!("images[{i}].shows"), message));
        }
        arranged.push(Image { alt: alt.clone(), shows: shows.clone(), ..left.remove(at) });
    }
    if left.is_empty() { Ok(arranged) } else { Err(Problem::field("images", "must name every picture of the product")) }
}

/// Removes a picture and deletes its files.
///
/// The other pictures keep their order.
#[utoipa::path(delete, path = "/api/v1/products/{id}/images/{image}",
    params(("id" = String, Path, description = "Id or slug"), ("image" = String, Path), ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The product without the picture.", body = Envelope<ProductBody>, headers(("ETag"))),
        (status = 404, description = "`product_not_found`, or `image_not_found`."),
        (status = 409, description = "`product_deleted`."),
        (status = 412, description = "`precondition_failed`."),
    )
)]
pub(crate) async fn remove(
    State(app): State<App>,
    staff: Identity,
    Path((name, image)): Path<(String, String)>,
    if_match: IfMatch,
) -> Result<Answer<ProductBody>, Problem> {
    let missing = || Problem::not_found("image_not_found", "The product has no such picture.");
    let id = ImageId::parse(&image).map_err(|_| missing())?;
    let old = app.find(&name).await?;
    let change = |old: &Product, now| {
        refuse_deleted(old)?;
        if !old.holds_image(id) {
            return Err(missing());
        }
        let without = |product: &mut Product| product.images.retain(|image| image.id != id);
        Ok(Revision::with_same_skus(old.changed(now, without)))
    };
    change_product(&app, &staff, old, &if_match, "product.images", change).await
}
