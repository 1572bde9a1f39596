//! Takes mail jobs and SES feedback from the queue, and sends mails.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::Client as Table;
use aws_sdk_secretsmanager::Client as SecretsManager;
use aws_sdk_ses::Client as Ses;
use aws_sdk_ses::config::retry::RetryConfig;
use aws_sdk_ses::primitives::Blob;
use aws_sdk_ses::types::{MessageTag, RawMessage};
use aws_sdk_sqs::Client as Queues;
use domain::email::Email;
use domain::id::{OrderId, VariantId};
use domain::mail::{MailJob, MailTemplate, Recipient};
use domain::staff_notice::StaffNotice;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;
use kit::runtime::telemetry;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::raw::Raw;
use order_processing::OrderProcessor;
use store::Store;
use store::mail::{SendAttempt, SendClaim};
use store::orders::OrderAndPurchase;

use crate::config::Config;
use crate::error::MailError;
use crate::feedback::{EVENT_TAG, Feedback, Message, TEMPLATE_TAG, USER_TAG};
use crate::mail_data::{Addressed, MailData};
use crate::template::{Facts, Mail, RenderedMail};
use crate::wording::Wording;

/// How many stock alerts one message handles. The next message handles the rest.
const WAITING_AT_ONCE: usize = 500;
/// How many jobs are put into the queue before their stock alerts are deleted.
const JOBS_AT_ONCE: usize = 10;

/// How long an attempt may take: longer than the function may run, shorter than the visibility timeout of the queue.
const LEASE: Duration = Duration::from_secs(45);

/// What became of a mail.
enum Outcome {
    /// The message id of SES.
    Sent(String),
    /// The recipient does not want it, or what it is about does not exist any more.
    NotWanted,
    /// There were too many mails to this mailbox.
    Limited,
}

#[derive(Debug, Clone)]
pub struct Mailer {
    data: MailData,
    ses: Ses,
    queues: Queues,
    ids: Ids,
}

impl Mailer {
    pub async fn connect(config: Config) -> Self {
        let aws = kit::runtime::aws::config().await;
        let secrets = Secrets::manager(SecretsManager::new(&aws));
        let store = Store::new(Table::new(&aws), &config.table);
        // The queue retries, not the SDK: SES takes no idempotency key, so a repeated call sends the mail twice.
        let ses = aws_sdk_ses::config::Builder::from(&aws).retry_config(RetryConfig::disabled()).build();
        let queues = Queues::new(&aws);
        Self::new(config, store, Ses::from_conf(ses), queues, secrets, Clock::system(), Ids::random())
    }

    pub fn new(
        config: Config,
        store: Store,
        ses: Ses,
        queues: Queues,
        secrets: Secrets,
        clock: Clock,
        ids: Ids,
    ) -> Self {
        let links = LinkKeys::new(secrets, &config.link_secret);
        let orders = OrderProcessor::new(store.clone(), clock.clone(), ids.clone());
        Self { data: MailData { store, orders, links, clock, config: Arc::new(config) }, ses, queues, ids }
    }

    pub async fn deliver(&self, event: SqsEvent) -> SqsBatchResponse {
        kit::runtime::queue::run_batch(event, async |message: Message| match message {
            Message::Job(job) => match job.to {
                Recipient::Waiting(variant) => self.fan_out(&job, variant).await,
                Recipient::Staff => self.mail_staff(&job).await,
                _ => self.mail(&job).await,
            },
            Message::Feedback(feedback) => self.apply_feedback(&feedback).await,
        })
        .await
    }

    /// Records a mail that SES accepted, if its own attempt could not; and stops mail to addresses that bounced permanently
    /// or complained.
    async fn apply_feedback(&self, feedback: &Feedback) -> Result<(), MailError> {
        let (store, now) = (&self.data.store, self.data.clock.now());
        if let Some(mail) = feedback.accepted() {
            let attempt = SendAttempt { event: mail.event, template: mail.template, user: mail.user, holder: "" };
            if store.mail_accepted(attempt, mail.message_id, now).await? {
                tracing::warn!(event = %mail.event, mail = mail.template, "SES has a mail that its attempt did not record yet");
            }
            return Ok(());
        }
        let Some((stop, addresses)) = feedback.stops() else {
            return Ok(());
        };
        for email in addresses.into_iter().filter_map(|it| Email::parse(it).ok()) {
            store.stop_mail_to(&email, stop, now).await?;
            if let Some(user) = store.user_id_of(&email).await? {
                store.stop_mail(user, &email, stop).await?;
            }
            telemetry::count("MailStopped", 1, now);
        }
        Ok(())
    }

