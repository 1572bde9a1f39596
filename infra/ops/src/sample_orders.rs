//! Orders with returns in several states, for a seeded shop: a console then has something to show. They are paid on
//! delivery, because Stripe knows nothing of them, and go the way of all orders, with mails and events.

use std::time::Duration;

use domain::actor::ActorId;
use domain::address::{Country, PostalAddress};
use domain::email::Email;
use domain::id::OrderId;
use domain::money::Currency;
use domain::order::{
    Actor, Buyer, CashTerms, Method, OrderDetails, OrderLimits, OrderRefusal, PaymentTerms, PlacedOrder, Purchase,
    Status,
};
use domain::pricing::{Rates, ShippingRates};
use domain::returns::{
    InspectedLine, Inspection, RequestedLine, Return, ReturnKind, ReturnReason, ReturnRefusal, ReturnRequest,
    ReturnRules, ReturnStatus,
};
use domain::sku::Sku;
use domain::tax::TaxRates;
use domain::user::User;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use order_processing::{ChangeError, OrderProcessor, RequestedItem};
use store::Store;
use store::idempotency::{IdempotencyRecord, KEPT};
use store::orders::SideEffects;
use store::page::PageRequest;
use store::retry::Attempt;

use crate::Failure;

/// Who orders, and who decides.
const BUYER: &str = "ada@example.com";
const STAFF: &str = "sam@example.com";
/// What the template has by default.
const RULES: ReturnRules = ReturnRules { return_days: 30, withdrawal_days: 14, fee: 0, send_days: 30 };

/// An order of two units, and a return of one of them.
struct Sample {
    /// A variant of the seed with some stock. No other order has it, so that none waits for another.
    sku: &'static str,
    kind: ReturnKind,
    reason: Option<ReturnReason>,
    comment: &'static str,
    /// How far it got.
    reached: ReturnStatus,
}

const SAMPLES: [Sample; 4] = [
    Sample {
        sku: "K00002-1",
        kind: ReturnKind::Return,
        reason: Some(ReturnReason::DoesNotFit),
        comment: "It is too large. Do you have it in a smaller size?",
        reached: ReturnStatus::Requested,
    },
    Sample {
        sku: "K00002-2",
        kind: ReturnKind::Return,
        reason: Some(ReturnReason::Damaged),
        comment: "The parcel was wet, and the goods have stains.",
        reached: ReturnStatus::Approved,
    },
    Sample {
        sku: "K00002-3",
        kind: ReturnKind::Withdrawal,
        reason: None,
        comment: "",
        reached: ReturnStatus::Received,
    },
    Sample {
        sku: "K00002-4",
        kind: ReturnKind::Return,
        reason: Some(ReturnReason::ChangedMind),
        comment: "It looks different at home.",
        reached: ReturnStatus::Completed,
    },
];

/// Makes the orders, unless their buyer has ordered before.
pub async fn seed(store: &Store, ids: &Ids, clock: &Clock, currency: Currency) -> Result<String, Failure> {
    let (Some(buyer), Some(staff)) = (account(store, BUYER).await?, account(store, STAFF).await?) else {
        return Ok("no orders, because their buyer is not there".to_owned());
    };
    for Sample { sku, .. } in &SAMPLES {
        if store.stock_level(&Sku::parse(sku)?).await?.is_none() {
            return Ok(format!("no orders, because there is no {sku}"));
        }
    }
    let first = PageRequest { limit: 1, after: None };
    if !store.orders_of(buyer.id, &first).await?.items.is_empty() {
        return Ok(format!("{BUYER} has orders already"));
    }
    let orders = OrderProcessor::new(store.clone(), clock.clone(), ids.clone());
    let seed = Seed { orders, currency, buyer, staff: staff.id.into() };
    let [a, b, c, d] = SAMPLES.each_ref().map(|sample| Box::pin(seed.make(sample)));
    tokio::try_join!(a, b, c, d)?;
    Ok(format!("{} orders of {BUYER} with returns", SAMPLES.len()))
}

async fn account(store: &Store, email: &str) -> Result<Option<User>, Failure> {
    match store.user_id_of(&Email::parse(email)?).await? {
        Some(id) => Ok(store.user(id).await?),
        None => Ok(None),
    }
}

struct Seed {
    orders: OrderProcessor,
    currency: Currency,
    buyer: User,
    staff: ActorId,
}

impl Seed {
    async fn make(&self, sample: &Sample) -> Result<(), Failure> {
        let PlacedOrder { order, purchase, .. } = Box::pin(self.place(sample.sku)).await?;
        let none = SideEffects::NONE;
        for status in [Status::Shipped, Status::Delivered] {
            let sent = self.orders.change(order.id, &none, |order, _, now| {
                Ok::<_, OrderRefusal>(Some(order.advanced(status, None, None, Actor::Staff(self.staff), now)?))
            });
            Box::pin(sent).await.map_err(|error| error.to_string())?;
        }
        let request = self.request(sample, &purchase);
        let asked = self.orders.change(order.id, &none, |order, purchase, now| {
            order.return_requested(purchase, &request, &RULES, Actor::User(self.buyer.id), now).map(Some)
        });
        Box::pin(asked).await.map_err(|error| error.to_string())?;
        for step in [ReturnStatus::Approved, ReturnStatus::Received, ReturnStatus::Completed] {
            Box::pin(self.go_on(order.id, &request, sample.reached, step)).await?;
        }
        Ok(())
    }

