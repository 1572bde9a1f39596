//! Every key of the table. No other file builds one.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::actor::ActorId;
use domain::calendar::Day;
use domain::cart::CartOwner;
use domain::coupon::{CouponCode, CustomerKey};
use domain::document::Series;
use domain::email::Email;
use domain::id::{
    AddressId, ApiKeyId, AuditId, EventId, ExportId, OrderId, ProductId, RefundId, ReturnId, ReviewId, SessionId,
    StockChangeId, TransactionId, UploadId, UserId, VariantId, WebhookEndpointId,
};
use domain::live::LiveTopic;
use domain::order::HolderKind;
use domain::rating::Stars;
use domain::returns::ReturnStatus;
use domain::review::{ReviewState, Reviewer};
use domain::search::SettingKind;
use domain::sku::Sku;
use domain::slug::Slug;
use domain::taxonomy::TermId;
use domain::time::Time;
use domain::vat::VatNumber;

/// A list over all users, and the index of due work, are spread over this number of partitions. One partition takes
/// about 1,000 writes a second.
pub const SHARDS: u8 = 4;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    pub fn attributes(&self) -> HashMap<String, AttributeValue> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        HashMap::from([(TABLE.pk.to_owned(), text(&self.pk)), (TABLE.sk.to_owned(), text(&self.sk))])
    }
}

/// A secondary index, or the table itself: its name and its two key attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    pub name: Option<&'static str>,
    pub pk: &'static str,
    pub sk: &'static str,
}

pub const TABLE: Index = Index { name: None, pk: "PK", sk: "SK" };
pub const GSI1: Index = Index { name: Some("GSI1"), pk: "GSI1PK", sk: "GSI1SK" };
pub const GSI2: Index = Index { name: Some("GSI2"), pk: "GSI2PK", sk: "GSI2SK" };

/// The key of an item in a secondary index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    pub index: Index,
    pub pk: String,
    pub sk: String,
}

/// Sort keys, or beginnings of them, by which readers of a whole partition tell its items apart.
pub const PROFILE: &str = "PROFILE";
pub const CART: &str = "CART";
pub const ORDER: &str = "ORDER";
pub const PURCHASE: &str = "PURCHASE";
pub const DEVICE_PREFIX: &str = "DEVICE#";
pub const SESSION_PREFIX: &str = "SESSION#";
pub const ADDRESS_PREFIX: &str = "ADDRESS";
pub const OUTBOX_PREFIX: &str = "OUTBOX#";

/// The beginning of the partitions of the audit trail, to which items are only added.
pub const AUDIT_PREFIX: &str = "AUDIT#";

/// No item has this key. Reading it shows that the table answers.
pub fn health_check() -> Key {
    Key::new("HEALTH", "HEALTH")
}

const USER_PREFIX: &str = "USER#";

pub fn user_partition(id: UserId) -> String {
    format!("{USER_PREFIX}{id}")
}

pub fn profile(id: UserId) -> Key {
    Key::new(user_partition(id), PROFILE)
}

pub fn credentials(id: UserId) -> Key {
    Key::new(user_partition(id), "CREDENTIALS")
}

pub fn session(user: UserId, id: SessionId) -> Key {
    Key::new(user_partition(user), format!("{SESSION_PREFIX}{id}"))
}

/// The challenge of a second step that was passed, so that it is good once.
pub fn challenge(user: UserId, id: TransactionId) -> Key {
    Key::new(user_partition(user), format!("CHALLENGE#{id}"))
}

/// A kind of device that this user has signed in from.
pub fn device(user: UserId, fingerprint: &str) -> Key {
    Key::new(user_partition(user), format!("{DEVICE_PREFIX}{fingerprint}"))
}

/// Sorts before the addresses, so that one query reads the head and the entries.
pub fn address_book(user: UserId) -> Key {
    Key::new(user_partition(user), ADDRESS_PREFIX)
}

pub fn address(user: UserId, id: AddressId) -> Key {
    Key::new(user_partition(user), format!("{ADDRESS_PREFIX}#{id}"))
}

/// Due work for the user or order of this partition: at most one item of each kind.
pub fn due(partition: String, kind: &str) -> Key {
    Key::new(partition, format!("DUE#{kind}"))
}

/// Due work of which an order may have several, by the version of the order.
pub fn due_of_version(partition: String, kind: &str, version: u64) -> Key {
    Key::new(partition, format!("DUE#{kind}#{version:06}"))
}

