//! A segment: some products, ready for queries. Its bytes are written once and read where they lie.

use crate::bytes::{Column, Reader, Unreadable};
use crate::document::{Id, Popularity, State};
use crate::forms::Forms;
use crate::lists::{Ends, EndsView, ListsView, Numbers, NumbersView, ReadLists, Texts};
use crate::names::Names;
use crate::terms::Terms;
use crate::variants::{VariantRow, Variants, VariantsView};

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

/// What a product is: the number of its state in the two lowest bits, and what holds for its variants.
pub(crate) const STATE: u8 = 0b11;
pub(crate) const SOME_IN_STOCK: u8 = 1 << 2;
pub(crate) const ALL_IN_STOCK: u8 = 1 << 3;
pub(crate) const SOME_ON_OFFER: u8 = 1 << 4;
pub(crate) const ALL_ON_OFFER: u8 = 1 << 5;
pub(crate) const HAS_VARIANTS: u8 = 1 << 6;
/// Those in stock have, together, all the options and the lowest price of the product, and one on offer if it has one.
pub(crate) const STOCK_IS_LIKE_ALL: u8 = 1 << 7;

/// What is kept of each product beside its words.
#[derive(Debug)]
pub(crate) struct Columns {
    ids: Column<16>,
    /// Bits, as above.
    flags: Column<1>,
    created: Column<6>,
    /// The order of names in this segment; equal names have the same rank.
    name_ranks: Column<4>,
    pub(crate) names: Names,
    pub(crate) cards: Texts,
    popularity: PopularityColumns,
    /// The lowest and the highest of each product.
    prices: Column<4>,
    highest_prices: Column<4>,
    /// What each product has of each group, as numbers of [`Segment::sets`]: of groups that many products have, one
    /// number for each product, and lists of the others.
    pub(crate) dense: Vec<Dense>,
    sets: ReadLists,
    variant_ends: Ends,
    variants: Variants,
}

/// What products have of one group.
#[derive(Debug)]
pub(crate) struct Dense {
    /// One value of the group.
    pub(crate) value: u32,
    /// The sets that there are of the group. The first one is the empty set.
    sets: Column<4>,
    /// By product: which of these it has.
    numbers: Numbers,
}

impl Dense {
    pub(crate) fn view(&self) -> DenseView<'_> {
        DenseView { sets: self.sets.all(), numbers: self.numbers.view() }
    }
}

/// A column, ready for many reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DenseView<'a> {
    sets: &'a [[u8; 4]],
    pub(crate) numbers: NumbersView<'a>,
}

impl<'a> DenseView<'a> {
    /// The set of a product.
    pub(crate) fn get(self, document: u32) -> u32 {
        u32::from_le_bytes(self.sets[self.numbers.get(document) as usize])
    }

    pub(crate) fn sets(self) -> impl Iterator<Item = u32> + use<'a> {
        self.sets.iter().map(|set| u32::from_le_bytes(*set))
    }
}

#[derive(Debug)]
pub(crate) struct PopularityColumns {
    /// Lately in the lower half, ever in the higher one.
    sales: Column<8>,
    ratings: Numbers,
    rating: Column<2>,
}

/// The columns, ready for many reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) ids: &'a [Id],
    pub(crate) flags: &'a [[u8; 1]],
    created: &'a [[u8; 6]],
    name_ranks: &'a [[u8; 4]],
    sales: &'a [[u8; 8]],
    ratings: NumbersView<'a>,
    rating: &'a [[u8; 2]],
    pub(crate) prices: &'a [[u8; 4]],
    pub(crate) highest_prices: &'a [[u8; 4]],
    pub(crate) sets: ListsView<'a>,
    variant_ends: EndsView<'a>,
    variants: VariantsView<'a>,
}

/// Units sold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sales {
    pub(crate) lately: u32,
    pub(crate) ever: u32,
}

impl Sales {
    fn read(bytes: [u8; 8]) -> Self {
        let both = u64::from_le_bytes(bytes);
        Self { lately: both as u32, ever: (both >> 32) as u32 }
    }
}

