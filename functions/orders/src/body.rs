//! Orders in JSON, for buyers and staff.

use checkout::wire::{PaymentBody, RefundBody};
use domain::order::{Actor, HistoryCode, HistoryEntry, Order, OrderLine, Purchase};
use domain::picture::{Size, path};
use kit::http::money::MoneyBody;
use kit::http::postal::PostalBody;
use serde::Serialize;
use store::orders::WholeOrder;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderBody {
    #[serde(flatten)]
    pub(crate) summary: OrderSummaryBody,
    items: Vec<OrderItemBody>,
    totals: OrderTotalsBody,
    shipping_address: PostalBody,
    /// Null if it is the shipping address.
    billing_address: Option<PostalBody>,
    coupon_code: Option<String>,
    note: Option<String>,
    pub(crate) payment: PaymentBody,
    refunds: Vec<RefundBody>,
    shipment: Option<ShipmentBody>,
    /// The time until which stock is reserved for an order that is not paid yet, or not confirmed by staff.
    held_until: Option<String>,
    /// The buyer has to follow the link in the mail, until `heldUntil`. Only guests who pay on delivery.
    awaits_confirmation: bool,
    /// The time until which an unpaid order can be paid.
    pay_by: Option<String>,
    /// Gives a guest access to this order for 30 days: send it as `Order-Token`. Only the answer to placing the order has
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub(crate) token: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderSummaryBody {
    #[schema(example = "ord_01M7W6C3804Q9PV3Y1B8S4HJET")]
    id: String,
    /// The number for people, such as `261121-7F3K9QZX`.
    #[schema(example = "261121-7F3K9QZX")]
    number: String,
    /// `pending`, `paid`, `processing`, `shipped`, `delivered`, `cancelled`, `expired` or `refunded`.
    status: &'static str,
    /// `unpaid`, `processing`, `failed`, `paid`, `partially_refunded`, `refunded` or `charged_back`.
    payment_status: &'static str,
    email: String,
    /// Null for a guest.
    user_id: Option<String>,
    units: u32,
    total: MoneyBody,
    created_at: String,
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderItemBody {
    /// The id of the line: that of its variant.
    id: String,
    product_id: String,
    variant_id: String,
    sku: String,
    name: String,
    options: Vec<String>,
    image_url: Option<String>,
    unit_price: MoneyBody,
    quantity: u32,
    /// How many were returned.
    returned: u32,
    /// Before discount and tax.
    total: MoneyBody,
    discount: MoneyBody,
    tax: MoneyBody,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderTotalsBody {
    subtotal: MoneyBody,
    discount: MoneyBody,
    shipping: MoneyBody,
    tax: MoneyBody,
    total: MoneyBody,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShipmentBody {
    carrier: Option<String>,
    tracking_code: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderTrackingBody {
    number: String,
    status: &'static str,
    shipment: Option<ShipmentBody>,
    /// Oldest first.
    history: Vec<HistoryEntryBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryEntryBody {
    at: String,
    /// Such as `placed`, `paid`, `shipped`.
    #[schema(value_type = String)]
    what: HistoryCode,
    /// The order's status after this entry.
    status: &'static str,
    /// `buyer`, `staff`, `provider` or `shop`.
    by: &'static str,
    /// For staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    user_id: Option<String>,
    /// For staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    detail: Option<String>,
}

impl OrderSummaryBody {
    pub(crate) fn of(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            number: order.number.clone(),
            status: order.status.name(),
            payment_status: order.payment_status.name(),
            email: order.email.to_string(),
            user_id: order.user_id.map(|id| id.to_string()),
            units: order.units,
            total: order.money(order.totals.total).into(),
            created_at: order.created_at.to_string(),
            updated_at: order.updated_at.to_string(),
        }
    }
}

impl OrderBody {
    pub(crate) fn of(order: &Order, purchase: &Purchase, images_url: &str) -> Self {
        let money = |amount| MoneyBody::from(order.money(amount));
        let totals = order.totals;
        Self {
            summary: OrderSummaryBody::of(order),
            items: (purchase.lines.iter()).map(|line| OrderItemBody::of(order, line, images_url)).collect(),
            totals: OrderTotalsBody {
                subtotal: money(totals.subtotal),
                discount: money(totals.discount),
                shipping: money(totals.shipping),
                tax: money(totals.tax),
                total: money(totals.total),
            },
            shipping_address: (&purchase.shipping).into(),
            billing_address: purchase.billing.as_ref().map(Into::into),
            coupon_code: order.coupon.as_ref().map(|coupon| coupon.code.to_string()),
            note: purchase.note.clone(),
            payment: PaymentBody::of(order),
            refunds: Vec::new(),
            shipment: shipment(order),
            held_until: order.held_until().map(|at| at.to_string()),
            awaits_confirmation: order.awaits_confirmation && order.held_until().is_some(),
            pay_by: (order.pay_by).filter(|_| order.is_waiting()).map(|at| at.to_string()),
            token: None,
        }
    }

    pub(crate) fn whole(whole: &WholeOrder, images_url: &str) -> Self {
        let order = &whole.order;
        let refunds = whole.refunds.iter().map(|refund| RefundBody::of(order, refund));
        Self { refunds: refunds.collect(), ..Self::of(order, &whole.purchase, images_url) }
    }
}

impl OrderItemBody {
    fn of(order: &Order, line: &OrderLine, images_url: &str) -> Self {
        let money = |amount| MoneyBody::from(order.money(amount));
        let image = line.image.map(|image| {
            let path = path(line.product_id, image, Size::Small);
            format!("{images_url}/{path}")
        });
        Self {
            id: line.variant_id.to_string(),
            product_id: line.product_id.to_string(),
            variant_id: line.variant_id.to_string(),
            sku: line.sku.to_string(),
            name: line.name.clone(),
            options: line.options.clone(),
            image_url: image,
            unit_price: money(line.unit_price),
            quantity: line.quantity,
            returned: order.returned.get(&line.variant_id).copied().unwrap_or(0),
            total: money(line.total()),
            discount: money(line.discount),
            tax: money(line.tax),
        }
    }
}

fn shipment(order: &Order) -> Option<ShipmentBody> {
    order.shipment.as_ref().map(|shipment| ShipmentBody {
        carrier: shipment.carrier.clone(),
        tracking_code: shipment.tracking_code.clone(),
    })
}

impl OrderTrackingBody {
    /// Only staff see who did what, and the notes.
    pub(crate) fn of(whole: &WholeOrder, for_staff: bool) -> Self {
        let order = &whole.order;
        let placed = HistoryEntryBody {
            at: order.created_at.to_string(),
            what: HistoryCode::Placed,
            status: "pending",
            by: "buyer",
            user_id: order.user_id.filter(|_| for_staff).map(|id| id.to_string()),
            detail: None,
        };
        let shown = whole.history.iter().filter(|entry| for_staff || entry.code != HistoryCode::Note);
        let entries = shown.map(|entry| HistoryEntryBody::of(entry, for_staff));
        Self {
            number: order.number.clone(),
            status: order.status.name(),
            shipment: shipment(order),
            history: [placed].into_iter().chain(entries).collect(),
        }
    }
}

impl HistoryEntryBody {
    fn of(entry: &HistoryEntry, for_staff: bool) -> Self {
        let (by, id) = match entry.by {
            Actor::User(id) => ("buyer", Some(id)),
            Actor::Guest => ("buyer", None),
            Actor::Staff(id) => ("staff", Some(id)),
            Actor::Provider => ("provider", None),
            Actor::Shop => ("shop", None),
        };
        Self {
            at: entry.at.to_string(),
            what: entry.code,
            status: entry.status.name(),
            by,
            user_id: id.filter(|_| for_staff).map(|id| id.to_string()),
            detail: entry.detail.clone().filter(|_| for_staff),
        }
    }
}