    /// Sends the mail of a job, unless it was sent already, or its recipient is deleted or does not want it.
    pub async fn mail(&self, job: &MailJob) -> Result<(), MailError> {
        let (store, clock) = (&self.data.store, &self.data.clock);
        let now = clock.now();
        let holder = self.ids.transaction(now).to_string();
        let (event, template, user) = (job.event_id, job.template.name(), job.one_of_many());
        let attempt = SendAttempt { event, template, user, holder: &holder };
        match store.claim_mail(attempt, now, LEASE).await? {
            SendClaim::Sent => return Ok(()),
            SendClaim::InProgress => return Err(MailError::InProgress),
            SendClaim::Granted => {}
        }
        let outcome = self.compose_and_send(job, attempt).await;
        match &outcome {
            Ok(Outcome::Sent(message_id)) => {
                store.mail_sent(attempt, message_id, clock.now()).await?;
                telemetry::count("MailsSent", 1, now);
            }
            Ok(Outcome::NotWanted) => store.mail_sent(attempt, "not wanted", clock.now()).await?,
            // It is not sent later either: nobody wants yesterday's flood today.
            Ok(Outcome::Limited) => {
                store.mail_sent(attempt, "limited", clock.now()).await?;
                telemetry::count("MailsLimited", 1, now);
                tracing::warn!(event = %job.event_id, mail = job.template.name(), "not sent: too many mails to one mailbox");
            }
            Err(_) => {
                telemetry::count("MailsFailed", 1, now);
                // If this fails too, the claim expires.
                let _ = store.release_mail(attempt, now).await;
            }
        }
        outcome.map(drop)
    }

    /// Mails the shop's own mailbox, and makes a job for each member of staff who asked for such mails. If the function
    /// stops in between, the job is done again, and each mail is still sent once: all of these jobs have the same event.
    async fn mail_staff(&self, job: &MailJob) -> Result<(), MailError> {
        let notice = job.template.notice();
        if notice != Some(StaffNotice::FailedPayments) {
            self.mail(job).await?;
        }
        let Some(notice) = notice else {
            return Ok(());
        };
        let asked = self.data.store.who_asked_for(notice).await?;
        self.enqueue(asked.into_iter().map(|id| MailJob { to: Recipient::User(id), ..job.clone() })).await
    }

    /// Makes a job for each stock alert of the variant. An alert is deleted when its job is in the queue. If the
    /// function stops in between, the job is made twice. The mail is still sent once: both jobs have the same event.
    async fn fan_out(&self, job: &MailJob, variant: VariantId) -> Result<(), MailError> {
        let waiting = self.data.store.stock_alerts_for(variant, WAITING_AT_ONCE).await?;
        for some in waiting.chunks(JOBS_AT_ONCE) {
            let jobs = some.iter().map(|waiting| MailJob { to: Recipient::User(waiting.user_id), ..job.clone() });
            self.enqueue(jobs).await?;
            for waiting in some {
                self.data.store.delete_stock_alert(waiting.user_id, variant).await?;
            }
        }
        if waiting.len() == WAITING_AT_ONCE {
            self.enqueue([job.clone()].into_iter()).await?;
        }
        Ok(())
    }

    async fn enqueue(&self, jobs: impl Iterator<Item = MailJob>) -> Result<(), MailError> {
        let bodies: Vec<String> = jobs.map(|job| serde_json::to_string(&job).unwrap_or_default()).collect();
        Ok(kit::runtime::queue::send(&self.queues, &self.data.config.queue, &bodies).await?)
    }

    async fn compose_and_send(&self, job: &MailJob, attempt: SendAttempt<'_>) -> Result<Outcome, MailError> {
        let to = match job.to {
            Recipient::Buyer(id) => return self.send_about_order(job, attempt, id).await,
            Recipient::User(id) => self.data.user(job, id).await?,
            Recipient::OldAddress(link) | Recipient::NewAddress(link) => self.data.changed_address(job, link).await?,
            Recipient::Staff => Some(self.data.staff()),
            // `deliver` gives such a job to `fan_out`, which makes a job for each user.
            Recipient::Waiting(_) => None,
        };
        let Some(to) = to else {
            return Ok(Outcome::NotWanted);
        };
        match &job.template {
            MailTemplate::LowStock { product_id, sku } | MailTemplate::BackInStock { product_id, sku } => {
                match self.data.product(*product_id, sku, wording(&to)?).await? {
                    Some(product) if job.template.notice().is_some() => {
                        self.send(job, attempt, &to, Facts::ProductForStaff(&product)).await
                    }
                    Some(product) => self.send(job, attempt, &to, Facts::Product(&product)).await,
                    None => Ok(Outcome::NotWanted),
                }
            }
            MailTemplate::OrderNotice { order_id, .. } => match self.data.store.order_and_purchase(*order_id).await? {
                Some(found) => {
                    let summary = self.data.order_for_staff(&found, wording(&to)?);
                    self.send(job, attempt, &to, Facts::OrderForStaff(&summary)).await
                }
                None => Ok(Outcome::NotWanted),
            },
            MailTemplate::WebhookDisabled { endpoint_id } => match self.data.webhook(*endpoint_id).await? {
                Some(webhook) => self.send(job, attempt, &to, Facts::Webhook(&webhook)).await,
                None => Ok(Outcome::NotWanted),
            },
            MailTemplate::CartReminder => match self.data.cart(job, wording(&to)?).await? {
                Some(lines) => self.send(job, attempt, &to, Facts::Cart(&lines)).await,
                None => Ok(Outcome::NotWanted),
            },
            _ => self.send(job, attempt, &to, Facts::Account).await,
        }
    }

