//! What the bytes of a segment are for.

const HEADER: usize = 12;

/// The sections of a segment in their order, as they are written. Each way to read one gives its length.
struct Sections<'a>(&'a [u8]);

impl<'a> Sections<'a> {
    fn section(&mut self) -> &'a [u8] {
        let (mut length, mut shift) = (0, 0);
        loop {
            let (&byte, rest) = self.0.split_first().unwrap();
            self.0 = rest;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        let (section, rest) = self.0.split_at(length);
        self.0 = rest;
        section
    }

    fn raw(&mut self) -> usize {
        self.section().len()
    }

    /// The width of the numbers, and these.
    fn numbers(&mut self) -> usize {
        self.raw() + self.raw()
    }

    fn ends(&mut self) -> usize {
        let blocks = if self.section() == [2] { self.raw() } else { 0 };
        blocks + self.raw()
    }

    fn texts(&mut self) -> usize {
        self.ends() + self.raw()
    }

    fn lists(&mut self) -> usize {
        self.ends() + self.numbers()
    }

    fn terms(&mut self) -> usize {
        self.raw() + self.raw() + self.raw()
    }

    fn columns(&mut self) -> usize {
        let groups = self.raw() / 4;
        (0..groups).map(|_| self.raw() + self.numbers()).sum()
    }
}

pub(crate) fn print(segment: &[u8]) {
    let mut all = Sections(&segment[HEADER..]);
    let sections = [
        ("ids", all.raw()),
        ("states and flags", all.raw()),
        ("created", all.raw()),
        ("order of names", all.raw()),
        ("names", all.texts() + all.texts()),
        ("cards", all.texts()),
        ("sales and ratings", all.raw() + all.numbers() + all.raw()),
        ("lowest and highest prices", all.raw() + all.raw()),
        ("columns of groups", all.columns()),
        ("other groups", all.lists()),
        ("variants", all.ends() + all.numbers()),
        ("values and their sets", all.texts() + all.texts() + all.lists() + all.lists()),
        ("words", all.terms()),
        ("whole SKUs", all.terms()),
        ("words of descriptions", all.terms()),
        ("forms of words", all.raw()),
    ];
    for (name, bytes) in sections {
        println!("  {name:<26}{:>8.2} MB", bytes as f64 / 1e6);
    }
    println!();
}
