//! What a mail needs to know: its recipient, the facts as they are now, and its links.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::cart::CartOwner;
use domain::cart_reminder::may_be_reminded;
use domain::email::Email;
use domain::id::{EventId, ProductId, UserId, WebhookEndpointId};
use domain::mail::{MailJob, MailTemplate, Recipient};
use domain::mail_language::MailLanguage;
use domain::money::Money;
use domain::order::Order;
use domain::picture::{Size, path};
use domain::product::Product;
use domain::review::{Reviewer, has_bought};
use domain::sku::Sku;
use domain::user::User;
use domain::webhook::DisabledReason;
use kit::http::visitor::fingerprint;
use kit::runtime::clock::Clock;
use kit::runtime::links::LinkKeys;
use order_processing::{CurrentItem, OrderProcessor, RequestedItem};
use store::Store;
use store::links::LinkKind;
use store::orders::OrderAndPurchase;

use crate::config::Config;
use crate::error::MailError;
use crate::order_summary::{OrderSummary, SummaryLine};
use crate::template::{Links, ProductFacts, RecipientAddress, ReviewableProduct, WebhookFacts};
use crate::wording::Wording;

#[derive(Debug, Clone)]
pub(crate) struct MailData {
    pub(crate) store: Store,
    pub(crate) orders: OrderProcessor,
    pub(crate) links: LinkKeys,
    pub(crate) clock: Clock,
    pub(crate) config: Arc<Config>,
}

/// The recipient of a mail, and the links for this person.
pub(crate) struct Addressed {
    pub(crate) to: RecipientAddress,
    pub(crate) links: Links,
    pub(crate) language: MailLanguage,
    /// What the limits of mail count by. Whoever orders as a guest names any mailbox; so mails to guests count for
    /// themselves, and use up nothing of what the owner of an account gets.
    pub(crate) mailbox: String,
}

impl Addressed {
    fn new(kind: &str, to: RecipientAddress, links: Links, language: MailLanguage) -> Self {
        let mailbox = Email::parse(&to.email).map_or_else(|_| to.email.clone(), |email| email.mailbox());
        let mailbox = fingerprint(&format!("{kind} {mailbox}"));
        Self { to, links, language, mailbox }
    }
}

impl MailData {
    /// `None`: the user is deleted, does not want this mail, or has not proven the address yet.
    pub(crate) async fn user(&self, job: &MailJob, id: UserId) -> Result<Option<Addressed>, MailError> {
        let Some(user) = self.store.user(id).await? else {
            return Ok(None);
        };
        let unwanted = job.template.topic().is_some_and(|topic| !user.preferences.wants(topic));
        let unasked = job.template.notice().is_some_and(|notice| !user.gets_notice(notice, self.clock.now()));
        let is_a_strangers = !user.email_verified && !job.template.is_for_unproven_addresses();
        let is_not_reminded = job.template == MailTemplate::CartReminder && !may_be_reminded(&user, self.clock.now());
        if unwanted || unasked || is_not_reminded || is_a_strangers || user.mail_stop.is_some() {
            return Ok(None);
        }
        let language = self.language(user.language);
        let links = self.links(job, &user, language).await?;
        // Before the proof, whoever registered this address may be a stranger to its owner, who must not read a
        // stranger's words in our mail.
        let name = user.name.greeting().filter(|_| user.email_verified).map(str::to_owned);
        let to = RecipientAddress { name, email: user.email.as_str().to_owned() };
        Ok(Some(Addressed::new("user", to, links, language)))
    }

    /// The buyer of an order. An account's preferences count; a guest has none.
    pub(crate) async fn buyer(&self, job: &MailJob, order: &Order) -> Result<Option<Addressed>, MailError> {
        if let Some(user) = order.placed_by() {
            let to = self.user(job, user).await?;
            return Ok(to.map(|to| Addressed { language: known(order.language).unwrap_or(to.language), ..to }));
        }
        // Whoever ordered may have named another person's address. So until it is proven, it gets only the mail that
        // asks for the proof, without the words of the one who ordered.
        let asks_to_confirm = job.template == MailTemplate::ConfirmOrder;
        let waits = order.awaits_confirmation && order.held_until().is_some_and(|until| self.clock.now() < until);
        if asks_to_confirm != order.awaits_confirmation || asks_to_confirm && !waits {
            return Ok(None);
        }
        if self.store.is_mail_stopped(&order.email, self.clock.now()).await? {
            return Ok(None);
        }
        // A guest's address may be another person's too, so it is not greeted by name.
        let to = RecipientAddress { name: None, email: order.email.as_str().to_owned() };
        let mut links = Links::default();
        if asks_to_confirm {
            let token = self.links.key(self.clock.now()).await?.confirm_order(order.id);
            links.action = Some(format!("{}/confirm-order?token={token}", self.config.branding.shop_url));
        }
        Ok(Some(Addressed::new("guest", to, links, self.language(order.language))))
    }

