//! Which event asks for work on pictures.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::{ImageId, ProductId};

/// Brings a product's pictures to where they belong now: those it has, if it is on the shelves, to the public; those of
/// a deleted one out of sight; those that were removed, away. Carried out on the product as it is by then, so it may be
/// late, twice or out of order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TidyJob {
    pub product_id: ProductId,
    #[serde(default)]
    pub removed_images: Vec<ImageId>,
}

pub fn tidying_for(event: &Event) -> Option<TidyJob> {
    match event {
        Event::ProductChanged { product_id, removed_images, moved } if *moved || !removed_images.is_empty() => {
            Some(TidyJob { product_id: *product_id, removed_images: removed_images.clone() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::tidying_for;
    use crate::event::Event;
    use crate::id::{ImageId, ProductId};
    use crate::time::Time;

    #[test]
    fn only_changes_that_touch_pictures_ask_for_work() {
        let now = Time::from_unix_millis(0);
        let changed =
            |removed_images, moved| Event::ProductChanged { product_id: ProductId::new(now, 1), removed_images, moved };
        assert_eq!(tidying_for(&changed(vec![], false)), None);
        assert!(tidying_for(&changed(vec![], true)).is_some());
        let image = ImageId::new(now, 2);
        let job = tidying_for(&changed(vec![image], false)).unwrap();
        assert_eq!(job.removed_images, [image]);
    }
}
