//! Stripe's two ways to be paid, and its refunds. Requests and answers are async-stripe's types; how they travel is
//! [`client`]'s matter.

mod client;

use std::collections::HashMap;
use std::time::Duration;

use domain::id::OrderId;
use domain::money::Currency;
use domain::order::{Order, OrderLine, Refund};
use domain::time::Time;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionDiscounts, CreateCheckoutSessionLineItems,
    CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession,
    ProductData, RetrieveCheckoutSession,
};
use stripe_client_core::StripeRequest as _;
use stripe_core::payment_intent::{
    CancelPaymentIntent, CreatePaymentIntent, CreatePaymentIntentAutomaticPaymentMethods, RetrievePaymentIntent,
};
use stripe_core::refund::{CreateRefund, ListRefund};
use stripe_product::coupon::CreateCoupon;
use stripe_shared::{
    CheckoutSession, CheckoutSessionMode, CheckoutSessionStatus, CouponDuration, PaymentIntent, PaymentIntentStatus,
};

pub use client::{Stripe, StripeConfig};

use crate::{Attempt, Handle, Opened, Provider, ProviderError, Refunded, Standing};

/// Stripe forgets idempotency keys after a day. A refund older than this is looked for before it is asked for again.
const KEYS_KEPT: Duration = Duration::from_hours(20);

/// Paid on the shop's own page, with Stripe's elements.
#[derive(Debug, Clone, Copy)]
pub struct PaymentIntents<'a>(pub &'a Stripe);

/// Paid on a page of Stripe's.
#[derive(Debug, Clone, Copy)]
pub struct CheckoutSessions<'a>(pub &'a Stripe);

fn currency(currency: Currency) -> stripe_types::Currency {
    currency.as_str().parse().unwrap_or(stripe_types::Currency::USD)
}

/// What finds the way back from Stripe's objects to ours.
fn marks(order: &Order) -> HashMap<String, String> {
    HashMap::from([
        ("order_id".to_owned(), order.id.to_string()),
        ("attempt".to_owned(), order.payment.attempt.to_string()),
    ])
}

impl From<PaymentIntent> for Opened {
    fn from(intent: PaymentIntent) -> Self {
        Self {
            reference: intent.id.to_string(),
            standing: match intent.status {
                PaymentIntentStatus::Canceled => Standing::Over,
                PaymentIntentStatus::RequiresAction
                | PaymentIntentStatus::RequiresConfirmation
                | PaymentIntentStatus::RequiresPaymentMethod => Standing::Open,
                _ => Standing::Taken,
            },
            handle: intent.client_secret.map_or(Handle::Nothing, Handle::ClientSecret),
        }
    }
}

impl From<CheckoutSession> for Opened {
    fn from(session: CheckoutSession) -> Self {
        Self {
            reference: session.id.to_string(),
            standing: match session.status {
                Some(CheckoutSessionStatus::Open) => Standing::Open,
                Some(CheckoutSessionStatus::Expired) => Standing::Over,
                _ => Standing::Taken,
            },
            handle: session.url.map_or(Handle::Nothing, Handle::CheckoutUrl),
        }
    }
}

impl Provider for PaymentIntents<'_> {
    async fn open(&self, attempt: &Attempt<'_>, now: Time) -> Result<Opened, ProviderError> {
        let order = attempt.order;
        let request = CreatePaymentIntent::new(order.totals.total, currency(order.totals.currency))
            .automatic_payment_methods(CreatePaymentIntentAutomaticPaymentMethods::new(true))
            .description(format!("Order {}", order.number))
            .metadata(marks(order));
        let key = order.attempt_key();
        Ok(self.0.post(request.customize(), &key, now).await?.into())
    }

    async fn look(&self, reference: &str, now: Time) -> Result<Opened, ProviderError> {
        let request = RetrievePaymentIntent::new(reference);
        Ok(self.0.get(request.customize(), now).await?.into())
    }

    async fn close(&self, reference: &str, now: Time) -> Result<Standing, ProviderError> {
        let request = CancelPaymentIntent::new(reference);
        let key = format!("{reference}-cancel");
        let closed = self.0.post(request.customize(), &key, now).await;
        self.closed(reference, closed.map(Opened::from), now).await
    }
}

impl Provider for CheckoutSessions<'_> {
    async fn open(&self, attempt: &Attempt<'_>, now: Time) -> Result<Opened, ProviderError> {
        let order = attempt.order;
        let key = order.attempt_key();
        let mut request = CreateCheckoutSession::new()
            .mode(CheckoutSessionMode::Payment)
            .line_items(line_items(attempt))
            .client_reference_id(order.id.to_string())
            .customer_email(order.email.as_str())
            .success_url(paid(&attempt.return_url))
            .cancel_url(attempt.return_url.clone())
            .metadata(marks(order))
            .payment_intent_data(CreateCheckoutSessionPaymentIntentData {
                description: Some(format!("Order {}", order.number)),
                metadata: Some(marks(order)),
                ..CreateCheckoutSessionPaymentIntentData::new()
            });
        if order.totals.discount > 0 {
            request = request.discounts(vec![self.mirror_discount(order, &key, now).await?]);
        }
        let session = self.0.post(request.customize(), &key, now);
        Ok(session.await?.into())
    }

    async fn look(&self, reference: &str, now: Time) -> Result<Opened, ProviderError> {
        let request = RetrieveCheckoutSession::new(reference);
        Ok(self.0.get(request.customize(), now).await?.into())
    }

    async fn close(&self, reference: &str, now: Time) -> Result<Standing, ProviderError> {
        let request = ExpireCheckoutSession::new(reference);
        let key = format!("{reference}-expire");
        let closed = self.0.post(request.customize(), &key, now).await;
        self.closed(reference, closed.map(Opened::from), now).await
    }
}

