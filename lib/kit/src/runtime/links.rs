//! The tokens of mailed links. A token is computed with the shop's link key from the purpose of the link: by the mailer
//! when it sends the link, and by the function that receives it. So no token is ever stored, queued or logged.

use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use domain::id::{EventId, OrderId, UserId};
use domain::order::Order;
use domain::preferences::Topic;
use domain::time::Time;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use store::links::LinkKind;

use crate::runtime::secrets::{SecretError, Secrets};

/// How long a token opens a guest's order. The token of each mail is new.
pub const ORDER_TOKEN_KEPT: Duration = Duration::from_hours(30 * 24);

#[derive(Debug, Clone)]
pub struct LinkKeys {
    secrets: Secrets,
    secret: Arc<str>,
}

/// The key itself, for one request.
pub struct LinkKey(Hmac<Sha256>);

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

impl LinkKeys {
    pub fn new(secrets: Secrets, secret: &str) -> Self {
        Self { secrets, secret: secret.into() }
    }

    pub async fn key(&self, now: Time) -> Result<LinkKey, SecretError> {
        let secret = self.secrets.get(&self.secret, now).await?;
        Hmac::new_from_slice(secret.as_bytes())
            .map(LinkKey)
            .map_err(|error| SecretError { name: self.secret.to_string(), cause: error.to_string() })
    }
}

impl LinkKey {
    /// The token of the one-time link that an event asks for.
    pub fn one_time(&self, kind: LinkKind, event: EventId) -> String {
        self.token(purpose(kind), event.to_bytes())
    }

    /// The event of the link, if we made the token for this purpose.
    pub fn parse_one_time(&self, kind: LinkKind, token: &str) -> Option<EventId> {
        self.parse(purpose(kind), token).map(EventId::from_bytes)
    }

    /// The token that ends one user's mail about one topic. It never expires and has no other use.
    pub fn unsubscribe(&self, user: UserId, topic: Topic) -> String {
        self.token(topic.name(), user.to_bytes())
    }

    pub fn parse_unsubscribe(&self, topic: Topic, token: &str) -> Option<UserId> {
        self.parse(topic.name(), token).map(UserId::from_bytes)
    }

    /// The token that gives access to one order without an account, until its end.
    pub fn order(&self, order: OrderId, now: Time) -> String {
        let until = (now + ORDER_TOKEN_KEPT).unix_millis();
        let mut subject = [0; 24];
        subject[..16].copy_from_slice(&order.to_bytes());
        subject[16..].copy_from_slice(&until.to_be_bytes());
        self.token("order", subject)
    }

    pub fn opens_order(&self, order: OrderId, token: &str, now: Time) -> bool {
        self.parse::<24>("order", token).is_some_and(|subject| {
            let (id, until) = subject.split_at(16);
            let until = until.try_into().map(i64::from_be_bytes);
            id == order.to_bytes() && until.is_ok_and(|until| now.unix_millis() < until)
        })
    }

    /// What a guest exchanges for an order token, once, after coming back from the provider's page. It is the same for
    /// each try, because the provider compares requests with the same idempotency key.
    pub fn order_exchange(&self, order: OrderId) -> String {
        self.token("order-exchange", order.to_bytes())
    }

    pub fn is_order_exchange(&self, order: OrderId, token: &str) -> bool {
        self.parse("order-exchange", token) == Some(order.to_bytes())
    }

    /// The token of the mailed link with which a guest confirms an order. It works once, because the order is then
    /// confirmed, and as long as the order waits for it. The order's own token has another purpose.
    pub fn confirm_order(&self, order: OrderId) -> String {
        self.token("confirm-order", order.to_bytes())
    }

    pub fn parse_confirm_order(&self, token: &str) -> Option<OrderId> {
        self.parse("confirm-order", token).map(OrderId::from_bytes)
    }

    /// The token of the mailed link that brings a cart back. It is good for as long as the cart's lines are kept for it, and
    /// may be followed more than once.
    pub fn restore_cart(&self, event: EventId) -> String {
        self.token("restore-cart", event.to_bytes())
    }

    pub fn parse_restore_cart(&self, token: &str) -> Option<EventId> {
        self.parse("restore-cart", token).map(EventId::from_bytes)
    }

    /// The page of an order in the storefront, for a mail. The link of a guest contains the token.
    pub fn order_page(&self, shop_url: &str, order: &Order, now: Time) -> String {
        let page = format!("{shop_url}/orders/{}", order.id);
        match order.placed_by() {
            Some(_) => page,
            None => format!("{page}?token={}", self.order(order.id, now)),
        }
    }

