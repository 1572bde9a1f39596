//! Exchanges of an order's goods. The financial side of a line stays as it is: same product, same price, same discount and
//! tax. What changes is of which variant its units are, and where the stock of both variants is.
//!
//! What the buyer gets is held while the goods are on their way back. When they were inspected, as many units are sold for
//! good as came back, and the others are available again.

use crate::exchange::{ChosenVariant, ExchangeParcel, ExchangedUnits};
use crate::id::VariantId;
use crate::returns::{MAX_RETURNS, Return, ReturnLine, ReturnRefusal, ReturnStatus};
use crate::sku::Sku;
use crate::stock::StockDelta;
use crate::time::Time;

use super::parcel::count;
use super::{Actor, HistoryCode, Order, OrderLine, Purchase, Shipment, StockEffect, StockMove, Transition};

/// Units of a line that are of one variant: the one that was ordered, or one that they were exchanged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantUnits<'a> {
    pub line: &'a OrderLine,
    pub exchanged: Option<&'a ChosenVariant>,
    pub units: u32,
}

impl<'a> VariantUnits<'a> {
    pub fn sku(&self) -> &'a Sku {
        self.exchanged.map_or(&self.line.sku, |variant| &variant.sku)
    }

    pub fn options(&self) -> &'a [String] {
        self.exchanged.map_or(&self.line.options, |variant| &variant.options)
    }
}

impl Order {
    pub fn exchanged_of(&self, line: VariantId) -> impl Iterator<Item = &ExchangedUnits> {
        self.exchanged.iter().filter(move |exchanged| exchanged.line == line)
    }

    /// The units of a line that are of other variants and that no open return asks back.
    pub(super) fn exchanged_left(&self, line: VariantId) -> u32 {
        self.exchanged_of(line).map(ExchangedUnits::left).sum()
    }

    /// The units that can be asked back: they were sent, did not come back, and no open return has them.
    pub fn returnable<'a>(&'a self, purchase: &'a Purchase) -> Vec<VariantUnits<'a>> {
        if !self.takes_returns() || self.returns >= MAX_RETURNS {
            return Vec::new();
        }
        let unsent = self.to_send(purchase);
        let asked = |line: VariantId| self.returning.get(&line).copied().unwrap_or(0) + count(&unsent, line);
        self.by_variant(purchase, asked, ExchangedUnits::left)
    }

    /// The units of each line by their variant, less those that came back: `asked` of the line are not counted either, and of
    /// what was exchanged `of` says how many are.
    pub(super) fn by_variant<'a>(
        &'a self,
        purchase: &'a Purchase,
        asked: impl Fn(VariantId) -> u32,
        of: impl Fn(&ExchangedUnits) -> u32,
    ) -> Vec<VariantUnits<'a>> {
        let mut all = Vec::new();
        for line in &purchase.lines {
            let id = line.variant_id;
            let exchanged: Vec<_> = self.exchanged_of(id).map(|it| (&it.variant, of(it))).collect();
            let returned = self.returned.get(&id).copied().unwrap_or(0);
            let other = returned + asked(id) + exchanged.iter().map(|(_, units)| units).sum::<u32>();
            all.push(VariantUnits { line, exchanged: None, units: line.quantity.saturating_sub(other) });
            all.extend(exchanged.into_iter().map(|(variant, units)| VariantUnits {
                line,
                exchanged: Some(variant),
                units,
            }));
        }
        all.retain(|variant| variant.units > 0);
        all
    }

    /// Open returns ask these units back.
    pub(super) fn count_returning(&mut self, lines: &[ReturnLine]) {
        for line in lines {
            *self.returning.entry(line.variant_id).or_default() += line.quantity;
            if let Some(exchanged) = self.exchanged_mut(line) {
                exchanged.returning += line.quantity;
            }
        }
    }

    pub(super) fn no_longer_returning(&mut self, lines: &[ReturnLine]) {
        for line in lines {
            if let Some(left) = self.returning.get_mut(&line.variant_id) {
                *left = left.saturating_sub(line.quantity);
            }
            if let Some(exchanged) = self.exchanged_mut(line) {
                exchanged.returning = exchanged.returning.saturating_sub(line.quantity);
            }
        }
        self.returning.retain(|_, units| *units > 0);
    }

    fn exchanged_mut(&mut self, line: &ReturnLine) -> Option<&mut ExchangedUnits> {
        let is_it =
            |it: &&mut ExchangedUnits| it.line == line.variant_id && Some(it.variant.variant_id) == line.exchanged;
        self.exchanged.iter_mut().find(is_it)
    }

    /// The units that came back are not with the buyer any more, and those of exchanged items are of the other variant now.
    pub(super) fn exchange(&mut self, lines: &[ReturnLine]) {
        for line in lines {
            if let Some(before) = self.exchanged_mut(line) {
                before.units = before.units.saturating_sub(line.returned);
            }
            // Exchanged for the variant that was ordered, they are units of the line like any other.
            let Some(variant) = line.exchange_for.as_ref().filter(|it| it.variant_id != line.variant_id) else {
                continue;
            };
            let is_known =
                |it: &&mut ExchangedUnits| it.line == line.variant_id && it.variant.variant_id == variant.variant_id;
            match self.exchanged.iter_mut().find(is_known) {
                Some(known) => known.units += line.returned,
                None => self.exchanged.push(ExchangedUnits {
                    line: line.variant_id,
                    variant: variant.clone(),
                    units: line.returned,
                    returning: 0,
                }),
            }
        }
        self.exchanged.retain(|exchanged| exchanged.units > 0);
    }

    /// Staff send what the buyer gets for the items of a return, or correct how it is sent. `None` if it is so already.
    pub fn exchange_shipped(
        &self,
        asked: &Return,
        shipment: &Shipment,
        by: Actor,
        now: Time,
    ) -> Result<Option<Transition>, ReturnRefusal> {
        let (shipped_at, code) = match (asked.status, &asked.parcel) {
            (ReturnStatus::Exchanging, _) => (now, HistoryCode::ReturnCompleted),
            (ReturnStatus::Completed, Some(parcel)) if parcel.shipment == *shipment => return Ok(None),
            (ReturnStatus::Completed, Some(parcel)) => (parcel.shipped_at, HistoryCode::ShipmentChanged),
            (status, _) => return Err(ReturnRefusal::Status(status)),
        };
        let parcel = Some(ExchangeParcel { shipment: shipment.clone(), shipped_at });
        let shipped = Return { parcel, ..asked.next(ReturnStatus::Completed, now) };
        Ok(Some(self.transition(now, |_| {}).of_return(shipped, by, code, None)))
    }
}

