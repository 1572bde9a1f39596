//! `GET /shop`: the settings of the shop, as a storefront needs them.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use domain::cart::MAX_LINES;
use domain::money::Money;
use domain::order::Method;
use domain::pricing::CountryRates;
use domain::shipping::ShippingMethods;
use domain::tax::ShippingTax;
use kit::http::answer::{Answer, Envelope};
use kit::http::caching::{IfNoneMatch, shared, tag_of};
use kit::http::money::MoneyBody;
use kit::http::problem::Problem;
use order_processing::shipping_methods;
use serde::Serialize;
use utoipa::ToSchema;

use crate::links::ShopLinksBody;
use crate::returns::ReturnRulesBody;
use crate::tax::ShopTaxBody;
use crate::{App, Config};

/// Settings change only when the shop is deployed, and shipping methods seldom.
const AGE: Duration = Duration::from_mins(5);

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShopBody {
    /// The name of the shop.
    #[schema(example = "Kontor")]
    name: String,
    currency: ShopCurrencyBody,
    /// The IANA name of the time zone in which the days of the shop begin, such as those of statistics and invoices.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The language of the names and descriptions of products, categories and brands, for the attribute `lang` of HTML.
    #[schema(example = "en")]
    catalogue_language: String,
    /// Countries with rates of their own, in the order of their codes. The shop ships to all of them.
    countries: Vec<ShopCountryBody>,
    /// The rates of all countries that are not in `countries`. Null: the shop does not ship to them.
    other_countries: Option<CountryRatesBody>,
    /// If the items cost this or more, after the discount, shipping is free, wherever the order goes. Null: not every order
    /// is shipped free from some value on. What one order costs is in a quote.
    free_shipping_from: Option<MoneyBody>,
    /// Whether shipping is taxed as well.
    tax_on_shipping: bool,
    payment: ShopPaymentBody,
    /// How much one order and one cart can have.
    limits: ShopLimitsBody,
    /// Whether the shop mails customers who agreed about what they left in their cart. If so, offer them
    /// `preferences.carts`.
    cart_reminders: bool,
    /// Pages to link to.
    links: ShopLinksBody,
    /// Whether prices are with tax.
    tax_included: bool,
    tax: ShopTaxBody,
    /// What buyers can send back, and until when.
    returns: ReturnRulesBody,
}

/// The one currency of the shop.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShopCurrencyBody {
    #[schema(example = "usd")]
    code: String,
    /// How many digits stand after the decimal point: with 2, an amount of 1999 is 19.99.
    #[schema(example = 2)]
    decimals: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShopCountryBody {
    #[schema(example = "DE")]
    country: String,
    #[serde(flatten)]
    rates: CountryRatesBody,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CountryRatesBody {
    /// The lowest price of shipping, where it is not free. The shipping methods that take an order, with their prices, are
    /// in its quote.
    shipping: MoneyBody,
    /// The standard rate of tax in hundredths of a percent: 1900 is 19 %.
    #[schema(example = 1900)]
    tax_rate: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShopPaymentBody {
    /// What the shop takes as `paymentMethod`: `checkout_session`, `payment_intent`, `cash_on_delivery`.
    methods: Vec<&'static str>,
    /// The key with which Stripe.js starts. Null: the shop has none, so use `checkout_session`.
    #[schema(example = "pk_test_51NxA0b")]
    stripe_publishable_key: Option<String>,
    /// Whether buyers may pay by methods about which banks decide within days.
    slow_payments: bool,
    /// The smallest total that can be paid online.
    smallest_online: MoneyBody,
    /// The largest total that can be paid on delivery. Null: the shop does not take `cash_on_delivery`.
    largest_cash: Option<MoneyBody>,
}

/// The most that one order can have.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShopLimitsBody {
    /// Lines of a cart or an order.
    #[schema(example = 85)]
    lines: usize,
    /// Units of one line.
    #[schema(example = 100)]
    units_of_line: u32,
    /// Units of one product, with all its variants.
    #[schema(example = 200)]
    units_of_product: u32,
    /// Units in all.
    #[schema(example = 500)]
    units: u32,
    /// Up to which number carts, quotes and refusals say how many units there are (`available`). 0: they never do.
    #[schema(example = 5)]
    stock_shown: u32,
}

impl ShopBody {
    fn of(config: &Config, shipping: &ShippingMethods) -> Self {
        let Config { rates, methods, limits, .. } = config;
        let money = |amount| MoneyBody::from(Money::new(amount, rates.currency));
        let body = |own: CountryRates| CountryRatesBody { shipping: money(own.shipping), tax_rate: own.tax };
        let country = |(country, own)| ShopCountryBody { country, rates: body(own) };
        Self {
            name: config.name.clone(),
            currency: ShopCurrencyBody {
                code: rates.currency.as_str().to_owned(),
                decimals: rates.currency.decimals(),
            },
            time_zone: config.zone.name().to_owned(),
            catalogue_language: config.catalogue_language.clone(),
            countries: rates.countries(shipping).into_iter().map(country).collect(),
            other_countries: rates.of_other_countries(shipping).map(body),
            free_shipping_from: rates.free_shipping_from(shipping).map(money),
            tax_on_shipping: rates.tax.shipping != ShippingTax::None,
            payment: ShopPaymentBody {
                methods: methods.iter().map(Method::name).collect(),
                stripe_publishable_key: config.stripe_key.as_ref().map(|key| key.as_str().to_owned()),
                slow_payments: config.slow_payments,
                smallest_online: rates.currency.smallest_charge().into(),
                largest_cash: methods.accept(Method::CashOnDelivery).then(|| money(config.cash_limit)),
            },
            limits: ShopLimitsBody {
                lines: MAX_LINES,
                units_of_line: limits.units.line,
                units_of_product: limits.units.product,
                units: limits.units.order,
                stock_shown: config.stock_shown.up_to(),
            },
            cart_reminders: config.cart_reminders,
            links: ShopLinksBody::of(&config.url, &config.pages),
            tax_included: rates.tax.included,
            tax: ShopTaxBody::of(&rates.tax, config.has_reverse_charge),
            returns: ReturnRulesBody::of(&config.returns, rates),
        }
    }
}

/// What a storefront needs to know of the shop.
///
/// Name, currency, countries with the rates of shipping and tax, payment methods, limits, rules of returns and links. It changes when the
/// shop is deployed or staff change shipping methods, so it may be cached for five minutes.
#[utoipa::path(get, path = "/api/v1/shop", responses(
    (status = 200, description = "The settings of the shop.", body = Envelope<ShopBody>),
    (status = 304, description = "Not modified."),
))]
pub(crate) async fn show(State(app): State<App>, if_none_match: IfNoneMatch) -> Result<Response, Problem> {
    let methods = shipping_methods(&app.context.store, &app.config.rates).await?;
    let answer = Answer::ok("The shop.", ShopBody::of(&app.config, &methods)).envelope;
    let tag = tag_of(&answer)?;
    Ok(shared(&answer, &tag, &if_none_match, AGE))
}
