//! JSON that carts, orders and payments share.

use domain::cart::MAX_QUANTITY;
use domain::id::{ProductId, RefundId, VariantId};
use domain::money::{Currency, Money};
use domain::order::{Actor, HoldRefusal, Order, Refund, RefundState, UnitRefusal};
use domain::product::parse_price;
use domain::sku::Sku;
use domain::tax::TaxAmount;
use kit::http::body::{Fields, Object};
use kit::http::money::{MoneyBody, MoneyInput};
use kit::http::problem::{Detail, Problem};
use order_processing::{HoldError, ItemError, ItemReference, OpenError};
use payment_provider::{NextAction, OpenedAttempt, ProviderError};
use serde::{Deserialize, Serialize};
use store::orders::WholeOrder;
use utoipa::ToSchema;

use crate::OrderAccess;
use crate::tax_body::TaxAmountBody;

/// How a request names an item: by `sku`, or by `productId`, with `variantId` if the product has several variants. `path`
/// is the prefix of the field names in a refusal.
pub fn item_reference(
    fields: &mut Fields,
    path: &str,
    sku: Option<String>,
    product_id: Option<String>,
    variant_id: Option<String>,
) -> Option<ItemReference> {
    let at = |name: &str| format!("{path}{name}");
    let sku = fields.check_optional(&at("sku"), sku, |sku| Sku::parse(&sku));
    let product = fields.check_optional(&at("productId"), product_id, |id| ProductId::parse(&id));
    let variant = fields.check_optional(&at("variantId"), variant_id, |id| VariantId::parse(&id));
    let refusal = match (sku?, product?, variant?) {
        (Some(sku), None, None) => return Some(ItemReference::Sku(sku)),
        (None, Some(product), variant) => return Some(ItemReference::Product(product, variant)),
        (None, None, _) => format!("is required, or {}", at("productId")),
        (Some(_), ..) => "cannot be given with productId or variantId".to_owned(),
    };
    fields.refuse(&at("sku"), &refusal);
    None
}

/// Names an item: a `sku`, or a `productId`, with `variantId` if the product has several variants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ItemInput {
    #[schema(example = "SHIRT-BLUE-M")]
    sku: Option<String>,
    product_id: Option<String>,
    variant_id: Option<String>,
    /// Default: 1.
    #[schema(minimum = 1, maximum = 999)]
    quantity: Option<u32>,
    /// The price of one unit that the buyer saw. If it is another one now, the request is refused.
    #[schema(value_type = Option<MoneyInput>)]
    price: Option<Object<MoneyInput>>,
}

/// An item that a client asks for.
#[derive(Debug)]
pub struct ItemRequest {
    pub reference: ItemReference,
    pub quantity: u32,
    /// The price of one unit that the buyer saw.
    pub quoted_price: Option<i64>,
}

impl ItemInput {
    /// `path` is the prefix of the field names in a refusal, such as `item.`.
    pub fn parse(self, path: &str, shop: Currency) -> Result<ItemRequest, Problem> {
        let at = |name: &str| format!("{path}{name}");
        let mut fields = Fields::default();
        let quantity = self.quantity.unwrap_or(1);
        if !(1..=MAX_QUANTITY).contains(&quantity) {
            let message = format!("must be between 1 and {MAX_QUANTITY}");
            fields.refuse(&at("quantity"), &message);
        }
        let checked = (
            fields.check_optional(&at("price"), self.price, |Object(price)| {
                parse_price(Money::new(price.amount, price.currency), shop)
            }),
            item_reference(&mut fields, path, self.sku, self.product_id, self.variant_id),
        );
        let (quoted_price, reference) = fields.finish(checked)?;
        Ok(ItemRequest { reference, quantity, quoted_price })
    }
}

pub fn cart_empty() -> Problem {
    Problem::conflict("cart_empty", "The cart is empty.")
}

/// The price of this SKU is not the one that the buyer saw.
pub fn price_changed(sku: &Sku) -> Problem {
    Problem::conflict("price_changed", format!("Sorry, the price of {sku} has changed."))
}