    /// The old or the new address of a change. `None`: nobody proved the old one, it gets no mail, or it was long ago.
    /// The new address may be a stranger's, so it is not greeted by name. If it has an account already, its mail has no
    /// link.
    pub(crate) async fn changed_address(&self, job: &MailJob, link: EventId) -> Result<Option<Addressed>, MailError> {
        let Some(change) = self.store.email_change(link).await? else {
            return Ok(None);
        };
        let is_new = matches!(job.to, Recipient::NewAddress(_));
        let Some(email) = (if is_new { Some(change.to) } else { change.from }) else {
            return Ok(None);
        };
        if self.store.is_mail_stopped(&email, self.clock.now()).await? {
            return Ok(None);
        }
        let mut links = Links::default();
        if is_new && self.store.user_id_of(&email).await?.is_none() {
            let token = self.links.key(self.clock.now()).await?.one_time(LinkKind::ChangeEmail, link);
            links.action = Some(format!("{}/change-email?token={token}", self.config.branding.shop_url));
        }
        let to = RecipientAddress { name: None, email: email.as_str().to_owned() };
        Ok(Some(Addressed::new("user", to, links, self.language(change.language))))
    }

    pub(crate) fn staff(&self) -> Addressed {
        let to = RecipientAddress { name: Some("team".to_owned()), email: self.config.staff_mail.clone() };
        Addressed::new("staff", to, Links::default(), self.config.branding.language)
    }

    fn language(&self, stored: Option<MailLanguage>) -> MailLanguage {
        known(stored).unwrap_or(self.config.branding.language)
    }

    /// `None`: the product or its SKU does not exist any more.
    pub(crate) async fn product(
        &self,
        product: ProductId,
        sku: &Sku,
        wording: &Wording,
    ) -> Result<Option<ProductFacts>, MailError> {
        let (product, level) = tokio::join!(self.store.product(product), self.store.stock_level(sku));
        let (Some(product), Some(level)) = (product?, level?) else {
            return Ok(None);
        };
        let variant = product.variants.iter().find(|v| v.sku == *sku);
        Ok(variant.map(|variant| ProductFacts {
            name: product.name.clone(),
            options: variant.values.join(", "),
            sku: sku.to_string(),
            price: wording.locale.amount(product.price(variant.price)),
            available: level.orderable().max(0),
            threshold: level.threshold,
            url: format!("{}/products/{}", self.config.branding.shop_url, product.slug),
        }))
    }

    /// What can be bought of the cart that the job is about. `None`: nothing, or its owner came back in the meantime.
    pub(crate) async fn cart(&self, job: &MailJob, wording: &Wording) -> Result<Option<Vec<SummaryLine>>, MailError> {
        let Recipient::User(owner) = job.to else { return Ok(None) };
        let now = self.clock.now();
        let cart = self.store.cart(&CartOwner::User(owner)).await?;
        let Some(cart) = cart.filter(|cart| cart.waits_for_mail_of(job.event_id, now)) else {
            return Ok(None);
        };
        let requested: Vec<RequestedItem> = cart.lines.iter().map(RequestedItem::from).collect();
        let current = self.orders.current_items(&requested, None, now).await?;
        let items = requested.iter().filter_map(|line| Some((line, current.find(line.product_id, line.variant_id)?)));
        let buyable = items.filter(|(line, item)| !item.is_short_of(line.quantity));
        let lines: Vec<SummaryLine> =
            buyable.map(|(line, item)| self.cart_line(line.quantity, item, wording)).collect();
        Ok((!lines.is_empty()).then_some(lines))
    }

    fn cart_line(&self, quantity: u32, item: CurrentItem<'_>, wording: &Wording) -> SummaryLine {
        let CurrentItem { product, variant, .. } = item;
        let amount = |amount| wording.locale.amount(Money::new(amount, self.config.currency));
        let picture = product.image_of(variant).map(|image| path(product.id, image.id, Size::Small));
        SummaryLine {
            quantity,
            name: product.name.clone(),
            options: variant.values.join(", "),
            unit_price: amount(variant.price),
            total: amount(variant.price.saturating_mul(i64::from(quantity))),
            picture: picture.map(|path| format!("{}/{path}", self.config.images_url)),
            backordered: None,
        }
    }

