//! Which members of staff asked for mails about the shop. Their profiles say it too; this list is only how they are found.

use domain::id::UserId;
use domain::staff_notice::{StaffNotice, StaffNotices};
use serde::{Deserialize, Serialize};

use crate::engine::error::StoreError;
use crate::engine::item::{Item, read};
use crate::{Store, keys};

#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    user_id: UserId,
    notices: StaffNotices,
}

pub(crate) fn notices_item(user_id: UserId, notices: StaffNotices) -> Result<Item, StoreError> {
    Item::new(keys::notices(user_id), &Asked { user_id, notices })
}

impl Store {
    /// Who asked for this notice. Some may have no staff role any more.
    pub async fn who_asked_for(&self, notice: StaffNotice) -> Result<Vec<UserId>, StoreError> {
        let mut found = Vec::new();
        for (_, item) in self.query_all(keys::NOTICES.to_owned(), "").await? {
            let Asked { user_id, notices } = read(item)?;
            if notices.includes(notice) {
                found.push(user_id);
            }
        }
        Ok(found)
    }
}