    async fn send_about_order(
        &self,
        job: &MailJob,
        attempt: SendAttempt<'_>,
        id: OrderId,
    ) -> Result<Outcome, MailError> {
        let Some(found) = self.data.store.order_and_purchase(id).await? else {
            return Ok(Outcome::NotWanted);
        };
        if job.template == MailTemplate::AskForReview {
            return self.ask_for_review(job, attempt, &found).await;
        }
        let OrderAndPurchase { order, purchase } = &found;
        let parcel = match job.template {
            // Staff may have taken it out, because they had entered it by mistake.
            MailTemplate::ParcelShipped { parcel_id } => match order.parcel(purchase, parcel_id) {
                None => return Ok(Outcome::NotWanted),
                parcel => parcel,
            },
            _ => None,
        };
        let Some(to) = self.data.buyer(job, order).await? else {
            return Ok(Outcome::NotWanted);
        };
        let mut summary = self.data.order(job, &found, wording(&to)?).await?;
        if let Some(parcel) = parcel {
            summary = summary.about_parcel(order, purchase, &parcel);
        }
        self.send(job, attempt, &to, Facts::Order(&summary)).await
    }

    /// Asks the account that has the order. Nobody is asked who has nothing to review.
    async fn ask_for_review(
        &self,
        job: &MailJob,
        attempt: SendAttempt<'_>,
        found: &OrderAndPurchase,
    ) -> Result<Outcome, MailError> {
        let to = match found.order.user_id {
            Some(user) => self.data.user(job, user).await?,
            None => None,
        };
        let Some(to) = to else {
            return Ok(Outcome::NotWanted);
        };
        let products = self.data.reviewable(found).await?;
        if products.is_empty() {
            return Ok(Outcome::NotWanted);
        }
        self.send(job, attempt, &to, Facts::Reviewable(&products)).await
    }

    async fn send(
        &self,
        job: &MailJob,
        attempt: SendAttempt<'_>,
        to: &Addressed,
        facts: Facts<'_>,
    ) -> Result<Outcome, MailError> {
        // One after the other, so that a mail over the hour's limit does not count for the day. They count by the time of
        // the event, so that a repeated job finds itself counted.
        for limit in job.limits() {
            if !self.data.store.count_mail(attempt, *limit, &to.mailbox, job.at).await? {
                return Ok(Outcome::Limited);
            }
        }
        let Addressed { to: recipient, links, language, .. } = to;
        let mail = Mail { template: &job.template, language: *language, to: recipient, facts, links, at: job.at };
        let mail = mail.render(&self.data.config.branding).map_err(|error| MailError::Render(error.to_string()))?;
        let raw = RawMessage::builder()
            .data(Blob::new(self.message(to, &mail, facts.is_for_staff())?))
            .build()
            .map_err(|error| MailError::Render(error.to_string()))?;
        let request = self.ses.send_raw_email().raw_message(raw).set_tags(Some(tags(attempt)?));
        let sent = request.configuration_set_name(&self.data.config.configuration_set).send().await;
        let sent = sent.map_err(|error| MailError::Refused(kit::runtime::aws::cause(&error)))?;
        Ok(Outcome::Sent(sent.message_id))
    }

    fn message(&self, to: &Addressed, mail: &RenderedMail, is_for_staff: bool) -> Result<Vec<u8>, MailError> {
        let config = &self.data.config;
        let mut message = MessageBuilder::new()
            .from((config.branding.shop_name.as_str(), config.from.as_str()))
            .to(Address::new_address(to.to.name.as_deref(), to.to.email.as_str()))
            .subject(mail.subject.as_str())
            .date(self.data.clock.now().unix_seconds())
            .html_body(mail.html.as_str())
            .text_body(mail.text.as_str());
        if let Some(contact) = config.branding.contact.as_ref().filter(|_| !is_for_staff) {
            message = message.reply_to(contact.as_str());
        }
        if let Some(unsubscribe) = &to.links.unsubscribe {
            message = message
                .header("List-Unsubscribe", Raw::new(format!("<{unsubscribe}>")))
                .header("List-Unsubscribe-Post", Raw::new("List-Unsubscribe=One-Click"));
        }
        message.write_to_vec().map_err(|error| MailError::Render(error.to_string()))
    }
}

/// The words of the recipient's language.
fn wording(to: &Addressed) -> Result<&'static Wording, MailError> {
    Wording::of(to.language).ok_or_else(|| MailError::Render("there is no such language".to_owned()))
}

/// What SES repeats in its report of the mail.
fn tags(mail: SendAttempt<'_>) -> Result<Vec<MessageTag>, MailError> {
    let tag = |name: &str, value: String| {
        let tag = MessageTag::builder().name(name).value(value).build();
        tag.map_err(|error| MailError::Render(error.to_string()))
    };
    let mut tags = vec![tag(EVENT_TAG, mail.event.to_string())?, tag(TEMPLATE_TAG, mail.template.to_owned())?];
    if let Some(user) = mail.user {
        tags.push(tag(USER_TAG, user.to_string())?);
    }
    Ok(tags)
}
