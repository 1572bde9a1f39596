//! A shop for tests: the routers of all functions over one new table, with a clock that only the test moves.

use std::sync::Arc;
use std::time::Duration;

use accounts::{App, Config, Cost, Hasher, SigningKey, SigningKeys};
use axum::http::{Method, StatusCode};
use checkout::Checkout;
use data_encoding::BASE64;
use domain::access::Role;
use domain::id::UserId;
use domain::time::Time;
use janitor::Janitor;
use kit::http::context::Context;
use kit::http::distribution::Distribution;
use kit::runtime::branding::Branding;
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use kit::runtime::links::LinkKeys;
use kit::runtime::secrets::Secrets;
use order_processing::OrderProcessor;
use serde_json::{Value, json};
use store::Store;
use store::audit::AuditChange;
use store::links::LinkKind;
use store::staff::StaffAct;
use stripe_stand_in::{Delivery, Settings, StandIn};
use tower::ServiceExt;

use crate::functions::{IMAGES_URL, ORIGIN_SECRET, Services, context_config};
use crate::gateway::Gateway;
use crate::index::ShopIndex;
pub use crate::request::{Answer, TestRequest};
use crate::settings::checkout;
pub use crate::settings::{CheckoutSettings, TaxSettings};
use crate::table::TestTable;
use crate::webhooks::WebhookWorld;

pub const ISSUER: &str = "https://api.test";
pub const PASSWORD: &str = "correct horse battery";
pub const ORIGIN: &str = "https://shop.test";
pub const WEBHOOK_SECRET: &str = "whsec_test";

#[derive(Debug)]
pub struct Shop {
    pub table: TestTable,
    pub clock: Clock,
    pub secrets: Secrets,
    pub app: App,
    pub stripe: StandIn,
    pub checkout: Checkout,
    pub index: ShopIndex,
    pub webhooks: WebhookWorld,
    settings: Box<CheckoutSettings>,
    gateway: Gateway,
}

/// A user who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: UserId,
    pub email: String,
    pub access: String,
    pub refresh: String,
}

/// The configuration of the test shop.
pub fn config() -> Config {
    Config {
        context: context_config(),
        branding: Branding::new("Kontor", ORIGIN),
        images_url: IMAGES_URL.to_owned(),
        signing_secret: "signing".to_owned(),
        link_secret: "link".to_owned(),
    }
}

/// The signing key that this seed makes.
pub fn key(seed: u8, sign_from: Time) -> SigningKey {
    SigningKey::from_seed(&[seed; 32], sign_from).expect("any seed makes a key pair")
}

/// The two secrets that hold these keys: private keys and public keys.
pub fn key_secrets(keys: Vec<SigningKey>) -> [(String, String); 2] {
    let public: Vec<Value> = keys.iter().map(|key| key.public().expect("a key has a public half")).collect();
    let signing = SigningKeys { keys, refresh_key: BASE64.encode(&[7; 32]) };
    let signing = serde_json::to_string(&signing).expect("keys are JSON");
    [("signing".to_owned(), signing), ("jwks".to_owned(), json!({ "keys": public }).to_string())]
}

/// The Stripe stand-in on its own port, new or as a copy. Each call to it passes the interruptions of the table's network.
fn stripe(original: Option<&StandIn>, table: &TestTable, clock: &Clock) -> StandIn {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.set_nonblocking(true).expect("a listener that does not block");
    let address = listener.local_addr().expect("a bound listener has an address");
    let (clock, interruptions) = (clock.clone(), table.network.interruptions.clone());
    let settings = Settings {
        public_url: format!("http://{address}"),
        clock: Arc::new(move || clock.now().unix_seconds()),
        interceptor: Some(Arc::new(move |_| {
            let interruptions = interruptions.clone();
            Box::pin(async move { interruptions.pass().await })
        })),
        webhook: None,
    };
    let stand_in = match original {
        Some(original) => original.copy(settings),
        None => StandIn::new(settings),
    };
    let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime");
    let server = axum::serve(listener, stand_in.router());
    tokio::spawn(server.into_future());
    stand_in
}

impl Shop {
    pub fn start_time() -> Time {
        Time::parse("2026-11-20T10:00:00Z").expect("a time")
    }

    pub async fn open() -> Self {
        Self::over(TestTable::create().await)
    }

    pub fn over(table: TestTable) -> Self {
        Self::with_ids(table, Ids::seeded(1), &config(), CheckoutSettings::default())
    }

