//! Lists of numbers and texts, one after the other.

use crate::bytes::{Column, Reader, Slice, Unreadable, Writer};

/// Small numbers, of two bytes each if all are small enough.
#[derive(Debug)]
pub(crate) enum Numbers {
    Narrow(Column<2>),
    Wide(Column<4>),
}

impl Numbers {
    pub(crate) fn write(numbers: &[u32], writer: &mut Writer) {
        let narrow: Result<Vec<u16>, _> = numbers.iter().map(|number| u16::try_from(*number)).collect();
        match narrow {
            Ok(narrow) => {
                writer.section(&[2]);
                writer.numbers(narrow.into_iter().map(u16::to_le_bytes));
            }
            Err(_) => {
                writer.section(&[4]);
                writer.u32s(numbers);
            }
        }
    }

    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        match reader.section()?.as_ref() {
            [2] => Ok(Self::Narrow(reader.numbers()?)),
            [4] => Ok(Self::Wide(reader.numbers()?)),
            _ => Err(Unreadable::Damaged),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Narrow(column) => column.len(),
            Self::Wide(column) => column.len(),
        }
    }

    pub(crate) fn view(&self) -> NumbersView<'_> {
        match self {
            Self::Narrow(column) => NumbersView::Narrow(column.all()),
            Self::Wide(column) => NumbersView::Wide(column.all()),
        }
    }
}

/// Numbers, ready for many reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NumbersView<'a> {
    Narrow(&'a [[u8; 2]]),
    Wide(&'a [[u8; 4]]),
}

impl NumbersView<'_> {
    /// Counts the numbers at some places.
    pub(crate) fn count(self, places: &[u32], counts: &mut [u32]) {
        let mut count = |number: usize| counts[number] = counts[number].wrapping_add(1);
        match self {
            Self::Narrow(all) => places.iter().for_each(|at| count(u16::from_le_bytes(all[*at as usize]).into())),
            Self::Wide(all) => places.iter().for_each(|at| count(u32::from_le_bytes(all[*at as usize]) as usize)),
        }
    }

    pub(crate) fn get(self, index: u32) -> u32 {
        match self {
            Self::Narrow(all) => u16::from_le_bytes(all[index as usize]).into(),
            Self::Wide(all) => u32::from_le_bytes(all[index as usize]),
        }
    }

    /// Visits some numbers, each with the item at the same place of other ones.
    pub(crate) fn each_with<T>(self, part: std::ops::Range<u32>, others: &mut [T], mut visit: impl FnMut(u32, &mut T)) {
        let part = part.start as usize..part.end as usize;
        match self {
            Self::Narrow(all) => {
                all[part].iter().zip(others).for_each(|(bytes, other)| visit(u16::from_le_bytes(*bytes).into(), other));
            }
            Self::Wide(all) => {
                all[part].iter().zip(others).for_each(|(bytes, other)| visit(u32::from_le_bytes(*bytes), other));
            }
        }
    }

    pub(crate) fn each(self, part: std::ops::Range<u32>, mut visit: impl FnMut(u32)) {
        let part = part.start as usize..part.end as usize;
        match self {
            Self::Narrow(all) => all[part].iter().for_each(|bytes| visit(u16::from_le_bytes(*bytes).into())),
            Self::Wide(all) => all[part].iter().for_each(|bytes| visit(u32::from_le_bytes(*bytes))),
        }
    }
}

/// Where the part of each thing ends; it begins where the one before ends.
pub(crate) fn part(ends: &[[u8; 4]], index: u32) -> std::ops::Range<u32> {
    let end = |index: u32| u32::from_le_bytes(ends[index as usize]);
    index.checked_sub(1).map_or(0, end)..end(index)
}

/// Whether the ends of `ends` go up to `total` and never back.
pub(crate) fn are_ends(ends: &Column<4>, total: usize) -> bool {
    let mut last = 0;
    let ordered = ends.all().iter().all(|end| {
        let before = std::mem::replace(&mut last, u32::from_le_bytes(*end));
        before <= last
    });
    ordered && last as usize == total
}

/// Lists while they are made.
#[derive(Debug, Default, Clone)]
pub(crate) struct Lists {
    ends: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    pub(crate) fn push(&mut self, items: impl IntoIterator<Item = u32>) {
        self.items.extend(items);
        self.ends.push(self.items.len() as u32);
    }

    pub(crate) fn get(&self, index: u32) -> &[u32] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.items[start as usize..self.ends[index as usize] as usize]
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u32s(&self.ends);
        Numbers::write(&self.items, writer);
    }
}

#[derive(Debug)]
pub(crate) struct ReadLists {
    ends: Column<4>,
    items: Numbers,
}

impl ReadLists {
    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        let lists = Self { ends: reader.numbers()?, items: Numbers::read(reader)? };
        if are_ends(&lists.ends, lists.items.len()) { Ok(lists) } else { Err(Unreadable::Damaged) }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn view(&self) -> ListsView<'_> {
        ListsView { ends: self.ends.all(), items: self.items.view() }
    }
}

/// Lists, ready for many reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListsView<'a> {
    ends: &'a [[u8; 4]],
    items: NumbersView<'a>,
}

impl ListsView<'_> {
    pub(crate) fn each(self, index: u32, visit: impl FnMut(u32)) {
        self.items.each(part(self.ends, index), visit);
    }

    /// Whether any list of a block of 64 has items.
    pub(crate) fn any(self, block: u32) -> bool {
        let last = (block * 64 + 63).min(self.ends.len() as u32 - 1);
        part(self.ends, block * 64).start < part(self.ends, last).end
    }

    pub(crate) fn get(self, index: u32) -> Vec<u32> {
        let mut list = Vec::new();
        self.each(index, |item| list.push(item));
        list
    }
}

/// Texts.
#[derive(Debug)]
pub(crate) struct Texts {
    ends: Column<4>,
    bytes: Slice,
}

impl Texts {
    pub(crate) fn write(texts: &[&[u8]], writer: &mut Writer) {
        let (mut ends, mut bytes) = (Vec::new(), Vec::new());
        for text in texts {
            bytes.extend(*text);
            ends.push(bytes.len() as u32);
        }
        writer.u32s(&ends);
        writer.section(&bytes);
    }

    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        let texts = Self { ends: reader.numbers()?, bytes: reader.section()? };
        if are_ends(&texts.ends, texts.bytes.as_ref().len()) { Ok(texts) } else { Err(Unreadable::Damaged) }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, index: u32) -> &[u8] {
        let part = part(self.ends.all(), index);
        &self.bytes.as_ref()[part.start as usize..part.end as usize]
    }
}
