//! Checks a coupon code before an order: is it valid, and what is the discount?

use axum::extract::State;
use axum::http::HeaderMap;
use checkout::COUPON_TRIES;
use checkout::wire::item_problem;
use domain::cart::{MAX_LINES, MAX_QUANTITY};
use domain::coupon::{CouponCode, CustomerKey};
use domain::money::Money;
use domain::pricing::{Item, PricingRefusal, price};
use domain::product::MAX_PRICE;
use domain::sku::Sku;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Body, Fields, Object};
use kit::http::money::MoneyBody;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use order_processing::{ItemError, RequestedItem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;
use crate::staff::missing;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CouponValidationInput {
    #[schema(example = "SUMMER-20")]
    code: String,
    /// The items of the planned order, at most 90, each SKU once.
    #[schema(value_type = Vec<CouponItemInput>)]
    items: Vec<Object<CouponItemInput>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CouponItemInput {
    #[schema(example = "SHIRT-BLUE-M")]
    sku: String,
    #[schema(minimum = 1, maximum = 999)]
    quantity: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CouponValidationBody {
    code: String,
    valid: bool,
    /// Why it is not valid, such as `coupon_expired`, `coupon_minimum_not_met` or, for somebody who is not signed in with
    /// a confirmed address, `coupon_needs_verified_address`.
    problem: Option<&'static str>,
    /// The discount on these items.
    discount: MoneyBody,
}

/// Checks what a coupon would give for these items.
///
/// This does not count as a use.
#[utoipa::path(post, path = "/api/v1/coupons/validate", request_body = CouponValidationInput, responses(
    (status = 200, description = "The discount, or why the coupon is not valid.", body = Envelope<CouponValidationBody>),
    (status = 404, description = "`coupon_not_found`, or `product_not_found`."),
    (status = 429, description = "`rate_limited`."),
))]
pub(crate) async fn validate(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<CouponValidationInput>,
) -> Result<Answer<CouponValidationBody>, Problem> {
    let CouponValidation { code, items } = parse(body)?;
    let now = app.context.clock.now();
    visitor.rate_limit(&app.context.store, now, COUPON_TRIES, None).await?;
    let me = app.context.auth.authenticate_optional(&headers).await?;
    let customer = me.and_then(|me| CustomerKey::proven(&me.user));
    let skus: Vec<Sku> = items.iter().map(|(sku, _)| sku.clone()).collect();
    let levels = app.context.store.stock_levels(&skus).await?;
    let requested = items.into_iter().map(|(sku, quantity)| {
        let level = levels.iter().find(|level| level.sku == sku);
        RequestedItem::of_sku(sku, level, quantity)
    });
    let requested: Vec<RequestedItem> = requested.collect();
    let current = app.orders.current_items(&requested, Some((&code, customer.as_ref())), now).await?;
    let items = requested.iter().map(|requested| {
        let item = current.find(requested.product_id, requested.variant_id)?;
        Some(Item::new(item.product, item.variant, item.categories, requested.quantity))
    });
    let items: Vec<Item<'_>> = items.collect::<Option<_>>().ok_or_else(|| item_problem(ItemError::Missing))?;
    let coupon = current.coupon.as_ref().ok_or_else(missing)?.for_customer();
    let rates = app.rates.as_ref();
    let (problem, discount) = match price(&items, Some(coupon), None, rates, now) {
        Ok(priced) => (None, priced.totals.discount),
        Err(PricingRefusal::Coupon(refusal)) => (Some(refusal.code()), 0),
        // Without a country, only the sum can be refused.
        Err(_) => {
            return Err(Problem::field("items", format!("must cost at most {MAX_PRICE} minor units together")));
        }
    };
    let body = CouponValidationBody {
        code: code.to_string(),
        valid: problem.is_none(),
        problem,
        discount: Money::new(discount, rates.currency).into(),
    };
    Ok(Answer::ok("Coupon checked.", body))
}

struct CouponValidation {
    code: CouponCode,
    items: Vec<(Sku, u32)>,
}

fn parse(body: CouponValidationInput) -> Result<CouponValidation, Problem> {
    let mut fields = Fields::default();
    if !(1..=MAX_LINES).contains(&body.items.len()) {
        fields.refuse("items", &format!("must have 1 to {MAX_LINES} entries"));
    }
    let code = fields.check("code", CouponCode::parse(&body.code));
    let mut items: Vec<(Sku, u32)> = Vec::new();
    for (at, Object(item)) in body.items.into_iter().enumerate() {
        let sku = fields.check(&format!("items[{at}].sku"), Sku::parse(&item.sku));
        if !(1..=MAX_QUANTITY).contains(&item.quantity) {
            let message = format!("must be between 1 and {MAX_QUANTITY}");
            fields.refuse(&format!("items[{at}].quantity"), &message);
        }
        let Some(sku) = sku else { continue };
        if items.iter().any(|(known, _)| *known == sku) {
            fields.refuse(&format!("items[{at}].sku"), &"must be in the list only once");
        }
        items.push((sku, item.quantity));
    }
    let (code, items) = fields.finish((code, Some(items)))?;
    Ok(CouponValidation { code, items })
}
