//! Tries to prove who one is, with a password or a code. Each is counted before it is checked, so that many at the same
//! moment are limited too, and is taken back if it succeeds.
//!
//! Strangers are counted by account and network, and by account over all networks. A known device has a counter of its
//! own and passes both. So nobody can lock an owner out: not from one network, and not from a hundred.

use domain::event::Event;
use domain::time::Time;
use domain::user::User;
use kit::http::problem::Problem;
use kit::http::visitor::{Counter, Visitor};

use crate::App;
use crate::limits::AttemptLimits;
use crate::signer::DeviceToken;

pub(crate) struct Attempt<'a> {
    app: &'a App,
    visitor: &'a Visitor,
    limits: &'static AttemptLimits,
    account: &'a str,
    now: Time,
    known_device: Option<DeviceToken>,
    own: Counter,
    /// How many tries strangers made on this account in this window. `None`: not counted among them.
    by_strangers: Option<u32>,
}

impl<'a> Attempt<'a> {
    /// Counts the try. `known_device` is checked later, when the user was read.
    pub(crate) async fn begin(
        app: &'a App,
        visitor: &'a Visitor,
        limits: &'static AttemptLimits,
        account: &'a str,
        known_device: Option<DeviceToken>,
        now: Time,
    ) -> Result<Self, Problem> {
        let own = match &known_device {
            Some(device) => Counter::of(limits.by_device, &device.session_id.to_string()),
            None => visitor.by_account_here(limits.by_account_here, account),
        };
        let counters = [visitor.by_network(limits.by_ip), own.clone()];
        visitor.count(&app.context.store, now, &counters).await?;
        Ok(Self { app, visitor, limits, account, now, known_device, own, by_strangers: None })
    }

    /// Counts somebody without a known device among the strangers. Not in `begin`, because tries that their own network
    /// may not make must not count against others.
    pub(crate) async fn count_stranger(&mut self) -> Result<(), Problem> {
        if self.known_device.is_none() {
            let by_account = Counter::of(self.limits.by_account, self.account);
            self.by_strangers = Some(self.count(by_account).await?);
        }
        Ok(())
    }

    /// A device is known if its token is of this user and nothing ended all sessions since. Otherwise its holder is a
    /// stranger.
    pub(crate) async fn check_device(&mut self, user: Option<&User>) -> Result<(), Problem> {
        let is_stranger = self
            .known_device
            .take_if(|device| !user.is_some_and(|user| device.user_id == user.id && device.epoch == user.epoch));
        if is_stranger.is_some() {
            self.own = self.visitor.by_account_here(self.limits.by_account_here, self.account);
            self.count(self.own.clone()).await?;
            self.count_stranger().await?;
        }
        Ok(())
    }

    async fn count(&self, counter: Counter) -> Result<u32, Problem> {
        let allowances = self.visitor.count(&self.app.context.store, self.now, &[counter]).await?;
        Ok(allowances.iter().map(|allowance| allowance.limit.max - allowance.remaining).sum())
    }

    /// The account's owner hears of many failures, once in a window. An account that does not exist takes the same
    /// steps.
    pub(crate) async fn failed(&self, user: Option<&User>, password_known: bool) -> Result<(), Problem> {
        let many = self.by_strangers.is_some_and(|tries| tries >= self.limits.told_at && tries % 5 == 0);
        if many {
            let user_id = user.filter(|user| user.email_verified).map(|user| user.id);
            let outbox_event =
                self.app.context.ids.outbox_event(Event::SignInsFailed { user_id, password_known }, self.now);
            let told = Counter::of(self.limits.told, self.account);
            self.app.context.store.announce_once(told.limit, &told.client, &outbox_event).await?;
        }
        Ok(())
    }

    /// Nothing depends on it: if it fails, a good try counts like a bad one.
    pub(crate) async fn succeeded(&self) {
        let store = &self.app.context.store;
        let by_account = Counter::of(self.limits.by_account, self.account);
        let (cleared, taken_back) =
            tokio::join!(store.clear_requests(self.own.limit, &self.own.client, self.now), async {
                match self.by_strangers {
                    Some(_) => store.uncount_request(by_account.limit, &by_account.client, self.now).await,
                    None => Ok(()),
                }
            });
        if let Err(cause) = cleared.and(taken_back) {
            tracing::warn!(%cause, "a good try stays counted");
        }
    }
}
