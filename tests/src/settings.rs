//! The settings of the test shop that tests change, the checkout that has them, and the parameters of the template.

use std::sync::Arc;
use std::time::Duration;

use checkout::{Checkout, CheckoutConfig, VatConfig};
use domain::cart_reminder::ReminderDelay;
use domain::money::Currency;
use domain::order::{CashTerms, HoldLimits, OrderLimits, PaymentMethods, PaymentTerms, UnitLimits};
use domain::pricing::{Rates, ShippingRates};
use domain::returns::ReturnRules;
use domain::review::Moderation;
use domain::stock::StockShown;
use domain::tax::TaxRates;
use domain::vat::VatNumber;
use kit::http::context::Context;
use kit::runtime::secrets::Secrets;
use payment_provider::{Payments, Stripe, StripeConfig};
use serde_yaml_ng::Value;
use status::SettingBody;

use crate::shop::ORIGIN;
use crate::template;

/// The rates of the test shop: shipping costs 5 dollars, and the tax is 7 %.
pub(crate) fn rates() -> Rates {
    let shipping = ShippingRates::parse(r#"{"default":500,"freeFrom":10000}"#);
    let tax = TaxRates::parse(r#"{"default":700}"#);
    Rates { currency: Currency::USD, shipping: shipping.expect("shipping rates"), tax: tax.expect("tax rates") }
}

/// The settings of a test shop that tests change.
#[derive(Debug, Clone)]
pub struct CheckoutSettings {
    pub methods: PaymentMethods,
    pub limits: OrderLimits,
    pub stock_shown: StockShown,
    pub slow_payments: bool,
    pub moderation: Moderation,
    /// How many days after the delivery buyers are asked for reviews. 0: never.
    pub review_request_days: u32,
    /// How long a cart is left alone before its owner is reminded of it.
    pub cart_reminders: Option<ReminderDelay>,
    pub tax: Arc<TaxSettings>,
    pub returns: ReturnRules,
}

/// How a test shop taxes.
#[derive(Debug, Clone)]
pub struct TaxSettings {
    pub rates: TaxRates,
    pub shop_vat: Option<VatNumber>,
    /// How long it waits for the authority of VAT numbers.
    pub time_limit: Duration,
}

impl Default for CheckoutSettings {
    /// All methods, and limits that only the tests of limits reach.
    fn default() -> Self {
        let methods = PaymentMethods::parse("checkout_session,payment_intent,cash_on_delivery");
        let hold = HoldLimits { orders: 50, value: 100_000_000, share: 100 };
        let units = UnitLimits { line: 999, product: 9_999, order: 99_999 };
        let limits = OrderLimits { units, buyer: hold, network: hold };
        let stock_shown = StockShown::default();
        Self {
            methods: methods.expect("payment methods"),
            limits,
            stock_shown,
            slow_payments: true,
            moderation: Moderation::Before,
            review_request_days: 0,
            cart_reminders: None,
            tax: Arc::new(TaxSettings { rates: rates().tax, shop_vat: None, time_limit: Duration::from_secs(10) }),
            returns: ReturnRules { return_days: 30, withdrawal_days: 14, fee: 300, send_days: 20 },
        }
    }
}

/// A checkout that uses the Stripe stand-in at this address.
pub(crate) fn checkout(
    context: &Context,
    secrets: &Secrets,
    stripe_url: String,
    settings: &CheckoutSettings,
) -> Checkout {
    let config = CheckoutConfig {
        rates: Rates { tax: settings.tax.rates.clone(), ..rates() },
        terms: PaymentTerms {
            hold: Duration::from_mins(30),
            window: Duration::from_hours(96),
            processing: Duration::from_hours(14 * 24),
        },
        vat: VatConfig {
            shop: settings.tax.shop_vat.clone(),
            url: Some(format!("{stripe_url}/vies/rest-api")),
            time_limit: settings.tax.time_limit,
        },
        stripe: StripeConfig {
            url: stripe_url,
            key_secret: "stripe-key".to_owned(),
            checkout_hosts: vec!["checkout.stripe.com".to_owned()],
            slow_payments: settings.slow_payments,
        },
        methods: settings.methods.clone(),
        cash: CashTerms { limit: 20_000, confirm_within: Duration::from_hours(72) },
        limits: settings.limits,
        stock_shown: settings.stock_shown,
        link_secret: "link".to_owned(),
        shop_url: ORIGIN.to_owned(),
    };
    let checkout = Checkout::new(&config, context, secrets.clone());
    let stripe = Stripe::new(&config.stripe, secrets.clone());
    let payments = Payments::new(stripe.with_first_pause(Duration::from_millis(1)));
    Checkout { payments, ..checkout }
}

/// The parameters of the template with their defaults.
pub fn settings_by_default() -> Vec<SettingBody> {
    let value = |name: &str| match &template::read()["Parameters"][name]["Default"] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("{name}: {other:?} is no default"),
    };
    status::PARAMETERS.iter().map(|&name| SettingBody { name, value: value(name) }).collect()
}