/// The due work of a return of an order.
pub fn due_of_return(order: OrderId, kind: &str, id: ReturnId) -> Key {
    Key::new(order_partition(order), format!("DUE#{kind}#{id}"))
}

pub const ADMINS: &str = "ADMINS";

/// The user's entry in the list of all admins.
pub fn admin(id: UserId) -> Key {
    Key::new(ADMINS, id.to_string())
}

/// The members of staff who asked for mails about the shop are in one partition, because there are few.
pub const NOTICES: &str = "NOTICES";

/// The mails about the shop that this member of staff asked for.
pub fn notices(id: UserId) -> Key {
    Key::new(NOTICES, id.to_string())
}

/// All API keys are in one partition: there are few, and each is limited.
pub const API_KEYS: &str = "APIKEYS";

/// Says how many keys there are.
pub fn api_keys_head() -> Key {
    Key::new(API_KEYS, "HEAD")
}

pub fn api_key(id: ApiKeyId) -> Key {
    Key::new(API_KEYS, id.to_string())
}

/// When a key was used last. It is not a part of the key, so that a function that notes it cannot change the key.
pub fn api_key_use(id: ApiKeyId) -> Key {
    Key::new(format!("LIMIT#api-key#{id}"), "USE")
}

/// All endpoints of webhooks are in one partition, because every sender reads all of them, and there are few.
pub const WEBHOOKS: &str = "WEBHOOKS";

/// Says how many endpoints there are.
pub fn webhooks_head() -> Key {
    Key::new(WEBHOOKS, "HEAD")
}

pub fn webhook_endpoint(id: WebhookEndpointId) -> Key {
    Key::new(WEBHOOKS, id.to_string())
}

/// The events of an hour, as endpoints get them.
pub fn webhook_events_partition(at: Time) -> String {
    format!("WEBHOOKEVENTS#{}", &at.to_string()[..HOUR_IN_TIME])
}

/// How much of the text of a time names its hour.
const HOUR_IN_TIME: usize = "2026-11-20T10".len();

pub fn webhook_event(id: EventId) -> Key {
    Key::new(webhook_events_partition(id.time()), id.to_string())
}

/// The beginning of the ids of the events of this time. It sorts before each of them, and after all earlier ones.
pub fn events_from(time: Time) -> String {
    let mut id = EventId::new(time, 0).to_string();
    id.truncate(EventId::PREFIX.len() + TIME_IN_ID);
    id
}

pub fn webhook_deliveries_partition(endpoint: WebhookEndpointId) -> String {
    format!("WEBHOOK#{endpoint}")
}

pub fn webhook_delivery(endpoint: WebhookEndpointId, event: EventId) -> Key {
    Key::new(webhook_deliveries_partition(endpoint), event.to_string())
}

/// GSI2 over the deliveries of one endpoint that wait, by their time.
pub fn webhook_waiting(endpoint: WebhookEndpointId, at: Time, event: EventId) -> IndexKey {
    IndexKey { index: GSI2, pk: webhook_waiting_partition(endpoint), sk: format!("{at}#{event}") }
}

pub fn webhook_waiting_partition(endpoint: WebhookEndpointId) -> String {
    format!("WEBHOOKWAITS#{endpoint}")
}

pub fn email(email: &Email) -> Key {
    Key::new(format!("EMAIL#{email}"), "EMAIL")
}

pub fn mail_stop(email: &Email) -> Key {
    Key::new(format!("EMAIL#{email}"), "STOP")
}

pub fn link(id: EventId) -> Key {
    Key::new(format!("LINK#{id}"), "LINK")
}

pub fn outbox(id: EventId) -> Key {
    Key::new(format!("{OUTBOX_PREFIX}{id}"), "EVENT")
}

/// `user` is named if the event causes mails of this template to many users.
pub fn mail(event: EventId, template: &str, user: Option<UserId>) -> Key {
    let sk = user.map_or(template.to_owned(), |user| format!("{template}#{user}"));
    Key::new(format!("MAIL#{event}"), sk)
}

pub fn limit(name: &str, who: &str, window: Time) -> Key {
    Key::new(format!("LIMIT#{name}#{who}"), window.to_string())
}

