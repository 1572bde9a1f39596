//! Uploads: a form for each file, and the state of the upload.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use domain::access::Permission::InventoryWrite;
use domain::actor::ActorId;
use domain::id::{BrandId, CategoryId, ProductId, UploadId};
use domain::picture::{CSV_INBOX, PICTURE_INBOX};
use domain::product::{MAX_ALT, MAX_IMAGES};
use domain::text;
use domain::upload::{CSV_TYPE, CsvKind, LineCounts, Purpose, Upload, UploadState};
use kit::http::answer::{Answer, Envelope, Listing, listing};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields, Query};
use kit::http::paging::ListQuery;
use kit::http::problem::Problem;
use serde::{Deserialize, Serialize};
use store::Commit;
use store::audit::{AuditChange, AuditEntry};
use store::page::Page;
use store::uploads::{UploadConflict, UploadRecord};
use utoipa::ToSchema;

use crate::App;
use crate::form::{Allowed, FORM_TTL};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UploadInput {
    /// What the file is: a `picture`, or a CSV file of `products` or of `stock`.
    #[serde(rename = "for")]
    #[schema(example = "picture")]
    purpose: String,
    /// For a picture: image/jpeg, image/png or image/webp. For a CSV file: text/csv, which is the default.
    #[schema(example = "image/jpeg")]
    content_type: Option<String>,
    /// For a picture: the product that it shows. A picture has this, or `categoryId`, or `brandId`.
    product_id: Option<String>,
    /// For a picture: the category that it shows. It takes the place of the picture that the category has.
    category_id: Option<String>,
    /// For a picture: the brand that it shows. It takes the place of the picture that the brand has.
    brand_id: Option<String>,
    /// For a picture: the text for people who cannot see it.
    alt: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadFormBody {
    /// GET /api/v1/uploads/{id} answers the state of the upload; for the picture of a user,
    /// GET /api/v1/users/me/picture/uploads/{id}; for one of a review, GET /api/v1/reviews/{review}/images/uploads/{id};
    /// for one of a return, GET /api/v1/orders/{order}/returns/{return}/images/uploads/{id}.
    id: String,
    /// POST the file to this URL as multipart/form-data: first these fields, then the file as `file`.
    url: String,
    fields: BTreeMap<String, String>,
    max_bytes: u64,
    expires_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadBody {
    id: String,
    /// `picture`, `products` or `stock`.
    #[serde(rename = "for")]
    purpose: &'static str,
    /// `waiting`, `running`, `shown` (the picture can be seen), `finished` (the CSV file was imported) or
    /// `refused`.
    state: &'static str,
    product_id: Option<String>,
    /// For a picture of a category: its id.
    category_id: Option<String>,
    /// For a picture of a brand: its id.
    brand_id: Option<String>,
    image_id: Option<String>,
    lines: Option<LineCountsBody>,
    refusal: Option<UploadRefusalBody>,
    created_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineCountsBody {
    total: u64,
    changed: u64,
    unchanged: u64,
    /// GET /api/v1/uploads/{id}/bad-lines lists them, with the reason.
    bad: u64,
    parts: u32,
    parts_done: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadRefusalBody {
    /// A stable code, such as `not_a_picture`.
    code: String,
    message: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BadLineBody {
    /// The header is line 1.
    line: u64,
    column: String,
    message: String,
}

impl UploadBody {
    pub(crate) fn of(upload: &Upload) -> Self {
        let (mut product_id, mut category_id, mut brand_id) = (None, None, None);
        let mut purpose = "picture";
        match &upload.purpose {
            Purpose::Picture { product_id: id, .. } => product_id = Some(id.to_string()),
            Purpose::CategoryPicture { category_id: id, .. } => category_id = Some(id.to_string()),
            Purpose::BrandPicture { brand_id: id, .. } => brand_id = Some(id.to_string()),
            Purpose::UserPicture { .. } | Purpose::ReviewPicture { .. } | Purpose::ReturnPicture { .. } => {}
            Purpose::Csv { kind } => purpose = kind.name(),
        }
        let body = Self {
            id: upload.id.to_string(),
            purpose,
            state: "waiting",
            product_id,
            category_id,
            brand_id,
            image_id: None,
            lines: None,
            refusal: None,
            created_at: upload.created_at.to_string(),
        };
        match &upload.state {
            UploadState::Waiting => body,
            UploadState::Shown { image_id } => Self { state: "shown", image_id: Some(image_id.to_string()), ..body },
            UploadState::Running { counts } => Self { state: "running", lines: Some(counts.into()), ..body },
            UploadState::Finished { counts } => Self { state: "finished", lines: Some(counts.into()), ..body },
            UploadState::Refused { code, message } => {
                let refusal = UploadRefusalBody { code: code.clone(), message: message.clone() };
                Self { state: "refused", refusal: Some(refusal), ..body }
            }
        }
    }
}

impl From<&LineCounts> for LineCountsBody {
    fn from(counts: &LineCounts) -> Self {
        Self {
            total: counts.lines,
            changed: counts.changed,
            unchanged: counts.unchanged,
            bad: counts.bad,
            parts: counts.parts,
            parts_done: counts.parts_done,
        }
    }
}

/// Creates a form to upload one file to S3.
///
/// The form is valid for five minutes.
#[utoipa::path(post, path = "/api/v1/uploads", request_body = UploadInput, responses(
    (status = 201, description = "The form for the upload.", body = Envelope<UploadFormBody>),
    (status = 404, description = "`product_not_found`, `category_not_found`, or `brand_not_found`."),
    (status = 409, description = "`too_many_images`."),
))]
pub(crate) async fn create(
    State(app): State<App>,
    staff: Identity,
    Body(body): Body<UploadInput>,
) -> Result<Answer<UploadFormBody>, Problem> {
    let (purpose, content_type) = parse(body)?;
    if let Purpose::Csv { kind: CsvKind::Stock } = purpose {
        staff.require(InventoryWrite)?;
    }
    if let Purpose::Picture { product_id, .. } = purpose {
        let product = app
            .context
            .store
            .product(product_id)
            .await?
            .filter(|product| product.deleted_at.is_none())
            .ok_or_else(|| Problem::not_found("product_not_found", "There is no such product."))?;
        if product.images.len() >= MAX_IMAGES {
            let message = format!("A product has at most {MAX_IMAGES} pictures.");
            return Err(Problem::conflict("too_many_images", message));
        }
    }
    check_term(&app, &purpose).await?;
    let now = app.context.clock.now();
    let upload = Upload {
        id: app.context.ids.upload(now),
        owner: Some(staff.id()),
        purpose,
        content_type,
        state: UploadState::Waiting,
        created_at: now,
    };
    let what = match &upload.purpose {
        Purpose::Picture { product_id, .. } => format!("picture of {product_id}"),
        Purpose::CategoryPicture { category_id, .. } => format!("picture of {category_id}"),
        Purpose::BrandPicture { brand_id, .. } => format!("picture of {brand_id}"),
        Purpose::UserPicture { user_id, .. } => format!("picture of {user_id}"),
        Purpose::ReviewPicture { review_id, .. } => format!("picture of {review_id}"),
        Purpose::ReturnPicture { return_id, .. } => format!("picture of {return_id}"),
        Purpose::Csv { kind } => format!("CSV file of {}", kind.name()),
    };
    let change = AuditChange { before: None, after: Some(what) };
    let entry = app.context.audit_entry(staff.id(), "upload.create", upload.id, change, now);
    begin(&app, &upload, Some(&entry)).await
}

/// Signs the form of a new upload, and writes the upload.
pub(crate) async fn begin(
    app: &App,
    upload: &Upload,
    entry: Option<&AuditEntry>,
) -> Result<Answer<UploadFormBody>, Problem> {
    let inbox = match upload.purpose {
        Purpose::Csv { .. } => CSV_INBOX,
        _ => PICTURE_INBOX,
    };
    let allowed = Allowed {
        key: &format!("{inbox}{}", upload.id),
        content_type: &upload.content_type,
        max_bytes: upload.purpose.max_bytes(),
    };
    let form = app.signer.form(allowed, upload.created_at).await?;
    app.context.store.create_upload(upload, entry).await.map_err(|error| match error {
        Commit::Refused(UploadConflict::Upload | UploadConflict::Product | UploadConflict::Repeated) => {
            Problem::internal("the id of a new upload exists already")
        }
        Commit::Store(error) => error.into(),
    })?;
    let body = UploadFormBody {
        id: upload.id.to_string(),
        url: form.url,
        fields: form.fields,
        max_bytes: allowed.max_bytes,
        expires_at: (upload.created_at + FORM_TTL).to_string(),
    };
    Ok(Answer::created("The form for the upload.", body))
}

/// A picture of a category or brand needs one that exists.
async fn check_term(app: &App, purpose: &Purpose) -> Result<(), Problem> {
    let store = &app.context.store;
    match purpose {
        Purpose::CategoryPicture { category_id, .. } if store.taxonomy().await?.find(*category_id).is_none() => {
            Err(Problem::not_found("category_not_found", "There is no such category."))
        }
        Purpose::BrandPicture { brand_id, .. } if store.taxonomy().await?.find(*brand_id).is_none() => {
            Err(Problem::not_found("brand_not_found", "There is no such brand."))
        }
        _ => Ok(()),
    }
}

fn parse(body: UploadInput) -> Result<(Purpose, String), Problem> {
    let mut fields = Fields::default();
    let purpose = match body.purpose.as_str() {
        "picture" => {
            let alt = text::prose(body.alt.as_deref().unwrap_or_default(), MAX_ALT);
            let alt = fields.check("alt", alt);
            let shown = (body.product_id.as_deref(), body.category_id.as_deref(), body.brand_id.as_deref());
            match shown {
                (Some(id), None, None) => {
                    let id = fields.check("productId", ProductId::parse(id));
                    id.zip(alt).map(|(product_id, alt)| Purpose::Picture { product_id, alt })
                }
                (None, Some(id), None) => {
                    let id = fields.check("categoryId", CategoryId::parse(id));
                    id.zip(alt).map(|(category_id, alt)| Purpose::CategoryPicture { category_id, alt })
                }
                (None, None, Some(id)) => {
                    let id = fields.check("brandId", BrandId::parse(id));
                    id.zip(alt).map(|(brand_id, alt)| Purpose::BrandPicture { brand_id, alt })
                }
                _ => {
                    fields.refuse("productId", &"is required, or one of categoryId and brandId in its place");
                    None
                }
            }
        }
        other => {
            for (field, given) in [
                ("productId", &body.product_id),
                ("categoryId", &body.category_id),
                ("brandId", &body.brand_id),
                ("alt", &body.alt),
            ] {
                if given.is_some() {
                    fields.refuse(field, &"is only for pictures");
                }
            }
            let kind = CsvKind::parse(other).ok_or("must be picture, products or stock");
            fields.check("for", kind).map(|kind| Purpose::Csv { kind })
        }
    };
    let content_type = match (&purpose, body.content_type) {
        (Some(Purpose::Csv { .. }), None) => Some(CSV_TYPE.to_owned()),
        (Some(purpose), Some(given)) if purpose.takes(&given) => Some(given),
        (Some(Purpose::Csv { .. }), Some(_)) => {
            fields.refuse("contentType", &"must be text/csv");
            None
        }
        (Some(_), _) => {
            fields.refuse("contentType", &"must be image/jpeg, image/png or image/webp");
            None
        }
        (None, _) => None,
    };
    fields.finish((purpose, content_type))
}

/// The state of one of your uploads.
///
/// Ask again until it is shown, finished or refused.
#[utoipa::path(get, path = "/api/v1/uploads/{id}", params(("id" = String, Path)), responses(
    (status = 200, description = "The upload.", body = Envelope<UploadBody>),
    (status = 404, description = "`upload_not_found`."),
))]
pub(crate) async fn show(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
) -> Result<Answer<UploadBody>, Problem> {
    let record = find(&app, staff.id(), &id).await?;
    Ok(Answer::ok("The upload.", UploadBody::of(&record.upload)))
}

