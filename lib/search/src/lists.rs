//! Lists of numbers and texts, one after the other.

use std::ops::Range;

use crate::bytes::{Column, Reader, Slice, Unreadable, Writer};

/// Small numbers, of one or two bytes each if all are small enough.
#[derive(Debug)]
pub(crate) enum Numbers {
    Bytes(Column<1>),
    Narrow(Column<2>),
    Wide(Column<4>),
}

impl Numbers {
    pub(crate) fn write(numbers: &[u32], writer: &mut Writer) {
        let bytes: Result<Vec<u8>, _> = numbers.iter().map(|number| u8::try_from(*number)).collect();
        let narrow: Result<Vec<u16>, _> = numbers.iter().map(|number| u16::try_from(*number)).collect();
        if let Ok(bytes) = bytes {
            writer.section(&[1]);
            writer.section(&bytes);
        } else if let Ok(narrow) = narrow {
            writer.section(&[2]);
            writer.numbers(narrow.into_iter().map(u16::to_le_bytes));
        } else {
            writer.section(&[4]);
            writer.u32s(numbers);
        }
    }

    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        match reader.section()?.as_ref() {
            [1] => Ok(Self::Bytes(reader.numbers()?)),
            [2] => Ok(Self::Narrow(reader.numbers()?)),
            [4] => Ok(Self::Wide(reader.numbers()?)),
            _ => Err(Unreadable::Damaged),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bytes(column) => column.len(),
            Self::Narrow(column) => column.len(),
            Self::Wide(column) => column.len(),
        }
    }

    pub(crate) fn view(&self) -> NumbersView<'_> {
        match self {
            Self::Bytes(column) => NumbersView::Bytes(column.all()),
            Self::Narrow(column) => NumbersView::Narrow(column.all()),
            Self::Wide(column) => NumbersView::Wide(column.all()),
        }
    }
}

/// Numbers, ready for many reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NumbersView<'a> {
    Bytes(&'a [[u8; 1]]),
    Narrow(&'a [[u8; 2]]),
    Wide(&'a [[u8; 4]]),
}

/// So many numbers are worth counting in four tables.
const MANY: usize = 1024;

impl NumbersView<'_> {
    /// Counts the numbers at some places.
    pub(crate) fn count(self, places: &[u32], counts: &mut [u32]) {
        match self {
            Self::Bytes(all) if places.len() >= MANY => {
                // The same number often comes again, and then its count is still on its way to memory.
                let mut tables = [[0_u32; 256]; 4];
                let (fours, rest) = places.as_chunks::<4>();
                for four in fours {
                    for (table, place) in tables.iter_mut().zip(four) {
                        table[usize::from(all[*place as usize][0])] += 1;
                    }
                }
                for table in tables {
                    counts.iter_mut().zip(table).for_each(|(count, more)| *count += more);
                }
                for at in rest {
                    counts[usize::from(all[*at as usize][0])] += 1;
                }
            }
            _ => places.iter().for_each(|at| counts[self.get(*at) as usize] += 1),
        }
    }

    pub(crate) fn get(self, index: u32) -> u32 {
        match self {
            Self::Bytes(all) => all[index as usize][0].into(),
            Self::Narrow(all) => u16::from_le_bytes(all[index as usize]).into(),
            Self::Wide(all) => u32::from_le_bytes(all[index as usize]),
        }
    }

    /// Finds what a table has for some numbers. A table for every byte is the fastest.
    pub(crate) fn look_up(self, part: Range<u32>, table: &[u8], found: &mut [u8]) {
        match (self, table.first_chunk::<256>()) {
            (Self::Bytes(all), Some(table)) => {
                let bytes = &all[part.start as usize..part.end as usize];
                found.iter_mut().zip(bytes).for_each(|(found, byte)| *found = table[usize::from(byte[0])]);
            }
            _ => found.iter_mut().zip(part).for_each(|(found, at)| *found = table[self.get(at) as usize]),
        }
    }

    pub(crate) fn each(self, part: Range<u32>, mut visit: impl FnMut(u32)) {
        let part = part.start as usize..part.end as usize;
        match self {
            Self::Bytes(all) => all[part].iter().for_each(|byte| visit(byte[0].into())),
            Self::Narrow(all) => all[part].iter().for_each(|bytes| visit(u16::from_le_bytes(*bytes).into())),
            Self::Wide(all) => all[part].iter().for_each(|bytes| visit(u32::from_le_bytes(*bytes))),
        }
    }
}

/// Where the part of each thing ends; it begins where the one before ends. If all parts are small, an end is counted from
/// where its block of 64 begins.
#[derive(Debug)]
pub(crate) enum Ends {
    Near { blocks: Column<4>, ends: Column<2> },
    Far(Column<4>),
}

impl Ends {
    pub(crate) fn write(ends: &[u32], writer: &mut Writer) {
        let blocks: Vec<u32> = (0..ends.len()).step_by(64).map(|at| if at == 0 { 0 } else { ends[at - 1] }).collect();
        let near = |(at, end): (usize, &u32)| u16::try_from(end - blocks[at / 64]);
        let near: Result<Vec<u16>, _> = ends.iter().enumerate().map(near).collect();
        match near {
            Ok(near) => {
                writer.section(&[2]);
                writer.u32s(&blocks);
                writer.numbers(near.into_iter().map(u16::to_le_bytes));
            }
            Err(_) => {
                writer.section(&[4]);
                writer.u32s(ends);
            }
        }
    }

    /// Ends that go up to a total and never back.
    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        let ends = match reader.section()?.as_ref() {
            [2] => Self::Near { blocks: reader.numbers()?, ends: reader.numbers()? },
            [4] => Self::Far(reader.numbers()?),
            _ => return Err(Unreadable::Damaged),
        };
        match &ends {
            Self::Near { blocks, ends } if blocks.len() != ends.len().div_ceil(64) => Err(Unreadable::Damaged),
            _ => Ok(ends),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Near { ends, .. } => ends.len(),
            Self::Far(ends) => ends.len(),
        }
    }

    pub(crate) fn view(&self) -> EndsView<'_> {
        match self {
            Self::Near { blocks, ends } => EndsView::Near { blocks: blocks.all(), ends: ends.all() },
            Self::Far(ends) => EndsView::Far(ends.all()),
        }
    }

    /// Whether they go up to `total` and never back.
    pub(crate) fn end_at(&self, total: usize) -> bool {
        let (view, mut last) = (self.view(), 0);
        let ordered = (0..self.len() as u32).all(|index| {
            let before = std::mem::replace(&mut last, view.end(index));
            before <= last
        });
        ordered && last as usize == total
    }
}

