//! `POST /quotes`: what a cart or one item would cost in a country, before it is ordered. Nothing is reserved, and nothing
//! is written except the count of requests.

use axum::extract::State;
use axum::http::HeaderMap;
use checkout::shipping_body::{OfferedShippingMethodBody, chosen_method, method_not_offered, no_shipping_method};
use checkout::tax_body::{LineTaxBody, TaxAmountBody, VatBody};
use checkout::wire::{ItemInput, ItemRequest, item_problem};
use checkout::{COUPON_TRIES, GoodsTo, OrderSource, guest_cart};
use domain::address::{Country, PostalAddress};
use domain::coupon::{CouponCode, CouponRefusal, CustomerKey};
use domain::id::ShippingMethodId;
use domain::money::{Currency, Money};
use domain::order::{LineProblem, QuotedLine};
use domain::pricing::{Destination, PricedLine, PricingRefusal, Totals};
use domain::tax::TaxAmount;
use domain::text;
use domain::vat::VatNumber;
use kit::http::answer::{Answer, Envelope};
use kit::http::body::{Body, Fields, Object};
use kit::http::money::MoneyBody;
use kit::http::problem::Problem;
use kit::http::visitor::Visitor;
use order_processing::{CurrentItems, ItemError, RequestedItem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;
use crate::body::{CartCouponBody, CartItemBody};
use crate::owner::counter;

/// Without `item`, the cart is quoted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct QuoteInput {
    /// Quotes this item only, not the cart.
    #[schema(value_type = Option<ItemInput>)]
    item: Option<Object<ItemInput>>,
    /// The country to ship to.
    #[schema(example = "DE")]
    country: String,
    /// The state or province, where tax depends on it.
    #[schema(example = "CA")]
    region: Option<String>,
    /// It tells Northern Ireland from the rest of the United Kingdom.
    #[schema(example = "10115")]
    postal_code: Option<String>,
    /// Default: the coupon of the cart.
    #[schema(example = "SUMMER-20")]
    coupon_code: Option<String>,
    /// The shipping method to quote with. Default: the first that takes the order.
    shipping_method_id: Option<String>,
    /// The VAT number of a business. If it is of another country of the European Union, and the goods go to such a
    /// country, the buyer pays the tax.
    #[schema(example = "FRXX123456789")]
    vat_number: Option<String>,
}

