//! The pictures of reviews. Those of a rejected review are hidden. Their addresses are hard to guess, so pictures that
//! staff have not looked at yet are shown only to whoever knows them.

use domain::id::ReviewId;
use domain::media::ReviewImageSync;
use domain::picture::{HIDDEN, PUBLIC, Size, review_path};
use domain::review::{ReviewChange, ReviewState};
use kit::runtime::telemetry;
use store::Commit;
use store::retry::{Attempt, retry};
use store::reviews::{ReviewConflict, ReviewWrites};
use store::uploads::UploadRecord;

use crate::work::{Media, MediaError, image};

impl Media {
    pub(crate) async fn show_on_review(
        &self,
        record: &UploadRecord,
        id: ReviewId,
        alt: &str,
        bytes: Vec<u8>,
    ) -> Result<(), MediaError> {
        let Some(pictures) = self.encode(record, bytes).await? else {
            return Ok(());
        };
        let image = &image(record, alt, &pictures);
        let path = |size| review_path(id, image.id, size);
        self.write(path, &pictures).await?;
        retry("the review", || async move {
            let now = self.clock.now();
            let Some(review) = self.store.review(id).await?.filter(|review| review.author.is_some()) else {
                self.remove_files(path).await?;
                self.refuse(record, "review_gone", "The review was deleted in the meantime.").await?;
                return Ok(Attempt::Done(()));
            };
            if review.has_image(image.id) {
                // Another delivery of the same notification was faster.
                return Ok(Attempt::Done(()));
            }
            let with = match review.with_image(image.clone(), self.moderation, now) {
                Ok(with) => with,
                Err(refusal) => {
                    self.remove_files(path).await?;
                    self.refuse(record, "too_many_images", &refusal.to_string()).await?;
                    return Ok(Attempt::Done(()));
                }
            };
            let change = ReviewChange::of(&review, &with);
            let events = change.events().into_iter().map(|event| self.ids.outbox_event(event, now)).collect();
            let more = ReviewWrites { events, upload: Some((record.clone(), image.id)), ..ReviewWrites::default() };
            match self.store.change_review(self.ids.transaction(now), change, &more, now).await {
                Ok(()) => {
                    telemetry::count("PicturesShown", 1, now);
                    Ok(Attempt::Done(()))
                }
                Err(Commit::Refused(ReviewConflict::AlreadyDone)) => {
                    self.remove_orphan_of_review(&ReviewImageSync { review_id: id, removed_images: vec![image.id] })
                        .await?;
                    Ok(Attempt::Done(()))
                }
                Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
                Err(Commit::Store(error)) => Err(error.into()),
            }
        })
        .await
    }

    /// Deletes the files of removed pictures that the review does not have.
    async fn remove_orphan_of_review(&self, job: &ReviewImageSync) -> Result<(), MediaError> {
        let review = self.store.review(job.review_id).await?;
        for &image in &job.removed_images {
            if !review.as_ref().is_some_and(|review| review.has_image(image)) {
                self.remove_files(|size| review_path(job.review_id, image, size)).await?;
            }
        }
        Ok(())
    }

    /// Shows, hides or deletes the pictures of a review, according to its current state.
    pub async fn sync_review_images(&self, job: &ReviewImageSync) -> Result<(), MediaError> {
        self.remove_orphan_of_review(job).await?;
        retry("the review", || async {
            let Some(review) = self.store.review(job.review_id).await? else {
                return Ok(Attempt::Done(()));
            };
            let hidden = review.state == ReviewState::Rejected;
            let (from, to) = if hidden { (PUBLIC, HIDDEN) } else { (HIDDEN, PUBLIC) };
            for image in &review.images {
                for size in Size::ALL {
                    let path = review_path(review.id, image.id, size);
                    self.move_file(&format!("{from}{path}"), &format!("{to}{path}")).await?;
                }
            }
            // If it was approved, rejected or deleted in the meantime, that has a message of its own. But this one may be
            // the later of both.
            let now = self.store.review(job.review_id).await?;
            let same =
                now.is_some_and(|now| (now.state == ReviewState::Rejected) == hidden && now.images == review.images);
            Ok::<_, MediaError>(if same { Attempt::Done(()) } else { Attempt::Overtaken })
        })
        .await
    }
}
