//! The names by which products are sorted, as numbers of their words. Frequent words have small numbers.

use std::collections::HashMap;

use crate::bytes::{Reader, Unreadable, Writer, put_varint, take_varint};
use crate::lists::Texts;

#[derive(Debug)]
pub(crate) struct Names {
    words: Texts,
    /// By product.
    numbers: Texts,
}

impl Names {
    pub(crate) fn write(names: &[&str], writer: &mut Writer) {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        names.iter().flat_map(|name| words(name)).for_each(|word| *counts.entry(word).or_default() += 1);
        let mut counted: Vec<(&str, usize)> = counts.into_iter().collect();
        counted.sort_unstable_by(|(a, count), (b, other)| other.cmp(count).then_with(|| a.cmp(b)));
        let numbers: HashMap<&str, u64> = counted.iter().map(|(word, _)| *word).zip(0..).collect();
        let number = |name: &&str| {
            let mut bytes = Vec::new();
            words(name).filter_map(|word| numbers.get(word)).for_each(|number| put_varint(&mut bytes, *number));
            bytes
        };
        Texts::write(counted.iter().map(|(word, _)| word.as_bytes()), writer);
        Texts::write(names.iter().map(number), writer);
    }

    pub(crate) fn read(reader: &mut Reader) -> Result<Self, Unreadable> {
        Ok(Self { words: Texts::read(reader)?, numbers: Texts::read(reader)? })
    }

    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The letters of a name, of which often only the first ones are wanted.
    pub(crate) fn letters(&self, document: u32) -> impl Iterator<Item = u8> {
        let mut left = self.numbers.get(document);
        let numbers = std::iter::from_fn(move || take_varint(&mut left));
        let word = |(place, number): (usize, u64)| {
            let space = (place > 0).then_some(b' ');
            space.into_iter().chain(self.words.get(number as u32).iter().copied())
        };
        numbers.enumerate().flat_map(word)
    }
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::bytes::{Reader, Writer};

    #[test]
    fn names_come_back() {
        let names = ["red shirt", "", "shirt", "red red 42 shirt"];
        let mut writer = Writer::default();
        Names::write(&names, &mut writer);
        let read = Names::read(&mut Reader::open(writer.finish()).unwrap()).unwrap();
        let name = |document| String::from_utf8(read.letters(document).collect()).unwrap();
        assert_eq!([0, 1, 2, 3].map(name), names);
    }
}
