//! Columns of a segment put together, so that several are counted at once. This is done when the segment is opened.

use crate::lists::NumbersView;
use crate::segment::{Dense, DenseView, Segment};

/// Columns are put together as long as there are so few combinations of their sets. Their counts are then near at hand.
const MOST: usize = if cfg!(test) { 32 } else { 4096 };

/// In a segment of fewer products it is not worth it.
const FEW: usize = if cfg!(test) { 4 } else { 4096 };

#[derive(Debug)]
pub(crate) struct Joined(Vec<Columns>);

/// Some columns with a number for what a product has of all of them.
#[derive(Debug)]
struct Columns {
    members: Vec<Member>,
    combinations: usize,
    /// By product. Empty if there is only one column, which has these numbers itself.
    numbers: Vec<[u8; 2]>,
}

#[derive(Debug)]
struct Member {
    column: usize,
    sets: usize,
    /// By how much the number grows from one set of it to the next one.
    step: usize,
}

impl Joined {
    pub(crate) fn new(segment: &Segment) -> Self {
        let columns: Vec<DenseView> = segment.columns.dense.iter().map(Dense::view).collect();
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|column| usize::MAX - columns[*column].sets().count());
        let mut joined: Vec<Columns> = Vec::new();
        for column in order {
            let sets = columns[column].sets().count();
            let has_room = |it: &&mut Columns| it.combinations * sets <= MOST && segment.len() as usize >= FEW;
            match joined.iter_mut().find(has_room) {
                Some(it) => it.add(column, sets),
                None => {
                    let members = vec![Member { column, sets, step: 1 }];
                    joined.push(Columns { members, combinations: sets, numbers: Vec::new() });
                }
            }
        }
        for it in joined.iter_mut().filter(|it| it.members.len() > 1) {
            let of = |document| {
                let number = |member: &Member| columns[member.column].numbers.get(document) as usize * member.step;
                (it.members.iter().map(number).sum::<usize>() as u16).to_le_bytes()
            };
            it.numbers = (0..segment.len()).map(of).collect();
        }
        Self(joined)
    }

    /// Counts what products at some places have of each set of the columns.
    pub(crate) fn counter<'a>(&'a self, columns: &'a [DenseView<'a>]) -> Counts<'a> {
        let joined = self.0.iter().map(|it| JoinedCounts {
            joined: it,
            numbers: if it.numbers.is_empty() {
                columns[it.members[0].column].numbers
            } else {
                NumbersView::Narrow(&it.numbers)
            },
            counts: vec![0; it.combinations],
        });
        Counts { columns, joined: joined.collect() }
    }
}

impl Columns {
    fn add(&mut self, column: usize, sets: usize) {
        self.members.push(Member { column, sets, step: self.combinations });
        self.combinations *= sets;
    }
}

/// Counts under way.
#[derive(Debug)]
pub(crate) struct Counts<'a> {
    columns: &'a [DenseView<'a>],
    joined: Vec<JoinedCounts<'a>>,
}

#[derive(Debug)]
struct JoinedCounts<'a> {
    joined: &'a Columns,
    numbers: NumbersView<'a>,
    counts: Vec<u32>,
}

impl Counts<'_> {
    pub(crate) fn add(&mut self, places: &[u32]) {
        self.joined.iter_mut().for_each(|it| it.numbers.count(places, &mut it.counts));
    }

    /// Adds the counts to those of sets.
    pub(crate) fn finish(self, sets: &mut [u32]) {
        let numbers: Vec<Vec<u32>> = self.columns.iter().map(|column| column.sets().collect()).collect();
        for JoinedCounts { joined, counts, .. } in self.joined {
            for (number, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                for Member { column, sets: members, step } in &joined.members {
                    sets[numbers[*column][number / step % members] as usize] += count;
                }
            }
        }
    }
}