/// What opens one connection of live updates. The key has only a fingerprint of it.
pub fn live_ticket(fingerprint: &str) -> Key {
    Key::new(format!("LIVETICKET#{fingerprint}"), "TICKET")
}

/// An open connection of live updates.
pub fn connection(id: &str) -> Key {
    Key::new(format!("CONNECTION#{id}"), "CONNECTION")
}

/// GSI1 over the connections of an account, or of the guests of a network.
pub fn connection_of(holder: &str, id: &str) -> IndexKey {
    IndexKey { index: GSI1, pk: connections_of_partition(holder), sk: id.to_owned() }
}

pub fn connections_of_partition(holder: &str) -> String {
    format!("CONNECTIONS#{holder}")
}

pub fn live_topic_partition(topic: LiveTopic, shard: u8) -> String {
    format!("LIVETOPIC#{topic}#{shard}")
}

/// A connection watches a topic.
pub fn live_watcher(topic: LiveTopic, connection: &str) -> Key {
    Key::new(live_topic_partition(topic, topic.shard_of(connection)), connection)
}

/// The last events of a topic.
pub fn live_log(topic: LiveTopic) -> Key {
    Key::new(format!("LIVELOG#{topic}"), "LOG")
}

pub fn idempotency(scope: &str, key: &str) -> Key {
    Key::new(format!("IDEM#{scope}#{key}"), "IDEM")
}

pub fn audit_partition(day: &str) -> String {
    format!("{AUDIT_PREFIX}{day}")
}

pub fn audit(at: Time, id: AuditId) -> Key {
    Key::new(audit_partition(&at.day()), format!("{at}#{id}"))
}

/// GSI1 over what one user or key did. `None`: the shop itself, or an operator.
pub fn acts_of(actor: Option<ActorId>, at: Time, id: AuditId) -> IndexKey {
    IndexKey { index: GSI1, pk: acts_of_partition(actor), sk: format!("{at}#{id}") }
}

pub fn acts_of_partition(actor: Option<ActorId>) -> String {
    format!("ACTS#{}", actor.map_or("SHOP".to_owned(), |id| id.to_string()))
}

/// The user of a partition.
pub fn user_of(partition: &str) -> Option<UserId> {
    UserId::parse(partition.strip_prefix(USER_PREFIX)?).ok()
}

/// The session of a sort key in a user's partition.
pub fn session_of(sk: &str) -> Option<SessionId> {
    SessionId::parse(sk.strip_prefix(SESSION_PREFIX)?).ok()
}

const PRODUCT_PREFIX: &str = "PRODUCT#";

pub fn product(id: ProductId) -> Key {
    Key::new(format!("{PRODUCT_PREFIX}{id}"), "PRODUCT")
}

/// The product of a partition. No other partition begins like that, and there is nothing else in it.
pub fn product_of(partition: &str) -> Option<ProductId> {
    ProductId::parse(partition.strip_prefix(PRODUCT_PREFIX)?).ok()
}

/// Which product has this slug. It makes the slug unique.
pub fn slug(slug: &Slug) -> Key {
    Key::new(slug_partition(slug.as_str()), "SLUG")
}

/// GSI1: the product itself by its slug.
pub fn by_slug(slug: &Slug) -> IndexKey {
    IndexKey { index: GSI1, pk: slug_partition(slug.as_str()), sk: "PRODUCT".to_owned() }
}

pub fn slug_partition(slug: &str) -> String {
    format!("SLUG#{slug}")
}

/// A list of products: all of them, or those of a category or brand.
pub fn list_partition(term: Option<(&str, &str)>) -> String {
    match term {
        None => "PRODUCTS".to_owned(),
        Some((kind, id)) => format!("{}#{id}", kind.to_ascii_uppercase()),
    }
}

/// A product's entry in a list, sorted by the product's state.
pub fn listed(partition: &str, state: &str, id: ProductId) -> Key {
    Key::new(partition, format!("{}{id}", listed_prefix(state)))
}

pub fn listed_prefix(state: &str) -> String {
    format!("{state}#")
}

/// The state in the sort key of an entry. A cursor that is only a state comes before all of its products.
pub fn listed_state(sk: &str) -> &str {
    sk.split('#').next().unwrap_or_default()
}

pub fn listed_product(sk: &str) -> Option<ProductId> {
    ProductId::parse(sk.split('#').nth(1)?).ok()
}

pub const TAXONOMY_HEAD: &str = "HEAD";

