//! Files on their way in: what may be uploaded, and what became of it.

use serde::{Deserialize, Serialize};

use crate::id::{ExportId, ImageId, ProductId, UploadId, UserId};
use crate::time::Time;

/// What a sheet (CSV) holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CsvKind {
    Products,
    Stock,
}

impl CsvKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Stock => "stock",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Products, Self::Stock].into_iter().find(|kind| kind.name() == text)
    }
}

/// What a file is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "lowercase")]
pub enum Purpose {
    Picture { product_id: ProductId, alt: String },
    Sheet { kind: CsvKind },
}

/// What a picture may be. No SVG: it is a program.
pub const PICTURE_TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
pub const CSV_TYPE: &str = "text/csv";
pub const MAX_PICTURE_BYTES: u64 = 15 * 1024 * 1024;
pub const MAX_CSV_BYTES: u64 = 64 * 1024 * 1024;

impl Purpose {
    pub fn takes(&self, content_type: &str) -> bool {
        match self {
            Self::Picture { .. } => PICTURE_TYPES.contains(&content_type),
            Self::Sheet { .. } => content_type == CSV_TYPE,
        }
    }

    pub fn max_bytes(&self) -> u64 {
        match self {
            Self::Picture { .. } => MAX_PICTURE_BYTES,
            Self::Sheet { .. } => MAX_CSV_BYTES,
        }
    }
}

/// What became of an upload so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Progress {
    /// The file has not come, or nobody has looked at it yet.
    Waiting,
    /// A picture is on its product.
    Shown { image_id: ImageId },
    /// A sheet is being carried out.
    Running { tally: LineCounts },
    /// All of a sheet was carried out, but its bad lines.
    Finished { tally: LineCounts },
    /// It was refused as a whole; `code` is stable.
    Refused { code: String, message: String },
}

/// What became of a sheet's lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineCounts {
    /// Into how many parts the sheet was cut, and how many are done.
    pub parts: u32,
    pub parts_done: u32,
    pub lines: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub bad: u64,
}

impl LineCounts {
    /// The lines of one part, added.
    #[must_use]
    pub fn with(self, part: Self) -> Self {
        Self {
            parts: self.parts,
            parts_done: self.parts_done + 1,
            lines: self.lines + part.lines,
            changed: self.changed + part.changed,
            unchanged: self.unchanged + part.unchanged,
            bad: self.bad + part.bad,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    pub id: UploadId,
    pub owner: UserId,
    pub purpose: Purpose,
    pub content_type: String,
    #[serde(flatten)]
    pub progress: Progress,
    pub created_at: Time,
}

/// A piece of work on a sheet, as it lies in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum CsvJob {
    Part(ImportPart),
    /// The next piece of a sheet that is being written.
    Export {
        export_id: ExportId,
    },
}

/// One part of an uploaded sheet: these bytes of it, without the header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportPart {
    pub upload_id: UploadId,
    pub part: u32,
    pub from: u64,
    /// Exclusive.
    pub to: u64,
    pub first_line: u64,
    pub header: String,
}

/// Why a line of a sheet was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadLine {
    /// As an editor counts them: the header is line 1.
    pub line: u64,
    pub column: String,
    pub message: String,
}

impl Upload {
    /// The picture that an upload becomes: the same bytes under another name, so that processing it twice makes one.
    pub fn image_id(&self) -> ImageId {
        ImageId::from_bytes(self.id.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::{CsvKind, LineCounts, Purpose};
    use crate::id::ProductId;
    use crate::time::Time;

    #[test]
    fn pictures_and_sheets_take_their_own_types_only() {
        let picture = Purpose::Picture { product_id: ProductId::new(Time::from_unix_millis(0), 1), alt: String::new() };
        let sheet = Purpose::Sheet { kind: CsvKind::Stock };
        assert!(picture.takes("image/png") && !picture.takes("text/csv"));
        assert!(!picture.takes("image/svg+xml") && !picture.takes("image/gif"));
        assert!(sheet.takes("text/csv") && !sheet.takes("image/png"));
    }

    #[test]
    fn parts_add_up() {
        let whole = LineCounts { parts: 2, ..LineCounts::default() };
        let part = LineCounts { lines: 3, changed: 1, unchanged: 1, bad: 1, ..LineCounts::default() };
        let sum = whole.with(part).with(part);
        assert_eq!((sum.parts, sum.parts_done, sum.lines, sum.bad), (2, 2, 6, 2));
    }
}