impl View<'_> {
    /// The bit of its state.
    pub(crate) fn state(&self, document: u32) -> u8 {
        1 << (self.flags[document as usize][0] & STATE)
    }

    /// Whether products of a block of 64 have sets outside of columns.
    pub(crate) fn has_sets(&self, block: u32) -> bool {
        self.sets.any(block)
    }

    pub(crate) fn created(&self, document: u32) -> u64 {
        let mut bytes = [0; 8];
        bytes[..6].copy_from_slice(&self.created[document as usize]);
        u64::from_le_bytes(bytes)
    }

    pub(crate) fn name_rank(&self, document: u32) -> u32 {
        u32::from_le_bytes(self.name_ranks[document as usize])
    }

    /// The lowest.
    pub(crate) fn price(&self, document: u32) -> u32 {
        u32::from_le_bytes(self.prices[document as usize])
    }

    pub(crate) fn highest_price(&self, document: u32) -> u32 {
        u32::from_le_bytes(self.highest_prices[document as usize])
    }

    pub(crate) fn popularity(&self, document: u32) -> Popularity {
        let at = document as usize;
        Popularity {
            sales: self.sales(document).lately,
            sales_ever: self.sales(document).ever,
            rating: u16::from_le_bytes(self.rating[at]),
            ratings: self.ratings.get(document),
        }
    }

    pub(crate) fn sales(&self, document: u32) -> Sales {
        Sales::read(self.sales[document as usize])
    }

    pub(crate) fn rating(&self, document: u32) -> u16 {
        u16::from_le_bytes(self.rating[document as usize])
    }

    /// Reads a little of the variants of some products, which are far apart, so that memory brings all of them at the
    /// same time and not one after the other.
    pub(crate) fn fetch_variants(&self, documents: impl Iterator<Item = u32>) {
        let first = |document| self.variant(self.variants(document).start).price;
        std::hint::black_box(documents.map(first).fold(0, u32::max));
    }

    /// The numbers of its variants.
    pub(crate) fn variants(&self, document: u32) -> std::ops::Range<u32> {
        self.variant_ends.part(document)
    }

    pub(crate) fn each_variant(&self, document: u32, visit: impl FnMut(VariantRow)) {
        self.variants.each(self.variants(document), visit);
    }

    pub(crate) fn variant(&self, number: u32) -> VariantRow {
        self.variants.get(number)
    }
}

impl Columns {
    fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        let ids: Column<16> = reader.numbers()?;
        let count = ids.len();
        let columns = Self {
            ids,
            flags: reader.column(count)?,
            created: reader.column(count)?,
            name_ranks: reader.column(count)?,
            names: Names::read(reader)?,
            cards: Texts::read(reader)?,
            popularity: PopularityColumns::read(reader, count)?,
            prices: reader.column(count)?,
            highest_prices: reader.column(count)?,
            dense: read_dense(reader, count)?,
            sets: ReadLists::read(reader)?,
            variant_ends: Ends::read(reader)?,
            variants: Variants::read(reader)?,
        };
        let counts = [columns.names.len(), columns.cards.len(), columns.sets.len(), columns.variant_ends.len()];
        let whole = columns.variant_ends.end_at(columns.variants.len()) && counts == [count; 4];
        if whole { Ok(columns) } else { Err(Unreadable::Damaged) }
    }

    /// All sets of a product.
    pub(crate) fn sets(&self, document: u32) -> Vec<u32> {
        let dense = self.dense.iter().map(|it| it.view().get(document)).filter(|set| *set != 0);
        let mut sets: Vec<u32> = dense.collect();
        self.sets.view().each(document, |set| sets.push(set));
        sets
    }

    pub(crate) fn view(&self) -> View<'_> {
        View {
            ids: self.ids.all(),
            flags: self.flags.all(),
            created: self.created.all(),
            name_ranks: self.name_ranks.all(),
            sales: self.popularity.sales.all(),
            ratings: self.popularity.ratings.view(),
            rating: self.popularity.rating.all(),
            prices: self.prices.all(),
            highest_prices: self.highest_prices.all(),
            sets: self.sets.view(),
            variant_ends: self.variant_ends.view(),
            variants: self.variants.view(),
        }
    }
}