/// What an order would cost.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuoteBody {
    /// What each line would cost, and what keeps it from being ordered.
    lines: Vec<QuoteLineBody>,
    coupon: Option<CartCouponBody>,
    /// Of the lines that can be had: lines that are `unavailable` or of which there is `not_enough_stock` do not count, and
    /// a coupon with a problem gives nothing.
    totals: QuoteTotalsBody,
    /// Whether an order with this total as its `expectedTotal` would be taken now, as far as its items and its coupon
    /// decide it.
    orderable: bool,
    /// The order as a whole has too many units: `too_many_units`.
    problem: Option<&'static str>,
    /// The shipping methods that take the order, in the order of the shop. An order names one of them as its
    /// `shippingMethodId`.
    shipping_methods: Vec<OfferedShippingMethodBody>,
    /// The one that the totals are with. Null if no line counts.
    shipping_method: Option<OfferedShippingMethodBody>,
    /// The VAT number of the buyer. Null: none was given.
    vat: Option<VatBody>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuoteLineBody {
    #[serde(flatten)]
    item: CartItemBody,
    /// Its part of the discount.
    discount: MoneyBody,
    /// Its part of the tax.
    tax: MoneyBody,
    #[serde(flatten)]
    rate: LineTaxBody,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuoteTotalsBody {
    subtotal: MoneyBody,
    discount: MoneyBody,
    shipping: MoneyBody,
    tax: MoneyBody,
    /// What an order would be charged. Send it as `expectedTotal`.
    total: MoneyBody,
    tax_included: bool,
    /// The tax by rate.
    taxes: Vec<TaxAmountBody>,
}

impl QuoteTotalsBody {
    fn of(totals: Totals, taxes: &[TaxAmount]) -> Self {
        let money = |amount| MoneyBody::from(Money::new(amount, totals.currency));
        Self {
            subtotal: money(totals.subtotal),
            discount: money(totals.discount),
            shipping: money(totals.shipping),
            tax: money(totals.tax),
            total: money(totals.total),
            tax_included: totals.tax_included,
            taxes: TaxAmountBody::all(taxes, totals.currency),
        }
    }
}

struct QuoteRequest {
    item: Option<ItemRequest>,
    country: Country,
    region: Option<String>,
    postal_code: Option<String>,
    coupon: Option<CouponCode>,
    method: Option<ShippingMethodId>,
    vat_number: Option<VatNumber>,
}

impl QuoteInput {
    fn parse(self, currency: Currency) -> Result<QuoteRequest, Problem> {
        let item = self.item.map(|Object(item)| item.parse("item.", currency)).transpose()?;
        let mut fields = Fields::default();
        let checked = (
            fields.check("country", Country::parse(&self.country)),
            fields.check_optional("region", self.region, |region| text::address_line(&region, PostalAddress::MAX_CITY)),
            fields.check_optional("postalCode", self.postal_code, |code| {
                text::line(&code, PostalAddress::MAX_POSTAL_CODE)
            }),
            fields.check_optional("couponCode", self.coupon_code, |code| CouponCode::parse(&code)),
            fields.check_optional("vatNumber", self.vat_number.as_deref(), VatNumber::parse),
            chosen_method(&mut fields, self.shipping_method_id.as_deref()),
        );
        let (country, region, postal_code, coupon, vat_number, method) = fields.finish(checked)?;
        Ok(QuoteRequest { item, country, region, postal_code, coupon, method, vat_number })
    }
}

/// What the cart or one item would cost.
///
/// The quote has prices, discount, shipping, tax and total as an order placed now would have them, and says of each line
/// why it could not be ordered. Nothing is reserved: the next order may take the last unit. A guest sends `Cart-Token`.
#[utoipa::path(post, path = "/api/v1/quotes", request_body = QuoteInput,
    params(("Cart-Token" = Option<String>, Header, description = "A guest's cart.")),
    responses(
        (status = 200, description = "The quote.", body = Envelope<QuoteBody>),
        (status = 404, description = "`product_not_found`: there is no such item."),
        (status = 409, description = "`cart_empty`, `variant_required`, `order_too_large`, `shipping_method_not_offered`, `no_shipping_method`, `vat_number_invalid` or `vat_check_unavailable`."),
        (status = 429, description = "`rate_limited`."),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Body(body): Body<QuoteInput>,
) -> Result<Answer<QuoteBody>, Problem> {
    let request = body.parse(app.rates.currency)?;
    let guest = guest_cart(&headers)?;
    let me = app.context.auth.authenticate_optional(&headers).await?;
    let customer = me.as_ref().and_then(|me| CustomerKey::proven(&me.user));
    let (store, now) = (&app.context.store, app.context.clock.now());
    let counter = match request.coupon {
        Some(_) => visitor.by_network(COUPON_TRIES),
        None => counter(&visitor, me.as_ref()),
    };
    let counters = [counter];
    let (counted, source) = tokio::join!(
        visitor.count(store, now, &counters),
        OrderSource::read(&app.orders, request.item.as_ref(), me.as_ref(), guest.as_ref())
    );
    counted?;
    let source = source?;
    let code = request.coupon.or_else(|| source.coupon());
    let coupon = code.as_ref().map(|code| (code, customer.as_ref()));
    let to = GoodsTo { country: request.country, postal_code: request.postal_code.as_deref() };
    let vat = app.vat.of_buyer(store, &visitor, request.vat_number, to, now).await?;
    let requested = source.requested();
    let (current, methods) = tokio::join!(
        Box::pin(app.orders.current_items(&requested, coupon, now)),
        Box::pin(app.orders.shipping_methods(&app.rates))
    );
    let (current, methods) = (current?, methods?);
    let sold: Vec<RequestedItem> = requested.iter().filter(|item| current.is_sold(item)).cloned().collect();
    // Nobody learns by a quote whether an item exists without being on sale.
    if let (OrderSource::Item(_), []) = (&source, sold.as_slice()) {
        return Err(item_problem(ItemError::Missing));
    }
    let draft = current.draft(&sold, &methods, &app.rates).map_err(|_| item_problem(ItemError::Missing))?;
    let destination = Destination {
        country: request.country,
        region: request.region.as_deref(),
        is_reverse_charged: vat.as_ref().is_some_and(|vat| vat.check.is_some()),
    };
    let quote = draft.quote(&destination, request.method, &app.units, now).map_err(refused)?;
    let coupon_problem = match &code {
        Some(_) if current.coupon.is_none() => Some("coupon_not_found"),
        _ => quote.coupon_problem.as_ref().map(CouponRefusal::code),
    };
    let is_whole = sold.len() == requested.len() && coupon_problem.is_none();
    let mut quoted = quote.lines.iter();
    let lines = requested.iter().map(|item| {
        let line = if current.is_sold(item) { quoted.next() } else { None };
        app.quote_line(item, &current, line)
    });
    let body = QuoteBody {
        lines: lines.collect(),
        coupon: code.map(|code| CartCouponBody { code: code.to_string(), problem: coupon_problem }),
        totals: QuoteTotalsBody::of(quote.totals, &quote.taxes),
        orderable: is_whole && quote.is_orderable(),
        problem: quote.units_problem.filter(|refusal| refusal.line().is_none()).map(|_| "too_many_units"),
        shipping_methods: OfferedShippingMethodBody::all(&quote.offered, app.rates.currency),
        shipping_method: quote.method.as_ref().map(|method| OfferedShippingMethodBody::of(method, app.rates.currency)),
        vat: vat.as_ref().map(Into::into),
    };
    Ok(Answer::ok("The quote.", body))
}

impl App {
    /// `None`: the item is not sold any more.
    fn quote_line(&self, item: &RequestedItem, current: &CurrentItems, line: Option<&QuotedLine>) -> QuoteLineBody {
        let money = |amount| MoneyBody::from(Money::new(amount, self.rates.currency));
        let shares = line.map_or_else(PricedLine::default, |line| line.shares);
        let mut body = self.item_body(item, line.and_then(|_| current.find(item.product_id, item.variant_id)));
        let counted = line.filter(|line| line.problem != Some(LineProblem::NotEnough));
        if let Some(line) = line {
            body.problem = line.problem.map(LineProblem::code);
        }
        // A business that pays the tax itself does not pay the one in a price.
        if counted.is_some() {
            body.unit_price = money(shares.unit_price);
            body.total = money(shares.unit_price.saturating_mul(item.quantity.into()));
        }
        let rate = counted.map_or_else(LineTaxBody::default, |line| LineTaxBody::of(line.shares.rate));
        QuoteLineBody { item: body, discount: money(shares.discount), tax: money(shares.tax), rate }
    }
}

fn refused(refusal: PricingRefusal) -> Problem {
    match refusal {
        PricingRefusal::NotShippedTo(_) => Problem::field("country", refusal.to_string()),
        PricingRefusal::MethodNotOffered => method_not_offered(),
        PricingRefusal::NoMethod => no_shipping_method(),
        PricingRefusal::TooLarge => Problem::conflict("order_too_large", format!("Sorry, {refusal}.")),
        PricingRefusal::Coupon(refusal) => Problem::conflict(refusal.code(), format!("Sorry, {refusal}.")),
    }
}
