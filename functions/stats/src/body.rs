//! The figures of some days as JSON.

use domain::money::{Currency, Money};
use domain::order::Method;
use domain::stats::{Amounts, Counter};
use kit::http::money::MoneyBody;
use serde::Serialize;
use utoipa::ToSchema;

/// The figures of some days, added up.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FiguresBody {
    /// Money that was paid and given back.
    revenue: RevenueBody,
    /// How many orders became what.
    orders: OrderFiguresBody,
    /// The paid orders by payment method. Methods without orders are left out.
    payments: Vec<PaymentFiguresBody>,
    /// Units that were sold and returned.
    units: UnitFiguresBody,
    /// Who bought, and who signed in.
    customers: CustomerFiguresBody,
    /// Carts that were begun and abandoned.
    carts: CartFiguresBody,
    /// How many different queries of customers found nothing, added up over the days, which are those of UTC. It is known
    /// for 90 days.
    searches_without_results: u64,
}

/// Money, on the days on which it was paid or given back. A payment that came too late or twice is not in it: it is no
/// sale, and is given back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RevenueBody {
    /// What customers paid, with tax and shipping, after discounts.
    gross: MoneyBody,
    /// The same without tax.
    net: MoneyBody,
    /// The tax in `gross`.
    tax: MoneyBody,
    /// The shipping in `gross`, without its tax.
    shipping: MoneyBody,
    /// What coupons took off.
    discount: MoneyBody,
    /// What was given back, on the days on which it was. A refund that fails later is taken from its day again.
    refunds: MoneyBody,
    /// What banks took back in disputes that the shop lost.
    charged_back: MoneyBody,
    /// `gross` by the number of paid orders, rounded down. Null: nothing was paid.
    average_order: Option<MoneyBody>,
}

/// How many orders became what, each on its day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrderFiguresBody {
    /// Guests' orders on delivery count when their address is confirmed, on the day of the order.
    placed: i64,
    /// Orders whose goods were sold and paid.
    paid: i64,
    /// Orders that were sent.
    shipped: i64,
    /// Orders that arrived.
    delivered: i64,
    /// Orders that were cancelled.
    cancelled: i64,
    /// Orders that nobody paid or confirmed in time.
    expired: i64,
    /// Orders of which all money was given back.
    refunded: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentFiguresBody {
    /// The payment method.
    #[schema(value_type = String)]
    method: &'static str,
    /// How many orders were paid in this way.
    orders: i64,
    /// What was paid for them.
    gross: MoneyBody,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnitFiguresBody {
    /// Units of paid orders.
    sold: i64,
    /// Units that came back, or were not sent after all.
    returned: i64,
}

/// A customer is a mailbox, with or without an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerFiguresBody {
    /// Customers whose first paid order this was.
    new: i64,
    /// Paid orders of customers who had bought before.
    returning_orders: i64,
    /// Accounts that were registered.
    sign_ups: i64,
    /// Sessions that began, with those of registrations.
    sign_ins: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CartFiguresBody {
    /// Carts that were begun.
    made: i64,
    /// Carts that still had items when their time ended: 30 days, or 24 hours for guests, after the last change.
    abandoned: i64,
}

impl FiguresBody {
    pub(crate) fn of(amounts: &Amounts, misses: u64, currency: Currency) -> Self {
        let get = |counter| amounts.get(counter);
        let money = |amount| MoneyBody::from(Money::new(amount, currency));
        let paid = get(Counter::OrdersPaid);
        let by_method = Method::ALL.into_iter().map(|method| (method, Counter::of_method(method)));
        let payments = by_method.filter(|(_, paid_by)| get(paid_by.orders) != 0).map(|(method, paid_by)| {
            let gross = money(paid_by.gross.map_or(0, get));
            PaymentFiguresBody { method: method.name(), orders: get(paid_by.orders), gross }
        });
        Self {
            revenue: RevenueBody {
                gross: money(get(Counter::Gross)),
                net: money(get(Counter::Gross) - get(Counter::Tax)),
                tax: money(get(Counter::Tax)),
                shipping: money(get(Counter::Shipping)),
                discount: money(get(Counter::Discount)),
                refunds: money(get(Counter::Refunds)),
                charged_back: money(get(Counter::ChargedBack)),
                average_order: get(Counter::Gross).checked_div(paid).map(money),
            },
            orders: OrderFiguresBody {
                placed: get(Counter::OrdersPlaced),
                paid,
                shipped: get(Counter::OrdersShipped),
                delivered: get(Counter::OrdersDelivered),
                cancelled: get(Counter::OrdersCancelled),
                expired: get(Counter::OrdersExpired),
                refunded: get(Counter::OrdersRefunded),
            },
            payments: payments.collect(),
            units: UnitFiguresBody { sold: get(Counter::UnitsSold), returned: get(Counter::UnitsReturned) },
            customers: CustomerFiguresBody {
                new: get(Counter::NewCustomers),
                returning_orders: paid - get(Counter::NewCustomers),
                sign_ups: get(Counter::SignUps),
                sign_ins: get(Counter::SignIns),
            },
            carts: CartFiguresBody { made: get(Counter::CartsMade), abandoned: get(Counter::CartsAbandoned) },
            searches_without_results: misses,
        }
    }
}
