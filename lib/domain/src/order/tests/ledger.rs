//! Random sequences of events, each checked with a ledger of stock and money.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::{Just, Strategy, TestCaseError, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::returns::RULES;
use super::{CONFIRM_WITHIN, PROCESSING, TERMS, by_account, charge, details, now, place, refund_id, refund_request};
use crate::id::{ParcelId, ProductId, ReturnId, UserId, VariantId};
use crate::index_job::index_job_for;
use crate::order::{
    Actor, Dispute, DisputeReport, Fulfillment, Hold, Method, NewParcel, Order, ParcelChange, PaymentReport,
    PaymentStatus, Purchase, Refund, RefundRequest, RefundState, Shipment, Status, StockEffect, Transition,
};
use crate::returns::{
    InspectedLine, Inspection, RequestedLine, Return, ReturnKind, ReturnReason, ReturnRequest, ReturnStatus,
};
use crate::sales::OrderSales;
use crate::stock::StockDelta;
use crate::time::Time;

/// What may happen to an order, in any sequence.
#[derive(Debug, Clone)]
enum Happening {
    Open,
    Charge {
        id: u8,
        in_stock: bool,
    },
    Decline {
        late: bool,
    },
    Process {
        late: bool,
        in_stock: bool,
    },
    EndAttempt,
    MakePayable {
        session: bool,
    },
    Wait {
        minutes: u32,
    },
    Confirm,
    Cancel,
    Advance(Status),
    SendParcel {
        units: u32,
    },
    /// The parcel at this place arrives, or staff take it out.
    ParcelArrives(usize),
    RemoveParcel(usize),
    Refund {
        amount: Option<i64>,
        units: u32,
        restock: bool,
        paid_otherwise: bool,
    },
    AnswerRefund {
        done: bool,
        refunded_externally: i64,
    },
    RetryRefund,
    /// The provider's bank sends the money of a refund back.
    BounceRefund,
    RefundExternally {
        part: i64,
    },
    Dispute(Dispute),
    AskReturn {
        units: u32,
        withdraws: bool,
    },
    /// The next step of an open return.
    GoOnWithReturn {
        step: u8,
        came: u32,
    },
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let status = prop_oneof![Just(Status::Processing), Just(Status::Shipped), Just(Status::Delivered)];
    let dispute = prop_oneof![Just(Dispute::Inquiry), Just(Dispute::Open), Just(Dispute::Won), Just(Dispute::Lost)];
    let amount = prop::option::of(0_i64..9000);
    let one = prop_oneof![
        Just(Happening::Open),
        (1_u8..3, any::<bool>()).prop_map(|(id, in_stock)| Happening::Charge { id, in_stock }),
        any::<bool>().prop_map(|late| Happening::Decline { late }),
        (any::<bool>(), any::<bool>()).prop_map(|(late, in_stock)| Happening::Process { late, in_stock }),
        Just(Happening::EndAttempt),
        any::<bool>().prop_map(|session| Happening::MakePayable { session }),
        (1_u32..7000).prop_map(|minutes| Happening::Wait { minutes }),
        Just(Happening::Confirm),
        Just(Happening::Cancel),
        status.prop_map(Happening::Advance),
        (0_u32..4).prop_map(|units| Happening::SendParcel { units }),
        (0_usize..3).prop_map(Happening::ParcelArrives),
        (0_usize..3).prop_map(Happening::RemoveParcel),
        (amount, 0_u32..4, any::<bool>(), any::<bool>()).prop_map(|(amount, units, restock, paid_otherwise)| {
            Happening::Refund { amount, units, restock, paid_otherwise }
        }),
        Just(Happening::RetryRefund),
        Just(Happening::BounceRefund),
        (any::<bool>(), 0_i64..9000)
            .prop_map(|(done, refunded_externally)| Happening::AnswerRefund { done, refunded_externally }),
        (0_i64..9000).prop_map(|part| Happening::RefundExternally { part }),
        dispute.prop_map(Happening::Dispute),
        (1_u32..4, any::<bool>()).prop_map(|(units, withdraws)| Happening::AskReturn { units, withdraws }),
        (0_u8..7, 0_u32..4).prop_map(|(step, came)| Happening::GoOnWithReturn { step, came }),
    ];
    prop::collection::vec(one, 1..40)
}

fn report(order: &Order, late: bool, clock: Time) -> PaymentReport {
    PaymentReport { attempt: order.payment.attempt - u32::from(late && order.payment.attempt > 1), at: clock }
}

fn lost(dispute: Dispute) -> DisputeReport {
    DisputeReport { charge: "pi_1".to_owned(), dispute, amount: 5000, evidence_due_by: None }
}

/// Where the units of the order's first line are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Units {
    available: i64,
    reserved: i64,
    sold: i64,
}

