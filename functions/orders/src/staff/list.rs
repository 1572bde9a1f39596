//! Staff look for orders.

use axum::Json;
use axum::extract::{Path, State};
use domain::address::{PostalAddress, parse_phone};
use domain::document;
use domain::email::{Email, InvalidEmailBeginning};
use domain::id::UserId;
use domain::order::{
    Addressee, MAX_SHIPMENT, MAX_SOUGHT_WORDS, Method, Order, OrderFilter, PaymentStatus, Sought, Status, code_key,
    email_prefix, parse_from, parse_number, parse_to, payment_intent, phone_key,
};
use domain::sku::Sku;
use domain::text::{self, beginning_of_name};
use kit::http::answer::{Listing, listing};
use kit::http::auth::Identity;
use kit::http::body::{Accepted, Fields, Query};
use kit::http::paging::{self, ListQuery};
use kit::http::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::App;
use checkout::order_body::OrderSummaryBody;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct OrdersQuery {
    /// The order with this number.
    #[param(example = "261121-7F3K9QZX")]
    number: Option<String>,
    /// The orders with a parcel that has this tracking code. Case, spaces and signs do not matter.
    #[param(example = "00340434161094021501")]
    tracking_code: Option<String>,
    /// The orders with an address in which the name of the person, its last word, or the name of the company begins so: at
    /// least two letters or numbers. Case, accents and signs do not matter. They come in the order of these names.
    /// Companies and names on the bill are found some seconds after the order was placed.
    #[param(example = "lovelace")]
    name: Option<String>,
    /// The orders in which this SKU was bought, or sent in exchange. They are found some seconds after that.
    #[param(example = "TEE-BLACK-M")]
    sku: Option<String>,
    /// The order with this invoice, credit note or cancellation of one.
    #[param(example = "IN-2026-000042")]
    document_number: Option<String>,
    /// The order that was paid by this payment intent of Stripe.
    #[param(example = "pi_3PqYJ2KZ8uXh4T")]
    payment_intent: Option<String>,
    /// The orders with this postal code in an address; spaces and signs do not matter. An order is found some seconds after it
    /// was placed.
    #[param(example = "10117")]
    postal_code: Option<String>,
    /// The orders with this telephone number in an address, by its last seven digits; so it may be with or without the code of
    /// the country. An order is found some seconds after it was placed.
    #[param(example = "+49 30 1234567")]
    phone: Option<String>,
    /// The orders whose mail address begins so, in the order of the addresses; 2 characters or more. An order is found some
    /// seconds after it was placed.
    #[param(example = "ada@")]
    email_prefix: Option<String>,
    /// Words of any of these kinds: the orders that they find as a number, tracking code, name, SKU, document, payment intent,
    /// postal code, telephone number, mail address or its beginning, or as the id of an order or account; and the orders that
    /// have all of the words in number, addresses, coupon, VAT number, names and options of items, or the buyer's note, some
    /// seconds after they were placed, or a guest confirmed them. These are whole words of two letters or more; case, accents
    /// and signs do not matter; of more than eight words the longest ones are taken, and of an order the first 200. An order
    /// comes once, whatever finds it. As the beginning of a name or mail address, words find the first ten thousand orders in the
    /// order of these.
    #[param(example = "lovelace")]
    q: Option<String>,
    /// The orders that guests placed with this mail address, and those of the account that has it now.
    email: Option<String>,
    /// The orders of this account.
    user_id: Option<String>,
    /// Placed at this time or later. A day stands for its first moment, in UTC.
    #[param(example = "2026-11-01")]
    from: Option<String>,
    /// Placed before this time. A day stands for its end, so that it is in the list.
    #[param(example = "2026-11-30")]
    to: Option<String>,
    /// Orders with one of these statuses, with commas between them.
    #[param(example = "paid,processing")]
    status: Option<String>,
    /// Orders with this payment status.
    payment_status: Option<String>,
    /// Orders that are paid in this way.
    payment_method: Option<String>,
    /// Whether the buyer's bank asks about the payment, or wants it back, and has not decided.
    disputed: Option<bool>,
    /// Whether a refund failed and no other was made after it.
    refund_failed: Option<bool>,
    /// Whether units are still to be sent: those that are in no parcel and were not given back. An order that was cancelled,
    /// has expired or was refunded in full has none. It says nothing about the payment.
    to_send: Option<bool>,
    /// `newest` first, which is the default, or `oldest` first.
    order: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

impl OrdersQuery {
    /// What was looked for, for the audit trail.
    fn describe(&self) -> Option<String> {
        let flag = |given: Option<bool>| given.map(|given| given.to_string());
        let parts = [
            ("number", self.number.clone()),
            ("tracking code", self.tracking_code.clone()),
            ("name", self.name.clone()),
            ("SKU", self.sku.clone()),
            ("document", self.document_number.clone()),
            ("payment intent", self.payment_intent.clone()),
            ("postal code", self.postal_code.clone()),
            ("telephone", self.phone.clone()),
            ("beginning of email", self.email_prefix.clone()),
            ("words", self.q.clone()),
            ("email", self.email.clone()),
            ("user", self.user_id.clone()),
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("status", self.status.clone()),
            ("payment status", self.payment_status.clone()),
            ("payment method", self.payment_method.clone()),
            ("disputed", flag(self.disputed)),
            ("refund failed", flag(self.refund_failed)),
            ("to send", flag(self.to_send)),
        ];
        let given = parts.into_iter().filter_map(|(name, value)| value.map(|value| format!("{name}: {value}")));
        let words = given.collect::<Vec<_>>().join(", ");
        (!words.is_empty()).then_some(words)
    }
}

fn one_of<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: &str) -> Result<T, String> {
    let found = all.iter().copied().find(|one| name(*one) == text);
    found.ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        format!("must be one of: {}", names.join(", "))
    })
}

