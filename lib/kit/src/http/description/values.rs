//! What values look like: the bounds, names and forms that the code checks, from its own constants. A name means the
//! same everywhere, so most lines are for a name; some are for a name in one body.

mod accounts;
mod filters;
mod selling;

use domain::access::Role;
use domain::address::{AddressKind, PostalAddress};
use domain::calendar::Interval;
use domain::cart::{MAX_LINES, MAX_QUANTITY};
use domain::coupon::{CouponCode, CouponState, MAX_SCOPE};
use domain::email::Email;
use domain::id::{
    AddressId, ApiKeyId, AuditId, BrandId, CategoryId, CouponId, ExportId, ImageId, OrderId, ParcelId, PaymentId,
    ProductId, RefundId, ReviewId, SearchRuleId, SessionId, ShippingMethodId, StockChangeId, SynonymId, UploadId,
    UserId, VariantId, WebhookEndpointId,
};
use domain::metadata::{MAX_KEY, MAX_PAIRS, MAX_VALUE};
use domain::order::{
    Dispute, HistoryCode, MAX_BULK, MAX_LISTED_LINES, MAX_NOTE, MAX_NUMBER, MAX_REASON, MAX_SHIPMENT, Method,
    PaymentStatus, Status as OrderStatus,
};
use domain::password::Password;
use domain::preferences::Topic;
use domain::product::{
    MAX_ALT, MAX_ATTRIBUTE, MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTES, MAX_CATEGORIES, MAX_DESCRIPTION, MAX_IMAGES, MAX_NAME,
    MAX_OPTION, MAX_OPTION_NAME, MAX_OPTIONS, MAX_PRICE, MAX_VARIANTS, MAX_WEIGHT_GRAMS, ProductStatus,
};
use domain::product_query::{
    HOME_CATEGORIES, HOME_CATEGORY_PRODUCTS, HOME_PRODUCTS, MAX_WORDS, SUGGESTED_PRODUCTS, SUGGESTED_QUERIES,
    SUGGESTED_TERMS,
};
use domain::public_event::EventType;
use domain::rating::Stars;
use domain::review::{self, MAX_ANSWER, MAX_MARKED, MAX_PICTURES, MAX_TEXT, MAX_TITLE, ReviewSort, ReviewState};
use domain::search::{MAX_PHRASE, SearchRule, Synonym};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::stock::{self, Backorder, BackorderMode, Band, StockChange};
use domain::taxonomy::Taxonomy;
use domain::text::PersonName;
use domain::upload::{CSV_TYPE, CsvKind, ExportKind, PICTURE_TYPES};
use serde::Serialize;
use serde_json::{Value, json};
use store::lists::ProductState;
use store::page::Cursor;

use crate::http::description::webhooks;
use crate::http::paging::{DEFAULT_LIMIT, MAX_LIMIT};

type Categories = Taxonomy<CategoryId>;

/// The keywords of a property of a schema, or of a parameter of a path; null if its type says all.
pub(super) fn shape(of: &str, name: &str) -> Value {
    webhooks::shape(of, name)
        .or_else(|| of_figures(of, name))
        .or_else(|| of_reviews(of, name))
        .or_else(|| selling::shape(of, name))
        .or_else(|| accounts::shape(of, name))
        .or_else(|| of_one(of, name))
        .or_else(|| of_search_settings(of, name))
        .or_else(|| of_all(of, name))
        .unwrap_or_default()
}