/// What the buyer will get is held.
pub(super) fn hold(lines: &[ReturnLine]) -> StockEffect {
    moves(lines.iter().filter_map(|line| {
        let units = i64::from(line.quantity);
        of_chosen(line, StockDelta { available: -units, reserved: units })
    }))
}

/// What was held is available again, because nothing is exchanged.
pub(super) fn release(asked: &Return) -> StockEffect {
    let held = asked.lines.iter().filter(|_| asked.holds_stock());
    moves(held.filter_map(|line| {
        let units = i64::from(line.quantity);
        of_chosen(line, StockDelta { available: units, reserved: -units })
    }))
}

/// The goods were inspected: of what is held, as much is sold as came back; and what can be sold again is available.
/// `unsent`: units of lines that the buyer does not get any more.
pub(super) fn settle(lines: &[ReturnLine], unsent: &[(VariantId, u32)], purchase: &Purchase) -> StockEffect {
    let sold = lines.iter().filter_map(|line| {
        let (held, sold) = (i64::from(line.quantity), i64::from(line.returned));
        of_chosen(line, StockDelta { available: held - sold, reserved: -held })
    });
    let back = |line, variant_id, sku: &Sku, units: u32| {
        let delta = StockDelta { available: i64::from(units), reserved: 0 };
        StockMove { line, variant_id, sku: sku.clone(), delta }
    };
    let restocked = lines
        .iter()
        .map(|line| back(line.variant_id, line.exchanged.unwrap_or(line.variant_id), &line.sku, line.restocked));
    let unsent = unsent.iter().filter_map(|&(variant, units)| {
        let line = purchase.lines.iter().find(|line| line.variant_id == variant)?;
        Some(back(variant, variant, &line.sku, units))
    });
    moves(sold.chain(restocked).chain(unsent))
}

fn of_chosen(line: &ReturnLine, delta: StockDelta) -> Option<StockMove> {
    let ChosenVariant { variant_id, sku, .. } = line.exchange_for.as_ref()?;
    Some(StockMove { line: line.variant_id, variant_id: *variant_id, sku: sku.clone(), delta })
}

/// A transaction writes each stock once, so moves of the same variant are added up.
fn moves(all: impl Iterator<Item = StockMove>) -> StockEffect {
    let mut sums: Vec<StockMove> = Vec::new();
    for one in all {
        match sums.iter_mut().find(|sum| sum.variant_id == one.variant_id) {
            Some(sum) => {
                sum.delta.available += one.delta.available;
                sum.delta.reserved += one.delta.reserved;
            }
            None => sums.push(one),
        }
    }
    sums.retain(|sum| (sum.delta.available, sum.delta.reserved) != (0, 0));
    if sums.is_empty() { StockEffect::Keep } else { StockEffect::Moves(sums) }
}
