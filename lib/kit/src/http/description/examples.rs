//! An example of each body that a request has. A test compares them with their schemas.

use serde_json::{Value, json};

const CATEGORY: &str = "cat_01M7W6C3804Q9PV3Y1B8S4HJET";
const BRAND: &str = "brd_01M7W6C3804Q9PV3Y1B8S4HJET";
const IMAGE: &str = "img_01M7W6C3804Q9PV3Y1B8S4HJET";
const ORDER: &str = "ord_01M7W6C3804Q9PV3Y1B8S4HJET";
const PRODUCT: &str = "prd_01M7W6C3804Q9PV3Y1B8S4HJET";
const VARIANT: &str = "var_01M7W6C3804Q9PV3Y1B8S4HJET";
const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery staple";
const TOKEN: &str = "AaH4Zg0AAAAAAcFaMkjJ2qf0BpCixnFJrgTb-4aveytqNEQu8eJHRM7qMcRbc31F";

/// The body of a request with this schema.
#[expect(clippy::too_many_lines, reason = "a list")]
pub(in crate::http) fn example(schema: &str) -> Option<Value> {
    Some(match schema {
        "AddressInput" => with(postal(), json!({ "isDefault": true })),
        "AdjustStockInput" => json!({ "adjust": -2, "reason": "broken in the store room" }),
        "AdvanceOrderInput" => json!({
            "status": "shipped",
            "carrier": "DHL",
            "trackingCode": "JD014600003SE",
            "metadata": { "erp_id": "4711" },
        }),
        "ApiKeyInput" => {
            json!({ "name": "ERP", "permissions": ["orders:read-all", "inventory:write"], "expiresAt": "2027-12-01T00:00:00Z" })
        }
        "BanInput" => json!({ "reason": "Ordered with other people's cards", "until": "2027-01-01T00:00:00Z" }),
        "BulkOrdersInput" => json!({
            "status": "shipped",
            "orders": [{ "id": ORDER, "carrier": "DHL", "trackingCode": "JD014600003SE" }],
        }),
        "CancelOrderInput" => json!({ "reason": "I ordered the wrong size" }),
        "CartCouponInput" => json!({ "code": "SUMMER-20" }),
        "ChangePasswordInput" => json!({ "currentPassword": PASSWORD, "newPassword": "another long sentence of mine" }),
        "ConfirmInput" | "PasswordInput" => json!({ "password": PASSWORD }),
        "ChangeEmailInput" => json!({ "email": "ada.lovelace@example.com", "password": PASSWORD }),
        "ConfirmEmailInput" | "ConfirmOrderInput" | "RestoreCartInput" => json!({ "token": TOKEN }),
        "CouponInput" => json!({
            "code": "SUMMER-20",
            "percent": 20,
            "maximumDiscount": usd(5_000),
            "minimumOrder": usd(2_000),
            "startsAt": "2026-06-01T00:00:00Z",
            "endsAt": "2026-09-01T00:00:00Z",
            "totalUses": 1_000,
        }),
        "CouponPatchInput" => json!({ "endsAt": null, "active": true }),
        "CouponValidationInput" => json!({ "code": "SUMMER-20", "items": [{ "sku": "SHIRT-BLUE-M", "quantity": 2 }] }),
        "CsvExportInput" => json!({ "of": "products" }),
        "EmailInput" | "OrderLinkInput" => json!({ "email": EMAIL }),
        "ImagesInput" => json!({
            "images": [
                { "id": IMAGE, "alt": "A blue shirt from the front", "shows": { "option": "Colour", "value": "Blue" } },
            ],
        }),
        "ItemInput" => json!({ "sku": "SHIRT-BLUE-M", "quantity": 2, "price": usd(1_999) }),
        "LoginInput" => json!({ "email": EMAIL, "password": PASSWORD }),
        "NewAddressInput" => with(postal(), json!({ "type": "shipping", "isDefault": true })),
        "LiveTicketInput" | "OpenPaymentInput" => json!({ "orderId": ORDER }),
        "OrderExchangeInput" => json!({ "exchange": TOKEN }),
        "OrderNoteInput" => json!({ "text": "The buyer called: please ring twice." }),
        "PasswordAndCodeInput" => json!({ "password": PASSWORD, "code": "123456" }),
        "PlaceOrderInput" => json!({
            "item": { "sku": "SHIRT-BLUE-M", "quantity": 1, "price": usd(1_999) },
            "email": EMAIL,
            "shippingAddress": postal(),
            "paymentMethod": "checkout_session",
            "couponCode": "SUMMER-20",
            "note": "Please ring twice.",
        }),
        "QuoteInput" => json!({
            "item": { "sku": "SHIRT-BLUE-M", "quantity": 1, "price": usd(1_999) },
            "country": "DE",
            "couponCode": "SUMMER-20",
        }),
        "PictureUploadInput" => json!({ "contentType": "image/jpeg" }),
        "ProductInput" => json!({
            "name": "Blue shirt",
            "description": "A shirt of soft cotton.",
            "status": "active",
            "brandId": BRAND,
            "categoryIds": [CATEGORY],
            "attributes": { "Material": "Cotton" },
            "metadata": { "erp_id": "4711", "public.badge": "New" },
            "options": ["Size"],
            "variants": [
                { "sku": "SHIRT-BLUE-M", "options": { "Size": "M" }, "price": usd(1_999), "weightGrams": 200, "stock": 10 },
                { "sku": "SHIRT-BLUE-L", "options": { "Size": "L" }, "price": usd(1_999), "weightGrams": 220, "stock": 5 },
            ],
        }),
        "ProductPatchInput" => json!({
            "name": "Dark blue shirt",
            "status": "active",
            "brandId": null,
            "metadata": { "public.badge": null },
        }),
        "ProfileInput" => {
            json!({ "name": "Ada Lovelace", "givenName": "Ada", "preferences": { "news": true }, "language": "de" })
        }
        "QuantityInput" => json!({ "quantity": 3 }),
        "RefreshInput" => json!({ "refreshToken": TOKEN }),
        "ParcelInput" => json!({
            "items": [{ "id": VARIANT, "quantity": 1 }],
            "carrier": "DHL",
            "trackingCode": "JD014600003SE",
        }),
        "ParcelPatchInput" => json!({ "status": "delivered" }),
        "RefundInput" => {
            json!({ "items": [{ "id": VARIANT, "quantity": 1 }], "restock": true, "reason": "Arrived in the wrong size" })
        }
        "RegisterInput" => json!({ "email": EMAIL, "password": PASSWORD, "name": "Ada Lovelace" }),
        "RejectReviewInput" => json!({ "reason": "It is about another product" }),
        "ReportInput" => json!({ "reason": "It is an advertisement" }),
        "ResetPasswordInput" | "VerifyEmailInput" => json!({ "token": TOKEN, "password": PASSWORD }),
        "ResendEventsInput" => json!({ "since": "2026-11-20T10:00:00Z" }),
        "ReturnInput" => json!({
            "kind": "return",
            "items": [{ "id": VARIANT, "quantity": 1, "reason": "does_not_fit" }],
            "comment": "The sleeves are too short.",
        }),
        "CompleteReturnInput" => json!({ "items": [{ "id": VARIANT, "returned": 1, "restocked": 1 }] }),
        "DeclineReturnInput" => json!({ "reason": "The shirt was worn" }),
        "ShipExchangeInput" => json!({ "carrier": "DHL", "trackingCode": "JD014600003SE" }),
        "ReviewAnswerInput" => json!({ "text": "Thank you. We hope that it keeps you warm." }),
        "ReviewInput" => json!({
            "productId": PRODUCT,
            "orderId": ORDER,
            "stars": 5,
            "title": "Soft and warm",
            "text": "I have worn it every day since it came.",
            "name": "Ada",
        }),
        "ReviewPatchInput" => json!({ "stars": 4, "text": "It got a little smaller in the wash." }),
        "ReviewPictureInput" => json!({ "contentType": "image/jpeg", "alt": "The shirt on a chair" }),
        "RoleInput" => json!({ "role": "support" }),
        "SearchRuleInput" => json!({ "query": "summer dress", "productIds": [PRODUCT] }),
        "SecondStepInput" => json!({ "challengeToken": TOKEN, "code": "123456" }),
        "ShippingMethodInput" => json!({
            "name": "Express",
            "carrier": "DHL",
            "zones": [
                { "countries": ["DE", "AT"], "price": usd(990), "freeFrom": usd(10_000) },
                { "countries": ["CH"], "weightTiers": [{ "upToGrams": 5_000, "price": usd(1_990) }] },
            ],
            "estimate": { "minDays": 1, "maxDays": 2 },
        }),
        "ShippingMethodPatchInput" => json!({ "active": true, "position": 1 }),
        "SetStockInput" => {
            json!({ "onHand": 40, "threshold": 5, "backorder": { "mode": "backorder", "limit": 50, "availableFrom": null }, "reason": "counted" })
        }
        "SynonymInput" => json!({ "terms": ["sofa", "couch", "settee"] }),
        "TermInput" => json!({ "name": "Shirts", "description": "With long and with short sleeves.", "position": 1 }),
        "TermPatchInput" => json!({ "name": "Shirts and blouses", "active": true }),
        "TwoFactorCodeInput" => json!({ "code": "123456" }),
        "UploadInput" => json!({
            "for": "picture",
            "productId": PRODUCT,
            "contentType": "image/jpeg",
            "alt": "A blue shirt from the front",
        }),
        "UserPatchInput" => json!({ "metadata": { "erp_id": "10042", "old_id": null } }),
        "WebhookEndpointInput" => json!({
            "url": "https://erp.example.com/events",
            "description": "ERP",
            "eventTypes": ["order.paid", "order.cancelled"],
        }),
        "WebhookEndpointPatchInput" => json!({ "eventTypes": null, "maxPerMinute": 120 }),
        "WishlistItemInput" => json!({ "sku": "SHIRT-BLUE-M" }),
        _ => return None,
    })
}

/// An event of Stripe, which has no schema of ours.
pub(super) fn event() -> Value {
    json!({ "id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "data": { "object": {} } })
}

fn usd(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "usd" })
}

fn postal() -> Value {
    json!({
        "name": "Ada Lovelace",
        "line1": "1 Harbour Street",
        "city": "Berlin",
        "postalCode": "10115",
        "country": "DE",
        "phone": "+49 30 1234567",
        "company": "Analytical Engines Ltd",
    })
}

fn with(mut body: Value, others: Value) -> Value {
    if let (Value::Object(body), Value::Object(others)) = (&mut body, others) {
        body.extend(others);
    }
    body
}