impl Units {
    fn apply(&mut self, effect: &StockEffect, line: VariantId, units: u32) {
        let units = i64::from(units);
        match effect {
            StockEffect::Keep => {}
            StockEffect::Reserve => {
                (self.available, self.reserved) = (self.available - units, self.reserved + units);
            }
            StockEffect::Release => {
                (self.available, self.reserved) = (self.available + units, self.reserved - units);
            }
            StockEffect::Consume => {
                (self.reserved, self.sold) = (self.reserved - units, self.sold + units);
            }
            StockEffect::Sell => (self.available, self.sold) = (self.available - units, self.sold + units),
            StockEffect::Return(lines) => {
                let back: i64 = lines.iter().filter(|(v, _)| *v == line).map(|(_, n)| i64::from(*n)).sum();
                (self.available, self.sold) = (self.available + back, self.sold - back);
            }
            // Nothing is exchanged here, so what moves comes from the buyer or goes back.
            StockEffect::Moves(moves) => {
                for it in moves.iter().filter(|it| it.variant_id == line) {
                    let StockDelta { available, reserved } = it.delta;
                    self.available += available;
                    self.reserved += reserved;
                    self.sold -= available + reserved;
                }
            }
        }
    }
}

/// Each unit is in a parcel, or still to be sent, or was given back before it was sent.
fn parcels_add_up(order: &Order, purchase: &Purchase) -> Result<(), TestCaseError> {
    let (parcels, left) = (order.parcels(purchase), order.unsent(purchase));
    prop_assert_eq!(order.units_unsent(), left.iter().map(|(_, units)| units).sum::<u32>());
    let shown = if order.status == Status::Refunded { Vec::new() } else { left.clone() };
    prop_assert_eq!(order.to_send(purchase), shown);
    let is_sold = order.hold == Hold::Taken;
    for line in &purchase.lines {
        let of = |lines: &[(VariantId, u32)]| {
            lines.iter().filter(|(it, _)| *it == line.variant_id).map(|(_, n)| n).sum::<u32>()
        };
        let sent: u32 = parcels.iter().map(|parcel| of(&parcel.lines)).sum();
        let returned = order.returned.get(&line.variant_id).copied().unwrap_or(0);
        let not_sent =
            if order.is_sent() { order.not_sent.get(&line.variant_id).copied().unwrap_or(0) } else { returned };
        if is_sold {
            prop_assert_eq!(sent + not_sent + of(&left), line.quantity);
            let returning = order.returning.get(&line.variant_id).copied().unwrap_or(0);
            prop_assert!(not_sent <= returned && returned - not_sent + returning <= sent);
        }
    }
    let fulfillment = order.fulfillment();
    prop_assert!(
        order.status != Status::Shipped
            || matches!(fulfillment, Fulfillment::Shipped | Fulfillment::PartiallyDelivered)
    );
    prop_assert_eq!(order.status == Status::Shipped, order.status == Status::Shipped && left.is_empty());
    prop_assert!(order.status != Status::Delivered || fulfillment == Fulfillment::Delivered);
    prop_assert!(order.status != Status::Paid || parcels.is_empty());
    prop_assert!(order.status != Status::Processing || parcels.is_empty() || !left.is_empty());
    Ok(())
}

/// A buyer asks for units of a line.
fn ask(n: u128, variant_id: VariantId, quantity: u32, withdraws: bool) -> ReturnRequest {
    let kind = if withdraws { ReturnKind::Withdrawal } else { ReturnKind::Return };
    let lines = vec![RequestedLine {
        variant_id,
        quantity,
        reason: Some(ReturnReason::ChangedMind),
        sku: None,
        exchange_for: None,
    }];
    ReturnRequest { id: ReturnId::new(now(), n), kind, lines, comment: None }
}

/// The next step of a return, if it is possible. Half of the units that came can be sold again.
fn go_on(
    order: &Order,
    purchase: &Purchase,
    asked: &Return,
    step: u8,
    inspection: &Inspection,
    clock: Time,
) -> Option<Transition> {
    let by = UserId::new(now(), 1).into();
    match step {
        0 => order.return_advanced(asked, ReturnStatus::Approved, &RULES, Actor::Shop, clock).ok().flatten(),
        1 => order.return_advanced(asked, ReturnStatus::Received, &RULES, Actor::Shop, clock).ok().flatten(),
        2 => order.return_cancelled(asked, Actor::Guest, clock).ok().flatten(),
        3 => order.return_declined(asked, "It was worn", Actor::Shop, clock).ok().flatten(),
        4 => order.return_unsent(asked, clock),
        _ => order.return_completed(purchase, asked, inspection, by, clock).ok().flatten(),
    }
}

