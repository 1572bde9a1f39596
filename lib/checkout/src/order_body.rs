//! Orders in JSON, for buyers and staff.

use std::collections::BTreeMap;

use crate::parcel_body::{ParcelBody, ShipmentBody};
use crate::return_body::ReturnBody;
use crate::shipping_body::OfferedShippingMethodBody;
use crate::tax_body::{LineTaxBody, TaxAmountBody, VatBody};
use crate::wire::{PaymentBody, RefundBody};
use domain::exchange::ExchangedUnits;
use domain::id::{ImageId, VariantId};
use domain::order::{Actor, HistoryCode, HistoryEntry, MAX_LISTED_LINES, Order, OrderLine, Purchase};
use domain::picture::line_path;
use kit::http::money::MoneyBody;
use kit::http::postal::PostalBody;
use serde::Serialize;
use store::orders::{OrderAndLines, WholeOrder};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderBody {
    #[serde(flatten)]
    pub summary: OrderSummaryBody,
    items: Vec<OrderItemBody>,
    totals: OrderTotalsBody,
    shipping_address: PostalBody,
    /// Null if it is the shipping address.
    billing_address: Option<PostalBody>,
    coupon_code: Option<String>,
    note: Option<String>,
    pub payment: PaymentBody,
    refunds: Vec<RefundBody>,
    returns: Vec<ReturnBody>,
    /// How the newest parcel is sent. Null before that.
    shipment: Option<ShipmentBody>,
    /// What the order is sent in, oldest first. Usually one.
    parcels: Vec<ParcelBody>,
    /// The time until which stock is reserved for an order that is not paid yet, or not confirmed by staff.
    held_until: Option<String>,
    /// The buyer has to follow the link in the mail, until `heldUntil`. Only guests who pay on delivery.
    awaits_confirmation: bool,
    /// The time until which an unpaid order can be paid.
    pay_by: Option<String>,
    /// Notes of the shop's own programs. Staff see all of them, buyers those whose key begins with `public.`.
    metadata: BTreeMap<String, String>,
    /// The VAT number of the buyer. Null: none was given.
    vat: Option<VatBody>,
    /// Gives a guest access to this order for 30 days: send it as `Order-Token`. Only the answers to placing and to
    /// confirming the order have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub token: Option<String>,
    /// The shipping method with its price, as they were when the order was placed. Null for orders from before methods
    /// could be chosen, and for those of an earlier shop.
    shipping_method: Option<OfferedShippingMethodBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderSummaryBody {
    #[schema(example = "ord_01M7W6C3804Q9PV3Y1B8S4HJET")]
    id: String,
    /// The number for people, such as `261121-7F3K9QZX`.
    #[schema(example = "261121-7F3K9QZX")]
    number: String,
    /// `pending`, `paid`, `processing`, `shipped`, `delivered`, `cancelled`, `expired` or `refunded`.
    status: &'static str,
    /// `unfulfilled`, `partially_shipped`, `shipped`, `partially_delivered` or `delivered`.
    fulfillment_status: &'static str,
    /// `unpaid`, `processing`, `failed`, `paid`, `partially_refunded`, `refunded` or `charged_back`.
    payment_status: &'static str,
    email: String,
    /// Null for a guest.
    user_id: Option<String>,
    units: u32,
    total: MoneyBody,
    created_at: String,
    updated_at: String,
    /// When it was paid. Null until then.
    paid_at: Option<String>,
    /// When it left the shop. Null until then.
    shipped_at: Option<String>,
    /// When it arrived. Null until then.
    delivered_at: Option<String>,
}

/// An order in the list of one's orders.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedOrderBody {
    #[serde(flatten)]
    summary: OrderSummaryBody,
    /// Its first lines, at most ten.
    items: Vec<BoughtItemBody>,
    /// How many lines it has.
    item_count: usize,
}

