//! From a job to a mail that was sent, or to a reason why it need not or could not be.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_secretsmanager::Client as SecretsManager;
use aws_sdk_ses::Client as Ses;
use aws_sdk_ses::config::retry::RetryConfig;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::RawMessage;
use aws_sdk_sqs::Client as Queues;
use domain::email::Email;
use domain::id::{OrderId, VariantId};
use domain::mail::{MailJob, MailTemplate, Recipient};
use kit::runtime::clock::Clock;
use kit::runtime::config::{ConfigError, Env};
use kit::runtime::ids::Ids;
use kit::runtime::links::{LinkKey, LinkKeys};
use kit::runtime::queue::NotTaken;
use kit::runtime::secrets::{SecretError, Secrets};
use kit::runtime::telemetry;
use mail_builder::MessageBuilder;
use mail_builder::headers::raw::Raw;
use store::mail::{Attempt, Claim};
use store::orders::OrderAndPurchase;
use store::{Store, StoreError};

use crate::feedback::{Feedback, Message};
use crate::template::{About, Links, MailBranding, Reader, Receipt, Rendered, render};

/// How many of those who wait for a variant one message serves; the rest is another message.
const WAVE: usize = 500;
/// How many of them lie in the queue before their waits end.
const AT_ONCE: usize = 10;

/// One attempt's time: longer than the function may run, shorter than the queue's visibility timeout.
const LEASE: Duration = Duration::from_secs(45);

#[derive(Debug, Clone)]
pub struct Config {
    pub table: String,
    pub link_secret: String,
    /// Where mail comes from; SES must know the address or its domain.
    pub from: String,
    pub head: MailBranding,
    /// SES's configuration set, which sends bounces and complaints back to us.
    pub configuration_set: String,
    /// The API's own URL, for unsubscribe links.
    pub api_url: String,
    /// Who is told what concerns the shop itself.
    pub staff_mail: String,
    /// Our own queue, into which a mail to many is dealt out.
    pub queue: String,
}

impl Config {
    pub fn read(mut env: Env) -> Result<Self, ConfigError> {
        let config = Self {
            table: env.text("TABLE"),
            link_secret: env.text("LINK_SECRET"),
            from: env.text("MAIL_FROM"),
            head: MailBranding { shop_name: env.text("SHOP_NAME"), shop_url: env.url("SHOP_URL") },
            configuration_set: env.text("CONFIGURATION_SET"),
            api_url: env.url("API_URL"),
            staff_mail: env.text("STAFF_MAIL"),
            queue: env.url("MAIL_QUEUE"),
        };
        env.finish(config)
    }
}

#[derive(Debug, Clone)]
pub struct Mailer {
    pub(crate) store: Store,
    ses: Ses,
    queues: Queues,
    links: LinkKeys,
    clock: Clock,
    ids: Ids,
    pub(crate) config: Arc<Config>,
}

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Another delivery of the same job is being worked on; this one must come again, should that one die.
    #[error("the mail is being sent elsewhere")]
    Elsewhere,
    #[error("SES refused: {0}")]
    Refused(String),
    #[error("the queue refused: {0}")]
    Queue(#[from] NotTaken),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("the letter cannot be written: {0}")]
    MailTemplate(String),
}

impl Mailer {
    pub async fn connect(config: Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let secrets = Secrets::manager(SecretsManager::new(&aws));
        let store = Store::new(Table::new(&aws), &config.table);
        // The queue tries again, not the SDK: SES takes no idempotency key, so a send whose answer was lost is a second
        // copy.
        let ses = aws_sdk_ses::config::Builder::from(&aws).retry_config(RetryConfig::disabled()).build();
        Self::new(config, store, (Ses::from_conf(ses), Queues::new(&aws)), &secrets, (Clock::system(), Ids::random()))
    }