    /// A shop whose staff must have a second factor.
    pub async fn open_with_two_factor_required() -> Self {
        let mut config = config();
        config.context.staff_rules.two_factor_required = true;
        Self::with_ids(TestTable::create().await, Ids::seeded(1), &config, CheckoutSettings::default())
    }

    /// A shop whose API keys may send this number of requests a minute.
    pub async fn open_with_api_key_limit(requests: u32) -> Self {
        let mut config = config();
        config.context.api_key_requests = requests;
        Self::with_ids(TestTable::create().await, Ids::seeded(1), &config, CheckoutSettings::default())
    }

    /// A shop at this address.
    pub async fn open_at(url: &str) -> Self {
        let config = Config { branding: Branding::new("Kontor", url), ..config() };
        Self::with_ids(TestTable::create().await, Ids::seeded(1), &config, CheckoutSettings::default())
    }

    /// A shop that refuses requests around its distribution.
    pub async fn open_behind_its_distribution() -> Self {
        let mut config = config();
        config.context.distribution = Distribution::new(ORIGIN_SECRET, false);
        Self::with_ids(TestTable::create().await, Ids::seeded(1), &config, CheckoutSettings::default())
    }

    /// A shop with other settings of its checkout over this table.
    pub fn with_settings(settings: CheckoutSettings, table: TestTable) -> Self {
        Self::with_ids(table, Ids::seeded(500), &config(), settings)
    }

    /// Another shop where the same has happened at the table and at Stripe, at the same time. Its queues are empty.
    pub async fn copy(&self) -> Self {
        let (table, clock) = (self.table.copy().await, Clock::fixed(self.now()));
        let stripe = stripe(Some(&self.stripe), &table, &clock);
        Self::at((table, stripe), clock, self.app.context.ids.copy(), &config(), self.settings.as_ref().clone())
    }

    fn with_ids(table: TestTable, ids: Ids, config: &Config, settings: CheckoutSettings) -> Self {
        let clock = Clock::fixed(Self::start_time());
        let stripe = stripe(None, &table, &clock);
        Self::at((table, stripe), clock, ids, config, settings)
    }

    fn at(
        (table, stripe): (TestTable, StandIn),
        clock: Clock,
        ids: Ids,
        config: &Config,
        settings: CheckoutSettings,
    ) -> Self {
        let keys = key_secrets(vec![key(1, Self::start_time())]);
        let secrets = Secrets::fixed(
            keys.into_iter().chain(
                [
                    ("link", "the link key"),
                    ("stripe-key", "sk_test_1"),
                    ("stripe-webhook", WEBHOOK_SECRET),
                    ("webhooks", "the key of webhooks"),
                ]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
            ),
        );
        let context = Context::new(&config.context, table.store.clone(), secrets.clone(), clock.clone(), ids);
        let mut app = App::new(config, context.clone(), secrets.clone());
        app.hasher = Hasher::new(context.ids.clone(), Cost::LEAST);
        let checkout = checkout(&context, &secrets, stripe.url().to_owned(), &settings);
        let index = ShopIndex::new(&table, &clock);
        let webhooks = WebhookWorld::new(&table.network.interruptions);
        let services = Services {
            context,
            secrets: secrets.clone(),
            checkout: checkout.clone(),
            accounts: app.clone(),
            index: index.clone(),
            webhooks: webhooks.clone(),
            settings: settings.clone(),
        };
        let gateway = Gateway::new(services, table.clone());
        let settings = Box::new(settings);
        Self { table, clock, secrets, app, stripe, checkout, index, webhooks, settings, gateway }
    }

    /// The function that runs every minute.
    pub fn janitor(&self) -> Janitor {
        let ids = self.app.context.ids.clone();
        let orders = OrderProcessor::new(self.table.store_of("janitor"), self.clock.clone(), ids);
        Janitor::new(orders, self.checkout.payments.clone(), self.settings.cart_reminders.is_some())
    }

    /// Stripe sends an event to the shop's webhook.
    pub async fn deliver_event(&self, event: &Value) -> Answer {
        let Delivery { body, signature } = self.stripe.delivery(event, WEBHOOK_SECRET);
        let ask = self.request(Method::POST, "/api/v1/payments/webhook").text("application/json", body);
        ask.header("stripe-signature", &signature).send().await
    }

    /// Time passes, and the janitor does what is due then.
    pub async fn time_passes(&self, time: Duration) {
        self.later(time);
        self.janitor().run().await.expect("due work");
    }

