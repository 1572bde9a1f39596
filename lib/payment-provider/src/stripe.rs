//! Stripe's two payment methods, and its refunds. Requests and answers are types of async-stripe; [`client`] sends
//! them.

mod client;
mod refunds;

use std::collections::HashMap;
use std::str::FromStr;

use domain::money::Currency;
use domain::order::{Order, OrderLine};
use domain::time::Time;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionDiscounts, CreateCheckoutSessionExcludedPaymentMethodTypes,
    CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionPaymentIntentData,
    CreateCheckoutSessionPaymentIntentDataShipping, CreateCheckoutSessionPaymentIntentDataShippingAddress,
    ExpireCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_client_core::{RequestBuilder, StripeMethod, StripeRequest as _};
use stripe_core::payment_intent::{
    CancelPaymentIntent, CreatePaymentIntent, CreatePaymentIntentAutomaticPaymentMethods, CreatePaymentIntentShipping,
    CreatePaymentIntentShippingAddress, RetrievePaymentIntent,
};
use stripe_product::coupon::{CreateCoupon, DeleteCoupon};
use stripe_shared::{
    CheckoutSession, CheckoutSessionMode, CheckoutSessionPaymentStatus, CheckoutSessionStatus, CouponDuration,
    PaymentIntent, PaymentIntentExcludedPaymentMethodTypes, PaymentIntentStatus,
};

pub use client::{Stripe, StripeConfig, slow_payments};

use crate::{AttemptState, NextAction, OpenedAttempt, PaymentAttempt, Provider, ProviderError};

/// Paid on the shop's own page, with Stripe's elements.
#[derive(Debug, Clone, Copy)]
pub struct PaymentIntents<'a>(pub &'a Stripe);

/// Paid on a page of Stripe.
#[derive(Debug, Clone, Copy)]
pub struct CheckoutSessions<'a>(pub &'a Stripe);

fn currency(currency: Currency) -> stripe_types::Currency {
    currency.as_str().parse().unwrap_or(stripe_types::Currency::USD)
}

/// Names our order on Stripe's objects.
fn metadata(order: &Order) -> HashMap<String, String> {
    HashMap::from([
        ("order_id".to_owned(), order.id.to_string()),
        ("attempt".to_owned(), order.payment.attempt.to_string()),
        ("order_number".to_owned(), order.number.clone()),
    ])
}

/// The methods by which a bank decides days after the buyer paid. They are offered only if the shop wants them.
const SLOW_METHODS: [&str; 13] = [
    "acss_debit",
    "au_becs_debit",
    "bacs_debit",
    "boleto",
    "customer_balance",
    "konbini",
    "multibanco",
    "nz_bank_account",
    "oxxo",
    "payto",
    "sepa_debit",
    "sofort",
    "us_bank_account",
];

fn slow_methods<T: FromStr>() -> Vec<T> {
    SLOW_METHODS.into_iter().flat_map(str::parse).collect()
}

impl From<PaymentIntent> for OpenedAttempt {
    fn from(intent: PaymentIntent) -> Self {
        Self {
            reference: intent.id.to_string(),
            state: match intent.status {
                PaymentIntentStatus::Canceled => AttemptState::Closed,
                PaymentIntentStatus::RequiresAction
                | PaymentIntentStatus::RequiresConfirmation
                | PaymentIntentStatus::RequiresPaymentMethod => AttemptState::Open,
                PaymentIntentStatus::Processing => AttemptState::Processing,
                _ => AttemptState::Paid,
            },
            next_action: intent.client_secret.map_or(NextAction::None, NextAction::ClientSecret),
        }
    }
}

impl From<CheckoutSession> for OpenedAttempt {
    fn from(session: CheckoutSession) -> Self {
        Self {
            reference: session.id.to_string(),
            state: match session.status {
                Some(CheckoutSessionStatus::Open) => AttemptState::Open,
                Some(CheckoutSessionStatus::Expired) => AttemptState::Closed,
                _ => AttemptState::Paid,
            },
            next_action: session.url.map_or(NextAction::None, NextAction::CheckoutUrl),
        }
    }
}

