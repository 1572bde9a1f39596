//! The one picture of a user. A new one takes the place of the old one, whose file is deleted after an event of the
//! same transaction.

use domain::id::UserId;
use domain::picture::{PUBLIC, user_picture_path};
use domain::user::PictureRefusal;
use kit::runtime::telemetry;
use picture_files::encode_square;
use store::Commit;
use store::retry::{Attempt, retry};
use store::uploads::{UploadConflict, UploadRecord};

use crate::work::{Media, MediaError};

impl Media {
    pub(crate) async fn show_of_user(
        &self,
        record: &UploadRecord,
        user_id: UserId,
        epoch: u64,
        bytes: Vec<u8>,
    ) -> Result<(), MediaError> {
        let Some(jpeg) = self.encode_with(encode_square, record, bytes).await? else {
            return Ok(());
        };
        let picture = record.upload.image_id();
        let (path, jpeg) = (&user_picture_path(picture), &jpeg);
        let is_shown = retry("the profile", || async move {
            let Some(user) = self.store.user(user_id).await? else {
                self.refuse(record, "account_gone", "The account was deleted in the meantime.").await?;
                return Ok(Attempt::Done(false));
            };
            if let Err(refusal) = user.check_picture(&record.upload, epoch) {
                let code = match refusal {
                    PictureRefusal::SessionsEnded => "sessions_ended",
                    PictureRefusal::TooLate => "picture_outdated",
                };
                self.refuse(record, code, &refusal.to_string()).await?;
                return Ok(Attempt::Done(false));
            }
            self.publish(path, jpeg.clone()).await?;
            let now = self.clock.now();
            let (token, removed) = (self.ids.transaction(now), self.ids.picture_removed(&user, now));
            match self.store.show_user_picture(token, record, picture, &user, removed.as_ref()).await {
                Ok(()) => {
                    telemetry::count("PicturesShown", 1, now);
                    Ok(Attempt::Done(true))
                }
                Err(Commit::Refused(UploadConflict::Product)) => Ok(Attempt::Overtaken),
                // Another delivery of the same notification was faster.
                Err(Commit::Refused(_)) => Ok(Attempt::Done(false)),
                Err(Commit::Store(error)) => Err::<_, MediaError>(error.into()),
            }
        });
        if is_shown.await? {
            return Ok(());
        }
        // The upload is decided, so no other delivery will show it. A file that was written before that, and is not the
        // picture of the user, would stay for ever.
        let user = self.store.user(user_id).await?;
        if user.is_some_and(|user| user.picture == Some(picture)) {
            return Ok(());
        }
        self.remove(&format!("{PUBLIC}{path}")).await
    }
}