/// What a name means in one place.
fn of_one(of: &str, name: &str) -> Option<Value> {
    Some(match (of, name) {
        (_, "id") => id_of(of),
        ("AdvanceOrderInput" | "BulkOrdersInput", "status") => {
            json!({ "enum": one_of([OrderStatus::Processing, OrderStatus::Shipped, OrderStatus::Delivered]) })
        }
        ("/api/v1/events/schemas/{type}", _) => json!({ "enum": EventType::ALL }),
        ("ShopBody", "catalogueLanguage") => json!({ "pattern": "^[a-z]{2}$" }),
        ("HealthBody" | "ReadinessBody", "status") => json!({ "enum": ["ok"] }),
        ("CheckBody", "name") => json!({ "enum": ["table", "keys"] }),
        ("PaymentBody", "status") => json!({ "enum": one_of(PaymentStatus::ALL) }),
        ("RefundBody", "status") => json!({ "enum": ["pending", "succeeded", "failed"] }),
        ("ProductBody" | "ProductCardBody" | "ProductInput" | "ProductPatchInput", "status") => {
            json!({ "enum": one_of(ProductStatus::ALL) })
        }
        ("/api/v1/products" | "/api/v1/products/search", _) => return filters::of_products(name),
        ("/api/v1/reviews/helpful", "ids") => filters::ids(ReviewId::PREFIX, MAX_MARKED),
        ("/api/v1/products/suggest", "q") => text(1, MAX_WORDS),
        ("StatusFacetBody", "status") => {
            json!({ "enum": ProductState::ALL.map(|state| state.name().to_ascii_lowercase()) })
        }
        ("RatingFacetBody", "rating") => json!({ "minimum": 1, "maximum": 5 }),
        ("HomeBody", "categories") => json!({ "maxItems": HOME_CATEGORIES }),
        ("HomeBody", _) => json!({ "maxItems": HOME_PRODUCTS }),
        ("HomeCategoryBody", "products") => json!({ "maxItems": HOME_CATEGORY_PRODUCTS }),
        ("SuggestionsBody", "queries") => json!({ "maxItems": SUGGESTED_QUERIES }),
        ("SuggestionsBody", "products") => json!({ "maxItems": SUGGESTED_PRODUCTS }),
        ("SuggestionsBody", _) => json!({ "maxItems": SUGGESTED_TERMS }),
        ("CouponBody" | "/api/v1/coupons", "state") => json!({ "enum": CouponState::ALL.map(CouponState::name) }),
        ("CsvExportInput", "from" | "to") => json!({ "pattern": MOMENT }),
        ("CsvExportBody", "state") => json!({ "enum": ["running", "finished"] }),
        ("UploadBody", "state") => json!({ "enum": ["waiting", "running", "shown", "finished", "refused"] }),
        ("PictureUploadInput", "contentType") => json!({ "enum": PICTURE_TYPES }),
        ("HistoryEntryBody", "by") => json!({ "enum": ["buyer", "staff", "provider", "shop"] }),
        ("CartItemBody", "problem") => {
            json!({ "enum": ["unavailable", "not_enough_stock", "price_changed", "too_many_units"] })
        }
        ("PreferencesBody" | "PreferencesInput" | "NoticesBody" | "NoticesInput", _) => Value::Null,
        ("BackorderInput" | "BackorderTermsBody", "limit") => json!({ "minimum": 1, "maximum": Backorder::MAX_LIMIT }),
        ("BackorderInput" | "BackorderTermsBody" | "BackorderBody", "mode") => {
            json!({ "enum": BackorderMode::ALL.map(BackorderMode::name) })
        }
        ("StockLevelBody" | "InventoryBody", "available") => json!({ "minimum": -stock::MAX, "maximum": stock::MAX }),
        ("ProductInput" | "VariantInput", "stock") => json!({ "minimum": 0, "maximum": stock::MAX }),
        ("ProductInput" | "ProductPatchInput", "name") => text(1, MAX_NAME),
        ("TermInput" | "TermPatchInput", "name") => text(1, Categories::MAX_NAME),
        ("TermInput" | "TermPatchInput", "description") => text(0, Categories::MAX_DESCRIPTION),
        ("ProductInput" | "ProductPatchInput", "description") => text(0, MAX_DESCRIPTION),
        ("PostalInput" | "AddressInput" | "NewAddressInput", "name") => text(1, PostalAddress::MAX_NAME),
        ("ProductInput" | "ProductPatchInput", "options") => {
            json!({ "maxItems": MAX_OPTIONS, "items": text(1, MAX_OPTION_NAME) })
        }
        ("VariantInput", "options") => json!({ "additionalProperties": text(1, MAX_OPTION) }),
        ("CouponInput" | "CouponPatchInput", "categoryIds" | "productIds") => {
            let ids = if name == "productIds" { id(ProductId::PREFIX) } else { id(CategoryId::PREFIX) };
            json!({ "maxItems": MAX_SCOPE, "items": ids })
        }
        ("ListedOrderBody", "items") => json!({ "maxItems": MAX_LISTED_LINES }),
        ("CouponValidationInput" | "ParcelInput" | "RefundInput", "items") => {
            json!({ "minItems": 1, "maxItems": MAX_LINES })
        }
        ("MoneyInput", "amount") => json!({ "minimum": 0, "maximum": MAX_PRICE }),
        ("MoneyInput", "currency") => json!({ "pattern": "^[A-Za-z]{3}$" }),
        ("CartCouponInput" | "CouponInput" | "CouponValidationInput" | "/api/v1/coupons/{code}", "code")
        | ("PlaceOrderInput" | "QuoteInput", "couponCode") => {
            json!({ "minLength": CouponCode::MIN_LENGTH, "maxLength": CouponCode::MAX_LENGTH, "pattern": "^[A-Za-z0-9_-]+$" })
        }
        ("ProblemBody", "code") | (_, "problem") => json!({ "pattern": "^[a-z0-9_]+$" }),
        ("AdjustStockInput" | "SetStockInput", "reason") => text(1, StockChange::MAX_REASON),
        ("CancelOrderInput" | "RefundInput", "reason")
        | ("AdvanceOrderInput" | "BulkOrdersInput" | "ParcelInput", "note") => text(1, MAX_REASON),
        ("BulkOrdersInput", "orders") => json!({ "minItems": 1, "maxItems": MAX_BULK }),
        ("OrderNoteInput", "text") => text(1, MAX_NOTE),
        ("/api/v1/admin/orders", _) => return filters::of_orders(name),
        ("/api/v1/audit", "actor") => json!({ "pattern": "^(shop|(usr|key)_.{26})$" }),
        ("AuditBody", "actor") | ("HistoryEntryBody", "userId") | ("StockChangeBody", "by") => {
            json!({ "pattern": format!("^({}|{})[{ULID}]{{26}}$", UserId::PREFIX, ApiKeyId::PREFIX) })
        }
        ("/api/v1/inventory", "product") => id(ProductId::PREFIX),
        ("OptionValueInput", "option") => text(1, MAX_OPTION_NAME),
        ("OptionValueInput", "value") => text(1, MAX_OPTION),
        (_, "sku") if of.ends_with("Body") => sku("^[A-Z0-9._-]+$"),
        (_, "country") if of.ends_with("Body") => json!({ "pattern": "^[A-Z]{2}$" }),
        (_, "quantity") if of.ends_with("Input") => json!({ "minimum": 1, "maximum": MAX_QUANTITY }),
        _ => return None,
    })
}

