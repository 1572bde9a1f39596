//! The pictures of returns. They are private: only links that staff and the buyer get open them, for some minutes.

use domain::id::{ImageId, OrderId, ReturnId};
use domain::picture::{Size, return_key};
use domain::returns::PictureRefusal;
use kit::runtime::telemetry;
use store::Commit;
use store::retry::{Attempt, retry};
use store::uploads::{UploadConflict, UploadRecord};

use crate::work::{Media, MediaError};

impl Media {
    /// The files are written before the return names them. Those of a picture that the return does not get are deleted.
    pub(crate) async fn show_on_return(
        &self,
        record: &UploadRecord,
        order_id: OrderId,
        id: ReturnId,
        bytes: Vec<u8>,
    ) -> Result<(), MediaError> {
        let Some(pictures) = self.encode(record, bytes).await? else {
            return Ok(());
        };
        let image = record.upload.image_id();
        for sized in pictures.sizes {
            self.put(&return_key(id, image, sized.size), sized.jpeg, "private, no-store").await?;
        }
        let is_shown = retry("the return", || async move {
            let now = self.clock.now();
            let (order, asked) = tokio::join!(self.store.order(order_id), self.store.order_return(order_id, id));
            let (Some(order), Some(asked)) = (order?, asked?) else {
                return Ok(Attempt::Done(false));
            };
            // Another delivery of the same notification was faster.
            if asked.pictures.contains(&image) {
                return Ok(Attempt::Done(true));
            }
            if let Some(buyer) = order.user_id
                && self.store.user(buyer).await?.is_none()
            {
                self.refuse(record, "account_gone", "The account was deleted in the meantime.").await?;
                return Ok(Attempt::Done(false));
            }
            let with = match asked.with_picture(image, now) {
                Ok(with) => with,
                Err(refusal) => {
                    let code = match refusal {
                        PictureRefusal::Over => "return_over",
                        PictureRefusal::TooMany => "too_many_images",
                    };
                    self.refuse(record, code, &refusal.to_string()).await?;
                    return Ok(Attempt::Done(false));
                }
            };
            let token = self.ids.transaction(now);
            match self.store.show_return_picture(token, record, image, &with, order.user_id).await {
                Ok(()) => {
                    telemetry::count("PicturesShown", 1, now);
                    Ok(Attempt::Done(true))
                }
                Err(Commit::Refused(UploadConflict::Product)) => Ok(Attempt::Overtaken),
                // Another delivery has decided about this upload.
                Err(Commit::Refused(_)) => Ok(Attempt::Done(false)),
                Err(Commit::Store(error)) => Err::<_, MediaError>(error.into()),
            }
        });
        if is_shown.await? {
            return Ok(());
        }
        // The upload is decided, so no other delivery will show it. A file that was written here before would stay for ever.
        let asked = self.store.order_return(order_id, id).await?;
        if asked.is_some_and(|asked| asked.pictures.contains(&image)) {
            return Ok(());
        }
        self.remove_from_return(id, image).await
    }

    pub(crate) async fn remove_from_return(&self, id: ReturnId, image: ImageId) -> Result<(), MediaError> {
        for size in Size::ALL {
            self.remove(&return_key(id, image, size)).await?;
        }
        Ok(())
    }
}
