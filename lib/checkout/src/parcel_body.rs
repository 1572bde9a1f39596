//! The parcels of an order in JSON.

use domain::order::{Order, Parcel, Purchase, Shipment};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParcelBody {
    id: String,
    items: Vec<ParcelItemBody>,
    carrier: Option<String>,
    tracking_code: Option<String>,
    /// The carrier's page about the parcel. Null if the carrier is not one that the shop knows, or there is no code.
    tracking_url: Option<String>,
    /// `shipped`, `delivered`, or `returned`: the buyer of an order for cash on delivery did not take it.
    status: &'static str,
    /// When it left the shop. Null if that is not known any more.
    shipped_at: Option<String>,
    /// When it arrived. Null until then, and if that is not known any more.
    delivered_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ParcelItemBody {
    /// The id of the order's line.
    id: String,
    /// How many units of it are in the parcel.
    quantity: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShipmentBody {
    carrier: Option<String>,
    tracking_code: Option<String>,
    /// The carrier's page about the parcel. Null if the carrier is not one that the shop knows, or there is no code.
    tracking_url: Option<String>,
}

impl From<&Shipment> for ShipmentBody {
    fn from(shipment: &Shipment) -> Self {
        Self {
            carrier: shipment.carrier.clone(),
            tracking_code: shipment.tracking_code.clone(),
            tracking_url: shipment.tracking_url(),
        }
    }
}

impl ParcelBody {
    /// The parcels of the order, oldest first.
    pub fn all(order: &Order, purchase: &Purchase) -> Vec<Self> {
        order.parcels(purchase).into_iter().map(|parcel| Self::of(order, parcel)).collect()
    }

    fn of(order: &Order, parcel: Parcel) -> Self {
        let items = parcel.lines.iter().map(|&(id, quantity)| ParcelItemBody { id: id.to_string(), quantity });
        Self {
            id: parcel.id.to_string(),
            items: items.collect(),
            status: order.parcel_status(&parcel).name(),
            tracking_url: parcel.shipment.tracking_url(),
            carrier: parcel.shipment.carrier,
            tracking_code: parcel.shipment.tracking_code,
            shipped_at: parcel.shipped_at.map(|at| at.to_string()),
            delivered_at: parcel.delivered_at.map(|at| at.to_string()),
        }
    }
}