    /// An order as the shop takes it.
    async fn place(&self, sku: &str) -> Result<PlacedOrder, Failure> {
        let OrderProcessor { store, ids, clock, .. } = &self.orders;
        let (sku, now) = (Sku::parse(sku)?, clock.now());
        let level = store.stock_level(&sku).await?;
        let requested = [RequestedItem::of_sku(sku.clone(), level.as_ref(), 2)];
        let rates = Rates { currency: self.currency, shipping: ShippingRates::NOWHERE, tax: TaxRates::default() };
        let current = Box::pin(self.orders.current_items(&requested, None, now)).await?;
        let methods = self.orders.shipping_methods(&rates).await?;
        let draft = current.draft(&requested, &methods, &rates).map_err(|_| format!("nothing has the SKU {sku}"))?;
        let placed = draft.place(self.details(ids.order(now))?, now).map_err(|refusal| format!("{refusal:?}"))?;
        let levels: Vec<_> = draft.lines.iter().map(|line| line.level.clone()).collect();
        let record = IdempotencyRecord {
            scope: format!("{} seed", self.buyer.id),
            key: placed.order.id.to_string(),
            fingerprint: String::new(),
            status: 201,
            answer: placed.order.id.to_string(),
            until: now + KEPT,
        };
        match Box::pin(self.orders.place(&placed, &levels, None, &[], record, Vec::new())).await {
            Ok(Attempt::Done(())) => Ok(placed),
            Ok(Attempt::Overtaken) => Err(format!("the stock of {sku} changed; run the seed again").into()),
            Err(error) => Err(format!("{error:?}").into()),
        }
    }

    fn details(&self, id: OrderId) -> Result<OrderDetails, Failure> {
        let country = Country::parse("DE")?;
        Ok(OrderDetails {
            id,
            buyer: Buyer {
                user_id: Some(self.buyer.id),
                email: self.buyer.email.clone(),
                language: self.buyer.language,
                is_verified: true,
            },
            method: Method::CashOnDelivery,
            shipping: PostalAddress::new("Ada Lovelace", "1 Harbour Street", "10115", "Berlin", country),
            shipping_method: None,
            billing: None,
            note: None,
            vat: None,
            expected_total: None,
            terms: PaymentTerms {
                hold: Duration::from_mins(30),
                window: Duration::from_hours(96),
                processing: Duration::from_hours(14 * 24),
            },
            cash: CashTerms { limit: i64::MAX, confirm_within: Duration::from_hours(72) },
            units: OrderLimits::default().units,
        })
    }

    fn request(&self, sample: &Sample, purchase: &Purchase) -> ReturnRequest {
        let variants = purchase.lines.iter().map(|line| line.variant_id);
        let line = |variant_id| RequestedLine {
            variant_id,
            quantity: 1,
            reason: sample.reason,
            sku: None,
            exchange_for: None,
        };
        ReturnRequest {
            id: self.orders.ids.goods_return(self.orders.clock.now()),
            kind: sample.kind,
            lines: variants.map(line).collect(),
            comment: Some(sample.comment.to_owned()).filter(|comment| !comment.is_empty()),
        }
    }

    /// Staff do the next step, if the return gets so far.
    async fn go_on(
        &self,
        order: OrderId,
        request: &ReturnRequest,
        reached: ReturnStatus,
        step: ReturnStatus,
    ) -> Result<(), Failure> {
        let OrderProcessor { store, ids, clock, .. } = &self.orders;
        let read = store.order_and_return(order, request.id).await?.ok_or("a new return is there")?;
        let place = |status| ReturnStatus::ALL.iter().position(|it| *it == status);
        if place(step) > place(reached) {
            return Ok(());
        }
        let (refund_id, none) = (ids.refund(clock.now()), SideEffects::NONE);
        let restocked = |asked: &Return| {
            let line = |variant_id, units| InspectedLine { variant_id, sku: None, returned: units, restocked: units };
            asked.lines.iter().map(|asked| line(asked.variant_id, asked.quantity)).collect()
        };
        let changed = self.orders.change_return(read, &none, |read, now| {
            let (order, asked) = (&read.found.order, &read.asked);
            if step == ReturnStatus::Completed {
                let inspection = Inspection { lines: restocked(asked), amount: None, reason: None, refund_id };
                return order.return_completed(&read.found.purchase, asked, &inspection, self.staff, now);
            }
            order.return_advanced(asked, step, &RULES, Actor::Staff(self.staff), now)
        });
        Box::pin(changed).await.map(drop).map_err(|error: ChangeError<ReturnRefusal>| error.to_string().into())
    }
}
