//! Every amount of random orders and refunds, computed a second time: from the text of `docs/checkout.md`, with exact
//! fractions, and without the code of the shop.

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::*;
use crate::calendar::{Day, ShopZone};
use crate::coupon::CouponRefusal;
use crate::document::{Document, Facts, Issue, Seller, due};
use crate::mail_language::MailLanguage;
use crate::pricing::PricingRefusal;
use crate::shipping::OfferedMethod;
use crate::stats::{Contribution, Counter, Subject};
use crate::tax::{ClassRates, ShippingTax, TaxAmount, TaxClass};
use crate::vat::{BuyerVat, VatCheck, VatNumber};

/// A fraction that is not negative.
#[derive(Debug, Clone, Copy)]
struct Exact {
    over: i128,
    under: i128,
}

impl Exact {
    fn of(over: i128, under: i128) -> Self {
        Self { over, under }
    }

    fn down(self) -> i128 {
        self.over / self.under
    }

    fn half_up(self) -> i128 {
        let rest = self.over - self.down() * self.under;
        self.down() + i128::from(rest >= self.under - rest)
    }

    fn is_more_than(self, other: Self) -> bool {
        self.over * other.under > other.over * self.under
    }
}

fn divided(amount: i128, weights: &[i128]) -> Vec<i128> {
    let sum: i128 = weights.iter().sum();
    let part = |weight: &i128| match sum {
        0 => Exact::of(amount, i128::try_from(weights.len()).unwrap()),
        sum => Exact::of(amount * weight, sum),
    };
    let exact: Vec<Exact> = weights.iter().map(part).collect();
    let mut parts: Vec<i128> = exact.iter().map(|part| part.down()).collect();
    let mut waiting: Vec<usize> = (0..parts.len()).collect();
    while parts.iter().sum::<i128>() < amount {
        let rest = |at: usize| Exact::of(exact[at].over - exact[at].down() * exact[at].under, exact[at].under);
        let mut best = 0;
        for at in 1..waiting.len() {
            if rest(waiting[at]).is_more_than(rest(waiting[best])) {
                best = at;
            }
        }
        parts[waiting.remove(best)] += 1;
    }
    parts
}

#[derive(Debug, Clone, Copy)]
struct Wanted {
    price: i128,
    quantity: u32,
    class: TaxClass,
}

#[derive(Debug, Clone, Copy)]
enum Off {
    Nothing,
    Fixed(i64),
    Percent(u32, Option<i64>),
}

/// Everything that a basket is priced by.
#[derive(Debug, Clone)]
struct Case {
    wanted: Vec<Wanted>,
    off: Off,
    included: bool,
    reverse: bool,
    region: bool,
    shipping_tax: ShippingTax,
    shipping: i128,
    free_from: Option<i64>,
    /// Of the country and of its region, by class: standard, reduced, second reduced, super reduced.
    rates: [[Option<u32>; 4]; 2],
}

