//! The columns of a segment, while it is made.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::bytes::Writer;
use crate::document::{Id, Popularity};
use crate::lists::{Ends, Lists, Numbers, Texts};
use crate::names::Names;
use crate::segment::{
    ALL_IN_STOCK, ALL_ON_OFFER, Group, GroupValue, HAS_VARIANTS, SOME_IN_STOCK, SOME_ON_OFFER, STOCK_IS_LIKE_ALL,
};
use crate::variants::{IN_STOCK, ON_OFFER, VariantRow, Variants};

/// In segments with fewer products, all sets are in lists. Tests have small segments of both kinds.
const MIN_DENSE: usize = if cfg!(test) { 4 } else { 256 };

#[derive(Debug, Default)]
pub(crate) struct Rows<'a> {
    kept: Vec<Row<'a>>,

    flags: Vec<u8>,
    prices: Vec<u32>,
    highest_prices: Vec<u32>,
    /// By product.
    sets: Vec<Vec<u32>>,
    variant_ends: Vec<u32>,
    variants: Vec<VariantRow>,
}

/// What is kept of a product as it is.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) id: Id,
    /// The number of its state.
    pub(crate) state: u8,
    pub(crate) created: u64,
    pub(crate) name: String,
    pub(crate) card: &'a [u8],
    pub(crate) popularity: Popularity,
}

impl<'a> Rows<'a> {
    /// Products are added in the order of their ids.
    pub(crate) fn add(&mut self, row: Row<'a>, sets: Vec<u32>, variants: Vec<VariantRow>, combinations: &Sets) {
        let first = self.variants.len();
        self.variants.extend(variants);
        self.variant_ends.push(self.variants.len() as u32);
        let variants = &self.variants[first..];
        self.flags.push(row.state | flags(variants, combinations));
        self.prices.push(variants.iter().map(|it| it.price).min().unwrap_or_default());
        self.highest_prices.push(variants.iter().map(|it| it.price).max().unwrap_or_default());
        self.sets.push(sets);
        self.kept.push(row);
    }

    pub(crate) fn write(&self, dictionary: &Dictionary, writer: &mut Writer) {
        let rows = &self.kept;
        let names: Vec<&str> = rows.iter().map(|row| &*row.name).collect();
        writer.numbers(rows.iter().map(|row| row.id));
        writer.section(&self.flags);
        writer.numbers(rows.iter().map(|row| {
            let mut six = [0; 6];
            six.copy_from_slice(&row.created.min((1 << 48) - 1).to_le_bytes()[..6]);
            six
        }));
        writer.u32s(&ranks(&names));
        Names::write(&names, writer);
        Texts::write(rows.iter().map(|row| row.card), writer);
        write_popularity(rows.iter().map(|row| row.popularity), writer);
        writer.u32s(&self.prices);
        writer.u32s(&self.highest_prices);
        self.write_sets(dictionary, writer);
        Ends::write(&self.variant_ends, writer);
        Variants::write(&self.variants, writer);
        write_values(writer, &dictionary.values.list);
        dictionary.sets.lists.write(writer);
        dictionary.combinations.lists.write(writer);
    }

    fn write_sets(&self, dictionary: &Dictionary, writer: &mut Writer) {
        let counts = self.sets.iter().flatten().fold(BTreeMap::<u32, usize>::new(), |mut counts, set| {
            *counts.entry(dictionary.group_of(*set)).or_default() += 1;
            counts
        });
        let is_dense = |count: usize| self.sets.len() >= MIN_DENSE && count >= self.sets.len() / 8;
        let groups: Vec<u32> =
            counts.into_iter().filter(|(_, count)| is_dense(*count)).map(|(group, _)| group).collect();
        let value = |group: &u32| dictionary.values.group_of.iter().position(|it| it == group).unwrap_or_default();
        writer.u32s(&groups.iter().map(|group| value(group) as u32).collect::<Vec<_>>());
        for group in &groups {
            let set = |sets: &Vec<u32>| sets.iter().copied().find(|set| dictionary.group_of(*set) == *group);
            let column: Vec<u32> = self.sets.iter().map(|sets| set(sets).unwrap_or(0)).collect();
            let sets: BTreeSet<u32> = column.iter().copied().chain([0]).collect();
            let numbers: HashMap<u32, u32> = sets.iter().copied().zip(0..).collect();
            writer.u32s(&sets.into_iter().collect::<Vec<_>>());
            Numbers::write(&column.iter().map(|set| numbers[set]).collect::<Vec<_>>(), writer);
        }
        let mut others = Lists::default();
        for sets in &self.sets {
            others.push(sets.iter().copied().filter(|set| !groups.contains(&dictionary.group_of(*set))));
        }
        others.write(writer);
    }
}

