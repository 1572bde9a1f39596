//! Shipping, tax, documents, parcels and returns.

use domain::address::PostalAddress;
use domain::cart::{MAX_LINES, MAX_QUANTITY};
use domain::document::DocumentKind;
use domain::id::{ImageId, RefundId, ReturnId, ShippingMethodId, VariantId};
use domain::order::{Fulfillment, MAX_PARCELS, MAX_REASON, ParcelStatus};
use domain::returns::{self, ReturnKind, ReturnReason, ReturnStatus};
use domain::shipping::{ShippingMethods, ShippingTerms};
use domain::tax::{MAX_RATE, ShippingTax, TaxClass, TaxKind};
use domain::vat::{VatCheck, VatNumber};
use serde_json::{Value, json};

use super::{id, sku, text};

pub(super) fn shape(of: &str, name: &str) -> Option<Value> {
    of_documents(of, name)
        .or_else(|| of_returns(of, name))
        .or_else(|| of_parcels(of, name))
        .or_else(|| of_shipping(of, name))
        .or_else(|| of_tax(of, name))
}

/// What a name means in documents of orders.
fn of_documents(of: &str, name: &str) -> Option<Value> {
    if of != "DocumentBody" {
        return None;
    }
    Some(match name {
        "number" | "refersTo" => json!({ "pattern": "^(IN|CN|CC)-[0-9]{4}-[0-9]{6,}$" }),
        "kind" => json!({ "enum": DocumentKind::ALL.map(DocumentKind::name) }),
        "refundId" => id(RefundId::PREFIX),
        "day" => json!({ "format": "date" }),
        "issuedAt" => json!({ "format": "date-time" }),
        "sha256" => json!({ "pattern": "^[0-9a-f]{64}$" }),
        _ => return None,
    })
}

/// What a name means in returns.
fn of_returns(of: &str, name: &str) -> Option<Value> {
    let units = |min: u32| json!({ "minimum": min, "maximum": MAX_QUANTITY });
    Some(match (of, name) {
        ("ReturnBody", "refundId") => id(RefundId::PREFIX),
        ("ReturnBody" | "ExportedReturnBody", "id") | (_, "return") => id(ReturnId::PREFIX),
        ("ReturnItemBody" | "ReturnItemInput" | "InspectedItemInput" | "ReturnableItemBody", "id") => {
            id(VariantId::PREFIX)
        }
        ("ReturnInput" | "ReturnBody" | "ReturnOfferBody", "kind") => {
            json!({ "enum": ReturnKind::ALL.map(ReturnKind::name) })
        }
        ("ReturnBody" | "ExportedReturnBody" | "/api/v1/admin/returns", "status") => {
            json!({ "enum": ReturnStatus::ALL.map(ReturnStatus::name) })
        }
        ("ReturnItemInput" | "ReturnItemBody" | "ExportedReturnItemBody", "reason") => {
            json!({ "enum": ReturnReason::ALL.map(ReturnReason::name) })
        }
        ("ReturnInput" | "CompleteReturnInput", "items") => json!({ "minItems": 1, "maxItems": MAX_LINES }),
        ("ReturnInput", "comment") => text(0, returns::MAX_COMMENT),
        ("DeclineReturnInput" | "CompleteReturnInput", "reason") => text(1, MAX_REASON),
        ("ReturnItemInput" | "ReturnItemBody" | "ReturnableItemBody" | "ExportedReturnItemBody", "quantity") => {
            units(1)
        }
        ("InspectedItemInput" | "ReturnItemBody", "returned" | "restocked") => units(0),
        ("ExportedReturnItemBody", "exchangeFor") => sku("^[A-Z0-9._-]+$"),
        ("ReturnItemInput", "exchangeFor") => sku("^[A-Za-z0-9._-]+$"),
        ("ReturnBody", "imageCount") => json!({ "minimum": 0, "maximum": returns::MAX_PICTURES }),
        ("ReturnImageBody", "id") => id(ImageId::PREFIX),
        ("ReturnRulesBody", "returnDays" | "withdrawalDays" | "sendDays") => json!({ "minimum": 0 }),
        _ => return None,
    })
}

