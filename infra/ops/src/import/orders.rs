//! Imports past orders.

use domain::email::Email;
use domain::event::Event;
use domain::id::{OrderId, ProductId, VariantId};
use domain::money::Currency;
use domain::order::{
    FinishedOrder, MAX_NOTE, MAX_NUMBER, MAX_SHIPMENT, PastField, PastLine, PastOrder, Shipment, Status,
};
use domain::product::{MAX_NAME, MAX_OPTION};
use domain::sku::Sku;
use domain::text;
use domain::time::Time;
use import_export::parse_list;
use store::Commit;
use store::imported::ImportConflict;

use super::people::postal;
use super::rows::{Group, Row};
use super::{Importer, Outcome, Stop, Wrong, entropy, key};

impl Importer {
    pub(super) async fn order(&self, group: &Group) -> Result<Outcome, Stop> {
        let first = group.first();
        let number = text::line(first.required("number")?, MAX_NUMBER).map_err(|error| Wrong::new("number", error))?;
        if self.store.imported(&key("order", &number)).await?.is_some() {
            return Ok(Outcome::Known);
        }
        let past = self.past_order(number.clone(), group).await?;
        let finished = past.finish(self.clock.now()).map_err(|violations| {
            let lines: Vec<u64> = group.rows().map(|row| row.line).collect();
            violations.into_iter().map(|(field, message)| located(field, message, &lines)).collect::<Vec<_>>()
        })?;
        if self.is_dry_run {
            return Ok(Outcome::New);
        }
        let FinishedOrder { order, purchase, history } = finished;
        let mark = self.mark("order", &number, order.id);
        let now = self.clock.now();
        let event = self.ids.outbox_event(Event::OrderImported { order_id: order.id }, now);
        let token = self.ids.transaction(now);
        match self.store.import_order(token, &order, &purchase, &history, &event, &mark).await {
            Ok(()) => Ok(Outcome::New),
            Err(Commit::Refused(ImportConflict::Done)) => Ok(Outcome::Known),
            Err(Commit::Refused(_)) => Err(Wrong::new("number", "belongs to another order").into()),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    }

    async fn past_order(&self, number: String, group: &Group) -> Result<PastOrder, Stop> {
        let first = group.first();
        first.required("placed_at")?;
        let placed_at = first.parsed("placed_at", Time::parse)?.unwrap_or_else(|| self.clock.now());
        let status = Status::parse(first.required("status")?).map_err(|error| Wrong::new("status", error))?;
        first.parsed("currency", |cell| match Currency::parse(cell) {
            Ok(currency) if currency == self.currency => Ok(()),
            _ => Err(format!("must be {}, the shop's currency", self.currency.as_str())),
        })?;
        let user_id = match first.get("customer") {
            Some(customer) => Some(self.customer_of("customer", customer).await?),
            None => None,
        };
        let email = match (first.parsed("email", Email::parse)?, user_id) {
            (Some(email), _) => email,
            (None, Some(id)) => {
                let user = self.store.user(id).await?;
                user.ok_or_else(|| Wrong::new("customer", "has deleted the account; give the email instead"))?.email
            }
            (None, None) => return Err(Wrong::new("email", "or customer is required").into()),
        };
        let line = |column: &'static str, max| first.parsed(column, |cell| text::line(cell, max));
        let (carrier, tracking_code) = (line("carrier", MAX_SHIPMENT)?, line("tracking_code", MAX_SHIPMENT)?);
        let has_shipment = carrier.is_some() || tracking_code.is_some();
        first.required("total")?;
        let amount = |column: &str| Ok::<_, Wrong>(self.amount(first, column)?.unwrap_or(0));
        let mut lines = Vec::new();
        for row in group.rows() {
            let line = self.past_line(row, placed_at).await.map_err(|stop| stop.at(row.line))?;
            lines.push(line);
        }
        Ok(PastOrder {
            id: OrderId::new(placed_at, entropy("order", &number)),
            number,
            user_id,
            email,
            status,
            currency: self.currency,
            lines,
            shipping_price: amount("shipping_price")?,
            discount: amount("discount")?,
            tax: amount("tax")?,
            total: amount("total")?,
            shipping: postal(first, "shipping_")?,
            billing: first.has_any("billing_").then(|| postal(first, "billing_")).transpose()?,
            note: first.parsed("note", |cell| text::prose(cell, MAX_NOTE))?,
            shipment: has_shipment.then_some(Shipment { carrier, tracking_code }),
            placed_at,
        })
    }

    /// A line; with the product of its SKU if the shop sells it.
    async fn past_line(&self, row: &Row, placed_at: Time) -> Result<PastLine, Stop> {
        let sku = Sku::parse(row.required("line_sku")?).map_err(|error| Wrong::new("line_sku", error))?;
        let name = text::line(row.required("line_name")?, MAX_NAME).map_err(|error| Wrong::new("line_name", error))?;
        row.required("line_price")?;
        row.required("line_quantity")?;
        let options = row.get("line_options").map(parse_list).unwrap_or_default().into_iter();
        let options = options.map(|option| text::line(&option, MAX_OPTION)).collect::<Result<Vec<_>, _>>();
        let options = options.map_err(|error| Wrong::new("line_options", error))?;
        let quantity = row.parsed("line_quantity", |cell| cell.parse().map_err(|_| "must be a whole number"))?;
        let unit_price = self.amount(row, "line_price")?.unwrap_or(0);
        let bits = entropy("sku", sku.as_str());
        let (product_id, variant_id) = match self.store.stock_level(&sku).await? {
            Some(level) => (level.product_id, level.variant_id),
            // Nothing has these ids. They only tell the lines of an order apart.
            None => (ProductId::new(placed_at, bits), VariantId::new(placed_at, bits)),
        };
        Ok(PastLine { product_id, variant_id, sku, name, options, unit_price, quantity: quantity.unwrap_or(0) })
    }
}

fn located(field: PastField, message: String, lines: &[u64]) -> Wrong {
    let (column, line) = match field {
        PastField::Status => ("status", None),
        PastField::Total => ("total", None),
        PastField::Discount => ("discount", None),
        PastField::PlacedAt => ("placed_at", None),
        PastField::Lines => ("line_sku", None),
        PastField::Quantity(place) => ("line_quantity", lines.get(place).copied()),
    };
    Wrong { line, field: column.to_owned(), message }
}
