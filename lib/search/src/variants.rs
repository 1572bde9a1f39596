//! The variants of products, each in a few bytes side by side, because all of it is looked at together.

use std::ops::Range;

use crate::bytes::{Column, Reader, Unreadable, Writer};

/// What a variant is.
pub(crate) const IN_STOCK: u8 = 1;
pub(crate) const ON_OFFER: u8 = 2;

/// A variant, as it is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VariantRow {
    pub(crate) price: u32,
    pub(crate) flags: u8,
    /// Its options, as a number of the combinations of its segment.
    pub(crate) combination: u32,
}

impl VariantRow {
    /// The price in three bytes; the combination and the flags in two.
    fn narrow(&self) -> Option<[u8; 5]> {
        let [p0, p1, p2, 0] = self.price.to_le_bytes() else { return None };
        let [k0, k1] = u16::try_from(self.combination.checked_mul(4)? + u32::from(self.flags)).ok()?.to_le_bytes();
        Some([p0, p1, p2, k0, k1])
    }

    fn of_narrow([p0, p1, p2, k0, k1]: [u8; 5]) -> Self {
        let kind = u16::from_le_bytes([k0, k1]);
        let price = u32::from_le_bytes([p0, p1, p2, 0]);
        Self { price, flags: kind as u8 & (IN_STOCK | ON_OFFER), combination: (kind >> 2).into() }
    }

    fn wide(&self) -> [u8; 9] {
        let ([p0, p1, p2, p3], [c0, c1, c2, c3]) = (self.price.to_le_bytes(), self.combination.to_le_bytes());
        [p0, p1, p2, p3, c0, c1, c2, c3, self.flags]
    }

    fn of_wide([p0, p1, p2, p3, c0, c1, c2, c3, flags]: [u8; 9]) -> Self {
        let (price, combination) = (u32::from_le_bytes([p0, p1, p2, p3]), u32::from_le_bytes([c0, c1, c2, c3]));
        Self { price, flags, combination }
    }
}

#[derive(Debug)]
pub(crate) enum Variants {
    Narrow(Column<5>),
    Wide(Column<9>),
}

impl Variants {
    pub(crate) fn write(rows: &[VariantRow], writer: &mut Writer) {
        let narrow: Option<Vec<[u8; 5]>> = rows.iter().map(VariantRow::narrow).collect();
        if let Some(narrow) = narrow {
            writer.section(&[5]);
            writer.numbers(narrow);
        } else {
            writer.section(&[9]);
            writer.numbers(rows.iter().map(VariantRow::wide));
        }
    }

    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        match reader.section()?.as_ref() {
            [5] => Ok(Self::Narrow(reader.numbers()?)),
            [9] => Ok(Self::Wide(reader.numbers()?)),
            _ => Err(Unreadable::Damaged),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Narrow(column) => column.len(),
            Self::Wide(column) => column.len(),
        }
    }

    pub(crate) fn view(&self) -> VariantsView<'_> {
        match self {
            Self::Narrow(column) => VariantsView::Narrow(column.all()),
            Self::Wide(column) => VariantsView::Wide(column.all()),
        }
    }
}

/// Variants, ready for many reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum VariantsView<'a> {
    Narrow(&'a [[u8; 5]]),
    Wide(&'a [[u8; 9]]),
}

impl VariantsView<'_> {
    pub(crate) fn each(self, part: Range<u32>, visit: impl FnMut(VariantRow)) {
        let part = part.start as usize..part.end as usize;
        match self {
            Self::Narrow(all) => all[part].iter().copied().map(VariantRow::of_narrow).for_each(visit),
            Self::Wide(all) => all[part].iter().copied().map(VariantRow::of_wide).for_each(visit),
        }
    }

    pub(crate) fn get(self, number: u32) -> VariantRow {
        match self {
            Self::Narrow(all) => VariantRow::of_narrow(all[number as usize]),
            Self::Wide(all) => VariantRow::of_wide(all[number as usize]),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{VariantRow, Variants};
    use crate::bytes::{Reader, Writer};

    proptest! {
        #[test]
        fn variants_come_back(bits in prop::collection::vec((0_u32..32, any::<(u32, u32)>(), 0_u8..4), 1..4)) {
            let row = |&(shift, (price, combination), flags): &(u32, (u32, u32), u8)| {
                VariantRow { price: price >> shift, flags, combination: combination >> shift }
            };
            let rows: Vec<VariantRow> = bits.iter().map(row).collect();
            let mut writer = Writer::default();
            Variants::write(&rows, &mut writer);
            let read = Variants::read(&mut Reader::open(writer.finish()).unwrap()).unwrap();
            for (number, row) in (0..).zip(&rows) {
                let VariantRow { price, flags, combination } = read.view().get(number);
                prop_assert_eq!((price, flags, combination), (row.price, row.flags, row.combination));
            }
        }
    }
}
