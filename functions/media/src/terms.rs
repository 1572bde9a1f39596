//! The one picture of a category or of a brand. A new one takes the place of the old one, whose files are deleted after
//! an event of the same transaction.

use domain::event::Event;
use domain::id::ImageId;
use domain::picture::term_path;
use domain::taxonomy::{Taxonomy, TermId};
use kit::runtime::telemetry;
use store::Commit;
use store::retry::{Attempt, retry};
use store::uploads::{UploadConflict, UploadRecord};

use crate::work::{Media, MediaError, image};

impl Media {
    pub(crate) async fn show_on_term<I: TermId>(
        &self,
        record: &UploadRecord,
        id: I,
        alt: &str,
        bytes: Vec<u8>,
    ) -> Result<(), MediaError> {
        let Some(pictures) = self.encode(record, bytes).await? else {
            return Ok(());
        };
        let (term, image) = (&id.to_string(), &image(record, alt, &pictures));
        self.write(|size| term_path(term, image.id, size), &pictures).await?;
        retry("the taxonomy", || async move {
            let now = self.clock.now();
            let taxonomy: Taxonomy<I> = self.store.taxonomy().await?;
            let Ok(change) = taxonomy.illustrate(id, Some(image.clone()), now) else {
                self.remove_files(|size| term_path(term, image.id, size)).await?;
                self.refuse(record, "term_gone", "The category or brand was deleted in the meantime.").await?;
                return Ok(Attempt::Done(()));
            };
            let old = taxonomy.find(id).and_then(|term| term.image.as_ref());
            let removed = old.map(|old| {
                let event = Event::TermPictureRemoved { term_id: term.clone(), image_id: old.id };
                self.ids.outbox_event(event, now)
            });
            let token = self.ids.transaction(now);
            match self.store.show_term_picture(token, record, image.id, &change, removed.as_ref()).await {
                Ok(()) => {
                    telemetry::count("PicturesShown", 1, now);
                    Ok(Attempt::Done(()))
                }
                Err(Commit::Refused(UploadConflict::Product)) => Ok(Attempt::Overtaken),
                Err(Commit::Refused(_)) => {
                    self.remove_orphan_of_term(id, image.id).await?;
                    Ok(Attempt::Done(()))
                }
                Err(Commit::Store(error)) => Err(error.into()),
            }
        })
        .await
    }

    /// Another delivery of the same notification was faster and wrote the same files. If the picture was replaced since
    /// then, they are deleted here, because nothing else would delete them.
    async fn remove_orphan_of_term<I: TermId>(&self, id: I, image: ImageId) -> Result<(), MediaError> {
        let taxonomy: Taxonomy<I> = self.store.taxonomy().await?;
        let shown = taxonomy.find(id).and_then(|term| term.image.as_ref());
        if shown.is_none_or(|shown| shown.id != image) {
            self.remove_files(|size| term_path(&id.to_string(), image, size)).await?;
        }
        Ok(())
    }
}