impl CheckoutSessions<'_> {
    /// Stripe's page takes a discount only as a coupon of Stripe's: one for this attempt, which takes off what ours
    /// did.
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
            // Made by an earlier try, so long ago that Stripe forgot the key.
            Err(ProviderError::Refused { code, .. }) if code == "resource_already_exists" => {}
            Err(error) => return Err(error),
        }
        Ok(CreateCheckoutSessionDiscounts { coupon: Some(key.to_owned()), ..CreateCheckoutSessionDiscounts::new() })
    }
}

/// The way back of whoever has paid.
fn paid(return_url: &str) -> String {
    let joint = if return_url.contains('?') { '&' } else { '?' };
    format!("{return_url}{joint}paid=1")
}

/// Lines, shipping and tax: less the discount they add up to the order's total.
fn line_items(attempt: &Attempt<'_>) -> Vec<CreateCheckoutSessionLineItems> {
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
    let lines = attempt.purchase.lines.iter();
    let lines = lines.map(|line| item(name(line), line.unit_price, line.quantity));
    let extras = [("Shipping", totals.shipping), ("Tax", totals.tax)];
    let extras = extras.into_iter().filter(|(_, amount)| *amount > 0);
    lines.chain(extras.map(|(name, amount)| item(name.to_owned(), amount, 1))).collect()
}

/// Closing what is not open is refused; then it is asked what became of it.
trait Closing: Provider {
    fn closed(
        &self,
        reference: &str,
        closed: Result<Opened, ProviderError>,
        now: Time,
    ) -> impl Future<Output = Result<Standing, ProviderError>> + Send {
        async move {
            match closed {
                Ok(opened) => Ok(opened.standing),
                Err(ProviderError::Refused { .. }) => {
                    let there = self.look(reference, now).await?;
                    if there.standing == Standing::Open {
                        return Err(ProviderError::Unavailable("it stays open".to_owned()));
                    }
                    Ok(there.standing)
                }
                Err(error) => Err(error),
            }
        }
    }
}

impl<P: Provider> Closing for P {}

/// The mark of a refund that we asked for.
const REFUND_MARK: &str = "refund_id";

impl Stripe {
    pub(crate) async fn give_back(
        &self,
        order: OrderId,
        (charge, refund): (&str, &Refund),
        now: Time,
    ) -> Result<Refunded, ProviderError> {
        let id = refund.id.to_string();
        if now.since(refund.created_at) > KEYS_KEPT {
            let known = self.refunds_of(charge, now).await?;
            if let Some(ours) = known.iter().find(|known| mark(known) == Some(&id)) {
                return Ok(outcome(ours, refunded_externally(&known)));
            }
        }
        let marks = HashMap::from([(REFUND_MARK.to_owned(), id.clone()), ("order_id".to_owned(), order.to_string())]);
        let request = CreateRefund::new().payment_intent(charge).amount(refund.amount).metadata(marks);
        let made = self.post(request.customize(), &id, now).await;
        let refused = match made {
            Ok(made) if !has_failed(&made) => return Ok(outcome(&made, 0)),
            Ok(made) => made.status.unwrap_or_default(),
            Err(ProviderError::Refused { code, message }) => format!("{code}: {message}"),
            Err(error) => return Err(error),
        };
        let known = self.refunds_of(charge, now).await?;
        Ok(Refunded::Refused { why: refused, refunded_externally: refunded_externally(&known) })
    }

    async fn refunds_of(&self, charge: &str, now: Time) -> Result<Vec<stripe_shared::Refund>, ProviderError> {
        let request = ListRefund::new().payment_intent(charge).limit(100);
        Ok(self.get(request.customize(), now).await?.data)
    }
}

fn mark(refund: &stripe_shared::Refund) -> Option<&String> {
    refund.metadata.as_ref()?.get(REFUND_MARK)
}

fn has_failed(refund: &stripe_shared::Refund) -> bool {
    matches!(refund.status.as_deref(), Some("failed" | "canceled"))
}

/// What of a charge went back without us.
fn refunded_externally(refunds: &[stripe_shared::Refund]) -> i64 {
    let theirs = refunds.iter().filter(|refund| mark(refund).is_none());
    theirs.filter(|refund| !has_failed(refund)).map(|refund| refund.amount).sum()
}

fn outcome(refund: &stripe_shared::Refund, refunded_externally: i64) -> Refunded {
    if has_failed(refund) {
        let why = refund.status.clone().unwrap_or_default();
        return Refunded::Refused { why, refunded_externally };
    }
    Refunded::Done { reference: refund.id.to_string() }
}