pub fn taxonomy_partition<I: TermId>() -> String {
    format!("TAXONOMY#{}", I::KIND)
}

/// Every change of a taxonomy raises the version of this item.
pub fn taxonomy_head<I: TermId>() -> Key {
    Key::new(taxonomy_partition::<I>(), TAXONOMY_HEAD)
}

pub fn term<I: TermId>(id: I) -> Key {
    Key::new(taxonomy_partition::<I>(), format!("TERM#{id}"))
}

pub const STOCK_CHANGE_PREFIX: &str = "CHANGE#";

pub fn stock_partition(sku: &Sku) -> String {
    format!("STOCK#{sku}")
}

/// Makes the SKU unique.
pub fn stock(sku: &Sku) -> Key {
    Key::new(stock_partition(sku), "STOCK")
}

pub fn stock_change(sku: &Sku, id: StockChangeId) -> Key {
    Key::new(stock_partition(sku), format!("{STOCK_CHANGE_PREFIX}{id}"))
}

/// GSI2 over stock levels that are low or out.
pub fn low_stock(sku: &Sku) -> IndexKey {
    IndexKey { index: GSI2, pk: low_stock_partition(sku.shard(SHARDS)), sk: sku.to_string() }
}

pub fn low_stock_partition(shard: u8) -> String {
    format!("LOW#{shard}")
}

pub fn stock_alerts_partition(variant: VariantId) -> String {
    format!("WAIT#{variant}")
}

/// A user wants a mail when the variant is back in stock.
pub fn stock_alert(variant: VariantId, user: UserId) -> Key {
    Key::new(stock_alerts_partition(variant), user.to_string())
}

/// GSI1 over the stock alerts of one user.
pub fn stock_alert_of(user: UserId, variant: VariantId) -> IndexKey {
    IndexKey { index: GSI1, pk: stock_alerts_of_partition(user), sk: variant.to_string() }
}

pub fn stock_alerts_of_partition(user: UserId) -> String {
    format!("WAITING#{user}")
}

pub const PART_PREFIX: &str = "PART#";

pub fn upload_partition(id: UploadId) -> String {
    format!("UPLOAD#{id}")
}

pub fn upload(id: UploadId) -> Key {
    Key::new(upload_partition(id), "UPLOAD")
}

/// The result of one part of a CSV file.
pub fn import_part(id: UploadId, part: u32) -> Key {
    Key::new(upload_partition(id), format!("{PART_PREFIX}{part:05}"))
}

pub fn export(id: ExportId) -> Key {
    Key::new(format!("EXPORT#{id}"), "EXPORT")
}

/// GSI1 by the beginning of the mail address, for the search of staff.
pub fn by_email(email: &Email) -> IndexKey {
    IndexKey { index: GSI1, pk: by_email_partition(email.as_str()), sk: email.as_str().to_owned() }
}

pub fn by_email_partition(beginning: &str) -> String {
    format!("MAIL#{}", beginning.chars().take(2).collect::<String>())
}

/// GSI1 by the beginning of the folded name, for the search of staff.
pub fn by_name(name: &str, id: UserId) -> IndexKey {
    IndexKey { index: GSI1, pk: by_name_partition(name), sk: format!("{name}#{id}") }
}

pub fn by_name_partition(beginning: &str) -> String {
    format!("NAMES#{}", beginning.chars().take(2).collect::<String>())
}

/// GSI2 over all users, newest last.
pub fn all_users(id: UserId) -> IndexKey {
    IndexKey { index: GSI2, pk: all_users_partition(id.shard(SHARDS)), sk: id.to_string() }
}

pub fn all_users_partition(shard: u8) -> String {
    format!("USERS#{shard}")
}

/// GSI2 over work with a due time, earliest first.
pub fn by_due_time(shard: u8, at: Time, subject: &str) -> IndexKey {
    IndexKey { index: GSI2, pk: due_partition(shard), sk: format!("{at}#{subject}") }
}

/// A guest's cart is found by the fingerprint of its token. A user's cart and wishlist are not in the user's partition,
/// so that the function that writes them needs no right to write users.
pub fn cart(owner: &CartOwner) -> Key {
    match owner {
        CartOwner::User(id) => Key::new(format!("CART#{id}"), CART),
        CartOwner::Guest(fingerprint) => Key::new(format!("CART#{fingerprint}"), CART),
    }
}