/// What a name means in the figures of the shop.
fn of_figures(of: &str, name: &str) -> Option<Value> {
    let is_of_dashboard =
        of.starts_with("/api/v1/admin/dashboard") || ["DashboardBody", "PeriodFiguresBody"].contains(&of);
    Some(match (of, name) {
        ("TopSellerBody", "id") => json!({ "pattern": format!("^((prd|cat)_[{ULID}]{{26}}|[A-Z0-9_-]{{3,40}})$") }),
        (_, "from" | "to") if is_of_dashboard => json!({ "format": "date" }),
        (_, "interval") if is_of_dashboard => json!({ "enum": Interval::ALL.map(Interval::name) }),
        (_, "of") if is_of_dashboard => json!({ "enum": ["products", "categories", "coupons"] }),
        (_, "by") if is_of_dashboard => json!({ "enum": ["count", "amount"] }),
        ("DashboardBody", "lowStock") => json!({ "minimum": 0, "maximum": 100 }),
        _ => return None,
    })
}

/// What a name means in reviews.
fn of_reviews(of: &str, name: &str) -> Option<Value> {
    Some(match (of, name) {
        ("ReviewBody" | "ReviewInput" | "ReviewPatchInput" | "StarCountBody", "stars")
        | ("/api/v1/reviews/product/{id}", "rating") => json!({ "minimum": Stars::MIN, "maximum": Stars::MAX }),
        ("/api/v1/reviews/product/{id}", "sort") => {
            json!({ "enum": ReviewSort::ALL.map(ReviewSort::name), "default": ReviewSort::Newest.name() })
        }
        ("RatingBody" | "RatingSummaryBody", "average") => json!({ "minimum": 100, "maximum": 500 }),
        ("RatingSummaryBody", "histogram") => json!({ "minItems": 5, "maxItems": 5 }),
        ("ReviewInput" | "ReviewPatchInput", "title") => text(1, MAX_TITLE),
        ("ReviewInput" | "ReviewPatchInput", "text") => text(1, MAX_TEXT),
        ("ReviewInput" | "ReviewPatchInput", "name") => text(1, PersonName::MAX_LENGTH),
        ("ReviewAnswerInput", "text") => text(1, MAX_ANSWER),
        ("RejectReviewInput" | "ReportInput", "reason") => text(1, review::MAX_REASON),
        ("ReviewPictureInput", "contentType") => json!({ "enum": PICTURE_TYPES }),
        ("ReviewBody", "images") => json!({ "maxItems": MAX_PICTURES }),
        ("ReviewBody", "helpful") | ("WholeReviewBody", "reports") => json!({ "minimum": 0 }),
        ("OwnReviewBody" | "WholeReviewBody", "state") => json!({ "enum": ReviewState::ALL.map(ReviewState::name) }),
        ("/api/v1/admin/reviews", "state") => {
            json!({ "enum": [ReviewState::Pending.name(), ReviewState::Rejected.name()] })
        }
        ("AccountExportBody", "helpfulReviewIds") => json!({ "items": id(ReviewId::PREFIX) }),
        _ => return None,
    })
}

