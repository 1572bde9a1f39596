//! Who reads a letter, what it is about as things are now, and which links it carries.

use domain::id::{ProductId, UserId};
use domain::mail::{MailJob, MailTemplate};
use domain::sku::Sku;
use domain::user::User;
use store::links::LinkKind;

use crate::mailer::{MailError, Mailer};
use crate::template::{Links, Reader, Ware};

impl Mailer {
    /// The user, unless they are gone or do not want this mail.
    pub(crate) async fn reader(&self, job: &MailJob, id: UserId) -> Result<Option<(Reader, Links)>, MailError> {
        let Some(user) = self.store.user(id).await? else {
            return Ok(None);
        };
        let topic = job.template.topic();
        let unwanted = topic.is_some_and(|topic| !user.preferences.wants(topic));
        if unwanted || user.mail_stop.is_some() {
            return Ok(None);
        }
        let links = self.links_of(job, &user).await?;
        let reader = Reader { name: user.name.as_str().to_owned(), email: user.email.as_str().to_owned() };
        Ok(Some((reader, links)))
    }

    pub(crate) async fn ware(&self, product: ProductId, sku: &Sku) -> Result<Option<Ware>, MailError> {
        let (product, level) = tokio::join!(self.store.product(product), self.store.stock_level(sku));
        let (Some(product), Some(level)) = (product?, level?) else {
            return Ok(None);
        };
        let variant = product.variants.iter().find(|v| v.sku == *sku);
        Ok(variant.map(|variant| Ware {
            name: product.name.clone(),
            options: variant.values.join(", "),
            sku: sku.to_string(),
            price: product.price(variant.price).to_string(),
            available: level.available,
            threshold: level.threshold,
            url: format!("{}/products/{}", self.config.head.shop_url, product.slug),
        }))
    }

    async fn links_of(&self, job: &MailJob, user: &User) -> Result<Links, MailError> {
        let key = self.key().await?;
        let shop = &self.config.head.shop_url;
        let action = match job.template {
            MailTemplate::Verify => {
                Some(format!("{shop}/verify-email?token={}", key.one_time(LinkKind::Verify, job.event_id)))
            }
            MailTemplate::Reset => {
                Some(format!("{shop}/reset-password?token={}", key.one_time(LinkKind::Reset, job.event_id)))
            }
            _ => None,
        };
        let unsubscribe = job.template.topic().map(|topic| {
            let (api, token) = (&self.config.api_url, key.unsubscribe(user.id, topic));
            format!("{api}/api/v1/mail/unsubscribe?topic={}&token={token}", topic.name())
        });
        Ok(Links { action, unsubscribe })
    }
}