    /// The page that the provider sends a buyer to after paying. The provider and the browser's history see it, so it
    /// does not contain the token itself.
    pub fn paid_page(&self, shop_url: &str, order: &Order) -> String {
        let page = format!("{shop_url}/orders/{}?paid=1", order.id);
        match order.placed_by() {
            Some(_) => page,
            None => format!("{page}&exchange={}", self.order_exchange(order.id)),
        }
    }

    fn token<const N: usize>(&self, purpose: &str, subject: [u8; N]) -> String {
        let tag = self.mac(purpose, &subject).finalize().into_bytes();
        BASE64URL_NOPAD.encode(&[subject.as_slice(), &tag].concat())
    }

    fn parse<const N: usize>(&self, purpose: &str, token: &str) -> Option<[u8; N]> {
        // A longer text is not decoded.
        if token.len() > 128 {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let (subject, tag) = bytes.split_first_chunk()?;
        self.mac(purpose, subject).verify_slice(tag).ok()?;
        Some(*subject)
    }

    fn mac(&self, purpose: &str, subject: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(subject);
        mac
    }
}

fn purpose(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Verify => "verify-email",
        LinkKind::Reset => "reset-password",
        LinkKind::ChangeEmail => "change-email",
    }
}

#[cfg(test)]
mod tests {
    use domain::id::{EventId, OrderId, UserId};
    use domain::preferences::Topic;
    use domain::time::Time;
    use store::links::LinkKind;

    use super::{LinkKeys, ORDER_TOKEN_KEPT};
    use crate::runtime::secrets::Secrets;

    #[tokio::test]
    async fn a_token_is_valid_for_its_purpose_only() {
        let now = Time::from_unix_millis(5);
        let secrets = Secrets::fixed([("a".to_owned(), "one".to_owned()), ("b".to_owned(), "two".to_owned())]);
        let key = LinkKeys::new(secrets.clone(), "a").key(now).await.unwrap();
        let other = LinkKeys::new(secrets, "b").key(now).await.unwrap();
        let event = EventId::new(now, 9);
        let token = key.one_time(LinkKind::Reset, event);
        assert_eq!(key.parse_one_time(LinkKind::Reset, &token), Some(event));
        assert_eq!(key.parse_one_time(LinkKind::Verify, &token), None);
        assert_eq!(other.parse_one_time(LinkKind::Reset, &token), None);
        let forged = format!("B{}", &token[1..]);
        assert_eq!(key.parse_one_time(LinkKind::Reset, &forged), None);
        assert_eq!(key.parse_one_time(LinkKind::Reset, ""), None);
        let user = UserId::new(now, 9);
        let token = key.unsubscribe(user, Topic::Account);
        assert_eq!(key.parse_unsubscribe(Topic::Account, &token), Some(user));
        assert_eq!(key.parse_unsubscribe(Topic::News, &token), None);
        let token = key.restore_cart(event);
        assert_eq!(key.parse_restore_cart(&token), Some(event));
        assert_eq!((other.parse_restore_cart(&token), key.parse_one_time(LinkKind::Reset, &token)), (None, None));
    }

    #[tokio::test]
    async fn an_order_token_opens_its_order_until_its_end_and_an_exchange_opens_none() {
        let now = Time::from_unix_millis(5);
        let secrets = Secrets::fixed([("a".to_owned(), "one".to_owned())]);
        let key = LinkKeys::new(secrets, "a").key(now).await.unwrap();
        let (mine, other) = (OrderId::new(now, 1), OrderId::new(now, 2));
        let token = key.order(mine, now);
        let end = now + ORDER_TOKEN_KEPT;
        assert!(key.opens_order(mine, &token, now));
        assert!(key.opens_order(mine, &token, Time::from_unix_millis(end.unix_millis() - 1)));
        assert!(!key.opens_order(mine, &token, end));
        assert!(!key.opens_order(other, &token, now));
        let exchange = key.order_exchange(mine);
        assert!(key.is_order_exchange(mine, &exchange) && !key.is_order_exchange(other, &exchange));
        assert!(!key.opens_order(mine, &exchange, now) && !key.is_order_exchange(mine, &token));
        let longer = key.order(mine, now + ORDER_TOKEN_KEPT);
        let forged = format!("{}{}", &longer[..32], &token[32..]);
        assert!(!key.opens_order(mine, &forged, now), "nobody can move the end");
    }
}
