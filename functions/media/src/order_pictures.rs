//! Copies of the pictures of an order. They are below the order's own prefix, which no change of a product touches.

use std::collections::BTreeMap;

use domain::id::{ImageId, OrderId, ProductId};
use domain::media::PictureCopies;
use domain::picture::{HIDDEN, PUBLIC, Size, copy_path, path};

use crate::{Media, MediaError};

impl Media {
    /// Copies the picture of each line, and then says on the purchase which copies there are: only from then on the
    /// order shows them. A picture that was removed before is left out.
    pub async fn copy_pictures(&self, job: &PictureCopies) -> Result<(), MediaError> {
        let id = job.order_id;
        let purchase = self.store.purchase(id).await?;
        let Some(purchase) = purchase.filter(|purchase| purchase.pictures.is_none()) else {
            return Ok(());
        };
        let pictures = purchase.lines.iter().filter_map(|line| Some((line.image?, line.product_id)));
        let pictures: BTreeMap<ImageId, ProductId> = pictures.collect();
        let mut copied = Vec::new();
        for (image, product) in pictures {
            if self.copy_picture(id, product, image).await? {
                copied.push(image);
            }
        }
        Ok(self.store.set_pictures(id, &copied).await?)
    }

    /// `false` if the picture is gone.
    async fn copy_picture(&self, order: OrderId, product: ProductId, image: ImageId) -> Result<bool, MediaError> {
        let (path, copy) = (path(product, image, Size::Small), format!("{PUBLIC}{}", copy_path(order, image)));
        // Twice at the first place: the product may be deleted and restored while this looks.
        for prefix in [PUBLIC, HIDDEN, PUBLIC] {
            if self.copy_file(&format!("{prefix}{path}"), &copy).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