/// What a line of an order is, without its price.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BoughtItemBody {
    /// The id of the line: that of its variant.
    id: String,
    product_id: String,
    variant_id: String,
    sku: String,
    /// The name of the product when it was ordered.
    name: String,
    options: Vec<String>,
    /// The small size of the picture when it was ordered. The order keeps it, whatever becomes of the product.
    image_url: Option<String>,
    /// How many units were ordered.
    quantity: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderItemBody {
    #[serde(flatten)]
    item: BoughtItemBody,
    unit_price: MoneyBody,
    /// How many were returned.
    returned: u32,
    /// How many are still to be sent. The others are in parcels, or were given back before.
    to_send: u32,
    /// Before discount and tax.
    total: MoneyBody,
    discount: MoneyBody,
    tax: MoneyBody,
    #[serde(flatten)]
    rate: LineTaxBody,
    /// How many of the units were not there when it was ordered. They are sent when they are.
    backordered: u32,
    /// The day from which the shop expected them then. Null: all were there, or nobody knew yet.
    available_from: Option<String>,
    /// Which of the units are of other variants now, because they were exchanged. Each was paid like the line's others.
    exchanged: Vec<ExchangedItemBody>,
}

/// Units of a line that were exchanged for another variant, and that the buyer has or gets.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExchangedItemBody {
    variant_id: String,
    sku: String,
    options: Vec<String>,
    quantity: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderTotalsBody {
    subtotal: MoneyBody,
    discount: MoneyBody,
    shipping: MoneyBody,
    tax: MoneyBody,
    total: MoneyBody,
    tax_included: bool,
    /// The tax by rate. Empty for orders from before there were several rates.
    taxes: Vec<TaxAmountBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderTrackingBody {
    number: String,
    status: &'static str,
    /// `unfulfilled`, `partially_shipped`, `shipped`, `partially_delivered` or `delivered`.
    fulfillment_status: &'static str,
    shipment: Option<ShipmentBody>,
    /// What the order is sent in, oldest first.
    parcels: Vec<ParcelBody>,
    /// Oldest first.
    history: Vec<HistoryEntryBody>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntryBody {
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
    pub fn of(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            number: order.number.clone(),
            status: order.status.name(),
            fulfillment_status: order.fulfillment().name(),
            payment_status: order.payment_status.name(),
            email: order.email.to_string(),
            user_id: order.user_id.map(|id| id.to_string()),
            units: order.units,
            total: order.money(order.totals.total).into(),
            created_at: order.created_at.to_string(),
            updated_at: order.updated_at.to_string(),
            paid_at: order.paid_at.map(|at| at.to_string()),
            shipped_at: order.shipped_at.map(|at| at.to_string()),
            delivered_at: order.delivered_at.map(|at| at.to_string()),
        }
    }
}

impl OrderSummaryBody {
    /// A guest does not learn whether the order's address has an account.
    fn seen_by(reader: Actor, order: &Order) -> Self {
        let user_id = order.user_id.filter(|_| reader != Actor::Guest).map(|id| id.to_string());
        Self { user_id, ..Self::of(order) }
    }
}

impl OrderBody {
    /// The order as this reader may see it.
    pub fn of(order: &Order, purchase: &Purchase, images_url: &str, reader: Actor) -> Self {
        let money = |amount| MoneyBody::from(order.money(amount));
        let totals = order.totals;
        let images = OrderImages { url: images_url, copies: purchase.pictures.as_deref() };
        let to_send = order.to_send(purchase);
        Self {
            summary: OrderSummaryBody::seen_by(reader, order),
            items: (purchase.lines.iter())
                .map(|line| OrderItemBody::of(order, purchase, line, &to_send, &images))
                .collect(),
            totals: OrderTotalsBody {
                subtotal: money(totals.subtotal),
                discount: money(totals.discount),
                shipping: money(totals.shipping),
                tax: money(totals.tax),
                total: money(totals.total),
                tax_included: totals.tax_included,
                taxes: TaxAmountBody::all(&purchase.taxes, totals.currency),
            },
            shipping_address: (&purchase.shipping).into(),
            billing_address: purchase.billing.as_ref().map(Into::into),
            coupon_code: order.coupon.as_ref().map(|coupon| coupon.code.to_string()),
            note: purchase.note.clone(),
            payment: PaymentBody::of(order).seen_by(reader, order),
            refunds: Vec::new(),
            shipment: order.shipment.as_ref().map(Into::into),
            parcels: ParcelBody::all(order, purchase),
            returns: Vec::new(),
            held_until: order.held_until().map(|at| at.to_string()),
            awaits_confirmation: order.awaits_confirmation && order.held_until().is_some(),
            pay_by: (order.pay_by).filter(|_| order.is_waiting()).map(|at| at.to_string()),
            metadata: order.metadata.shown(reader.is_of_shop()),
            vat: purchase.vat.as_ref().map(Into::into),
            token: None,
            shipping_method: (purchase.shipping_method.as_ref())
                .map(|method| OfferedShippingMethodBody::of(method, totals.currency)),
        }
    }

    pub fn whole(whole: &WholeOrder, images_url: &str, reader: Actor) -> Self {
        let (refunds, returns) = (RefundBody::all(whole), whole.returns.iter().map(ReturnBody::of).collect());
        Self { refunds, returns, ..Self::of(&whole.order, &whole.purchase, images_url, reader) }
    }
}

impl ListedOrderBody {
    pub fn of(found: &OrderAndLines, images_url: &str) -> Self {
        let OrderAndLines { order, lines, pictures } = found;
        let images = OrderImages { url: images_url, copies: pictures.as_deref() };
        let shown = lines.iter().take(MAX_LISTED_LINES);
        Self {
            summary: OrderSummaryBody::of(order),
            items: shown.map(|line| BoughtItemBody::of(order, line, &images)).collect(),
            item_count: lines.len(),
        }
    }
}

/// Where the pictures of an order are.
struct OrderImages<'a> {
    url: &'a str,
    copies: Option<&'a [ImageId]>,
}