/// GSI2 over the carts of which their owners are to be reminded, the longest due first.
pub fn by_reminder_time(user: UserId, at: Time) -> IndexKey {
    IndexKey { index: GSI2, pk: cart_reminders_partition(user.shard(SHARDS)), sk: format!("{at}#{user}") }
}

pub fn cart_reminders_partition(shard: u8) -> String {
    format!("CARTREMINDERS#{shard}")
}

/// The lines that the link of a mail brings back. Not in the cart's partition, because nothing says whose they are.
pub fn saved_cart(event: EventId) -> Key {
    Key::new(format!("SAVEDCART#{event}"), "SAVED")
}

pub fn wishlist_partition(user: UserId) -> String {
    format!("WISH#{user}")
}

pub fn wishlist_item(user: UserId, variant: VariantId) -> Key {
    Key::new(wishlist_partition(user), variant.to_string())
}

pub fn coupon_partition(code: &CouponCode) -> String {
    format!("COUPON#{code}")
}

pub fn coupon(code: &CouponCode) -> Key {
    Key::new(coupon_partition(code), COUPON)
}

/// How many orders of one customer use the coupon.
pub fn coupon_use(code: &CouponCode, customer: &CustomerKey) -> Key {
    Key::new(coupon_partition(code), format!("USE#{}", customer.as_str()))
}

pub const COUPON: &str = "COUPON";
pub const COUPONS: &str = "COUPONS";

/// The coupon's entry in the list of all coupons.
pub fn coupon_listed(code: &CouponCode) -> Key {
    Key::new(COUPONS, code.as_str())
}

/// The list of all shipping methods.
pub fn shipping_methods() -> Key {
    Key::new("SHIPPING", "METHODS")
}

pub const HISTORY_PREFIX: &str = "HISTORY#";
pub const REFUND_PREFIX: &str = "REFUND#";

pub fn order_partition(id: OrderId) -> String {
    format!("ORDER#{id}")
}

pub fn order(id: OrderId) -> Key {
    Key::new(order_partition(id), ORDER)
}

/// What was bought. It never changes.
pub fn purchase(id: OrderId) -> Key {
    Key::new(order_partition(id), PURCHASE)
}

/// One entry of an order's history, by the version that it made.
pub fn order_history(id: OrderId, version: u64) -> Key {
    Key::new(order_partition(id), format!("{HISTORY_PREFIX}{version:06}"))
}

/// When the order's exchange was used.
pub fn order_exchange(id: OrderId) -> Key {
    Key::new(order_partition(id), "EXCHANGE")
}

pub const DOCUMENT_PREFIX: &str = "DOCUMENT#";

/// A document of an order: its invoice, or that of a kind about a refund.
pub fn document(order: OrderId, kind: &str, refund: Option<RefundId>) -> Key {
    let refund = refund.map_or_else(String::new, |refund| format!("#{refund}"));
    Key::new(order_partition(order), format!("{DOCUMENT_PREFIX}{kind}{refund}"))
}

/// GSI1 over documents, by their number.
pub fn document_numbered(number: &str, order: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_with_document_partition(number), sk: order.to_string() }
}

pub fn orders_with_document_partition(number: &str) -> String {
    format!("DOCUMENTNUMBER#{number}")
}

/// The last number of documents of a kind in a year.
pub fn last_number(series: Series) -> Key {
    Key::new(format!("NUMBER#{}", series.kind.name()), series.year.to_string())
}

pub fn refund(order: OrderId, id: RefundId) -> Key {
    Key::new(order_partition(order), format!("{REFUND_PREFIX}{id}"))
}

pub const RETURN_PREFIX: &str = "RETURN#";

/// A return of the order.
pub fn order_return(order: OrderId, id: ReturnId) -> Key {
    Key::new(order_partition(order), format!("{RETURN_PREFIX}{id}"))
}

/// GSI2 over the returns of all orders in a status.
pub fn return_by_status(status: ReturnStatus, id: ReturnId) -> IndexKey {
    let pk = returns_by_status_partition(status, id.shard(SHARDS));
    IndexKey { index: GSI2, pk, sk: id.to_string() }
}

pub fn returns_by_status_partition(status: ReturnStatus, shard: u8) -> String {
    format!("RETURNS#{}#{shard}", status.name())
}

/// GSI1 over one user's orders.
pub fn orders_of(user: UserId, id: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_of_partition(user), sk: id.to_string() }
}