pub fn item_problem(error: ItemError) -> Problem {
    match error {
        ItemError::Missing => Problem::not_found("product_not_found", "There is no such product."),
        ItemError::Several => {
            let message = "The product has several variants. Choose one with sku or variantId.";
            Problem::conflict("variant_required", message)
        }
        ItemError::Store(error) => error.into(),
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentBody {
    #[schema(example = "pay_01M7W6C3804Q9PV3Y1B8S4HJET")]
    id: String,
    order_id: String,
    /// `payment_intent`, `checkout_session`, `cash_on_delivery`, `free`, or `elsewhere` for an order of an earlier shop.
    method: &'static str,
    /// `unpaid`, `processing`, `failed`, `paid`, `partially_refunded`, `refunded` or `charged_back`.
    status: &'static str,
    amount: MoneyBody,
    refunded: MoneyBody,
    /// The sum of pending refunds.
    refunding: MoneyBody,
    /// What the buyer's bank took back in a dispute.
    charged_back: MoneyBody,
    /// `inquiry`, `open`, `won` or `lost`, if the buyer disputed the payment at their bank.
    dispute: Option<&'static str>,
    /// The time until which Stripe takes evidence about an open dispute.
    evidence_due_by: Option<String>,
    /// For Stripe Elements on the shop's own page.
    client_secret: Option<String>,
    /// Send the buyer to this page of Stripe.
    checkout_url: Option<String>,
    /// For staff only: the id of Stripe's payment intent, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    reference: Option<String>,
    /// Why the payment could not be opened. The order is placed all the same. Try again with
    /// `POST /payments/create-intent` or `/checkout-session`.
    problem: Option<&'static str>,
}

impl PaymentBody {
    pub fn of(order: &Order) -> Self {
        Self {
            id: order.payment_id().to_string(),
            order_id: order.id.to_string(),
            method: order.payment.method.name(),
            status: order.payment_status.name(),
            amount: order.money(order.totals.total).into(),
            refunded: order.money(order.refunded).into(),
            refunding: order.money(order.refunding).into(),
            charged_back: order.money(order.charged_back).into(),
            dispute: order.dispute.map(domain::order::Dispute::name),
            evidence_due_by: order.evidence_due_by.map(|by| by.to_string()),
            client_secret: None,
            checkout_url: None,
            reference: None,
            problem: None,
        }
    }

    /// With what this reader may see besides.
    #[must_use]
    pub fn seen_by(mut self, reader: Actor, order: &Order) -> Self {
        if reader.is_of_shop() {
            self.reference = order.payment.intent().map(str::to_owned);
        }
        self
    }

    #[must_use]
    pub fn with_attempt(mut self, attempt: &OpenedAttempt) -> Self {
        match &attempt.next_action {
            NextAction::ClientSecret(secret) => self.client_secret = Some(secret.clone()),
            NextAction::CheckoutUrl(url) => self.checkout_url = Some(url.clone()),
            NextAction::None => {}
        }
        self
    }

    #[must_use]
    pub fn with_problem(mut self, error: &OpenError) -> Self {
        self.problem = Some(code(error));
        self
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundBody {
    id: String,
    amount: MoneyBody,
    /// `pending`, `succeeded` or `failed`.
    status: &'static str,
    reason: String,
    items: Vec<ReturnedItemBody>,
    /// Whether the returned units can be sold again.
    restocked: bool,
    /// The other units, if all of the money went back before the order was sent. They can be sold again.
    unsent_items: Vec<ReturnedItemBody>,
    created_at: String,
    /// What goes back of each rate of tax, as the credit note says it. Empty: the refund failed, is without money, or is of
    /// a second payment of the order.
    taxes: Vec<TaxAmountBody>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnedItemBody {
    /// The variant of the order's line.
    id: String,
    quantity: u32,
}

impl RefundBody {
    /// All refunds of the order.
    pub fn all(whole: &WholeOrder) -> Vec<Self> {
        let taxes = whole.refunded().taxes();
        let body = |refund: &Refund| {
            Self::of(&whole.order, refund, taxes.get(&refund.id).map(Vec::as_slice).unwrap_or_default())
        };
        whole.refunds.iter().map(body).collect()
    }

    /// One of its refunds.
    pub fn find(whole: &WholeOrder, id: RefundId) -> Option<Self> {
        let refund = whole.refunds.iter().find(|refund| refund.id == id)?;
        let taxes = whole.refunded().taxes().remove(&id).unwrap_or_default();
        Some(Self::of(&whole.order, refund, &taxes))
    }

    fn of(order: &Order, refund: &Refund, taxes: &[TaxAmount]) -> Self {
        let item =
            |(variant, quantity): &(VariantId, u32)| ReturnedItemBody { id: variant.to_string(), quantity: *quantity };
        Self {
            id: refund.id.to_string(),
            amount: order.money(refund.amount).into(),
            status: match refund.state {
                RefundState::Pending => "pending",
                RefundState::Succeeded => "succeeded",
                RefundState::Failed { .. } => "failed",
            },
            reason: refund.reason.clone(),
            items: refund.lines.iter().map(item).collect(),
            restocked: refund.restocked,
            unsent_items: refund.unsent.iter().map(item).collect(),
            created_at: refund.created_at.to_string(),
            taxes: TaxAmountBody::all(taxes, order.totals.currency),
        }
    }
}

const METHOD_NOT_ACCEPTED: &str = "payment_method_not_accepted";

pub fn method_not_accepted() -> Problem {
    Problem::conflict(METHOD_NOT_ACCEPTED, "Sorry, this shop does not take this payment method.")
}

fn hold_code(refusal: &HoldRefusal) -> &'static str {
    match refusal {
        HoldRefusal::Buyer | HoldRefusal::Network => "too_many_unpaid_orders",
        HoldRefusal::Share(_) => "stock_share_exceeded",
    }
}

/// Why an order may not hold its stock.
pub fn hold_problem(error: HoldError) -> Problem {
    let refusal = match error {
        HoldError::Refused(refusal) => refusal,
        HoldError::Store(error) => return error.into(),
    };
    let mut problem = Problem::conflict(hold_code(&refusal), format!("Sorry, {refusal}."));
    if let HoldRefusal::Share(variant) = refusal {
        let message = "unpaid orders can hold only a part of its stock".to_owned();
        problem.details = vec![Detail { field: format!("items.{variant}"), message }];
    }
    problem
}

/// Too many units; `field` names the line or the quantity.
pub fn units_problem(refusal: &UnitRefusal, field: String) -> Problem {
    let mut problem = Problem::conflict("too_many_units", format!("Sorry, {refusal}."));
    problem.details = vec![Detail { field, message: refusal.to_string() }];
    problem
}

/// There are fewer units than asked for; `field` names the line or the quantity. `available` is what customers may know.
pub fn not_enough_stock(sku: &Sku, field: String, available: Option<i64>) -> Problem {
    let message = match available {
        None => format!("there are not enough units of {sku}"),
        Some(available) => format!("only {available} of {sku} can be ordered"),
    };
    let mut problem = Problem::conflict("not_enough_stock", format!("Sorry, {message}."));
    problem.details = vec![Detail { field, message }];
    problem.available = available;
    problem
}

fn code(error: &OpenError) -> &'static str {
    match error {
        OpenError::Missing => "order_not_found",
        OpenError::Order(_) => "order_not_payable",
        OpenError::InProgress => "payment_in_progress",
        OpenError::NotEnough(_) => "not_enough_stock",
        OpenError::NotAccepted => METHOD_NOT_ACCEPTED,
        OpenError::Limit(refusal) => hold_code(refusal),
        OpenError::Provider(ProviderError::Refused { .. }) => "payment_refused",
        OpenError::Provider(ProviderError::Unavailable(_) | ProviderError::Stuck(_)) | OpenError::Store(_) => {
            "payment_unavailable"
        }
    }
}

pub fn open_problem(error: OpenError) -> Problem {
    let code = code(&error);
    match error {
        OpenError::Missing => OrderAccess::missing(),
        OpenError::Order(_)
        | OpenError::InProgress
        | OpenError::NotEnough(_)
        | OpenError::NotAccepted
        | OpenError::Limit(_) => Problem::conflict(code, format!("Sorry, {error}.")),
        OpenError::Provider(ProviderError::Refused { .. }) => {
            let message = "The payment provider did not accept this payment.";
            Problem::conflict(code, message).with_cause(error)
        }
        OpenError::Provider(ProviderError::Unavailable(_) | ProviderError::Stuck(_)) => Problem::busy(error),
        OpenError::Store(error) => error.into(),
    }
}