/// Ends, ready for many reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum EndsView<'a> {
    Near { blocks: &'a [[u8; 4]], ends: &'a [[u8; 2]] },
    Far(&'a [[u8; 4]]),
}

impl EndsView<'_> {
    #[inline]
    fn end(self, index: u32) -> u32 {
        let at = index as usize;
        match self {
            Self::Near { blocks, ends } => {
                u32::from_le_bytes(blocks[at / 64]).saturating_add(u16::from_le_bytes(ends[at]).into())
            }
            Self::Far(ends) => u32::from_le_bytes(ends[at]),
        }
    }

    #[inline]
    pub(crate) fn part(self, index: u32) -> Range<u32> {
        index.checked_sub(1).map_or(0, |before| self.end(before))..self.end(index)
    }
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
        Ends::write(&self.ends, writer);
        Numbers::write(&self.items, writer);
    }
}

#[derive(Debug)]
pub(crate) struct ReadLists {
    ends: Ends,
    items: Numbers,
}

impl ReadLists {
    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        let lists = Self { ends: Ends::read(reader)?, items: Numbers::read(reader)? };
        if lists.ends.end_at(lists.items.len()) { Ok(lists) } else { Err(Unreadable::Damaged) }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn view(&self) -> ListsView<'_> {
        ListsView { ends: self.ends.view(), count: self.len() as u32, items: self.items.view() }
    }
}

/// Lists, ready for many reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListsView<'a> {
    ends: EndsView<'a>,
    count: u32,
    items: NumbersView<'a>,
}

impl ListsView<'_> {
    pub(crate) fn each(self, index: u32, visit: impl FnMut(u32)) {
        self.items.each(self.ends.part(index), visit);
    }

    /// Whether any list of a block of 64 has items.
    pub(crate) fn any(self, block: u32) -> bool {
        let last = (block * 64 + 63).min(self.count - 1);
        self.ends.part(block * 64).start < self.ends.end(last)
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
    ends: Ends,
    bytes: Slice,
}

impl Texts {
    pub(crate) fn write(texts: impl IntoIterator<Item = impl AsRef<[u8]>>, writer: &mut Writer) {
        let (mut ends, mut bytes) = (Vec::new(), Vec::new());
        for text in texts {
            bytes.extend(text.as_ref());
            ends.push(bytes.len() as u32);
        }
        Ends::write(&ends, writer);
        writer.section(&bytes);
    }

    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        let texts = Self { ends: Ends::read(reader)?, bytes: reader.section()? };
        if texts.ends.end_at(texts.bytes.as_ref().len()) { Ok(texts) } else { Err(Unreadable::Damaged) }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, index: u32) -> &[u8] {
        let part = self.ends.view().part(index);
        &self.bytes.as_ref()[part.start as usize..part.end as usize]
    }
}