pub fn orders_of_partition(user: UserId) -> String {
    format!("ORDERS#{user}")
}

/// GSI1 over the orders that guests placed with one mail address, until they join an account.
pub fn orders_of_guests(email: &Email, id: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_of_guests_partition(email), sk: id.to_string() }
}

pub fn orders_of_guests_partition(email: &Email) -> String {
    format!("ORDERS#MAIL#{email}")
}

/// The beginning of the ids of the orders that were placed at this time. It sorts before each of them, and after all
/// earlier ones.
pub fn orders_from(time: Time) -> String {
    let mut id = OrderId::new(time, 0).to_string();
    id.truncate(OrderId::PREFIX.len() + TIME_IN_ID);
    id
}

/// How many letters of an id are its time.
const TIME_IN_ID: usize = 10;

/// GSI1 over what was bought, by the number of its order.
pub fn order_numbered(number: &str, id: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_numbered_partition(number), sk: id.to_string() }
}

/// The name of an order's recipient, or the last word of it, by which staff find the order.
pub fn order_recipient(id: OrderId, name: &str) -> Key {
    Key::new(order_partition(id), format!("RECIPIENT#{name}"))
}

/// A tracking code of an order's parcels, by which staff find the order.
pub fn order_tracking(id: OrderId, tracking: &str) -> Key {
    Key::new(order_partition(id), format!("TRACKING#{tracking}"))
}

/// Another name of an order's addresses. It is not in the order's partition, as what was counted of it is not.
pub fn other_order_name(id: OrderId, name: &str) -> Key {
    Key::new(format!("ORDERNAMES#{id}"), name)
}

/// GSI1 over what orders are found by, by the beginning of a folded name.
pub fn order_named(name: &str, id: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_named_partition(name), sk: format!("{name}#{id}") }
}

pub fn orders_named_partition(beginning: &str) -> String {
    format!("ORDERNAMES#{}", beginning.chars().take(2).collect::<String>())
}

/// GSI1 over what orders are found by, by a tracking code.
pub fn order_tracked(tracking: &str, id: OrderId) -> IndexKey {
    IndexKey { index: GSI1, pk: orders_tracked_partition(tracking), sk: id.to_string() }
}

pub fn orders_tracked_partition(tracking: &str) -> String {
    format!("TRACKING#{tracking}")
}

/// The order has an item of this SKU, or had one.
pub fn order_with_sku(sku: &Sku, id: OrderId) -> Key {
    Key::new(orders_with_sku_partition(sku), id.to_string())
}

pub fn orders_with_sku_partition(sku: &Sku) -> String {
    format!("SKUORDERS#{sku}")
}

/// An address of the order has this postal code.
pub fn order_with_postal_code(code: &str, id: OrderId) -> Key {
    Key::new(orders_with_postal_code_partition(code), id.to_string())
}

pub fn orders_with_postal_code_partition(code: &str) -> String {
    format!("POSTALCODEORDERS#{code}")
}

/// An address of the order has a telephone number with these last digits.
pub fn order_with_phone(digits: &str, id: OrderId) -> Key {
    Key::new(orders_with_phone_partition(digits), id.to_string())
}

pub fn orders_with_phone_partition(digits: &str) -> String {
    format!("PHONEORDERS#{digits}")
}

/// The order was placed with this mail address, by the beginning of which it is found.
pub fn order_with_email(email: &Email, id: OrderId) -> Key {
    Key::new(orders_with_email_partition(email.as_str()), format!("{email}#{id}"))
}

pub fn orders_with_email_partition(beginning: &str) -> String {
    format!("EMAILORDERS#{}", beginning.chars().take(2).collect::<String>())
}

/// GSI2 over what was bought in a month. It never changes, so a reader of a period misses no order that gets another
/// status meanwhile.
pub fn order_placed(id: OrderId) -> IndexKey {
    let pk = orders_placed_partition(&id.time().month(), id.shard(SHARDS));
    IndexKey { index: GSI2, pk, sk: id.to_string() }
}

pub fn orders_placed_partition(month: &str, shard: u8) -> String {
    format!("PLACED#{month}#{shard}")
}

pub fn orders_numbered_partition(number: &str) -> String {
    format!("ORDERNUMBER#{number}")
}

