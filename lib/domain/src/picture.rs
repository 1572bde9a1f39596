//! Where files are in the bucket. Each size of an image has a path of its own, and the file under it never changes.

use crate::id::{ImageId, OrderId, ProductId, ReturnId, ReviewId, UploadId};
use crate::order::OrderLine;

/// Browsers upload to these. They are not public, and S3 deletes old files in them.
pub const PICTURE_INBOX: &str = "inbox/pictures/";
pub const CSV_INBOX: &str = "inbox/sheets/";
/// Images that the public can read.
pub const PUBLIC: &str = "public/";
/// Images of deleted products and of rejected reviews. A restored product gets its images back, and so does a review.
pub const HIDDEN: &str = "hidden/";
/// Images that only links with a signature open.
pub const PRIVATE: &str = "private/";
/// Exported CSV files.
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

    /// The longest edge in pixels.
    pub fn edge(self) -> u32 {
        match self {
            Self::Small => 200,
            Self::Medium => 800,
            Self::Large => 1600,
        }
    }
}

/// The path below the public or the hidden prefix.
pub fn path(product: ProductId, image: ImageId, size: Size) -> String {
    format!("products/{product}/{image}/{}.jpg", size.name())
}

/// The path of an order's own copy of a picture, in its small size, below the public prefix. No change of a product
/// touches it.
pub fn copy_path(order: OrderId, image: ImageId) -> String {
    format!("orders/{order}/{image}.jpg")
}

/// The path of the picture of an order's line: the order's own copy, or the product's picture until there are copies. A
/// picture that was gone before it could be copied is not shown.
pub fn line_path(order: OrderId, line: &OrderLine, copies: Option<&[ImageId]>) -> Option<String> {
    let image = line.image?;
    match copies {
        None => Some(path(line.product_id, image, Size::Small)),
        Some(copies) => copies.contains(&image).then(|| copy_path(order, image)),
    }
}

/// The same for the picture of a category or a brand.
pub fn term_path(term: &str, image: ImageId, size: Size) -> String {
    format!("terms/{term}/{image}/{}.jpg", size.name())
}

/// The same for a picture of a review.
pub fn review_path(review: ReviewId, image: ImageId, size: Size) -> String {
    format!("reviews/{review}/{image}/{}.jpg", size.name())
}

/// The key of a picture of a return. It is never below the public prefix.
pub fn return_key(goods_return: ReturnId, image: ImageId, size: Size) -> String {
    format!("{PRIVATE}returns/{goods_return}/{image}/{}.jpg", size.name())
}

/// The edge of the picture of a user in pixels. It is a square.
pub const USER_PICTURE_EDGE: u32 = 256;

/// The path of the picture of a user, below the public prefix. It does not name the user, and is hard to guess.
pub fn user_picture_path(picture: ImageId) -> String {
    format!("users/{picture}.jpg")
}

/// The upload that a key of the bucket belongs to; `None` for any other text.
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