fn units_of(sales: Option<&OrderSales>) -> BTreeMap<ProductId, u32> {
    sales.map(|sales| sales.units.clone()).unwrap_or_default()
}

proptest! {
    #[test]
    fn whatever_happens_stock_and_money_add_up(happenings in happenings(), cash in any::<bool>(), guest in any::<bool>()) {
        let method = if cash { Method::CashOnDelivery } else { Method::PaymentIntent };
        let details = if guest { details(method) } else { by_account(method) };
        let made = place(&[(1999, 3), (1000, 1)], None, details).unwrap();
        let (mut order, purchase) = (made.order, made.purchase);
        let line = &purchase.lines[0];
        let (variant, units) = (line.variant_id, line.quantity);
        let mut stock = Units { available: 100, ..Units::default() };
        stock.apply(&made.stock, variant, units);
        let (mut clock, mut ids, mut coupons, mut refunds) = (now(), 100, 0, Vec::<Refund>::new());
        let mut returns = Vec::<Return>::new();
        for happening in happenings {
            ids += 1;
            let id = refund_id(ids);
            let transition = match happening {
                Happening::Open => order.attempt_opened(order.payment.attempt, &format!("pi_{}", order.payment.attempt), clock).ok().flatten(),
                Happening::Charge { id: n, in_stock } => order.charged(&charge(&order, &format!("pi_{n}")), in_stock, id, clock),
                Happening::Decline { late } => order.declined(report(&order, late, clock), None, &TERMS, clock),
                Happening::Process { late, in_stock } => order.processing(report(&order, late, clock), in_stock, &TERMS, clock),
                Happening::EndAttempt => order.attempt_ended(order.payment.attempt, clock),
                Happening::MakePayable { session } => {
                    let method = if session { Method::CheckoutSession } else { Method::PaymentIntent };
                    order.made_payable(method, false, &TERMS, clock).ok().flatten()
                }
                Happening::Wait { minutes } => {
                    clock = clock + Duration::from_mins(u64::from(minutes));
                    order.hold_ended(clock).or_else(|| order.expired(clock))
                }
                Happening::Confirm => order.confirmed(clock + CONFIRM_WITHIN, clock).ok().flatten(),
                Happening::Cancel => order.cancelled(&purchase, Actor::Staff(UserId::new(now(), 1).into()), None, id, clock).ok(),
                Happening::Advance(to) => order.advanced(to, None, None, Actor::Shop, clock).ok(),
                Happening::SendParcel { units } => {
                    let lines = (units > 0).then(|| vec![(variant, units)]);
                    let parcel = NewParcel { id: ParcelId::new(now(), ids), lines, shipment: Shipment::default(), note: None };
                    order.parcel_shipped(&purchase, &parcel, Actor::Shop, clock).ok()
                }
                Happening::ParcelArrives(place) => {
                    let change = ParcelChange { is_delivered: true, ..ParcelChange::default() };
                    let parcels = order.parcels(&purchase);
                    parcels.get(place).and_then(|it| order.parcel_changed(it.id, &change, Actor::Shop, clock).ok().flatten())
                }
                Happening::RemoveParcel(place) => {
                    let parcels = order.parcels(&purchase);
                    parcels.get(place).and_then(|it| order.parcel_removed(&purchase, it.id, Actor::Shop, clock).ok())
                }
                Happening::Refund { amount, units, restock, paid_otherwise } => {
                    let lines = if units == 0 { Vec::new() } else { vec![(variant, units)] };
                    let request = RefundRequest { restock, paid_otherwise, ..refund_request(ids, amount, lines) };
                    order.refund(&purchase, &request, clock).ok()
                }
                Happening::AnswerRefund { done, refunded_externally } => {
                    let open = refunds.iter().find(|refund| refund.state == RefundState::Pending).cloned();
                    let more = [refund_id(ids + 1_000_000), refund_id(ids + 2_000_000)];
                    open.and_then(|refund| if done {
                        order.refund_made(&refund, "re", clock)
                    } else {
                        order.refund_refused(&refund, "no", refunded_externally, more, clock)
                    })
                }
                Happening::RetryRefund => {
                    let open = refunds.iter().find(|refund| refund.state == RefundState::Pending);
                    open.and_then(|refund| order.refund_retried(refund, clock))
                }
                Happening::BounceRefund => {
                    let made = refunds.iter().rfind(|refund| refund.state == RefundState::Succeeded && refund.amount > 0);
                    made.cloned().and_then(|refund| order.refund_bounced(&refund, "no", clock))
                }
                Happening::RefundExternally { part } => order.refunded_in_dashboard("pi_1", part, id, clock),
                Happening::Dispute(dispute) => order.disputed(&lost(dispute), clock),
                Happening::AskReturn { units, withdraws } => {
                    order.return_requested(&purchase, &ask(ids, variant, units, withdraws), &RULES, Actor::Guest, clock).ok()
                }
                Happening::GoOnWithReturn { step, came } => {
                    let open = returns.iter().find(|asked| asked.status.is_open());
                    open.and_then(|asked| {
                        let returned = came.min(asked.lines[0].quantity);
                        let found = InspectedLine { variant_id: variant, sku: None, returned, restocked: returned / 2 };
                        let inspection = Inspection { lines: vec![found], amount: None, reason: None, refund_id: id };
                        go_on(&order, &purchase, asked, step, &inspection, clock)
                    })
                }
            };
            let Some(transition) = transition else { continue };
            prop_assert_eq!(transition.order.version, order.version + 1);
            // A change of what is sold has an event, so it is counted.
            let (sold, sells) = (OrderSales::of(&order, &purchase), OrderSales::of(&transition.order, &purchase));
            let is_told = transition.event.as_ref().and_then(index_job_for).is_some();
            prop_assert!(is_told || units_of(sold.as_ref()) == units_of(sells.as_ref()));
            prop_assert!(sold.is_none_or(|sold| sells.is_some_and(|sells| sells.day == sold.day)));
            stock.apply(&transition.stock, variant, units);
            coupons += u32::from(transition.coupon_back.is_some());
            if let Some(changed) = transition.changed_return {
                returns.retain(|known| known.id != changed.id);
                returns.push(changed);
            }
            for refund in transition.refunds {
                refunds.retain(|known| known.id != refund.id);
                refunds.push(refund);
            }
            order = transition.order;

            let total = order.totals.total;
            let of = |state: RefundState| refunds.iter().filter(|r| !r.of_duplicate_charge && r.state == state).map(|r| r.amount).sum::<i64>();
            prop_assert_eq!(order.refunding, of(RefundState::Pending));
            prop_assert_eq!(order.refunded, of(RefundState::Succeeded));
            prop_assert!(order.refunded >= 0 && order.refunding >= 0 && order.refunded + order.refunding <= total);
            prop_assert!(order.was_paid() || order.refunded + order.refunding == 0);
            prop_assert_eq!(stock.available + stock.reserved + stock.sold, 100);
            prop_assert_eq!(stock.reserved, if matches!(order.hold, Hold::Held { .. }) { i64::from(units) } else { 0 });
            prop_assert!(stock.sold >= 0 && stock.sold <= i64::from(units));
            prop_assert!(order.charged_back >= 0 && order.refundable() >= 0);
            prop_assert_eq!(order.payment_status == PaymentStatus::ChargedBack, order.charged_back > 0);
            prop_assert_eq!(order.status == Status::Refunded, order.status_before_refund.is_some());
            prop_assert!(order.status != Status::Refunded || order.refunded == total);
            let returned = order.returned.get(&variant).copied().unwrap_or(0);
            prop_assert!(returned <= units);
            let asked = returns.iter().filter(|asked| asked.status.is_open()).map(|asked| asked.lines[0].quantity).sum::<u32>();
            prop_assert_eq!(order.returning.get(&variant).copied().unwrap_or(0), asked);
            for done in returns.iter().filter(|asked| asked.status == ReturnStatus::Completed) {
                prop_assert!(refunds.iter().any(|refund| Some(refund.id) == done.refund_id && refund.amount == done.amount));
            }
            if order.hold == Hold::Released {
                let lost = refunds.iter().filter(|r| !r.restocked).flat_map(|r| &r.lines).filter(|(v, _)| *v == variant).map(|(_, n)| i64::from(*n)).sum::<i64>();
                prop_assert_eq!(stock.sold, lost);
            }
            // The payment of an order that is over is refunded, or its refund is pending.
            if order.status == Status::Expired || (order.status == Status::Cancelled && order.was_paid()) {
                let failed = refunds.iter().any(|r| matches!(r.state, RefundState::Failed { .. }));
                prop_assert!(!order.was_paid() || failed || order.refundable() == 0);
            }
            parcels_add_up(&order, &purchase)?;
            prop_assert!(order.held_until().is_none_or(|until| order.due_at().is_some_and(|due| due <= until)));
            prop_assert!(!order.awaits_confirmation || order.hold != Hold::Taken);
            prop_assert!(order.due_at().is_some() || (order.open_refunds.is_empty() && order.payment.closing.is_empty()));
        }
        prop_assert!(coupons <= 1);
        // A hold always ends.
        clock = clock + PROCESSING;
        while let Some(transition) = order.hold_ended(clock).or_else(|| order.expired(clock)) {
            order = transition.order;
        }
        let held = matches!(order.hold, Hold::Held { .. });
        prop_assert!(!held);
    }
}