/// GSI2 over all orders of a status.
pub fn orders_by_status(status: &str, id: OrderId) -> IndexKey {
    IndexKey { index: GSI2, pk: orders_by_status_partition(status, id.shard(SHARDS)), sk: id.to_string() }
}

pub fn orders_by_status_partition(status: &str, shard: u8) -> String {
    format!("ORDERS#{status}#{shard}")
}

/// Which order a charge belongs to.
pub fn charge(id: &str) -> Key {
    Key::new(format!("CHARGE#{id}"), "ORDER")
}

/// A provider's event that was processed.
pub fn provider_event(id: &str) -> Key {
    Key::new(format!("STRIPE#{id}"), "EVENT")
}

/// The unpaid orders of a buyer or of a network, which is named by a fingerprint.
pub fn unpaid_orders(kind: HolderKind, fingerprint: &str) -> Key {
    Key::new(format!("UNPAID#{}#{fingerprint}", kind.name()), "UNPAID")
}

/// A record of another shop that was imported.
pub fn imported(kind: &str, fingerprint: &str) -> Key {
    Key::new(format!("IMPORTED#{kind}#{fingerprint}"), "IMPORTED")
}

/// The forms of password hashes that were imported.
pub fn hash_forms() -> Key {
    Key::new("PASSWORDS", "FORMS")
}

pub fn due_partition(shard: u8) -> String {
    format!("DUE#{shard}")
}

/// What was counted of an order's sales. It is not in the order's partition, so that the function that writes it needs no
/// right to write orders.
pub fn order_sales(id: OrderId) -> Key {
    Key::new(format!("SOLD#{id}"), "SOLD")
}

/// How many units of a product were sold.
pub fn product_sales(id: ProductId) -> Key {
    Key::new(format!("SALES#{id}"), "SALES")
}

/// What is counted of an order in the figures; or that something else was counted, by its name.
pub fn counted(name: &str) -> Key {
    Key::new(format!("COUNTED#{name}"), "COUNTED")
}

/// The first order that a customer paid. Their mail address is a fingerprint.
pub fn first_order(fingerprint: &str) -> Key {
    Key::new(format!("CUSTOMER#{fingerprint}"), "FIRST")
}

pub fn figures_partition(month: &str, shard: u8) -> String {
    format!("STATS#{month}#{shard}")
}

/// The figures of a day. They are spread over shards, because every order changes them.
pub fn figures_of_day(day: Day, shard: u8) -> Key {
    Key::new(figures_partition(&day.month(), shard), day.to_string())
}

/// The sums of the figures of all days.
pub fn figures_of_all_days(shard: u8) -> Key {
    Key::new(figures_partition("ALL", shard), "ALL")
}

pub fn ranked_partition(kind: &str, month: &str, shard: u8) -> String {
    format!("STATS#{kind}#{month}#{shard}")
}

/// The figures of a product or a coupon in a month, by day.
pub fn ranked(kind: &str, month: &str, name: &str) -> Key {
    let shard = name.bytes().last().unwrap_or(0) % SHARDS;
    Key::new(ranked_partition(kind, month, shard), name)
}

/// A review, with the votes and reports about it, and its due work.
pub fn review_partition(id: ReviewId) -> String {
    format!("REVIEW#{id}")
}

pub fn review(id: ReviewId) -> Key {
    Key::new(review_partition(id), "REVIEW")
}

/// A user finds the review helpful.
pub fn review_vote(id: ReviewId, user: UserId) -> Key {
    Key::new(review_partition(id), format!("VOTE#{user}"))
}

/// GSI1 over what one user found helpful.
pub fn review_vote_of(user: UserId, id: ReviewId) -> IndexKey {
    IndexKey { index: GSI1, pk: review_votes_of_partition(user), sk: id.to_string() }
}

pub fn review_votes_of_partition(user: UserId) -> String {
    format!("VOTES#{user}")
}

pub const REVIEW_REPORT_PREFIX: &str = "REPORT#";

pub fn review_report(id: ReviewId, user: UserId) -> Key {
    Key::new(review_partition(id), format!("{REVIEW_REPORT_PREFIX}{user}"))
}

/// What a buyer wrote about a product. It makes the review unique.
pub fn reviewer(reviewer: &Reviewer, product: ProductId) -> Key {
    Key::new(reviewer_partition(reviewer), product.to_string())
}

pub fn reviewer_partition(reviewer: &Reviewer) -> String {
    format!("REVIEWER#{reviewer}")
}