    pub fn new(
        config: Config,
        store: Store,
        (ses, queues): (Ses, Queues),
        secrets: &Secrets,
        (clock, ids): (Clock, Ids),
    ) -> Self {
        let links = LinkKeys::new(secrets.clone(), &config.link_secret);
        Self { store, ses, queues, links, clock, ids, config: Arc::new(config) }
    }

    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        kit::runtime::queue::run_batch(event, async |message: Message| match message {
            Message::Job(job) => match job.to {
                Recipient::Waiting(variant) => self.deal_out(&job, variant).await,
                Recipient::User(_) | Recipient::Buyer(_) | Recipient::Staff => self.mail(&job).await,
            },
            Message::Feedback(feedback) => self.heed(&feedback).await,
        })
        .await
    }

    /// Stops mail to those whose address is dead for good, or who complained.
    pub async fn heed(&self, feedback: &Feedback) -> Result<(), MailError> {
        let Some((stop, addresses)) = feedback.stops() else {
            return Ok(());
        };
        let now = self.clock.now();
        for email in addresses.into_iter().filter_map(|it| Email::parse(it).ok()) {
            self.store.stop_mail_to(&email, stop, now).await?;
            if let Some(user) = self.store.user_id_of(&email).await? {
                self.store.stop_mail(user, stop).await?;
            }
            telemetry::count("MailStopped", 1, now);
        }
        Ok(())
    }

    /// Sends the mail of a job, unless it was sent, nobody is left to read it, or its reader does not want it.
    pub async fn mail(&self, job: &MailJob) -> Result<(), MailError> {
        let now = self.clock.now();
        let holder = self.ids.audit(now).to_string();
        let name = job.name();
        let attempt = Attempt { event: job.event_id, template: &name, holder: &holder };
        match self.store.claim_mail(attempt, now, LEASE).await? {
            Claim::Sent => return Ok(()),
            Claim::Elsewhere => return Err(MailError::Elsewhere),
            Claim::Granted => {}
        }
        let outcome = self.write_and_send(job).await;
        match &outcome {
            Ok(Some(message_id)) => {
                self.store.mail_sent(attempt, message_id, self.clock.now()).await?;
                telemetry::count("MailsSent", 1, now);
            }
            Ok(None) => {
                self.store.mail_sent(attempt, "not wanted", self.clock.now()).await?;
            }
            Err(_) => {
                telemetry::count("MailsFailed", 1, now);
                // If this fails too, the claim runs out by itself.
                let _ = self.store.release_mail(attempt, now).await;
            }
        }
        outcome.map(drop)
    }

    /// Makes a mail for each who waits. A wait ends when its mail lies in the queue; should we die in between, the mail
    /// is made twice and, being the same mail of the same event, sent once.
    async fn deal_out(&self, job: &MailJob, variant: VariantId) -> Result<(), MailError> {
        let waiting = self.store.stock_alerts_for(variant, WAVE).await?;
        for some in waiting.chunks(AT_ONCE) {
            let jobs = some.iter().map(|waiting| MailJob { to: Recipient::User(waiting.user_id), ..job.clone() });
            self.send(jobs).await?;
            for waiting in some {
                self.store.delete_stock_alert(waiting.user_id, variant).await?;
            }
        }
        if waiting.len() == WAVE {
            self.send([job.clone()].into_iter()).await?;
        }
        Ok(())
    }

    async fn send(&self, jobs: impl Iterator<Item = MailJob>) -> Result<(), MailError> {
        let bodies = jobs.map(|job| serde_json::to_string(&job).unwrap_or_default());
        let bodies: Vec<String> = bodies.collect();
        Ok(kit::runtime::queue::send(&self.queues, &self.config.queue, &bodies).await?)
    }

    /// SES's message id, or nothing where no mail was due.
    async fn write_and_send(&self, job: &MailJob) -> Result<Option<String>, MailError> {
        match job.to {
            Recipient::User(id) => {
                let Some((reader, links)) = self.reader(job, id).await? else {
                    return Ok(None);
                };
                self.about_ware(job, &reader, &links).await
            }
            Recipient::Buyer(id) => self.about_order(job, id).await,
            Recipient::Staff => {
                let reader = Reader { name: "team".to_owned(), email: self.config.staff_mail.clone() };
                self.about_ware(job, &reader, &Links::default()).await
            }
            // Dealt out before it comes here.
            Recipient::Waiting(_) => Ok(None),
        }
    }

    async fn about_ware(&self, job: &MailJob, reader: &Reader, links: &Links) -> Result<Option<String>, MailError> {
        let (MailTemplate::LowStock { product_id, sku } | MailTemplate::BackInStock { product_id, sku }) =
            &job.template
        else {
            return self.post(job, reader, About::Account, links).await;
        };
        match self.ware(*product_id, sku).await? {
            Some(ware) => self.post(job, reader, About::Ware(&ware), links).await,
            // Gone, or renamed, since: nothing to tell.
            None => Ok(None),
        }
    }

    /// To whoever ordered: by their account's wishes if they have one.
    async fn about_order(&self, job: &MailJob, id: OrderId) -> Result<Option<String>, MailError> {
        let Some(OrderAndPurchase { order, purchase }) = self.store.order_and_purchase(id).await? else {
            return Ok(None);
        };
        let (reader, links) = match order.user_id {
            Some(user) => match self.reader(job, user).await? {
                Some(found) => found,
                None => return Ok(None),
            },
            None => {
                let now = self.clock.now();
                if self.store.is_mail_stopped(&order.email, now).await? {
                    return Ok(None);
                }
                let reader = Reader { name: purchase.shipping.name.clone(), email: order.email.as_str().to_owned() };
                (reader, Links::default())
            }
        };
        let refund = match job.template {
            MailTemplate::OrderRefunded { refund_id } => self.store.refund(id, refund_id).await?,
            _ => None,
        };
        let url = self.key().await?.order_page(&self.config.head.shop_url, &order);
        let receipt = Receipt::of(&order, &purchase, refund.as_ref(), url);
        self.post(job, &reader, About::Order(&receipt), &links).await
    }

    async fn post(
        &self,
        job: &MailJob,
        reader: &Reader,
        about: About<'_>,
        links: &Links,
    ) -> Result<Option<String>, MailError> {
        let template = render(&job.template, reader, about, (&self.config.head, links), job.at);
        let template = template.map_err(|error| MailError::MailTemplate(error.to_string()))?;
        let message = self.message(reader, &template, links)?;
        let raw = RawMessage::builder().data(Blob::new(message)).build();
        let raw = raw.map_err(|error| MailError::MailTemplate(error.to_string()))?;
        let request = self.ses.send_raw_email().raw_message(raw);
        let sent = request.configuration_set_name(&self.config.configuration_set).send().await;
        let answer = sent.map_err(|error| MailError::Refused(kit::runtime::aws::cause(&error)))?;
        Ok(Some(answer.message_id))
    }

    pub(crate) async fn key(&self) -> Result<LinkKey, MailError> {
        Ok(self.links.key(self.clock.now()).await?)
    }

    fn message(&self, reader: &Reader, template: &Rendered, links: &Links) -> Result<Vec<u8>, MailError> {
        let mut message = MessageBuilder::new()
            .from((self.config.head.shop_name.as_str(), self.config.from.as_str()))
            .to((reader.name.as_str(), reader.email.as_str()))
            .subject(template.subject.as_str())
            .date(self.clock.now().unix_seconds())
            .html_body(template.html.as_str())
            .text_body(template.text.as_str());
        if let Some(unsubscribe) = &links.unsubscribe {
            message = message
                .header("List-Unsubscribe", Raw::new(format!("<{unsubscribe}>")))
                .header("List-Unsubscribe-Post", Raw::new("List-Unsubscribe=One-Click"));
        }
        message.write_to_vec().map_err(|error| MailError::MailTemplate(error.to_string()))
    }
}
