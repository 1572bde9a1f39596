//! A segment: some products, ready for queries. Its bytes are written once.

use crate::bytes::{Reader, Slice, Unreadable, Writer};
use crate::document::{Id, Popularity, State};
use crate::terms::Terms;

/// By what products are filtered and counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    Category,
    Brand,
    Attribute(String),
    Option(String),
}

/// A value of a group: the id of a category or brand, or the text of an attribute or option.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct GroupValue {
    pub(crate) group: Group,
    pub(crate) value: String,
}

/// Lists of numbers, one after the other.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Lists {
    /// Where each list ends.
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

    /// Replaces each number by that of `numbers` at its place.
    pub(crate) fn renumber(&mut self, numbers: &[u32]) {
        self.items.iter_mut().for_each(|item| *item = numbers[*item as usize]);
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.u32s(&self.ends);
        writer.u32s(&self.items);
    }

    fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        Ok(Self { ends: reader.u32s()?, items: reader.u32s()? })
    }
}

/// Texts, one after the other.
#[derive(Debug)]
pub(crate) struct Texts {
    ends: Vec<u32>,
    bytes: Slice,
}

impl Texts {
    fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        Ok(Self { ends: reader.u32s()?, bytes: reader.section()? })
    }

    pub(crate) fn get(&self, index: u32) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        self.bytes.as_ref().get(start as usize..self.ends[index as usize] as usize).unwrap_or_default()
    }
}

/// What is kept of each product beside its words.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) ids: Vec<Id>,
    pub(crate) states: Vec<u8>,
    pub(crate) created: Vec<u64>,
    /// The order of names in this segment; equal names have the same rank.
    pub(crate) name_ranks: Vec<u32>,
    pub(crate) names: Texts,
    pub(crate) cards: Texts,
    pub(crate) popularity: Vec<Popularity>,
    /// Categories, brand and attributes of each product, as numbers of [`Segment::values`].
    pub(crate) values: Lists,
    /// The variants of each product, as numbers.
    pub(crate) variants: Lists,
    /// By variant.
    pub(crate) prices: Vec<u32>,
    /// Bits of [`IN_STOCK`] and [`ON_OFFER`].
    pub(crate) flags: Vec<u8>,
    pub(crate) options: Lists,
}

/// What a variant is.
pub(crate) const IN_STOCK: u8 = 1;
pub(crate) const ON_OFFER: u8 = 2;

#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) columns: Columns,
    /// What its lists of values number. The index numbers them anew, for all its segments together.
    pub(crate) values: Vec<GroupValue>,
    /// Words of everything but descriptions.
    pub(crate) words: Terms,
    /// Stems that differ from their word.
    pub(crate) stems: Terms,
    /// Words of descriptions.
    pub(crate) descriptions: Terms,
    pub(crate) removed: Vec<Id>,
    pub(crate) popularity: Vec<(Id, Popularity)>,
}

impl Segment {
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, Unreadable> {
        let mut reader = Reader::open(bytes)?;
        let reader = &mut reader;
        Ok(Self {
            columns: Columns {
                ids: reader.numbers(|id: Id| id)?,
                states: reader.numbers(|[state]| state)?,
                created: reader.numbers(u64::from_le_bytes)?,
                name_ranks: reader.u32s()?,
                names: Texts::read(reader)?,
                cards: Texts::read(reader)?,
                popularity: read_popularity(reader)?,
                values: Lists::read(reader)?,
                variants: Lists::read(reader)?,
                prices: reader.u32s()?,
                flags: reader.numbers(|[flags]| flags)?,
                options: Lists::read(reader)?,
            },
            values: read_values(reader)?,
            words: Terms::read(reader)?,
            stems: Terms::read(reader)?,
            descriptions: Terms::read(reader)?,
            removed: reader.numbers(|id: Id| id)?,
            popularity: {
                let ids = reader.numbers(|id: Id| id)?;
                ids.into_iter().zip(read_popularity(reader)?).collect()
            },
        })
    }

    pub(crate) fn len(&self) -> u32 {
        self.columns.ids.len() as u32
    }

    pub(crate) fn find(&self, id: Id) -> Option<u32> {
        self.columns.ids.binary_search(&id).ok().map(|at| at as u32)
    }
}

fn read_popularity(reader: &mut Reader) -> Result<Vec<Popularity>, Unreadable> {
    let (sales, ever, ratings) = (reader.u32s()?, reader.u32s()?, reader.u32s()?);
    let rating = reader.numbers(u16::from_le_bytes)?;
    let rows = sales.into_iter().zip(ever).zip(rating.into_iter().zip(ratings));
    Ok(rows.map(|((sales, sales_ever), (rating, ratings))| Popularity { sales, sales_ever, rating, ratings }).collect())
}

/// Group and value of each, as `kind name` and `value`.
fn read_values(reader: &mut Reader) -> Result<Vec<GroupValue>, Unreadable> {
    let (groups, values) = (Texts::read(reader)?, Texts::read(reader)?);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| Unreadable::Damaged);
    let read = |index: u32| {
        let group = text(groups.get(index))?;
        let (kind, name) = group.split_at_checked(1).ok_or(Unreadable::Damaged)?;
        let group = match kind {
            "c" => Group::Category,
            "b" => Group::Brand,
            "a" => Group::Attribute(name.to_owned()),
            "o" => Group::Option(name.to_owned()),
            _ => return Err(Unreadable::Damaged),
        };
        Ok(GroupValue { group, value: text(values.get(index))? })
    };
    (0..values.ends.len() as u32).map(read).collect()
}

impl Columns {
    pub(crate) fn is_in(&self, document: u32, states: u8) -> bool {
        self.states[document as usize] & states != 0
    }
}

/// The bits of states.
pub(crate) fn bits(states: &[State]) -> u8 {
    states.iter().fold(0, |bits, state| bits | state.bit())
}