/// GSI1 over the reviews of one buyer.
pub fn reviews_of(reviewer: &Reviewer, id: ReviewId) -> IndexKey {
    IndexKey { index: GSI1, pk: reviewer_partition(reviewer), sk: id.to_string() }
}

/// The reviews of a product that customers see, by their stars.
pub fn review_by_stars(product: ProductId, stars: Stars, id: ReviewId) -> Key {
    Key::new(product_reviews_partition(product), format!("{}{id}", stars_prefix(stars)))
}

pub fn stars_prefix(stars: Stars) -> String {
    format!("{}#", stars.get())
}

/// The review of an entry.
pub fn starred_review(sk: &str) -> Option<ReviewId> {
    ReviewId::parse(sk.split('#').nth(1)?).ok()
}

/// GSI1 over the reviews of a product that customers see, by their age.
pub fn review_of_product(product: ProductId, id: ReviewId) -> IndexKey {
    IndexKey { index: GSI1, pk: product_reviews_partition(product), sk: id.to_string() }
}

pub fn product_reviews_partition(product: ProductId) -> String {
    format!("REVIEWS#{product}")
}

/// GSI2 over the same, by how many customers found them helpful.
pub fn review_by_votes(product: ProductId, votes: u32, id: ReviewId) -> IndexKey {
    IndexKey { index: GSI2, pk: product_reviews_partition(product), sk: format!("{votes:010}#{id}") }
}

/// GSI2 over the reviews that customers do not see.
pub fn review_by_state(state: ReviewState, id: ReviewId) -> IndexKey {
    let pk = reviews_by_state_partition(state, id.shard(SHARDS));
    IndexKey { index: GSI2, pk, sk: id.to_string() }
}

pub fn reviews_by_state_partition(state: ReviewState, shard: u8) -> String {
    format!("REVIEWS#{}#{shard}", state.name())
}

pub const REPORTED_REVIEWS: &str = "REPORTEDREVIEWS";

/// A review that was reported since staff looked at it.
pub fn reported_review(id: ReviewId) -> Key {
    Key::new(REPORTED_REVIEWS, id.to_string())
}

/// How many of the reviews that customers see have how many stars.
pub fn product_rating(id: ProductId) -> Key {
    Key::new(format!("RATING#{id}"), "RATING")
}

/// The state of the search index, and what was published since its base. Publications sort before the state, so that one
/// query from the end reads the state and the newest of them.
pub const SEARCH: &str = "SEARCH";
pub const PUBLICATION_PREFIX: &str = "PUBLICATION#";

pub fn index_state() -> Key {
    Key::new(SEARCH, "STATE")
}

pub fn publication(seq: u32) -> Key {
    Key::new(SEARCH, format!("{PUBLICATION_PREFIX}{seq:010}"))
}

/// All synonyms and rules, which are read together. There are few, and each is bounded.
pub const SEARCH_SETTINGS: &str = "SEARCHSETTINGS";

/// Says how many of each kind there are.
pub fn search_settings_head() -> Key {
    Key::new(SEARCH_SETTINGS, "HEAD")
}

pub fn search_setting<K: SettingKind>(id: K::Id) -> Key {
    Key::new(SEARCH_SETTINGS, format!("{}{id}", search_setting_prefix::<K>()))
}

/// `SYNONYM#` or `RULE#`.
pub fn search_setting_prefix<K: SettingKind>() -> String {
    format!("{}#", K::NAME.to_ascii_uppercase())
}

/// Makes the query of a rule unique.
pub fn search_setting_query(normalized: &str) -> Key {
    Key::new(SEARCH_SETTINGS, format!("QUERY#{normalized}"))
}

pub const MISS_PREFIX: &str = "QUERY#";

pub fn misses_partition(day: &str) -> String {
    format!("SEARCHMISSES#{day}")
}

/// Says how many different queries found nothing on a day.
pub fn misses_head(day: &str) -> Key {
    Key::new(misses_partition(day), "HEAD")
}

/// How often a query found nothing on a day.
pub fn miss(day: &str, words: &str) -> Key {
    Key::new(misses_partition(day), format!("{MISS_PREFIX}{words}"))
}

/// What the authority said of a VAT number.
pub fn checked_vat(number: &VatNumber) -> Key {
    Key::new(format!("VAT#{}", number.as_str()), "CHECK")
}