/// The name of a kind, and hundredths of a percent.
type Rate = (&'static str, i128);

/// What the text says that an order comes to.
#[derive(Debug, Default)]
struct Bill {
    unit_prices: Vec<i128>,
    discounts: Vec<i128>,
    rates: Vec<Rate>,
    taxes_of_lines: Vec<i128>,
    shipping: i128,
    by_rate: Vec<ByRate>,
    total: i128,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ByRate {
    rate: Rate,
    net: i128,
    tax: i128,
}

impl Case {
    fn rate(&self, class: TaxClass) -> Rate {
        let rates = self.rates[usize::from(self.region)];
        let of = |at: usize| match rates[at].or(rates[0]).unwrap_or(0) {
            0 => ("zero", 0),
            rate => ("taxed", i128::from(rate)),
        };
        match class {
            TaxClass::Standard => of(0),
            TaxClass::Reduced => of(1),
            TaxClass::SecondReduced => of(2),
            TaxClass::SuperReduced => of(3),
            TaxClass::Zero => ("zero", 0),
            TaxClass::Exempt => ("exempt", 0),
        }
    }

    fn paid(&self, price: i128, rate: Rate) -> i128 {
        if self.included && self.reverse { price - Exact::of(price * rate.1, 10_000 + rate.1).half_up() } else { price }
    }

    fn bill(&self) -> Bill {
        let own: Vec<Rate> = self.wanted.iter().map(|wanted| self.rate(wanted.class)).collect();
        let unit_prices: Vec<i128> = self.wanted.iter().zip(&own).map(|(w, rate)| self.paid(w.price, *rate)).collect();
        let lines: Vec<i128> =
            (unit_prices.iter().zip(&self.wanted)).map(|(p, w)| p * i128::from(w.quantity)).collect();
        let subtotal: i128 = lines.iter().sum();
        let discount = match self.off {
            Off::Nothing => 0,
            Off::Fixed(amount) => subtotal.min(amount.into()),
            Off::Percent(percent, maximum) => {
                let exact = Exact::of(subtotal * i128::from(percent), 100).half_up();
                maximum.map_or(exact, |maximum| exact.min(maximum.into()))
            }
        };
        let discounts = divided(discount, &lines);
        let parts: Vec<i128> = lines.iter().zip(&discounts).map(|(line, off)| line - off).collect();
        let is_free = self.free_from.is_some_and(|from| subtotal - discount >= from.into());
        let price = if is_free { 0 } else { self.shipping };
        let shipping = self.shipping_by_rate(price, &own, &parts);
        let charged = |rate: Rate| if self.reverse { ("reverse_charge", 0) } else { rate };
        let rates: Vec<Rate> = own.iter().map(|rate| charged(*rate)).collect();
        let with_tax = self.included && !self.reverse;
        let mut taxes_of_lines = vec![0; lines.len()];
        let mut by_rate: Vec<ByRate> = Vec::new();
        let mut all: Vec<Rate> = rates.iter().copied().chain(shipping.iter().map(|(rate, _)| charged(*rate))).collect();
        all.sort_by_key(|rate| {
            (["taxed", "zero", "exempt", "reverse_charge"].iter().position(|k| *k == rate.0), rate.1)
        });
        all.dedup();
        for rate in all {
            let at: Vec<usize> = (0..lines.len()).filter(|at| rates[*at] == rate).collect();
            let mut weights: Vec<i128> = at.iter().map(|at| parts[*at]).collect();
            let of_rate = shipping.iter().filter(|(own, _)| charged(*own) == rate);
            weights.push(of_rate.map(|(own, part)| self.paid(*part, *own)).sum());
            let amount: i128 = weights.iter().sum();
            let tax = Exact::of(amount * rate.1, if with_tax { 10_000 + rate.1 } else { 10_000 }).half_up();
            for (at, part) in at.iter().zip(divided(tax, &weights)) {
                taxes_of_lines[*at] = part;
            }
            if amount > 0 {
                by_rate.push(ByRate { rate, net: if with_tax { amount - tax } else { amount }, tax });
            }
        }
        let shipping = shipping.iter().map(|(rate, part)| self.paid(*part, *rate)).sum();
        let tax: i128 = by_rate.iter().map(|by| by.tax).sum();
        let total = subtotal - discount + shipping + if with_tax { 0 } else { tax };
        Bill { unit_prices, discounts, rates, taxes_of_lines, shipping, by_rate, total }
    }

    fn shipping_by_rate(&self, price: i128, own: &[Rate], parts: &[i128]) -> Vec<(Rate, i128)> {
        match self.shipping_tax {
            ShippingTax::None => vec![(("zero", 0), price)],
            ShippingTax::Class(class) => vec![(self.rate(class), price)],
            ShippingTax::Proportional => {
                let mut rates = own.to_vec();
                rates.sort_by_key(|rate| (["taxed", "zero", "exempt"].iter().position(|k| *k == rate.0), rate.1));
                rates.dedup();
                let cost =
                    |rate: &Rate| own.iter().zip(parts).filter(|(of, _)| *of == rate).map(|(_, part)| part).sum();
                let weights: Vec<i128> = rates.iter().map(cost).collect();
                rates.into_iter().zip(divided(price, &weights)).collect()
            }
        }
    }

    /// What the shop says.
    fn place(&self) -> Result<PlacedOrder, PlaceRefusal> {
        let class_rates = |[standard, reduced, second_reduced, super_reduced]: [Option<u32>; 4]| ClassRates {
            standard: standard.unwrap_or(0),
            reduced,
            second_reduced,
            super_reduced,
        };
        let tax = TaxRates {
            included: self.included,
            shipping: self.shipping_tax,
            default: ClassRates { standard: 4_242, ..ClassRates::default() },
            countries: std::collections::BTreeMap::from([
                ("FR".to_owned(), class_rates(self.rates[0])),
                ("FR-COR".to_owned(), class_rates(self.rates[1])),
            ]),
        };
        let shipping = i64::try_from(self.shipping).unwrap();
        let shipping = ShippingRates { default: Some(shipping), free_from: self.free_from, ..ShippingRates::NOWHERE };
        let rates = Rates { currency: Currency::USD, shipping, tax };
        let products: Vec<Offer> = (1..)
            .zip(&self.wanted)
            .map(|(n, w)| Offer { tax_class: w.class, ..product(n, i64::try_from(w.price).unwrap()) })
            .collect();
        let levels: Vec<StockLevel> = products.iter().map(|product| level(product, 10)).collect();
        let line =
            |((product, level), w): ((_, _), &Wanted)| DraftLine { quantity: w.quantity, ..one_of(product, level) };
        let coupon = match self.off {
            Off::Nothing => None,
            Off::Fixed(amount) => Some(Coupon::without_limits(Discount::Fixed { amount }, now())),
            Off::Percent(percent, maximum) => {
                Some(Coupon::without_limits(Discount::Percentage { percent, maximum }, now()))
            }
        };
        let methods = ShippingMethods::configured(&rates.shipping);
        let draft = OrderDraft {
            lines: products.iter().zip(&levels).zip(&self.wanted).map(line).collect(),
            coupon: coupon.as_ref().map(CustomerCoupon::unused),
            methods: &methods,
            rates: &rates,
        };
        let check = self.reverse.then(|| VatCheck { checked_at: now(), reference: None });
        let mut details = details(Method::PaymentIntent);
        details.vat = Some(BuyerVat { number: VatNumber::parse("FRXX123456789").unwrap(), check });
        details.shipping.country = Country::parse("FR").unwrap();
        details.shipping.region = self.region.then(|| "cor".to_owned());
        draft.place(details, now())
    }
}

fn by_rate(taxes: &[TaxAmount]) -> Vec<ByRate> {
    let by = |amount: &TaxAmount| ByRate {
        rate: (amount.rate.kind.name(), amount.rate.rate.into()),
        net: amount.net.into(),
        tax: amount.tax.into(),
    };
    taxes.iter().map(by).collect()
}

/// What went back at each rate, by the text.
struct GivenBack {
    bill: Vec<ByRate>,
    /// With tax, at each rate of the bill.
    back: Vec<i128>,
    /// By line.
    returned: Vec<u32>,
}

impl GivenBack {
    fn cost(case: &Case, bill: &Bill, line: usize, units: u32) -> i128 {
        let quantity = i128::from(case.wanted[line].quantity);
        let with_tax = case.included && !case.reverse;
        let tax = if with_tax { 0 } else { bill.taxes_of_lines[line] };
        let cost = bill.unit_prices[line] * quantity - bill.discounts[line] + tax;
        Exact::of(cost * i128::from(units), quantity).down()
    }

    /// A refund of `amount`, or of what the units of a line cost.
    fn refund(&mut self, case: &Case, bill: &Bill, line: Option<(usize, u32)>, amount: i128) -> Vec<ByRate> {
        let left: Vec<i128> = self.bill.iter().zip(&self.back).map(|(by, back)| by.net + by.tax - back).collect();
        let mut wanted = vec![0; left.len()];
        if let Some((line, units)) = line {
            let before = self.returned[line];
            self.returned[line] += units;
            let cost = Self::cost(case, bill, line, before + units) - Self::cost(case, bill, line, before);
            if let Some(at) = self.bill.iter().position(|by| by.rate == bill.rates[line]) {
                wanted[at] = cost.min(left[at]);
            }
        }
        let sum: i128 = wanted.iter().sum();
        let parts: Vec<i128> = if amount > sum {
            let others: Vec<i128> = left.iter().zip(&wanted).map(|(left, wanted)| left - wanted).collect();
            wanted.iter().zip(divided(amount - sum, &others)).map(|(wanted, other)| wanted + other).collect()
        } else {
            divided(amount, &wanted)
        };
        let mut refunded = Vec::new();
        for (at, part) in parts.into_iter().enumerate().filter(|(_, part)| *part > 0) {
            let ByRate { rate, net, tax } = self.bill[at];
            let first = |paid: i128| Exact::of(paid * tax, net + tax).half_up();
            let tax = first(self.back[at] + part) - first(self.back[at]);
            self.back[at] += part;
            refunded.push(ByRate { rate, net: part - tax, tax });
        }
        refunded
    }
}

#[derive(Debug, Clone, Copy)]
struct Step {
    line: usize,
    units: u32,
    /// Thousandths of what is left. `None`: what the units cost.
    share: Option<i64>,
    /// Whether units come back.
    with_units: bool,
}

fn case() -> impl Strategy<Value = Case> {
    let class = (0_usize..6).prop_map(|at| TaxClass::ALL[at]);
    let price = prop_oneof![1_i128..40, 1_i128..30_000];
    let wanted =
        (price, 1_u32..=9, class.clone()).prop_map(|(price, quantity, class)| Wanted { price, quantity, class });
    let off = prop_oneof![
        prop::strategy::Just(Off::Nothing),
        (1_i64..60_000).prop_map(Off::Fixed),
        (1_u32..=100, prop::option::of(1_i64..20_000)).prop_map(|(percent, maximum)| Off::Percent(percent, maximum)),
    ];
    let shipping_tax = prop_oneof![
        prop::strategy::Just(ShippingTax::None),
        prop::strategy::Just(ShippingTax::Proportional),
        prop::strategy::Just(ShippingTax::Proportional),
        class.prop_map(ShippingTax::Class),
    ];
    let rate = || prop::option::of(prop_oneof![0_u32..=2_700, prop::strategy::Just(10_000)]);
    let rates = || [rate(), rate(), rate(), rate()];
    let place = (any::<bool>(), any::<bool>(), any::<bool>(), [rates(), rates()]);
    let shipping = (shipping_tax, 0_i128..3_000, prop::option::of(1_i64..80_000));
    (prop::collection::vec(wanted, 1..12), off, place, shipping).prop_map(|(wanted, off, place, shipping)| {
        let (included, reverse, region, rates) = place;
        let (shipping_tax, shipping, free_from) = shipping;
        Case { wanted, off, included, reverse, region, shipping_tax, shipping, free_from, rates }
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_usize..12, 1_u32..=9, prop::option::of(1_i64..=1_000), any::<bool>());
    let step = step.prop_map(|(line, units, share, with_units)| Step { line, units, share, with_units });
    prop::collection::vec(step, 0..9)
}

/// The invoice and the credit notes of an order.
fn documents(order: &Order, purchase: &Purchase, refunds: &[Refund]) -> Vec<Document> {
    let seller = Seller { name: "Kontor".to_owned(), address: None, contact: None, vat_number: None, tax_number: None };
    let day = Day::parse("2026-11-26").unwrap();
    let mut issued = Vec::new();
    while let Some(next) = due(order, refunds, &issued) {
        let facts =
            Facts { order, purchase, refunds, issued: &issued, seller: &seller, language: MailLanguage::ENGLISH };
        let issue = Issue { at: now(), day, number: issued.len().to_string() };
        let document = facts.document(next, issue, |_| day);
        issued.push(document);
    }
    issued
}

proptest! {
    #[test]
    fn every_amount_of_an_order_is_what_the_text_says(case in case()) {
        let bill = case.bill();
        match case.place() {
            Err(PlaceRefusal::TooSmall { .. }) => prop_assert!((1..50).contains(&bill.total)),
            // A price can be as low as its tax.
            Err(PlaceRefusal::Pricing(PricingRefusal::Coupon(CouponRefusal::NothingInScope))) => {
                prop_assert!(bill.unit_prices.iter().all(|price| *price == 0));
            }
            Err(refusal) => prop_assert!(false, "{refusal}"),
            Ok(PlacedOrder { order, purchase, .. }) => {
                let of = |line: fn(&crate::order::OrderLine) -> i64| -> Vec<i128> {
                    purchase.lines.iter().map(|own| line(own).into()).collect()
                };
                prop_assert_eq!(of(|line| line.unit_price), bill.unit_prices);
                prop_assert_eq!(of(|line| line.discount), bill.discounts);
                prop_assert_eq!(of(|line| line.tax), bill.taxes_of_lines);
                let rates = purchase.lines.iter().map(|line| (line.tax_rate.kind.name(), line.tax_rate.rate.into()));
                prop_assert_eq!(rates.collect::<Vec<Rate>>(), bill.rates);
                prop_assert_eq!(by_rate(&purchase.taxes), bill.by_rate.clone());
                prop_assert_eq!(i128::from(order.totals.shipping), bill.shipping);
                prop_assert_eq!(purchase.shipping_method.map(|OfferedMethod { price, .. }| price), Some(order.totals.shipping));
                prop_assert_eq!(i128::from(order.totals.tax), bill.by_rate.iter().map(|by| by.tax).sum::<i128>());
                prop_assert_eq!(i128::from(order.totals.total), bill.total);
                prop_assert_eq!(order.totals.tax_included, case.included && !case.reverse);
                prop_assert_eq!(bill.by_rate.iter().map(|by| by.net + by.tax).sum::<i128>(), bill.total);
            }
        }
    }

    #[test]
    fn figures_count_goods_and_shipping_without_the_tax_that_may_be_in_their_prices(case in case()) {
        let bill = case.bill();
        let Ok(PlacedOrder { order, purchase, .. }) = case.place() else {
            return Ok(());
        };
        if order.totals.total == 0 {
            return Ok(());
        }
        let order = order.charged(&charge(&order, "pi_1"), false, refund_id(1), now()).unwrap().order;
        let made = Contribution::of_order(&order, &purchase, &[], &[], &ShopZone::UTC);
        let sum = |counter: Counter, of_shop: bool| -> i128 {
            let places = made.places().filter(|(place, _)| (place.subject == Subject::Shop) == of_shop);
            places.map(|(_, amounts)| i128::from(amounts.get(counter))).sum()
        };
        let tax: i128 = bill.by_rate.iter().map(|by| by.tax).sum();
        prop_assert_eq!(sum(Counter::Gross, true), bill.total);
        prop_assert_eq!(sum(Counter::Tax, true), tax);
        prop_assert_eq!(sum(Counter::Sales, false) + sum(Counter::Shipping, true), bill.total - tax);
    }

    #[test]
    fn refunds_in_any_parts_have_the_tax_that_the_text_says_and_add_up_to_the_order(case in case(), steps in steps()) {
        let bill = case.bill();
        let Ok(PlacedOrder { order, purchase, .. }) = case.place() else {
            return Ok(());
        };
        if order.totals.total == 0 {
            return Ok(());
        }
        let mut order = order.charged(&charge(&order, "pi_1"), false, refund_id(1), now()).unwrap().order;
        let mut given = GivenBack { back: vec![0; bill.by_rate.len()], bill: bill.by_rate.clone(), returned: vec![0; case.wanted.len()] };
        let (mut refunds, mut expected) = (Vec::new(), Vec::new());
        let last = Step { line: 0, units: 0, share: Some(1_000), with_units: false };
        for (n, step) in (2..).zip(steps.into_iter().chain([last])) {
            let line = step.line % case.wanted.len();
            let left = order.refundable();
            let units = step.units.min(case.wanted[line].quantity - given.returned[line]);
            let units = (step.with_units && units > 0).then_some((line, units));
            let amount = step.share.filter(|_| units.is_none() || step.line % 2 == 0).map(|share| left * share / 1_000);
            if left == 0 || (units.is_none() && amount.unwrap_or(0) == 0) {
                continue;
            }
            let lines = units.map(|(line, units)| (purchase.lines[line].variant_id, units));
            let request = refund_request(n, amount, lines.into_iter().collect());
            let transition = order.refund(&purchase, &request, now() + Duration::from_secs(u64::try_from(n).unwrap())).unwrap();
            let refund = transition.refunds[0].clone();
            if let (None, Some((line, units))) = (amount, units) {
                let before = given.returned[line];
                let cost = GivenBack::cost(&case, &bill, line, before + units) - GivenBack::cost(&case, &bill, line, before);
                prop_assert_eq!(i128::from(refund.amount), cost.min(left.into()));
            }
            expected.push(given.refund(&case, &bill, units, refund.amount.into()));
            // Units that were never sent come back with the last of the money.
            for (variant, units) in &refund.unsent {
                let line = purchase.lines.iter().position(|line| line.variant_id == *variant).unwrap();
                given.returned[line] += units;
            }
            let is_pending = refund.state == RefundState::Pending;
            order = if is_pending { make_refund(&transition.order, &refund).order } else { transition.order };
            refunds.push(Refund { state: RefundState::Succeeded, ..refund });
        }
        let documents = documents(&order, &purchase, &refunds);
        let taxes = |refund: &Refund| {
            let credit_note = documents.iter().find(|document| document.refund_id == Some(refund.id));
            credit_note.map_or(&[][..], |credit_note| &credit_note.taxes)
        };
        let told: Vec<Vec<ByRate>> = refunds.iter().map(|refund| by_rate(taxes(refund))).collect();
        prop_assert_eq!(&told, &expected);
        prop_assert_eq!(order.refunded, order.totals.total);
        for own in &bill.by_rate {
            let of_rate = told.iter().flatten().filter(|by| by.rate == own.rate);
            let sums = of_rate.fold((0, 0), |(net, tax), by| (net + by.net, tax + by.tax));
            prop_assert_eq!(sums, (own.net, own.tax));
        }
        prop_assert!(told.iter().flatten().all(|by| by.net >= 0 && by.tax >= 0));
    }
}
