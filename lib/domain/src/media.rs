//! Which events make it necessary to move, copy or delete image files.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::{ImageId, OrderId, ProductId, ReturnId, ReviewId};

/// Publishes the images of a product, or hides them if the product is deleted, and deletes removed images. It uses the
/// product's current state, so the message may arrive late, twice or out of order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageSync {
    pub product_id: ProductId,
    #[serde(default)]
    pub removed_images: Vec<ImageId>,
}

/// Copies the pictures of an order's lines, so that the order keeps them whatever becomes of the products. The message may
/// arrive late or twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PictureCopies {
    pub order_id: OrderId,
}

pub fn picture_copies_for(event: &Event) -> Option<PictureCopies> {
    match event {
        Event::OrderPlaced { order_id } => Some(PictureCopies { order_id: *order_id }),
        _ => None,
    }
}

/// Deletes the files of a picture that its category or brand no longer shows. A picture that was removed never comes
/// back, so the message may arrive late or twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TermPictureRemoval {
    pub term_id: String,
    pub image_id: ImageId,
}

pub fn term_picture_removal_for(event: &Event) -> Option<TermPictureRemoval> {
    match event {
        Event::TermPictureRemoved { term_id, image_id } => {
            Some(TermPictureRemoval { term_id: term_id.clone(), image_id: *image_id })
        }
        _ => None,
    }
}

/// Deletes the file of a picture that its user no longer has. A picture that was removed never comes back, so the
/// message may arrive late or twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPictureRemoval {
    pub picture_id: ImageId,
}

pub fn user_picture_removal_for(event: &Event) -> Option<UserPictureRemoval> {
    match *event {
        Event::UserPictureRemoved { picture_id } | Event::UserDeleted { picture: Some(picture_id), .. } => {
            Some(UserPictureRemoval { picture_id })
        }
        _ => None,
    }
}

/// Hides the pictures of a review that was rejected, shows those of another one, and deletes removed pictures. It uses the
/// review's current state, so the message may arrive late, twice or out of order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewImageSync {
    pub review_id: ReviewId,
    #[serde(default)]
    pub removed_images: Vec<ImageId>,
}

pub fn review_image_sync_for(event: &Event) -> Option<ReviewImageSync> {
    match event {
        Event::ReviewPicturesChanged { review_id, removed_images } => {
            Some(ReviewImageSync { review_id: *review_id, removed_images: removed_images.clone() })
        }
        _ => None,
    }
}

/// Deletes the files of pictures that a return had. A picture that was removed never comes back, so the message may
/// arrive late or twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReturnPictureRemoval {
    pub return_id: ReturnId,
    pub images: Vec<ImageId>,
}

pub fn return_picture_removal_for(event: &Event) -> Option<ReturnPictureRemoval> {
    match event {
        Event::ReturnPicturesRemoved { return_id, images } => {
            Some(ReturnPictureRemoval { return_id: *return_id, images: images.clone() })
        }
        _ => None,
    }
}

pub fn image_sync_for(event: &Event) -> Option<ImageSync> {
    match event {
        Event::ProductChanged { product_id, removed_images, moved } if *moved || !removed_images.is_empty() => {
            Some(ImageSync { product_id: *product_id, removed_images: removed_images.clone() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{UserPictureRemoval, image_sync_for, term_picture_removal_for, user_picture_removal_for};
    use crate::event::Event;
    use crate::id::{ImageId, ProductId, UserId};
    use crate::time::Time;

    #[test]
    fn only_changes_of_images_make_a_job() {
        let now = Time::from_unix_millis(0);
        let changed =
            |removed_images, moved| Event::ProductChanged { product_id: ProductId::new(now, 1), removed_images, moved };
        assert_eq!(image_sync_for(&changed(vec![], false)), None);
        assert!(image_sync_for(&changed(vec![], true)).is_some());
        let image = ImageId::new(now, 2);
        let job = image_sync_for(&changed(vec![image], false)).unwrap();
        assert_eq!(job.removed_images, [image]);
        assert_eq!(term_picture_removal_for(&changed(vec![image], true)), None);
        let removed = Event::TermPictureRemoved { term_id: "cat_1".to_owned(), image_id: image };
        assert_eq!(term_picture_removal_for(&removed).unwrap().image_id, image);
        assert_eq!(image_sync_for(&removed), None);
        assert_eq!(user_picture_removal_for(&removed), None);
    }

    #[test]
    fn the_picture_of_a_user_goes_when_it_is_removed_and_when_the_user_is_deleted() {
        let now = Time::from_unix_millis(0);
        let (user_id, picture_id) = (UserId::new(now, 1), ImageId::new(now, 2));
        let removal = Some(UserPictureRemoval { picture_id });
        assert_eq!(user_picture_removal_for(&Event::UserPictureRemoved { picture_id }), removal);
        assert_eq!(user_picture_removal_for(&Event::UserDeleted { user_id, picture: Some(picture_id) }), removal);
        assert_eq!(user_picture_removal_for(&Event::UserDeleted { user_id, picture: None }), None);
    }
}