/// What a name means where staff set the search.
fn of_search_settings(of: &str, name: &str) -> Option<Value> {
    Some(match (of, name) {
        ("SynonymInput", "input") | ("SearchRuleInput", "query") => text(1, MAX_PHRASE),
        ("SynonymInput", "terms") => {
            json!({ "minItems": 1, "maxItems": Synonym::MAX_TERMS, "items": text(1, MAX_PHRASE) })
        }
        ("SearchRuleInput", "productIds") => {
            json!({ "minItems": 1, "maxItems": SearchRule::MAX_PRODUCTS, "items": id(ProductId::PREFIX) })
        }
        ("/api/v1/admin/search/queries-without-results", "from" | "to") | ("QueryWithoutResultsBody", "lastDay") => {
            json!({ "format": "date" })
        }
        ("QueryWithoutResultsBody", "count") => json!({ "minimum": 1 }),
        _ => return None,
    })
}

/// What a name means everywhere else.
fn of_all(of: &str, name: &str) -> Option<Value> {
    let is_input = of.ends_with("Input");
    Some(match name {
        "at" | "createdAt" | "updatedAt" | "deletedAt" | "lastUsedAt" | "firstSeen" | "since" | "expiresAt"
        | "exportedAt" | "freshUntil" | "until" | "heldUntil" | "payBy" | "sendBy" | "evidenceDueBy" | "startsAt"
        | "endsAt" | "timestamp" | "from" | "to" | "paidAt" | "shippedAt" | "deliveredAt" => {
            json!({ "format": "date-time" })
        }
        "productId" => id(ProductId::PREFIX),
        "variantId" => id(VariantId::PREFIX),
        "orderId" => id(OrderId::PREFIX),
        "parcel" => id(ParcelId::PREFIX),
        "imageId" | "image" => id(ImageId::PREFIX),
        "upload" => id(UploadId::PREFIX),
        "brandId" => id(BrandId::PREFIX),
        "parentId" | "categoryId" => id(CategoryId::PREFIX),
        "userId" | "user_id" | "by" | "actor" | "createdBy" => id(UserId::PREFIX),
        "shippingAddressId" | "billingAddressId" => id(AddressId::PREFIX),
        "categoryIds" if is_input => json!({ "maxItems": MAX_CATEGORIES, "items": id(CategoryId::PREFIX) }),
        "categoryIds" => json!({ "items": id(CategoryId::PREFIX) }),
        "productIds" => json!({ "items": id(ProductId::PREFIX) }),
        "checkoutUrl" | "trackingUrl" | "imageUrl" | "pictureUrl" | "small" | "medium" | "large" | "url"
        | "otpauthUrl" | "qrCode" => {
            json!({ "format": "uri" })
        }
        "email" => json!({ "format": "email", "maxLength": Email::MAX_LENGTH }),
        "role" | "byRole" => json!({ "enum": one_of(Role::ALL) }),
        "status" => json!({ "enum": one_of(OrderStatus::ALL) }),
        "paymentStatus" => json!({ "enum": one_of(PaymentStatus::ALL) }),
        "method" => json!({ "enum": one_of(Method::ALL) }),
        "paymentMethod" => {
            let choices = Method::ALL.into_iter().filter(|method| Method::parse(method.name()).is_ok());
            json!({ "enum": one_of(choices) })
        }
        "dispute" => json!({ "enum": one_of(Dispute::ALL) }),
        "stock" => json!({ "enum": one_of(Band::ALL) }),
        "what" => json!({ "enum": one_of(HistoryCode::ALL) }),
        "type" => json!({ "enum": one_of(AddressKind::ALL) }),
        "topic" => json!({ "enum": one_of(Topic::ALL) }),
        "of" => json!({ "enum": one_of(ExportKind::ALL) }),
        "for" => json!({ "enum": ([vec![json!("picture")], one_of(CsvKind::ALL)].concat()) }),
        "contentType" => json!({ "enum": ([PICTURE_TYPES.as_slice(), &[CSV_TYPE]].concat()) }),
        "currency" => json!({ "pattern": "^[a-z]{3}$" }),
        "country" => json!({ "pattern": "^[A-Za-z]{2}$" }),
        "sku" => sku("^[A-Za-z0-9._-]+$"),
        "slug" => json!({ "minLength": 1, "maxLength": Slug::MAX_LENGTH, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$" }),
        "limit" if of.starts_with('/') => json!({ "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT }),
        "limit" => json!({ "minimum": 1, "maximum": MAX_LIMIT }),
        "cursor" => text(1, Cursor::MAX_LENGTH),
        "statusCode" => json!({ "minimum": 200, "maximum": 599 }),
        "width" | "height" | "line" | "expiresIn" | "maxBytes" | "quantity" | "totalUses" | "usesPerCustomer" => {
            json!({ "minimum": 1 })
        }
        "percent" => json!({ "minimum": 1, "maximum": 100 }),
        "threshold" => json!({ "minimum": 0, "maximum": stock::MAX }),
        "availableFrom" => json!({ "format": "date", "maxLength": 10 }),
        "adjust" | "onHand" => json!({ "minimum": -stock::MAX, "maximum": stock::MAX }),
        "weightGrams" => json!({ "minimum": 0, "maximum": MAX_WEIGHT_GRAMS }),
        "amount" | "available" | "reserved" | "backordered" | "count" => json!({ "minimum": 0 }),
        _ if is_input => return of_inputs(name),
        _ => return None,
    })
}

/// Texts and lists in requests. In answers they need no bound.
fn of_inputs(name: &str) -> Option<Value> {
    Some(match name {
        "password" | "currentPassword" => json!({ "format": "password", "maxLength": Password::MAX_LENGTH }),
        "line1" | "line2" => text(1, PostalAddress::MAX_LINE),
        "city" | "region" => text(1, PostalAddress::MAX_CITY),
        "postalCode" => text(1, PostalAddress::MAX_POSTAL_CODE),
        "company" => text(1, PostalAddress::MAX_COMPANY),
        "phone" => {
            json!({ "minLength": 5, "maxLength": PostalAddress::MAX_PHONE, "pattern": "^[0-9 +().-]+$" })
        }
        "note" => text(0, MAX_NOTE),
        "carrier" | "trackingCode" => text(1, MAX_SHIPMENT),
        "alt" => text(0, MAX_ALT),
        "images" => json!({ "maxItems": MAX_IMAGES }),
        "variants" => json!({ "minItems": 1, "maxItems": MAX_VARIANTS }),
        "metadata" => json!({
            "maxProperties": MAX_PAIRS * 2,
            "propertyNames": { "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[A-Za-z0-9._-]+$" },
            "additionalProperties": { "type": ["string", "null"], "maxLength": MAX_VALUE },
        }),
        "attributes" => json!({
            "maxProperties": MAX_ATTRIBUTES,
            "propertyNames": text(1, MAX_ATTRIBUTE_NAME),
            "additionalProperties": text(1, MAX_ATTRIBUTE),
        }),
        _ => return None,
    })
}

/// The `id` of a body, or of a path.
fn id_of(of: &str) -> Value {
    let of = of.strip_prefix("/api/v1").unwrap_or(of);
    let prefix = match of {
        "AddressBody" | "/users/me/addresses/{id}" => AddressId::PREFIX,
        "ApiKeyBody" | "/admin/api-keys/{id}" => ApiKeyId::PREFIX,
        "AuditBody" => AuditId::PREFIX,
        "BoughtItemBody"
        | "CartItemBody"
        | "ParcelItemBody"
        | "ParcelItemInput"
        | "ReturnedItemBody"
        | "ReturnedItemInput"
        | "VariantBody"
        | "CardVariantBody"
        | "VariantInput"
        | "WishlistItemBody"
        | "/cart/items/{id}"
        | "/wishlist/{id}"
        | "/wishlist/{id}/move-to-cart" => VariantId::PREFIX,
        "ParcelBody" => ParcelId::PREFIX,
        "CouponBody" => CouponId::PREFIX,
        "CsvExportBody" | "/exports/{id}" => ExportId::PREFIX,
        "ImageBody" | "ImageInput" => ImageId::PREFIX,
        "PaymentBody" => PaymentId::PREFIX,
        "ProductBody" | "ProductCardBody" | "SuggestedProductBody" => ProductId::PREFIX,
        "RefundBody" => RefundId::PREFIX,
        "SearchRuleBody" | "/admin/search/rules/{id}" => SearchRuleId::PREFIX,
        "SessionBody" | "/auth/sessions/{id}" => SessionId::PREFIX,
        "ShippingMethodBody" | "OfferedShippingMethodBody" | "/admin/shipping-methods/{id}" => ShippingMethodId::PREFIX,
        "StockChangeBody" => StockChangeId::PREFIX,
        "SynonymBody" | "/admin/search/synonyms/{id}" => SynonymId::PREFIX,
        "UserBody" | "OrderCustomerBody" => UserId::PREFIX,
        "WebhookEndpointBody" => WebhookEndpointId::PREFIX,
        _ if of.starts_with("/admin/webhooks/") => WebhookEndpointId::PREFIX,
        "ProductCategoryBody" | "CategoryFacetBody" | "HomeCategoryBody" => CategoryId::PREFIX,
        "BrandFacetBody" => BrandId::PREFIX,
        "TermBody" | "TermNameBody" => {
            return json!({ "pattern": format!("^({}|{})[{ULID}]{{26}}$", CategoryId::PREFIX, BrandId::PREFIX) });
        }
        _ if of.starts_with("/admin/orders/") => {
            return text(1, MAX_NUMBER);
        }
        "/users/me/picture/uploads/{id}" => UploadId::PREFIX,
        "/reviews/product/{id}" => ProductId::PREFIX,
        "ReviewBody" => ReviewId::PREFIX,
        _ if of.starts_with("/reviews/") || of.starts_with("/admin/reviews/") => ReviewId::PREFIX,
        _ if of.starts_with("/payments/") => PaymentId::PREFIX,
        _ if of.starts_with("/users/") => UserId::PREFIX,
        _ if of.contains("Order") || of.contains("/orders/") => OrderId::PREFIX,
        _ if of.starts_with("Upload") || of.starts_with("/uploads/") => UploadId::PREFIX,
        // A slug is good too.
        _ => return text(1, Slug::MAX_LENGTH),
    };
    id(prefix)
}

/// The letters of a ULID, in Crockford's base 32.
const ULID: &str = "0-9A-HJKMNP-TV-Z";

/// A day, or a time.
const MOMENT: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt].+)?$";

pub(super) fn id(prefix: &str) -> Value {
    json!({ "pattern": format!("^{prefix}[{ULID}]{{26}}$") })
}

fn sku(pattern: &str) -> Value {
    json!({ "minLength": 1, "maxLength": Sku::MAX_LENGTH, "pattern": pattern })
}

pub(super) fn text(min: usize, max: usize) -> Value {
    if min == 0 { json!({ "maxLength": max }) } else { json!({ "minLength": min, "maxLength": max }) }
}

/// The names of these values in JSON.
fn one_of<T: Serialize>(all: impl IntoIterator<Item = T>) -> Vec<Value> {
    all.into_iter().map(|value| super::to_json(&value)).collect()
}