impl PopularityColumns {
    fn read(reader: &mut Reader, count: usize) -> Result<Self, Unreadable> {
        let columns =
            Self { sales: reader.column(count)?, ratings: Numbers::read(reader)?, rating: reader.column(count)? };
        if columns.ratings.len() == count { Ok(columns) } else { Err(Unreadable::Damaged) }
    }

    fn all(&self) -> impl Iterator<Item = Popularity> {
        let sales = self.sales.all().iter().map(|bytes| Sales::read(*bytes));
        sales.zip(self.rating.all()).zip(0..).map(|((sales, rating), document)| Popularity {
            sales: sales.lately,
            sales_ever: sales.ever,
            rating: u16::from_le_bytes(*rating),
            ratings: self.ratings.view().get(document),
        })
    }
}

#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) columns: Columns,
    /// The values of its groups. The index numbers them anew, for all its segments together.
    pub(crate) values: Vec<GroupValue>,
    /// All that some product has of a group, such as the branch of its category or the sizes that there are of it.
    pub(crate) sets: ReadLists,
    /// The options of variants. Few are different, so a query looks at each of them once.
    pub(crate) combinations: ReadLists,
    /// Words of everything but descriptions.
    pub(crate) words: Terms,
    /// Whole SKUs.
    pub(crate) skus: Terms,
    /// Words of descriptions.
    pub(crate) descriptions: Terms,
    /// The words with a stem, of both.
    pub(crate) forms: Forms,
    pub(crate) removed: Vec<Id>,
    pub(crate) popularity: Vec<(Id, Popularity)>,
}

impl Segment {
    pub(crate) fn read(bytes: Vec<u8>) -> Result<Self, Unreadable> {
        let mut reader = Reader::open(bytes)?;
        let reader = &mut reader;
        Ok(Self {
            columns: Columns::read(reader)?,
            values: read_values(reader)?,
            sets: ReadLists::read(reader)?,
            combinations: ReadLists::read(reader)?,
            words: Terms::read(reader)?,
            skus: Terms::read(reader)?,
            descriptions: Terms::read(reader)?,
            forms: Forms::read(reader)?,
            removed: reader.numbers()?.all().to_vec(),
            popularity: {
                let ids: Column<16> = reader.numbers()?;
                let popularity = PopularityColumns::read(reader, ids.len())?;
                ids.all().iter().copied().zip(popularity.all()).collect()
            },
        })
    }

    pub(crate) fn len(&self) -> u32 {
        self.columns.ids.len() as u32
    }

    pub(crate) fn ids(&self) -> &[Id] {
        self.columns.ids.all()
    }

    pub(crate) fn find(&self, id: Id) -> Option<u32> {
        self.ids().binary_search(&id).ok().map(|at| at as u32)
    }
}

fn read_dense(reader: &mut Reader, count: usize) -> Result<Vec<Dense>, Unreadable> {
    let values: Column<4> = reader.numbers()?;
    let read = |value: &[u8; 4]| {
        let dense =
            Dense { value: u32::from_le_bytes(*value), sets: reader.numbers()?, numbers: Numbers::read(reader)? };
        if dense.numbers.len() == count { Ok(dense) } else { Err(Unreadable::Damaged) }
    };
    values.all().iter().map(read).collect()
}

/// Group and value of each, as `kind name` and `value`.
fn read_values(reader: &mut Reader) -> Result<Vec<GroupValue>, Unreadable> {
    let (groups, values) = (Texts::read(reader)?, Texts::read(reader)?);
    if groups.len() != values.len() {
        return Err(Unreadable::Damaged);
    }
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
    (0..groups.len() as u32).map(read).collect()
}

/// The bits of states.
pub(crate) fn bits(states: &[State]) -> u8 {
    states.iter().fold(0, |bits, state| bits | state.bit())
}
