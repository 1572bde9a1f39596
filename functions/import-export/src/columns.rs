//! The type of the columns of CSV files.

/// A column of a CSV file: its name, how its cells are read and how they are written.
#[derive(Debug)]
pub(crate) struct Column<Field, Read, Write> {
    pub(crate) name: &'static str,
    /// The field that it holds, as refusals name it.
    pub(crate) field: Field,
    pub(crate) required: bool,
    pub(crate) read: Read,
    pub(crate) write: Write,
}