impl BoughtItemBody {
    fn of(order: &Order, line: &OrderLine, images: &OrderImages<'_>) -> Self {
        Self {
            id: line.variant_id.to_string(),
            product_id: line.product_id.to_string(),
            variant_id: line.variant_id.to_string(),
            sku: line.sku.to_string(),
            name: line.name.clone(),
            options: line.options.clone(),
            image_url: line_path(order.id, line, images.copies).map(|path| format!("{}/{path}", images.url)),
            quantity: line.quantity,
        }
    }
}

impl OrderItemBody {
    fn of(
        order: &Order,
        purchase: &Purchase,
        line: &OrderLine,
        to_send: &[(VariantId, u32)],
        images: &OrderImages<'_>,
    ) -> Self {
        let money = |amount| MoneyBody::from(order.money(amount));
        Self {
            item: BoughtItemBody::of(order, line, images),
            unit_price: money(line.unit_price),
            returned: order.returned.get(&line.variant_id).copied().unwrap_or(0),
            to_send: to_send.iter().find(|(it, _)| *it == line.variant_id).map_or(0, |(_, units)| *units),
            total: money(line.total()),
            discount: money(line.discount),
            tax: money(line.tax),
            rate: LineTaxBody::of_order(line.tax_rate, &purchase.taxes),
            backordered: line.backordered,
            available_from: line.available_from.map(|day| day.to_string()),
            exchanged: order.exchanged_of(line.variant_id).map(Into::into).collect(),
        }
    }
}

impl From<&ExchangedUnits> for ExchangedItemBody {
    fn from(exchanged: &ExchangedUnits) -> Self {
        Self {
            variant_id: exchanged.variant.variant_id.to_string(),
            sku: exchanged.variant.sku.to_string(),
            options: exchanged.variant.options.clone(),
            quantity: exchanged.units,
        }
    }
}

impl OrderTrackingBody {
    pub fn of(whole: &WholeOrder, for_staff: bool) -> Self {
        let order = &whole.order;
        Self {
            number: order.number.clone(),
            status: order.status.name(),
            fulfillment_status: order.fulfillment().name(),
            shipment: order.shipment.as_ref().map(Into::into),
            parcels: ParcelBody::all(order, &whole.purchase),
            history: history(whole, for_staff),
        }
    }
}

/// What happened to the order, oldest first. Only staff see who did what, and the notes.
pub fn history(whole: &WholeOrder, for_staff: bool) -> Vec<HistoryEntryBody> {
    let order = &whole.order;
    let placed = HistoryEntryBody {
        at: order.created_at.to_string(),
        what: HistoryCode::Placed,
        status: "pending",
        by: "buyer",
        user_id: order.placed_by().filter(|_| for_staff).map(|id| id.to_string()),
        detail: None,
    };
    let shown = whole.history.iter().filter(|entry| for_staff || !entry.code.is_for_staff());
    [placed].into_iter().chain(shown.map(|entry| HistoryEntryBody::of(entry, for_staff))).collect()
}

impl HistoryEntryBody {
    fn of(entry: &HistoryEntry, for_staff: bool) -> Self {
        let (by, id) = match entry.by {
            Actor::User(id) => ("buyer", Some(id.into())),
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
