//! Uploads: which files may be uploaded, and the state of each upload.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::actor::ActorId;
use crate::id::{BrandId, CategoryId, ExportId, ImageId, OrderId, ProductId, ReturnId, ReviewId, UploadId, UserId};
use crate::time::Time;

/// What a CSV file contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CsvKind {
    Products,
    Stock,
}

impl CsvKind {
    pub const ALL: [Self; 2] = [Self::Products, Self::Stock];

    pub fn name(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Stock => "stock",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// What an exported CSV file contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportKind {
    Products,
    Stock,
    /// The orders of a period, oldest first.
    Orders,
}

impl ExportKind {
    pub const ALL: [Self; 3] = [Self::Products, Self::Stock, Self::Orders];

    pub fn name(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Stock => "stock",
            Self::Orders => "orders",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }
}

/// From a time on, and before another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub from: Time,
    /// Not included.
    pub to: Time,
}

impl Period {
    /// The longest time of which orders are exported to one file.
    pub const LONGEST: Duration = Duration::from_hours(366 * 24);

    /// What happens now and later is not in it, so that an export ends.
    pub fn of_export(from: Time, to: Time, now: Time) -> Result<Self, InvalidPeriod> {
        if from >= to {
            return Err(InvalidPeriod::Empty);
        }
        if to.since(from) > Self::LONGEST {
            return Err(InvalidPeriod::TooLong);
        }
        Ok(Self { from, to: to.min(now) })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPeriod {
    #[error("must be after from")]
    Empty,
    #[error("must be at most 366 days after from")]
    TooLong,
}

/// What an uploaded file is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "lowercase")]
pub enum Purpose {
    Picture {
        product_id: ProductId,
        alt: String,
    },
    /// The one picture of a category.
    #[serde(rename = "category")]
    CategoryPicture {
        category_id: CategoryId,
        alt: String,
    },
    /// The one picture of a brand.
    #[serde(rename = "brand")]
    BrandPicture {
        brand_id: BrandId,
        alt: String,
    },
    /// The one picture of a user. `epoch`: theirs when they asked for the form. If it is another one by the time the
    /// file arrives, the account may be somebody else's.
    #[serde(rename = "user")]
    UserPicture {
        user_id: UserId,
        epoch: u64,
    },
    /// A picture of a review, by its author.
    #[serde(rename = "review")]
    ReviewPicture {
        review_id: ReviewId,
        alt: String,
    },
    #[serde(rename = "sheet")]
    Csv {
        kind: CsvKind,
    },
    /// A picture of what somebody sends back. Whoever may see the order may see the upload.
    #[serde(rename = "return")]
    ReturnPicture {
        order_id: OrderId,
        return_id: ReturnId,
    },
}

/// The content types of pictures. SVG is not one of them, because it can contain scripts.
pub const PICTURE_TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
pub const CSV_TYPE: &str = "text/csv";
pub const MAX_PICTURE_BYTES: u64 = 15 * 1024 * 1024;
pub const MAX_USER_PICTURE_BYTES: u64 = 5 * 1024 * 1024;
pub const MAX_CSV_BYTES: u64 = 64 * 1024 * 1024;

impl Purpose {
    pub fn takes(&self, content_type: &str) -> bool {
        match self {
            Self::Csv { .. } => content_type == CSV_TYPE,
            _ => PICTURE_TYPES.contains(&content_type),
        }
    }

    pub fn max_bytes(&self) -> u64 {
        match self {
            Self::Csv { .. } => MAX_CSV_BYTES,
            Self::UserPicture { .. } => MAX_USER_PICTURE_BYTES,
            _ => MAX_PICTURE_BYTES,
        }
    }
}

/// The state of an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum UploadState {
    /// The file has not arrived, or it has not been processed yet.
    Waiting,
    /// A picture was added to its product, or is that of its category, brand or user.
    Shown { image_id: ImageId },
    /// A CSV file is being imported.
    Running {
        #[serde(rename = "tally")]
        counts: LineCounts,
    },
    /// A CSV file was imported, except its bad lines.
    Finished {
        #[serde(rename = "tally")]
        counts: LineCounts,
    },
    /// The whole file was refused. The code is stable.
    Refused { code: String, message: String },
}

/// How many lines of a CSV file had which result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineCounts {
    /// How many parts the file was split into, and how many of them are done.
    pub parts: u32,
    pub parts_done: u32,
    pub lines: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub bad: u64,
}

impl LineCounts {
    /// Adds the lines of one part.
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
    /// `None`: it belongs to an order, whose buyer may be a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<ActorId>,
    pub purpose: Purpose,
    pub content_type: String,
    #[serde(flatten)]
    pub state: UploadState,
    pub created_at: Time,
}

/// A message of the import and export queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum CsvJob {
    Part(ImportPart),
    /// Writes the next piece of an export.
    Export {
        export_id: ExportId,
    },
}

/// One part of an uploaded CSV file: a range of its bytes, without the header.
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

/// Why a line of a CSV file was not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadLine {
    /// The header is line 1.
    pub line: u64,
    pub column: String,
    pub message: String,
}

impl Upload {
    /// The id of the image that an upload becomes. It has the same bytes, so processing an upload twice makes one
    /// image.
    pub fn image_id(&self) -> ImageId {
        ImageId::from_bytes(self.id.to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CsvKind, InvalidPeriod, LineCounts, Period, Purpose};
    use crate::id::ProductId;
    use crate::time::Time;

    #[test]
    fn pictures_and_csv_files_accept_their_own_types_only() {
        let picture = Purpose::Picture { product_id: ProductId::new(Time::from_unix_millis(0), 1), alt: String::new() };
        let csv = Purpose::Csv { kind: CsvKind::Stock };
        assert!(picture.takes("image/png") && !picture.takes("text/csv"));
        assert!(!picture.takes("image/svg+xml") && !picture.takes("image/gif"));
        assert!(csv.takes("text/csv") && !csv.takes("image/png"));
    }

    #[test]
    fn the_period_of_an_export_has_an_end_that_is_not_later_than_now() {
        let (from, day) = (Time::from_unix_millis(0), Duration::from_hours(24));
        let now = from + day * 400;
        let period = |days: u32| Period::of_export(from, from + day * days, now);
        assert_eq!(period(366), Ok(Period { from, to: from + day * 366 }));
        assert_eq!(period(367), Err(InvalidPeriod::TooLong));
        assert_eq!(period(0), Err(InvalidPeriod::Empty));
        assert_eq!(Period::of_export(now, from, now), Err(InvalidPeriod::Empty));
        assert_eq!(Period::of_export(now - day, now + day, now), Ok(Period { from: now - day, to: now }));
    }

    #[test]
    fn parts_add_up() {
        let whole = LineCounts { parts: 2, ..LineCounts::default() };
        let part = LineCounts { lines: 3, changed: 1, unchanged: 1, bad: 1, ..LineCounts::default() };
        let sum = whole.with(part).with(part);
        assert_eq!((sum.parts, sum.parts_done, sum.lines, sum.bad), (2, 2, 6, 2));
    }
}
