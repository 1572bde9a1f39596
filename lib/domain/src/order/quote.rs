//! A quote: what an order of these items would cost now, without placing it. It uses the draft, the prices and the checks
//! of an order, so both come to the same total.

use crate::coupon::CouponRefusal;
use crate::id::ShippingMethodId;
use crate::pricing::{Destination, PricedLine, PricingRefusal, Totals};
use crate::shipping::OfferedMethod;
use crate::tax::TaxAmount;
use crate::time::Time;

use super::{OrderDraft, UnitLimits, UnitRefusal};

/// Why an order would not take a line as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineProblem {
    NotEnough,
    TooManyUnits,
    /// Not the price that the buyer saw. An order that names the total of the quote takes it.
    PriceChanged,
}

impl LineProblem {
    pub fn code(self) -> &'static str {
        match self {
            Self::NotEnough => "not_enough_stock",
            Self::TooManyUnits => "too_many_units",
            Self::PriceChanged => "price_changed",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotedLine {
    /// 0 for a line that does not count.
    pub shares: PricedLine,
    pub problem: Option<LineProblem>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// In the order of the draft.
    pub lines: Vec<QuotedLine>,
    /// Of the lines that there is enough of, without a coupon that cannot be used.
    pub totals: Totals,
    /// The tax by rate.
    pub taxes: Vec<TaxAmount>,
    /// The shipping methods that take the order.
    pub offered: Vec<OfferedMethod>,
    /// The one that it is priced with.
    pub method: Option<OfferedMethod>,
    pub coupon_problem: Option<CouponRefusal>,
    /// Too many units of a line, of a product or of all.
    pub units_problem: Option<UnitRefusal>,
}

impl Quote {
    /// Whether an order that names this total would be taken, if there are no more lines than these.
    pub fn is_orderable(&self) -> bool {
        let is_short = |line: &QuotedLine| line.problem == Some(LineProblem::NotEnough);
        let has_problem = self.coupon_problem.is_some() || self.units_problem.is_some();
        !self.lines.is_empty() && !has_problem && !self.lines.iter().any(is_short)
    }
}

impl OrderDraft<'_> {
    pub fn quote(
        &self,
        destination: &Destination<'_>,
        method: Option<ShippingMethodId>,
        units: &UnitLimits,
        now: Time,
    ) -> Result<Quote, PricingRefusal> {
        let lines = self.lines.iter().filter(|line| line.has_enough()).cloned().collect();
        let counted = Self { lines, ..self.clone() };
        let (priced, coupon_problem) = match counted.priced(destination, method, now) {
            Err(PricingRefusal::Coupon(refusal)) => {
                (Self { coupon: None, ..counted }.priced(destination, method, now)?, Some(refusal))
            }
            priced => (priced?, None),
        };
        let units_problem = self.check_units(units).err();
        let line_of_units = units_problem.as_ref().and_then(UnitRefusal::line);
        let mut shares = priced.lines.into_iter();
        let lines = self.lines.iter().enumerate().map(|(at, line)| {
            if !line.has_enough() {
                let problem = Some(LineProblem::NotEnough);
                return QuotedLine { shares: PricedLine::default(), problem };
            }
            let problem = if line_of_units == Some(at) {
                Some(LineProblem::TooManyUnits)
            } else {
                line.has_new_price().then_some(LineProblem::PriceChanged)
            };
            QuotedLine { shares: shares.next().unwrap_or_default(), problem }
        });
        Ok(Quote {
            lines: lines.collect(),
            totals: priced.totals,
            taxes: priced.taxes,
            offered: priced.offered,
            method: priced.method,
            coupon_problem,
            units_problem,
        })
    }
}
