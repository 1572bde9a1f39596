//! Where a product's pictures lie: three sizes under a path of their own, which never changes what it shows.

use crate::id::{ImageId, ProductId, UploadId};

/// Where browsers upload to. Nobody can read it but us, and what is left there goes by itself.
pub const PICTURE_INBOX: &str = "inbox/pictures/";
pub const CSV_INBOX: &str = "inbox/sheets/";
/// What the public reads.
pub const PUBLIC: &str = "public/";
/// Pictures of deleted products, which a restored one gets back.
pub const HIDDEN: &str = "hidden/";
/// Sheets to fetch.
pub const EXPORTS: &str = "exports/";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Small,
    Medium,
    Large,
}

impl Size {
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// How long the longer side may be, in pixels.
    pub fn edge(self) -> u32 {
        match self {
            Self::Small => 200,
            Self::Medium => 800,
            Self::Large => 1600,
        }
    }
}

/// The path below the public, or the hidden, prefix.
pub fn path(product: ProductId, image: ImageId, size: Size) -> String {
    format!("products/{product}/{image}/{}.jpg", size.name())
}

/// Which upload lies under this key of the bucket; `None` for any other text.
pub fn upload_at(inbox: &str, key: &str) -> Option<UploadId> {
    UploadId::parse(key.strip_prefix(inbox)?).ok()
}

#[cfg(test)]
mod tests {
    use super::{PICTURE_INBOX, Size, path, upload_at};
    use crate::id::{ImageId, ProductId, UploadId};
    use crate::time::Time;

    #[test]
    fn only_an_uploads_own_key_names_it() {
        let now = Time::from_unix_millis(0);
        let id = UploadId::new(now, 5);
        let at = |key: &str| upload_at(PICTURE_INBOX, key);
        assert_eq!(at(&format!("inbox/pictures/{id}")), Some(id));
        for key in [
            format!("inbox/pictures/../{id}"),
            format!("inbox/sheets/{id}"),
            format!("inbox/pictures/{id}/x"),
            format!("public/../inbox/pictures/{id}"),
            format!("inbox/pictures/{id}.png"),
            String::new(),
        ] {
            assert_eq!(at(&key), None, "{key}");
        }
        let (product, image) = (ProductId::new(now, 1), ImageId::new(now, 2));
        let small = path(product, image, Size::Small);
        assert_eq!(small, format!("products/{product}/{image}/small.jpg"));
    }
}