    /// Stripe sends all of its events, also those that it sent before.
    pub async fn deliver_events(&self) {
        for event in self.stripe.events() {
            self.deliver_event(&event).await.expect(200);
        }
    }

    pub fn store(&self) -> &Store {
        &self.table.store
    }

    pub fn request(&self, method: Method, path: &str) -> TestRequest {
        TestRequest::new(self.gateway.router(&method, path), method, path.to_owned())
    }

    /// Sends an event of API Gateway unchanged to the router of the function that serves its path.
    pub async fn replay(&self, event: &str) -> Answer {
        let request = lambda_http::request::from_str(event).expect("an event of API Gateway");
        let router = self.gateway.router(request.method(), request.uri().path());
        Answer::of(router.oneshot(request).await.expect("a router always answers")).await
    }

    pub fn get(&self, path: &str) -> TestRequest {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> TestRequest {
        self.request(Method::POST, path).json(body)
    }

    pub fn now(&self) -> Time {
        self.clock.now()
    }

    pub fn later(&self, span: Duration) {
        self.clock.advance(span);
    }

    pub async fn register(&self, email: &str) -> Person {
        let body = json!({ "email": email, "password": PASSWORD, "name": "Ada Lovelace" });
        person(&self.post("/api/v1/auth/register", &body).send().await.expect(201))
    }

    /// Registers a person and follows the link that confirms the address.
    pub async fn register_verified(&self, email: &str) -> Person {
        let person = self.register(email).await;
        self.prove_address(&person).await;
        person
    }

    pub async fn login(&self, email: &str) -> Person {
        person(&self.try_login(email, PASSWORD).await.expect(200))
    }

    pub async fn try_login(&self, email: &str, password: &str) -> Answer {
        self.post("/api/v1/auth/login", &json!({ "email": email, "password": password })).send().await
    }

    pub async fn try_refresh(&self, token: &str) -> Answer {
        self.post("/api/v1/auth/refresh", &json!({ "refreshToken": token })).send().await
    }

    /// Whether this access token is still accepted.
    pub async fn is_accepted(&self, access: &str) -> bool {
        self.get("/api/v1/users/me").bearer(access).send().await.status == StatusCode::OK
    }

    /// Registers a person and gives them this role.
    pub async fn staff(&self, email: &str, role: Role) -> Person {
        let person = self.register(email).await;
        self.give_role(&person, role).await;
        person
    }

    /// Gives a role as an operator does.
    pub async fn give_role(&self, person: &Person, role: Role) {
        let user = self.store().user(person.id).await.expect("the table answers").expect("just registered");
        let made = self.now() - Duration::from_hours(48);
        let entry = self.app.context.ids.audit_entry(None, "user.change-role", person.id, AuditChange::default(), made);
        self.store()
            .change_role(StaffAct { actor: None, target: &user, entry: &entry }, role)
            .await
            .expect("nobody else changes them");
    }

    /// The token in the newest mailed link. It is computed from the event, as the mailer does.
    pub async fn mailed_token(&self, kind: LinkKind, event_type: &str) -> String {
        let outbox = self.table.items_under("OUTBOX#");
        let newest = outbox.values().rfind(|item| item["event"]["type"] == event_type).expect("such an event");
        let id = newest["id"].as_str().and_then(|id| domain::id::EventId::parse(id).ok()).expect("an event's id");
        LinkKeys::new(self.secrets.clone(), "link").key(self.now()).await.expect("the link key").one_time(kind, id)
    }
}

impl Shop {
    /// The person follows the link that confirms their address, in the browser in which they registered.
    pub async fn prove_address(&self, person: &Person) {
        let outbox = self.table.items_under("OUTBOX#");
        let registered = outbox.values().find(|item| {
            item["event"]["type"] == "user.registered" && item["event"]["userId"] == person.id.to_string()
        });
        let id = registered.and_then(|item| domain::id::EventId::parse(item["id"].as_str()?).ok());
        let key = LinkKeys::new(self.secrets.clone(), "link").key(self.now()).await.expect("the link key");
        let token = key.one_time(store::links::LinkKind::Verify, id.expect("the event of a registration"));
        let verify = self.post("/api/v1/auth/email/verify", &json!({ "token": token }));
        verify.by(person).send().await.expect(200);
    }
}

pub fn person(answer: &Answer) -> Person {
    let data = answer.data();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Person {
        id: UserId::parse(&text(&data["user"]["id"])).expect("a user's id"),
        email: text(&data["user"]["email"]),
        access: text(&data["accessToken"]),
        refresh: text(&data["refreshToken"]),
    }
}