impl Provider for PaymentIntents<'_> {
    async fn open(&self, attempt: &PaymentAttempt<'_>, now: Time) -> Result<OpenedAttempt, ProviderError> {
        let order = attempt.order;
        let to = &attempt.purchase.shipping;
        let address = CreatePaymentIntentShippingAddress {
            line1: Some(to.line1.clone()),
            line2: to.line2.clone(),
            postal_code: Some(to.postal_code.clone()),
            city: Some(to.city.clone()),
            state: to.region.clone(),
            country: Some(to.country.as_str().to_owned()),
        };
        let mut request = CreatePaymentIntent::new(order.totals.total, currency(order.totals.currency))
            .automatic_payment_methods(CreatePaymentIntentAutomaticPaymentMethods::new(true))
            .description(format!("Order {}", order.number))
            .receipt_email(order.email.as_str())
            .shipping(CreatePaymentIntentShipping::new(address, to.name.clone()))
            .metadata(metadata(order));
        if !self.0.takes_slow_payments() {
            request = request.excluded_payment_method_types(slow_methods::<PaymentIntentExcludedPaymentMethodTypes>());
        }
        let key = order.attempt_key();
        Ok(self.0.post(request.customize(), &key, now).await?.into())
    }

    async fn retrieve(&self, reference: &str, now: Time) -> Result<OpenedAttempt, ProviderError> {
        let request = RetrievePaymentIntent::new(reference);
        Ok(self.0.send(request.customize(), now).await?.into())
    }

    async fn close(&self, reference: &str, now: Time) -> Result<AttemptState, ProviderError> {
        let request = CancelPaymentIntent::new(reference);
        let closed = self.0.send(request.customize(), now).await;
        self.closed(reference, closed.map(OpenedAttempt::from), now).await
    }
}

impl Provider for CheckoutSessions<'_> {
    async fn open(&self, attempt: &PaymentAttempt<'_>, now: Time) -> Result<OpenedAttempt, ProviderError> {
        let order = attempt.order;
        let key = order.attempt_key();
        let to = &attempt.purchase.shipping;
        let address = CreateCheckoutSessionPaymentIntentDataShippingAddress {
            line2: to.line2.clone(),
            postal_code: Some(to.postal_code.clone()),
            city: Some(to.city.clone()),
            state: to.region.clone(),
            country: Some(to.country.as_str().to_owned()),
            ..CreateCheckoutSessionPaymentIntentDataShippingAddress::new(to.line1.clone())
        };
        let mut request = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            .line_items(line_items(attempt))
            .client_reference_id(order.id.to_string())
            .customer_email(order.email.as_str())
            .success_url(attempt.success_url.clone())
            .cancel_url(attempt.cancel_url.clone())
            .metadata(metadata(order))
            .payment_intent_data(CreateCheckoutSessionPaymentIntentData {
                description: Some(format!("Order {}", order.number)),
                metadata: Some(metadata(order)),
                receipt_email: Some(order.email.as_str().to_owned()),
                shipping: Some(CreateCheckoutSessionPaymentIntentDataShipping::new(address, to.name.clone())),
                ..CreateCheckoutSessionPaymentIntentData::new()
            });
        if let Some(ends) = order.page_ends() {
            request = request.expires_at(ends.unix_seconds());
        }
        if !self.0.takes_slow_payments() {
            let slow = slow_methods::<CreateCheckoutSessionExcludedPaymentMethodTypes>();
            request = request.excluded_payment_method_types(slow);
        }
        if order.totals.discount > 0 {
            request = request.discounts(vec![self.mirror_discount(order, &key, now).await?]);
        }
        let session = self.0.post(request.customize(), &key, now);
        self.0.checked(session.await?.into(), now)
    }

    async fn retrieve(&self, reference: &str, now: Time) -> Result<OpenedAttempt, ProviderError> {
        let request = RetrieveCheckoutSession::new(reference);
        let session = self.0.send(request.customize(), now).await?;
        // The page was completed with a slow method, or the bank refused that later. Only the intent says which.
        let is_unpaid = session.payment_status == CheckoutSessionPaymentStatus::Unpaid;
        let completed = session.status == Some(CheckoutSessionStatus::Complete) && is_unpaid;
        let intent = session.payment_intent.as_ref().filter(|_| completed).map(|intent| intent.id().to_string());
        let mut opened = OpenedAttempt::from(session);
        if let Some(intent) = intent {
            opened.state = match PaymentIntents(self.0).retrieve(&intent, now).await?.state {
                AttemptState::Open => AttemptState::Closed,
                other => other,
            };
        }
        self.0.checked(opened, now)
    }

    async fn close(&self, reference: &str, now: Time) -> Result<AttemptState, ProviderError> {
        let request = ExpireCheckoutSession::new(reference);
        let closed = self.0.send(request.customize(), now).await;
        self.closed(reference, closed.map(OpenedAttempt::from), now).await
    }
}

