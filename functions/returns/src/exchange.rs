//! Exchanges: what the buyer gets for items of a return, and how it is sent.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use checkout::check_shipment;
use checkout::return_body::ReturnBody;
use domain::exchange::{ChosenVariant, ExchangeRefusal};
use domain::id::ProductId;
use domain::order::{Actor, OrderLine, Shipment};
use domain::returns::ReturnRequest;
use kit::http::answer::{Answer, Envelope};
use kit::http::auth::Identity;
use kit::http::body::{Body, Fields};
use kit::http::problem::{Detail, Problem};
use serde::Deserialize;
use store::orders::OrderAndPurchase;
use utoipa::ToSchema;

use crate::App;
use crate::change::{answer, refused};
use crate::input::WantedExchange;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ShipExchangeInput {
    carrier: Option<String>,
    tracking_code: Option<String>,
}

/// Sends what the buyer gets in exchange.
///
/// With it the return is completed, and the buyer gets a mail. The same request again changes nothing. With another carrier
/// or code it is corrected, and the buyer gets a mail with that.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/returns/{return}/ship", request_body = ShipExchangeInput,
    params(("id" = String, Path), ("return" = String, Path)),
    responses(
        (status = 200, description = "The return.", body = Envelope<ReturnBody>),
        (status = 404, description = "`return_not_found`."),
        (status = 409, description = "`return_status_conflict`: nothing of it is exchanged, or the goods were not inspected yet."),
    )
)]
pub(crate) async fn ship(
    State(app): State<App>,
    staff: Identity,
    Path((order, id)): Path<(String, String)>,
    Body(body): Body<ShipExchangeInput>,
) -> Result<Answer<ReturnBody>, Problem> {
    let shipment = body.parse()?;
    let read = app.find(&order, &id).await?;
    let by = Actor::Staff(staff.id());
    let side_effects = app.audited(by, "return.ship", &read, "completed".to_owned());
    let shipped = app.change(read, &side_effects, |read, now| {
        read.found.order.exchange_shipped(&read.asked, &shipment, by, now).map_err(refused)
    });
    Ok(answer("Exchange sent.", &shipped.await?))
}

impl ShipExchangeInput {
    fn parse(self) -> Result<Shipment, Problem> {
        let mut fields = Fields::default();
        let shipment = check_shipment(&mut fields, "", self.carrier, self.tracking_code);
        let (shipment,) = fields.finish((shipment,))?;
        Ok(shipment.unwrap_or_default())
    }
}

impl App {
    /// The request with the variants that the buyer gets, as they are sold now.
    pub(crate) async fn choose(
        &self,
        found: &OrderAndPurchase,
        mut request: ReturnRequest,
        exchanges: &[WantedExchange],
    ) -> Result<ReturnRequest, Problem> {
        if exchanges.is_empty() {
            return Ok(request);
        }
        let line_of = |item: usize| -> Option<&OrderLine> {
            let line = request.lines.get(item)?.variant_id;
            found.purchase.lines.iter().find(|bought| bought.variant_id == line)
        };
        let lines: Vec<Option<&OrderLine>> = exchanges.iter().map(|wanted| line_of(wanted.at)).collect();
        let products: BTreeSet<ProductId> = lines.iter().flatten().map(|line| line.product_id).collect();
        let products = self.context.store.products(&products.into_iter().collect::<Vec<_>>()).await?;
        for (wanted, line) in exchanges.iter().zip(lines) {
            // An unknown line is refused with all other rules of the order.
            let (Some(line), Some(item)) = (line, request.lines.get_mut(wanted.at)) else {
                continue;
            };
            let product = products.iter().find(|product| product.id == line.product_id);
            let chosen = ChosenVariant::for_line(line, found.order.totals.currency, product, &wanted.sku);
            item.exchange_for = Some(chosen.map_err(|refusal| not_exchanged(refusal, wanted.at))?);
        }
        Ok(request)
    }
}

fn not_exchanged(refusal: ExchangeRefusal, item: usize) -> Problem {
    let (field, message) = (format!("items[{item}].exchangeFor"), refusal.to_string());
    match refusal {
        ExchangeRefusal::NotSold => Problem::field(&field, message),
        ExchangeRefusal::PriceDiffers => {
            let sorry = "Sorry, the other variant has another price now. Send the item back, and order anew.";
            let mut problem = Problem::conflict("exchange_price_differs", sorry);
            problem.details = vec![Detail { field, message }];
            problem
        }
    }
}