fn code(text: &str, max: usize) -> Result<String, String> {
    let key = if text.len() > max { String::new() } else { code_key(text) };
    if key.is_empty() { Err(format!("must have letters or numbers, and at most {max} characters")) } else { Ok(key) }
}

fn statuses(text: &str) -> Result<Vec<Status>, String> {
    let mut statuses =
        text.split(',').map(|one| one_of(&Status::ALL, Status::name, one)).collect::<Result<Vec<_>, _>>()?;
    statuses.sort_unstable();
    statuses.dedup();
    Ok(statuses)
}

/// Lists orders, newest first.
///
/// At most one of `q`, number, tracking code, name, SKU, document, payment intent, postal code, telephone number and
/// beginning of the mail address can be given, with any of the other filters. A page can be short or empty although more pages
/// follow: go on until `nextCursor` is null. Reading the list leaves an entry in the audit trail.
#[utoipa::path(get, path = "/api/v1/admin/orders", params(OrdersQuery), responses(
    (status = 200, description = "A page of orders.", body = Listing<OrderSummaryBody>),
))]
pub(crate) async fn list(
    State(app): State<App>,
    staff: Identity,
    Query(query): Query<OrdersQuery>,
) -> Result<Json<Listing<OrderSummaryBody>>, Problem> {
    let request = paging::page(query.limit, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let sought = (
        fields.check_optional("number", query.number.as_deref(), parse_number),
        fields.check_optional("trackingCode", query.tracking_code.as_deref(), |text| code(text, MAX_SHIPMENT)),
        fields.check_optional("name", query.name.as_deref(), beginning_of_name),
        fields.check_optional("sku", query.sku.as_deref(), Sku::parse),
        fields.check_optional("documentNumber", query.document_number.as_deref(), document::parse_number),
        fields.check_optional("paymentIntent", query.payment_intent.as_deref(), |text| {
            payment_intent(text).ok_or("must begin with pi_ and have only letters, numbers and _")
        }),
        fields.check_optional("postalCode", query.postal_code.as_deref(), |text| {
            code(text, PostalAddress::MAX_POSTAL_CODE)
        }),
        fields.check_optional("phone", query.phone.as_deref(), parse_phone),
        fields.check_optional("emailPrefix", query.email_prefix.as_deref(), |text| {
            email_prefix(text).ok_or(InvalidEmailBeginning)
        }),
        fields.check_optional("q", query.q.as_deref(), |text| text::line(text, MAX_SOUGHT_WORDS)),
    );
    let others = (
        fields.check_optional("email", query.email.as_deref(), Email::parse),
        fields.check_optional("userId", query.user_id.as_deref(), UserId::parse),
        fields.check_optional("from", query.from.as_deref(), parse_from),
        fields.check_optional("to", query.to.as_deref(), parse_to),
        fields.check_optional("status", query.status.as_deref(), statuses),
        fields.check_optional("paymentStatus", query.payment_status.as_deref(), |text| {
            one_of(&PaymentStatus::ALL, PaymentStatus::name, text)
        }),
        fields.check_optional("paymentMethod", query.payment_method.as_deref(), |text| {
            one_of(&Method::ALL, Method::name, text)
        }),
        fields.check_optional("order", query.order.as_deref(), |text| match text {
            "newest" => Ok(false),
            "oldest" => Ok(true),
            _ => Err("must be newest or oldest"),
        }),
    );
    let (sought, others) = fields.finish((sought.accepted(), others.accepted()))?;
    let (email, user_id, from, to, statuses, payment_status, method, oldest_first) = others;
    let (number, tracking, name, sku, document, charge, postal_code, phone, email_prefix, words) = sought;
    // Each of these leads to its own orders.
    let all = [
        ("number", number.map(Sought::Number)),
        ("trackingCode", tracking.map(Sought::TrackingCode)),
        ("name", name.map(Sought::Name)),
        ("sku", sku.map(Sought::Sku)),
        ("documentNumber", document.map(Sought::Document)),
        ("paymentIntent", charge.map(Sought::Charge)),
        ("postalCode", postal_code.map(Sought::PostalCode)),
        ("phone", phone.map(|phone| Sought::Phone(phone_key(&phone)))),
        ("emailPrefix", email_prefix.map(Sought::EmailPrefix)),
        ("q", words.map(|words| Sought::of_words(&words))),
    ];
    let mut given = all.into_iter().filter_map(|(field, sought)| sought.map(|sought| (field, sought)));
    let first = given.next();
    if let (Some((first, _)), Some((field, _))) = (&first, given.next()) {
        return Err(Problem::field(field, format!("cannot be given with {first}")));
    }
    let sought = first.map(|(_, sought)| sought);
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Problem::field("from", "must not be after to"));
    }
    let addressee = match email {
        Some(email) => Some(Addressee { account: app.context.store.user_id_of(&email).await?, email }),
        None => None,
    };
    let filter = OrderFilter {
        sought,
        addressee,
        user_id,
        from,
        to,
        statuses: statuses.unwrap_or_default(),
        payment_status,
        method,
        disputed: query.disputed,
        refund_failed: query.refund_failed,
        to_send: query.to_send,
    };
    let page = app.context.store.find_orders(&filter, oldest_first.unwrap_or(false), &request).await?;
    app.context.trail.read(staff.id(), "order.list", "orders", query.describe()).await;
    Ok(listing("The orders.", page, request.limit, summary))
}

/// Lists the orders of one account, newest first.
///
/// Orders stay when their account is deleted, so the account may not exist any more. Reading the list leaves an entry in
/// the audit trail.
#[utoipa::path(get, path = "/api/v1/users/{id}/orders", params(("id" = String, Path), ListQuery), responses(
    (status = 200, description = "A page of orders.", body = Listing<OrderSummaryBody>),
    (status = 404, description = "`user_not_found`: this is not the id of an account."),
))]
pub(crate) async fn of_user(
    State(app): State<App>,
    staff: Identity,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Listing<OrderSummaryBody>>, Problem> {
    let request = query.page()?;
    let user = UserId::parse(&id).map_err(|_| Problem::not_found("user_not_found", "This user does not exist."))?;
    let page = app.context.store.orders_of(user, &request).await?;
    app.context.trail.read(staff.id(), "order.list", user, None).await;
    Ok(listing("The orders of the account.", page, request.limit, summary))
}

#[expect(clippy::needless_pass_by_value, reason = "a page gives its entries away")]
fn summary(order: Order) -> OrderSummaryBody {
    OrderSummaryBody::of(&order)
}