/// What a name means in shipping methods.
fn of_shipping(of: &str, name: &str) -> Option<Value> {
    const ZONES: [&str; 2] = ["ShippingZoneInput", "ShippingZoneBody"];
    Some(match (of, name) {
        (_, "shippingMethodId" | "shipping_method_id") => id(ShippingMethodId::PREFIX),
        ("ShippingMethodInput" | "ShippingMethodPatchInput", "name") => text(1, ShippingTerms::MAX_NAME),
        (_, "zones") => json!({ "minItems": 1, "maxItems": ShippingTerms::MAX_ZONES }),
        (_, "position") if of.starts_with("ShippingMethod") => json!({ "minimum": 1, "maximum": ShippingMethods::MAX }),
        (_, "countries") if ZONES.contains(&of) => {
            json!({ "maxItems": ShippingTerms::MAX_COUNTRIES, "items": { "pattern": "^[A-Za-z]{2}$" } })
        }
        (_, "weightTiers" | "valueTiers") => json!({ "minItems": 1, "maxItems": ShippingTerms::MAX_TIERS }),
        (_, "upToGrams") => json!({ "minimum": 0, "maximum": ShippingTerms::MAX_WEIGHT }),
        ("DeliveryEstimateInput" | "DeliveryEstimateBody", _) => {
            json!({ "minimum": 0, "maximum": ShippingTerms::MAX_DAYS })
        }
        _ => return None,
    })
}

/// What a name means where it is about parcels.
fn of_parcels(of: &str, name: &str) -> Option<Value> {
    Some(match (of, name) {
        ("ParcelBody", "status") => json!({ "enum": ParcelStatus::ALL.map(ParcelStatus::name) }),
        ("ParcelPatchInput", "status") => json!({ "enum": ["delivered"] }),
        ("OrderBody" | "OrderTrackingBody", "parcels") => json!({ "maxItems": MAX_PARCELS }),
        (_, "fulfillmentStatus") => json!({ "enum": Fulfillment::ALL.map(Fulfillment::name) }),
        _ => return None,
    })
}

/// What a name means where it is about tax.
fn of_tax(of: &str, name: &str) -> Option<Value> {
    Some(match (of, name) {
        (_, "taxClass") => json!({ "enum": TaxClass::ALL.map(TaxClass::name) }),
        (_, "taxRate")
        | ("TaxAmountBody", "rate")
        | ("ClassRatesBody", "standard" | "reduced" | "secondReduced" | "superReduced") => {
            json!({ "minimum": 0, "maximum": MAX_RATE })
        }
        ("TaxAmountBody", "kind") => json!({ "enum": TaxKind::ALL.map(TaxKind::name) }),
        (_, "taxKind") => json!({ "pattern": "^[a-z_]+$" }),
        ("ShopTaxBody", "shipping") => {
            let classes = TaxClass::ALL.map(|class| ShippingTax::Class(class).name());
            let all = [ShippingTax::None.name(), ShippingTax::Proportional.name()].into_iter().chain(classes);
            json!({ "enum": all.collect::<Vec<_>>() })
        }
        ("TaxPlaceBody", "region") => json!({ "pattern": "^[A-Z0-9]{1,3}$" }),
        (_, "vatNumber") => text(4, VatNumber::MAX_WRITTEN),
        ("VatBody", "number") => json!({ "pattern": "^[A-Z]{2}[A-Z0-9]{2,12}$" }),
        ("VatBody", "checkedAt") => json!({ "format": "date-time" }),
        ("VatBody", "reference") => text(1, VatCheck::MAX_REFERENCE),
        ("/api/v1/cart", "region") => text(1, PostalAddress::MAX_CITY),
        _ => return None,
    })
}