    /// `None`: it was deleted, or is enabled again.
    pub(crate) async fn webhook(&self, id: WebhookEndpointId) -> Result<Option<WebhookFacts>, MailError> {
        let endpoint = self.store.webhook_endpoint(id).await?;
        Ok(endpoint.and_then(|endpoint| {
            let is_gone = endpoint.disabled?.why == DisabledReason::Gone;
            let failing_since = endpoint.failing.map(|failing| failing.since.to_string());
            Some(WebhookFacts { url: endpoint.url, is_gone, failing_since })
        }))
    }

    pub(crate) async fn order(
        &self,
        job: &MailJob,
        found: &OrderAndPurchase,
        wording: &Wording,
    ) -> Result<OrderSummary, MailError> {
        let OrderAndPurchase { order, purchase } = found;
        let refund = match job.template {
            MailTemplate::OrderRefunded { refund_id } | MailTemplate::RefundFailed { refund_id } => {
                self.store.refund(order.id, refund_id).await?
            }
            _ => None,
        };
        let now = self.clock.now();
        let url = self.links.key(now).await?.order_page(&self.config.branding.shop_url, order, now);
        let summary = OrderSummary::of(order, purchase, refund.as_ref(), url, &self.config.images_url, wording);
        let goods_return = match job.template.return_id() {
            Some(id) => self.store.order_return(order.id, id).await?,
            None => None,
        };
        Ok(match goods_return {
            Some(it) => summary.about_return(&it, wording),
            None => summary,
        })
    }

    /// What the buyer kept of the order and has not reviewed yet. None without an account: guests could not stop such mails.
    pub(crate) async fn reviewable(&self, found: &OrderAndPurchase) -> Result<Vec<ReviewableProduct>, MailError> {
        let OrderAndPurchase { order, purchase } = found;
        let Some(user) = order.user_id else {
            return Ok(Vec::new());
        };
        let bought = purchase.lines.iter().map(|line| line.product_id);
        let kept: BTreeSet<ProductId> = bought.filter(|id| has_bought(order, &purchase.lines, *id)).collect();
        let reviewers = [Reviewer::User(user), Reviewer::Guest(fingerprint(&order.email.mailbox()))];
        let reviewed = self.store.reviewed_products(&reviewers, &kept).await?;
        let open: Vec<ProductId> = kept.difference(&reviewed).copied().collect();
        let products = self.store.products(&open).await?;
        let reviewable = |product: &Product| ReviewableProduct {
            name: product.name.clone(),
            url: format!("{}/products/{}/review?order={}", self.config.branding.shop_url, product.slug, order.id),
        };
        Ok(products.iter().filter(|product| product.is_on_sale()).map(reviewable).collect())
    }

    /// The order for staff: the link in it has no key to the order.
    pub(crate) fn order_for_staff(&self, found: &OrderAndPurchase, wording: &Wording) -> OrderSummary {
        let url = format!("{}/orders/{}", self.config.branding.shop_url, found.order.id);
        OrderSummary::of(&found.order, &found.purchase, None, url, &self.config.images_url, wording)
    }

    async fn links(&self, job: &MailJob, user: &User, language: MailLanguage) -> Result<Links, MailError> {
        let key = self.links.key(self.clock.now()).await?;
        let shop = &self.config.branding.shop_url;
        let action = match job.template {
            MailTemplate::Verify => {
                Some(format!("{shop}/verify-email?token={}", key.one_time(LinkKind::Verify, job.event_id)))
            }
            MailTemplate::Reset => {
                Some(format!("{shop}/reset-password?token={}", key.one_time(LinkKind::Reset, job.event_id)))
            }
            MailTemplate::CartReminder => Some(format!("{shop}/cart?restore={}", key.restore_cart(job.event_id))),
            _ => None,
        };
        let unsubscribe = job.template.topic().map(|topic| {
            let (api, token) = (&self.config.api_url, key.unsubscribe(user.id, topic));
            let language = language.as_str();
            format!("{api}/api/v1/mail/unsubscribe?topic={}&language={language}&token={token}", topic.name())
        });
        Ok(Links { action, unsubscribe })
    }
}

/// A stored language, if there are mails in it.
fn known(stored: Option<MailLanguage>) -> Option<MailLanguage> {
    stored.filter(|language| Wording::of(*language).is_some())
}
