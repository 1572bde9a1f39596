//! What a code would take off, before anybody orders.

use axum::extract::State;
use axum::http::HeaderMap;
use checkout::{COUPON_TRIES, RequestedItem};
use domain::cart::{MAX_LINES, MAX_QUANTITY};
use domain::coupon::{CouponCode, CustomerKey};
use domain::email::Email;
use domain::money::Money;
use domain::pricing::{Item, PricingRefusal, price};
use domain::sku::Sku;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Body, Fields, Object};
use kit::http::money::MoneyBody;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;
use crate::staff::missing;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValidateInput {
    #[schema(example = "SUMMER-20")]
    code: String,
    /// A guest's address, by which uses are counted.
    email: Option<String>,
    /// What would be ordered, at most ninety lines.
    #[schema(value_type = Vec<LineInput>)]
    items: Vec<Object<LineInput>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LineInput {
    #[schema(example = "SHIRT-BLUE-M")]
    sku: String,
    #[schema(minimum = 1, maximum = 999)]
    quantity: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValidatedBody {
    code: String,
    valid: bool,
    /// Why not: such as `coupon_expired` or `coupon_minimum_not_met`.
    problem: Option<&'static str>,
    /// What it takes off these lines.
    discount: MoneyBody,
}

/// Says whether a code is good for these lines, and what it takes off. Nothing is counted.
#[utoipa::path(post, path = "/api/v1/coupons/validate", request_body = ValidateInput, responses(
    (status = 200, description = "What it takes off, or why it does not.", body = Envelope<ValidatedBody>),
    (status = 404, description = "`coupon_not_found`, or `product_not_found`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn validate(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<ValidateInput>,
) -> Result<Answer<ValidatedBody>, Problem> {
    let (code, guest, lines) = parse(body)?;
    let now = app.context.clock.now();
    visitor.rate_limit(&app.context.store, now, COUPON_TRIES, None).await?;
    let me = app.context.auth.authenticate_optional(&headers).await?;
    let email = me.map(|me| me.user.email).or(guest);
    let customer = email.map_or_else(CustomerKey::nobody, |email| CustomerKey::of(&email));
    let skus: Vec<Sku> = lines.iter().map(|(sku, _)| sku.clone()).collect();
    let levels = app.context.store.stock_levels(&skus).await?;
    let wants = lines.iter().map(|(sku, quantity)| {
        let level = levels.iter().find(|level| level.sku == *sku)?;
        Some(RequestedItem {
            product_id: level.product_id,
            variant_id: level.variant_id,
            sku: sku.clone(),
            quantity: *quantity,
            quoted_price: None,
        })
    });
    let unknown = || Problem::not_found("product_not_found", "There is no such product.");
    let wants: Vec<RequestedItem> = wants.collect::<Option<_>>().ok_or_else(unknown)?;
    let goods = app.orders.goods(&wants, Some((&code, &customer)), now).await?;
    let read = goods.coupon.as_ref().ok_or_else(missing)?;
    let items = wants.iter().map(|want| {
        let good = goods.find(want.product_id, want.variant_id)?;
        Some(Item {
            product_id: want.product_id,
            categories: good.categories,
            unit_price: good.variant.price,
            quantity: want.quantity,
        })
    });
    let items: Vec<Item<'_>> = items.collect::<Option<_>>().ok_or_else(unknown)?;
    let rates = app.rates.as_ref();
    let (problem, discount) = match price(&items, Some((&read.coupon, read.uses())), None, rates, now) {
        Ok(priced) => (None, priced.totals.discount),
        Err(PricingRefusal::Coupon(refusal)) => (Some(refusal.code()), 0),
        Err(refusal) => return Err(Problem::field("items", refusal.to_string())),
    };
    let body = ValidatedBody {
        code: code.to_string(),
        valid: problem.is_none(),
        problem,
        discount: Money::new(discount, rates.currency).into(),
    };
    Ok(Answer::ok("Looked at.", body))
}

type Parsed = (CouponCode, Option<Email>, Vec<(Sku, u32)>);

fn parse(body: ValidateInput) -> Result<Parsed, Problem> {
    let mut fields = Fields::default();
    if !(1..=MAX_LINES).contains(&body.items.len()) {
        fields.refuse("items", &format!("must have 1 to {MAX_LINES} entries"));
    }
    let code = fields.check("code", CouponCode::parse(&body.code));
    let email = fields.check_optional("email", body.email, |email| Email::parse(&email));
    let mut lines = Vec::new();
    for (at, Object(line)) in body.items.into_iter().enumerate() {
        let sku = fields.check(&format!("items[{at}].sku"), Sku::parse(&line.sku));
        if !(1..=MAX_QUANTITY).contains(&line.quantity) {
            let message = format!("must be between 1 and {MAX_QUANTITY}");
            fields.refuse(&format!("items[{at}].quantity"), &message);
        }
        lines.extend(sku.map(|sku| (sku, line.quantity)));
    }
    fields.finish((code, email, Some(lines)))
}