/// Stripe's codes for an object whose id is taken, and for one that does not exist.
const ALREADY_EXISTS: &str = "resource_already_exists";
const MISSING: &str = "resource_missing";

impl CheckoutSessions<'_> {
    /// Stripe's page takes a discount only as a Stripe coupon. So this makes one with the same amount.
    async fn mirror_discount(
        &self,
        order: &Order,
        key: &str,
        now: Time,
    ) -> Result<CreateCheckoutSessionDiscounts, ProviderError> {
        let code = order.coupon.as_ref().map_or("Discount", |coupon| coupon.code.as_str());
        let request = CreateCoupon::new()
            .id(key)
            .name(code)
            .amount_off(order.totals.discount)
            .currency(currency(order.totals.currency))
            .duration(CouponDuration::Once)
            .max_redemptions(1);
        let key_of_coupon = format!("{key}-coupon");
        let made = self.0.post(request.customize(), &key_of_coupon, now);
        match made.await {
            Ok(_) => {}
            // An earlier try made it, so long ago that Stripe forgot the key.
            Err(ProviderError::Refused { code, .. }) if code == ALREADY_EXISTS => {}
            Err(error) => return Err(error),
        }
        Ok(CreateCheckoutSessionDiscounts { coupon: Some(key.to_owned()), ..CreateCheckoutSessionDiscounts::new() })
    }
}

/// Lines, shipping and tax. Less the discount, they are the order's total.
fn line_items(attempt: &PaymentAttempt<'_>) -> Vec<CreateCheckoutSessionLineItems> {
    let totals = attempt.order.totals;
    let item = |name: String, amount: i64, quantity: u32| CreateCheckoutSessionLineItems {
        quantity: Some(quantity.into()),
        price_data: Some(CreateCheckoutSessionLineItemsPriceData {
            unit_amount: Some(amount),
            product_data: Some(ProductData::new(name)),
            ..CreateCheckoutSessionLineItemsPriceData::new(currency(totals.currency))
        }),
        ..CreateCheckoutSessionLineItems::new()
    };
    let name = |line: &OrderLine| match line.options.as_slice() {
        [] => line.name.clone(),
        options => format!("{} ({})", line.name, options.join(", ")),
    };
    let lines = attempt.purchase.lines.iter().map(|line| item(name(line), line.unit_price, line.quantity));
    let extras =
        [("Shipping", totals.shipping), ("Tax", totals.added_tax())].into_iter().filter(|(_, amount)| *amount > 0);
    lines.chain(extras.map(|(name, amount)| item(name.to_owned(), amount, 1))).collect()
}

/// Stripe refuses to close what is not open. Then the attempt is retrieved.
trait Closing: Provider {
    fn closed(
        &self,
        reference: &str,
        closed: Result<OpenedAttempt, ProviderError>,
        now: Time,
    ) -> impl Future<Output = Result<AttemptState, ProviderError>> + Send {
        async move {
            match closed {
                Ok(opened) => Ok(opened.state),
                Err(ProviderError::Refused { .. }) => {
                    let there = self.retrieve(reference, now).await?;
                    if there.state == AttemptState::Open {
                        return Err(ProviderError::Unavailable("it stays open".to_owned()));
                    }
                    Ok(there.state)
                }
                Err(error) => Err(error),
            }
        }
    }
}

impl<P: Provider> Closing for P {}

impl Stripe {
    /// The order in the metadata of a payment intent. `None`: it is not about an order of this shop.
    pub(crate) async fn order_of(&self, intent: &str, now: Time) -> Result<Option<String>, ProviderError> {
        // Only what is needed is read, so that the function which receives events stays small.
        let request = RequestBuilder::new(StripeMethod::Get, format!("/payment_intents/{intent}"));
        let found = self.send(request.customize::<WithMetadata>(), now).await;
        match found {
            Ok(found) => Ok(found.metadata.and_then(|mut metadata| metadata.remove("order_id"))),
            Err(ProviderError::Refused { code, .. }) if code == MISSING => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn delete_coupon(&self, name: &str, now: Time) -> Result<(), ProviderError> {
        match self.send(DeleteCoupon::new(name).customize(), now).await {
            Ok(_) => Ok(()),
            // It was deleted before, or the attempt never got one.
            Err(ProviderError::Refused { code, .. }) if code == MISSING => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Any object of Stripe that carries our metadata.
#[derive(miniserde::Deserialize)]
struct WithMetadata {
    metadata: Option<HashMap<String, String>>,
}
