//! Before a sensitive action, a signed-in person proves with the password, and with a code if two-factor is on, that it
//! is still they. Tries are counted by session: whoever has only a session can use up the tries of that session alone.
//! A try counts until it has succeeded. With a code, that is after the transaction that uses the code up: only there a
//! wrong recovery code is refused.

use domain::time::Time;
use domain::totp::CodeRefusal;
use domain::user::Credentials;
use kit::http::auth::SignedIn;
use kit::http::problem::Problem;
use kit::http::visitor::{Counter, Visitor};
use store::credentials::Proof;

use crate::App;
use crate::hasher::Verdict;
use crate::limits;
use crate::login::{authenticator, invalid_code, prove};

/// A try that was counted.
pub(crate) struct Confirming<'a> {
    app: &'a App,
    me: &'a SignedIn,
    credentials: Credentials,
    counter: Counter,
    now: Time,
}

impl<'a> Confirming<'a> {
    async fn begin(app: &'a App, me: &'a SignedIn, visitor: &Visitor) -> Result<Self, Problem> {
        let now = app.context.clock.now();
        let counter = Counter::of(limits::CONFIRM_BY_SESSION, &me.session.id.to_string());
        let counters = [visitor.by_network(limits::CONFIRM_BY_IP), counter.clone()];
        let counted = visitor.count(&app.context.store, now, &counters);
        let (counted, credentials) = tokio::join!(counted, app.context.store.credentials(me.user.id));
        counted?;
        let credentials = credentials?.ok_or_else(changed_meanwhile)?;
        Ok(Self { app, me, credentials, counter, now })
    }

    async fn password(&self, password: &str) -> Result<(), Problem> {
        if domain::password::Password::is_too_long(password)
            || self.app.hasher.verify(password, &self.credentials.password_hash).await? == Verdict::Wrong
        {
            return Err(Problem::unauthorized("wrong_password", "The password is wrong."));
        }
        Ok(())
    }

    pub(crate) fn password_hash(&self) -> &str {
        &self.credentials.password_hash
    }

    fn code(&self, code: &str) -> Result<Proof, Problem> {
        prove(self.app, &self.me.user, &self.credentials, code, self.now)
    }

    /// Good tries do not count. If this fails, one more does.
    pub(crate) async fn succeeded(self) -> Credentials {
        let store = &self.app.context.store;
        if let Err(cause) = store.clear_requests(self.counter.limit, &self.counter.client, self.now).await {
            tracing::warn!(%cause, "a good try stays counted");
        }
        self.credentials
    }
}

pub(crate) async fn password(
    app: &App,
    me: &SignedIn,
    visitor: &Visitor,
    password: &str,
) -> Result<Credentials, Problem> {
    let confirming = Confirming::begin(app, me, visitor).await?;
    confirming.password(password).await?;
    Ok(confirming.succeeded().await)
}

/// For changes of the second factor. The caller's transaction uses the code up.
pub(crate) async fn password_and_code<'a>(
    app: &'a App,
    me: &'a SignedIn,
    visitor: &Visitor,
    password: &str,
    code: &str,
) -> Result<(Confirming<'a>, Proof), Problem> {
    let confirming = Confirming::begin(app, me, visitor).await?;
    confirming.password(password).await?;
    let proof = confirming.code(code)?;
    Ok((confirming, proof))
}

/// For a change of the address: the password, and a code if two-factor is on. The caller's transaction uses the code up.
pub(crate) async fn password_and_second_factor<'a>(
    app: &'a App,
    me: &'a SignedIn,
    visitor: &Visitor,
    password: &str,
    code: Option<&str>,
) -> Result<(Confirming<'a>, Option<Proof>), Problem> {
    let confirming = Confirming::begin(app, me, visitor).await?;
    match (&confirming.credentials.totp_secret, code) {
        (Some(_), None) => return Err(Problem::field("code", "is required, because two-factor is on")),
        (None, Some(_)) => return Err(two_factor_off()),
        _ => {}
    }
    confirming.password(password).await?;
    let proof = code.map(|code| confirming.code(code)).transpose()?;
    Ok((confirming, proof))
}

/// For a fresh proof: a code if two-factor is on, else the password. The caller's transaction uses the code up.
pub(crate) async fn password_or_code<'a>(
    app: &'a App,
    me: &'a SignedIn,
    visitor: &Visitor,
    password: Option<&str>,
    code: Option<&str>,
) -> Result<(Confirming<'a>, Option<Proof>), Problem> {
    let confirming = Confirming::begin(app, me, visitor).await?;
    match (&confirming.credentials.totp_secret, code, password) {
        (Some(_), None, _) => return Err(Problem::field("code", "is required, because two-factor is on")),
        (None, Some(_), _) => return Err(two_factor_off()),
        (None, None, None) => return Err(Problem::field("password", "is required")),
        _ => {}
    }
    if let Some(password) = password {
        confirming.password(password).await?;
    }
    let proof = code.map(|code| confirming.code(code)).transpose()?;
    Ok((confirming, proof))
}

pub(crate) fn two_factor_off() -> Problem {
    Problem::conflict("two_factor_off", "Two-factor is off.")
}

/// A first code of the authenticator whose secret waits for it.
pub(crate) struct FirstCode {
    pub(crate) secret: String,
    pub(crate) step: u64,
}

pub(crate) async fn first_code(app: &App, me: &SignedIn, visitor: &Visitor, code: &str) -> Result<FirstCode, Problem> {
    let confirming = Confirming::begin(app, me, visitor).await?;
    let secret = confirming
        .credentials
        .totp_pending
        .clone()
        .ok_or_else(|| Problem::conflict("two_factor_not_set_up", "Get a secret from /auth/2fa/setup first."))?;
    let authenticator = authenticator(confirming.app, &confirming.me.user, &secret)?;
    let step = authenticator.check(code.trim(), confirming.credentials.totp_step, confirming.now);
    let step = step.map_err(invalid_code)?;
    confirming.succeeded().await;
    Ok(FirstCode { secret, step })
}

/// Why a transaction refused the code that was confirmed.
pub(crate) fn used_code(proof: &Proof) -> Problem {
    invalid_code(match proof {
        Proof::Recovery { .. } => CodeRefusal::Wrong,
        Proof::Totp { .. } => CodeRefusal::Used,
    })
}

pub(crate) fn changed_meanwhile() -> Problem {
    Problem::conflict("changed_meanwhile", "Your account was changed at the same time. Please try again.")
}