fn flags(variants: &[VariantRow], combinations: &Sets) -> u8 {
    let some = |flag: u8| variants.iter().any(|it| it.flags & flag != 0);
    let all = |flag: u8| !variants.is_empty() && variants.iter().all(|it| it.flags & flag != 0);
    let holds = [
        (HAS_VARIANTS, !variants.is_empty()),
        (SOME_IN_STOCK, some(IN_STOCK)),
        (ALL_IN_STOCK, all(IN_STOCK)),
        (SOME_ON_OFFER, some(ON_OFFER)),
        (ALL_ON_OFFER, all(ON_OFFER)),
        (STOCK_IS_LIKE_ALL, some(IN_STOCK) && (all(IN_STOCK) || is_stock_like_all(variants, combinations))),
    ];
    holds.into_iter().filter(|(_, holds)| *holds).fold(0, |flags, (flag, _)| flags | flag)
}

fn is_stock_like_all(variants: &[VariantRow], combinations: &Sets) -> bool {
    let told = |variants: &[VariantRow]| {
        let options: BTreeSet<u32> =
            variants.iter().flat_map(|it| combinations.lists.get(it.combination)).copied().collect();
        let is_on_offer = variants.iter().any(|it| it.flags & ON_OFFER != 0);
        (options, variants.iter().map(|it| it.price).min(), is_on_offer)
    };
    let in_stock: Vec<VariantRow> = variants.iter().copied().filter(|it| it.flags & IN_STOCK != 0).collect();
    told(&in_stock) == told(variants)
}

pub(crate) fn write_popularity(all: impl Iterator<Item = Popularity> + Clone, writer: &mut Writer) {
    writer.numbers(all.clone().map(|it| (u64::from(it.sales_ever) << 32 | u64::from(it.sales)).to_le_bytes()));
    Numbers::write(&all.clone().map(|it| it.ratings).collect::<Vec<_>>(), writer);
    writer.numbers(all.map(|it| it.rating.to_le_bytes()));
}

fn write_values(writer: &mut Writer, values: &[GroupValue]) {
    let groups: Vec<String> = (values.iter())
        .map(|value| match &value.group {
            Group::Category => "c".to_owned(),
            Group::Brand => "b".to_owned(),
            Group::Attribute(name) => format!("a{name}"),
            Group::Option(name) => format!("o{name}"),
        })
        .collect();
    Texts::write(groups, writer);
    Texts::write(values.iter().map(|value| &value.value), writer);
}

/// Values, sets of them and combinations of options, by number.
#[derive(Debug)]
pub(crate) struct Dictionary {
    pub(crate) values: Values,
    pub(crate) sets: Sets,
    pub(crate) combinations: Sets,
}

impl Dictionary {
    pub(crate) fn new() -> Self {
        let mut sets = Sets::default();
        // The empty set is the first.
        sets.number(Vec::new());
        Self { values: Values::default(), sets, combinations: Sets::default() }
    }

    /// The group of a set that is not empty.
    fn group_of(&self, set: u32) -> u32 {
        self.values.group_of[self.sets.first[set as usize] as usize]
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Values {
    pub(crate) list: Vec<GroupValue>,
    numbers: HashMap<GroupValue, u32>,
    pub(crate) groups: Vec<Group>,
    /// By value: the number of its group.
    pub(crate) group_of: Vec<u32>,
}

impl Values {
    pub(crate) fn find(&self, value: &GroupValue) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    pub(crate) fn number(&mut self, value: GroupValue) -> u32 {
        if let Some(number) = self.find(&value) {
            return number;
        }
        let number = self.list.len() as u32;
        let group = self.groups.iter().position(|group| *group == value.group).unwrap_or_else(|| {
            self.groups.push(value.group.clone());
            self.groups.len() - 1
        });
        self.group_of.push(group as u32);
        self.list.push(value.clone());
        self.numbers.insert(value, number);
        number
    }
}

/// Sets of numbers, each with a number of its own.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    lists: Lists,
    /// A value of each set.
    first: Vec<u32>,
    numbers: HashMap<Vec<u32>, u32>,
}

impl Sets {
    pub(crate) fn number(&mut self, mut set: Vec<u32>) -> u32 {
        set.sort_unstable();
        set.dedup();
        let next = self.numbers.len() as u32;
        *self.numbers.entry(set).or_insert_with_key(|set| {
            self.lists.push(set.iter().copied());
            self.first.push(set.first().copied().unwrap_or_default());
            next
        })
    }
}

fn ranks(names: &[&str]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..names.len() as u32).collect();
    order.sort_by_key(|&index| names[index as usize]);
    let mut ranks = vec![0; names.len()];
    for pair in order.windows(2) {
        let [before, after] = [pair[0] as usize, pair[1] as usize];
        ranks[after] = ranks[before] + u32::from(names[before] != names[after]);
    }
    ranks
}