/// The lines of a CSV file that were not imported, by number.
///
/// A page contains the bad lines of `limit` parts of the file.
#[utoipa::path(get, path = "/api/v1/uploads/{id}/bad-lines", params(("id" = String, Path), ListQuery), responses(
    (status = 200, description = "A page of bad lines.", body = Listing<BadLineBody>),
    (status = 404, description = "`upload_not_found`."),
))]
pub(crate) async fn bad_lines(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<BadLineBody>>, Problem> {
    let request = query.page()?;
    let record = find(&app, staff.id(), &id).await?;
    let parts = app.context.store.parts(record.upload.id, &request).await?;
    let bad = parts.items.into_iter().flat_map(|part| part.bad);
    let page = Page { items: bad.collect(), next: parts.next };
    let wire = |bad: domain::upload::BadLine| BadLineBody { line: bad.line, column: bad.column, message: bad.message };
    Ok(listing("Bad lines.", page, request.limit, wire))
}

pub(crate) async fn find(app: &App, owner: ActorId, id: &str) -> Result<UploadRecord, Problem> {
    let id = UploadId::parse(id).map_err(|_| missing())?;
    let record = app.context.store.upload(id, app.context.clock.now()).await?;
    record.filter(|record| record.upload.owner == Some(owner)).ok_or_else(missing)
}

pub(crate) fn missing() -> Problem {
    Problem::not_found("upload_not_found", "You have no such upload.")
}
