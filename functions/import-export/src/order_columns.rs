//! The columns of order files. A line is a line of an order; the fields of the order are repeated on each of them.

use domain::address::PostalAddress;
use domain::order::{Dispute, Order, OrderLine, Purchase, Shipment};
use domain::tax::TaxRate;
use domain::time::Time;

use crate::cells::{write_list, write_pairs};

/// A line of an order, and where it stands.
pub(crate) struct OrderRow<'a> {
    pub(crate) order: &'a Order,
    pub(crate) purchase: &'a Purchase,
    pub(crate) line: &'a OrderLine,
    /// From 1 on.
    pub(crate) position: usize,
}

#[derive(Debug)]
pub(crate) struct OrderColumn {
    pub(crate) name: &'static str,
    pub(crate) write: fn(&OrderRow<'_>) -> String,
}

const fn column(name: &'static str, write: fn(&OrderRow<'_>) -> String) -> OrderColumn {
    OrderColumn { name, write }
}

/// `docs/architecture.md` describes them. New ones are added at the end, so that programs that count columns go on.
pub(crate) const ORDER_COLUMNS: [OrderColumn; 62] = [
    column("number", |row| row.order.number.clone()),
    column("id", |row| row.order.id.to_string()),
    column("created_at", |row| row.order.created_at.to_string()),
    column("status", |row| row.order.status.name().to_owned()),
    column("payment_status", |row| row.order.payment_status.name().to_owned()),
    column("payment_method", |row| row.order.payment.method.name().to_owned()),
    column("payment_reference", |row| text(row.order.payment.charge.as_ref())),
    column("dispute", |row| text(row.order.dispute.map(Dispute::name))),
    column("paid_at", |row| time(row.order.paid_at)),
    column("shipped_at", |row| time(row.order.shipped_at)),
    column("delivered_at", |row| time(row.order.delivered_at)),
    column("updated_at", |row| row.order.updated_at.to_string()),
    column("email", |row| row.order.email.to_string()),
    column("user_id", |row| text(row.order.user_id)),
    column("currency", |row| row.order.totals.currency.as_str().to_owned()),
    column("subtotal", |row| row.money(row.order.totals.subtotal)),
    column("discount", |row| row.money(row.order.totals.discount)),
    column("shipping", |row| row.money(row.order.totals.shipping)),
    column("tax", |row| row.money(row.order.totals.tax)),
    column("total", |row| row.money(row.order.totals.total)),
    column("refunded", |row| row.money(row.order.refunded)),
    column("charged_back", |row| row.money(row.order.charged_back)),
    column("coupon_code", |row| text(row.order.coupon.as_ref().map(|coupon| &coupon.code))),
    column("item", |row| row.position.to_string()),
    column("item_sku", |row| row.line.sku.to_string()),
    column("item_name", |row| row.line.name.clone()),
    column("item_options", |row| write_list(row.line.options.iter().map(String::as_str))),
    column("item_quantity", |row| row.line.quantity.to_string()),
    column("item_returned", |row| row.order.returned.get(&row.line.variant_id).copied().unwrap_or(0).to_string()),
    column("item_price", |row| row.money(row.line.unit_price)),
    column("item_discount", |row| row.money(row.line.discount)),
    column("item_tax", |row| row.money(row.line.tax)),
    column("carrier", |row| row.shipments(|shipment| shipment.carrier.as_deref())),
    column("tracking_code", |row| row.shipments(|shipment| shipment.tracking_code.as_deref())),
    column("shipping_name", |row| row.purchase.shipping.name.clone()),
    column("shipping_line1", |row| row.purchase.shipping.line1.clone()),
    column("shipping_line2", |row| text(row.purchase.shipping.line2.as_ref())),
    column("shipping_city", |row| row.purchase.shipping.city.clone()),
    column("shipping_region", |row| text(row.purchase.shipping.region.as_ref())),
    column("shipping_postal_code", |row| row.purchase.shipping.postal_code.clone()),
    column("shipping_country", |row| row.purchase.shipping.country.as_str().to_owned()),
    column("shipping_phone", |row| text(row.purchase.shipping.phone.as_ref())),
    column("billing_name", |row| row.billing().name.clone()),
    column("billing_line1", |row| row.billing().line1.clone()),
    column("billing_line2", |row| text(row.billing().line2.as_ref())),
    column("billing_city", |row| row.billing().city.clone()),
    column("billing_region", |row| text(row.billing().region.as_ref())),
    column("billing_postal_code", |row| row.billing().postal_code.clone()),
    column("billing_country", |row| row.billing().country.as_str().to_owned()),
    column("billing_phone", |row| text(row.billing().phone.as_ref())),
    column("note", |row| text(row.purchase.note.as_ref())),
    column("product_id", |row| row.line.product_id.to_string()),
    column("variant_id", |row| row.line.variant_id.to_string()),
    column("units", |row| row.order.units.to_string()),
    column("shipping_method", |row| text(row.purchase.shipping_method.as_ref().map(|method| &method.name))),
    column("tax_included", |row| row.order.totals.tax_included.to_string()),
    column("item_tax_rate", |row| row.rate().map(|rate| percent(rate.rate)).unwrap_or_default()),
    column("item_tax_kind", |row| row.rate().map(|rate| rate.kind.name().to_owned()).unwrap_or_default()),
    column("taxes", |row| write_pairs(row.taxes())),
    column("vat_number", |row| text(row.purchase.vat.as_ref().map(|vat| vat.number.as_str()))),
    column("shipping_company", |row| text(row.purchase.shipping.company.as_ref())),
    column("billing_company", |row| text(row.billing().company.as_ref())),
];

impl OrderRow<'_> {
    /// A decimal number without the currency, which has a column of its own.
    fn money(&self, amount: i64) -> String {
        self.order.money(amount).decimal()
    }

    /// `None` for orders from before there were several rates.
    fn rate(&self) -> Option<TaxRate> {
        (!self.purchase.taxes.is_empty()).then_some(self.line.tax_rate)
    }

    /// The tax of the order by rate, such as `19=3.80`.
    fn taxes(&self) -> Vec<(String, String)> {
        let taxes = self.purchase.taxes.iter();
        taxes.map(|amount| (percent(amount.rate.rate), self.money(amount.tax))).collect()
    }

    /// The same of each parcel: a list, if there are several.
    fn shipments(&self, part: fn(&Shipment) -> Option<&str>) -> String {
        let all: Vec<&str> = self.order.shipments().into_iter().map(|it| part(it).unwrap_or_default()).collect();
        if let [one] = all[..] { one.to_owned() } else { write_list(all) }
    }

    fn billing(&self) -> &PostalAddress {
        self.purchase.billing.as_ref().unwrap_or(&self.purchase.shipping)
    }
}

/// Hundredths of a percent as a decimal number of percent.
fn percent(rate: u32) -> String {
    let text = format!("{}.{:02}", rate / 100, rate % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn time(at: Option<Time>) -> String {
    text(at)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ORDER_COLUMNS;

    #[test]
    fn each_column_of_an_order_file_has_a_name_of_its_own_and_is_described() {
        let names: BTreeSet<&str> = ORDER_COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), ORDER_COLUMNS.len());
        let docs = include_str!("../../../docs/architecture.md");
        for name in names {
            assert!(docs.contains(&format!("`{name}`")), "docs/architecture.md does not describe {name}");
        }
    }
}
