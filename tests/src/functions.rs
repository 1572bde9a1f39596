//! The one list of the shop's functions, with their routes, their event files and their routers in the configuration
//! of the tests. The tests use it, and the route list, the API description and the routes of `template.yaml` are
//! generated from it.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use axum::Router;
use checkout::{Checkout, OrderAccess, RefundLimit};
use domain::access::StaffRules;
use domain::calendar::ShopZone;
use domain::document::Seller;
use domain::mail_language::MailLanguage;
use domain::money::Currency;
use domain::webhook::target::Reach;
use indexing::Language;
use kit::http::auth::Auth;
use kit::http::context::{Context, ContextConfig};
use kit::http::description::Description;
use kit::http::distribution::Distribution;
use kit::http::routes::{Route, list};
use kit::runtime::branding::Branding;
use kit::runtime::secrets::Secrets;
use order_processing::OrderProcessor;
use shop::{LegalPages, PublishableKey};

use crate::index::ShopIndex;
use crate::settings::{CheckoutSettings, rates, settings_by_default};
use crate::shop::{ISSUER, ORIGIN};
use crate::table::TestTable;
use crate::webhooks::WebhookWorld;

/// The time zone of the test shop, whose days do not begin with those of UTC.
pub const TIME_ZONE: &str = "Europe/Berlin";

/// What the distribution of the test shop sends.
pub const ORIGIN_SECRET: &str = "the secret of the distribution";

pub(crate) const IMAGES_URL: &str = "https://images.test";

/// The functions that answer HTTP requests, in the order of their names.
#[expect(clippy::too_many_lines, reason = "a list")]
pub fn http_functions() -> Vec<HttpFunction> {
    vec![
        http(
            "accounts",
            &[("register", "201"), ("login", "200"), ("jwks", "200"), ("unauthenticated", "401 unauthenticated")],
            accounts::routes,
            |services| accounts::router(services.accounts.clone()),
        ),
        http("carts", &[("empty", "200")], carts::routes, |services| {
            let config = carts::Config {
                context: context_config(),
                rates: services.checkout.config.rates.clone(),
                limits: services.checkout.config.limits,
                stock_shown: services.checkout.config.stock_shown,
                cart_reminders: services.settings.cart_reminders,
                link_secret: "link".to_owned(),
                images_url: IMAGES_URL.to_owned(),
                vat: services.checkout.config.vat.clone(),
            };
            carts::router(carts::App::new(&config, services.context.clone(), services.secrets.clone()))
        }),
        http("catalog", &[("categories", "200")], catalog::routes, |services| {
            let config = catalog::Config {
                context: context_config(),
                currency: Currency::USD,
                images_url: IMAGES_URL.to_owned(),
            };
            catalog::router(catalog::App::new(&config, services.context.clone()))
        }),
        http("coupons", &[("unauthenticated", "401 unauthenticated")], coupons::routes, |services| {
            let config = coupons::Config { context: context_config(), rates: rates() };
            coupons::router(coupons::App::new(&config, services.context.clone()))
        }),
        http("live", &[("ticket", "201")], live::routes, |services| {
            let config = live::Config {
                context: context_config(),
                link_secret: "link".to_owned(),
                live_url: "wss://live.test/live".to_owned(),
            };
            live::router(live::App::new(&config, services.context.clone(), services.secrets.clone()))
        }),
        http(
            "orders",
            &[("empty-cart", "409 cart_empty"), ("unauthenticated", "401 unauthenticated")],
            orders::routes,
            |services| {
                let config = orders::Config {
                    context: context_config(),
                    checkout: services.checkout.config.as_ref().clone(),
                    images_url: IMAGES_URL.to_owned(),
                    review_request_days: services.settings.review_request_days,
                };
                orders::router(orders::App::new(&config, services.context.clone(), services.checkout.clone()))
            },
        ),
        HttpFunction {
            // Browsers reach them through the distribution: they are no part of the API, which its description tells.
            describe: Box::new(|_| {}),
            ..http("pages", &[("home", "200"), ("nothing", "404")], pages::routes, pages_router)
        },
        http("payments", &[("missing", "404 order_not_found")], payments::routes, |services| {
            let config = payments::Config {
                context: context_config(),
                checkout: services.checkout.config.as_ref().clone(),
                refund_limit: RefundLimit::new(10_000),
            };
            payments::router(payments::App::new(&config, services.context.clone(), services.checkout.clone()))
        }),
        http("returns", &[("missing", "404 order_not_found")], returns::routes, |services| {
            let config = returns::Config {
                context: context_config(),
                checkout: services.checkout.config.as_ref().clone(),
                rules: services.settings.returns,
                refund_limit: RefundLimit::new(10_000),
            };
            returns::router(returns::App::new(&config, services.context.clone(), services.checkout.clone()))
        }),
        http(
            "reviews",
            &[("product", "200"), ("unauthenticated", "401 unauthenticated")],
            reviews::routes,
            reviews_router,
        ),
        http(
            "search",
            &[("products", "200"), ("words", "200"), ("suggest", "200"), ("home", "200")],
            search::routes,
            search_router,
        ),
        http("shipping", &[("unauthenticated", "401 unauthenticated")], shipping::routes, |services| {
            let config = shipping::Config { context: context_config(), rates: services.checkout.config.rates.clone() };
            shipping::router(shipping::App::new(&config, services.context.clone()))
        }),
        http("shop", &[("settings", "200")], shop::routes, |services| {
            let checkout = services.checkout.config.as_ref();
            let config = shop::Config {
                context: context_config(),
                name: "Kontor".to_owned(),
                url: checkout.shop_url.clone(),
                pages: LegalPages { terms: Some("https://shop.test/terms".to_owned()), ..LegalPages::default() },
                rates: checkout.rates.clone(),
                methods: checkout.methods.clone(),
                cash_limit: checkout.cash.limit,
                slow_payments: checkout.stripe.slow_payments,
                stripe_key: PublishableKey::parse("pk_test_1").ok(),
                limits: checkout.limits,
                stock_shown: checkout.stock_shown,
                cart_reminders: services.settings.cart_reminders.is_some(),
                has_reverse_charge: checkout.vat.has_reverse_charge(),
                returns: services.settings.returns,
                zone: ShopZone::parse(TIME_ZONE).expect("a time zone"),
                catalogue_language: "en".to_owned(),
            };
            shop::router(shop::App::new(&config, services.context.clone()))
        }),
        http("stats", &[("unauthenticated", "401 unauthenticated")], stats::routes, stats_router),
        http("status", &[("health", "200"), ("nothing", "404 no_such_route")], status::routes, |services| {
            let config = status::Config { context: context_config(), settings: settings_by_default() };
            status::router(status::App::new(&config, services.context.clone()))
        }),
        http("stock", &[("unauthenticated", "401 unauthenticated")], stock::routes, |services| {
            let config = stock::Config { context: context_config(), images_url: IMAGES_URL.to_owned() };
            stock::router(stock::App::new(&config, services.context.clone()))
        }),
        http("stripe-webhook", &[("unsigned", "400 invalid_signature")], stripe_webhook::routes, |services| {
            let config = stripe_webhook::Config {
                context: context_config(),
                webhook_secret: "stripe-webhook".to_owned(),
                terms: services.checkout.config.terms,
                stripe: services.checkout.config.stripe.clone(),
            };
            let (payments, secrets) = (services.checkout.payments.clone(), services.secrets.clone());
            stripe_webhook::router(stripe_webhook::App::new(&config, services.context.clone(), payments, secrets))
        }),
        http("uploads", &[("unauthenticated", "401 unauthenticated")], uploads::routes, |services| {
            let config = uploads::Config {
                context: context_config(),
                bucket: "files".to_owned(),
                upload_url: "https://files.test".to_owned(),
                documents_bucket: "documents".to_owned(),
                link_secret: "link".to_owned(),
                seller: seller(),
                language: MailLanguage::ENGLISH,
            };
            let (context, secrets) = (services.context.clone(), services.secrets.clone());
            uploads::router(uploads::App::new(&config, context, secrets, &aws()))
        }),
        http("webhooks", &[("unauthenticated", "401 unauthenticated")], webhooks::routes, |services| {
            let config = webhooks::Config {
                context: context_config(),
                queue: "http://queue.test/webhooks".to_owned(),
                key_secret: "webhooks".to_owned(),
                reach: Reach::Public,
            };
            let (context, secrets) = (services.context.clone(), services.secrets.clone());
            let WebhookWorld { queue, resolver } = services.webhooks.clone();
            webhooks::router(webhooks::App::new(&config, context, queue.client(), secrets, resolver))
        }),
    ]
}

/// The functions that a queue, a stream, the clock or a deployment calls.
pub const EVENT_FUNCTIONS: [&str; 16] = [
    "archive",
    "documents",
    "events",
    "import-export",
    "indexer",
    "janitor",
    "live-pusher",
    "live-socket",
    "mailer",
    "media",
    "publisher",
    "rebuilder",
    "relay",
    "sitemap",
    "stats-counter",
    "webhook-sender",
];

/// A function that answers HTTP requests.
pub struct HttpFunction {
    /// Its folder in `functions/`, its tag in the API description, and the beginning of the names of its event files.
    pub name: &'static str,
    /// The rest of the names of its event files, and the answer of a new shop to each: status and error code.
    pub events: &'static [(&'static str, &'static str)],
    /// One line for each route, as [`list`] writes them.
    pub routes: Vec<String>,
    pub describe: Box<dyn Fn(&mut Description) + Send + Sync>,
    pub(crate) router: fn(&Services) -> Router,
}

impl std::fmt::Debug for HttpFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl HttpFunction {
    /// Method and path of each route: `GET /health`.
    pub fn route_keys(&self) -> impl Iterator<Item = &str> {
        self.routes.iter().map(|line| line.split("  ").next().unwrap_or_default())
    }

    /// The route keys at API Gateway: `ANY` for each path, because `HEAD` works where `GET` does, and because only the
    /// function knows which methods to name when it refuses another one. A route with a throttle of its own has a key
    /// of its own too. Of a path that two functions share, one has `ANY`, and the other one only its own methods.
    pub fn deployed_keys(&self) -> BTreeSet<String> {
        let is_shared = |path: &str| (self.name, path) == ("catalog", "/api/v1/products");
        let key = |(method, path): (&str, &str)| {
            let method = if is_shared(path) { method } else { "ANY" };
            format!("{method} {path}")
        };
        let any = self.route_keys().filter_map(|key| key.split_once(' ')).map(key);
        let all = any.chain(self.route_keys().filter(|key| self.throttle(key).is_some()).map(str::to_owned));
        // API Gateway writes the rest of a path in its own way.
        all.map(|key| key.replace("{*path}", "{path+}")).collect()
    }

    /// How many requests a second API Gateway lets through to this route alone; twice as many at once. `None`: the route
    /// shares what the stage has. docs/operations.md has the sums.
    pub fn throttle(&self, key: &str) -> Option<u32> {
        let (method, path) = key.split_once(' ')?;
        match (self.name, method) {
            ("accounts", "POST") if path.starts_with("/api/v1/auth/") => Some(100),
            ("orders" | "payments", "POST") => Some(100),
            ("stripe-webhook", "POST") => Some(200),
            ("catalog" | "carts" | "pages", "GET") => Some(1_000),
            ("reviews", "GET") if path.starts_with("/api/v1/reviews/product/") => Some(1_000),
            ("search", "GET") if !path.contains("/admin/") => Some(1_000),
            _ => None,
        }
    }
}

/// Who sells, on the documents of the test shop.
pub fn seller() -> Seller {
    Seller {
        name: "Kontor".to_owned(),
        address: Some("Kontorhof 5, 20457 Hamburg".to_owned()),
        contact: None,
        vat_number: Some("DE123456789".to_owned()),
        tax_number: None,
    }
}

fn pages_router(services: &Services) -> Router {
    let config = pages::Config {
        context: context_config(),
        bucket: "files".to_owned(),
        pages_bucket: "pages".to_owned(),
        search_language: Language::English,
        images_url: IMAGES_URL.to_owned(),
        branding: Branding::new("Kontor", ORIGIN),
    };
    let context = services.context.clone();
    let index = services.index.live(&context.store);
    let files = services.index.bucket.client();
    services.index.followed_by(pages::router(pages::App::new(&config, context, index, files)))
}

fn stats_router(services: &Services) -> Router {
    let zone = ShopZone::parse(TIME_ZONE).expect("a time zone");
    let config = stats::Config { context: context_config(), currency: Currency::USD, zone };
    stats::router(stats::App::new(&config, services.context.clone()))
}

fn reviews_router(services: &Services) -> Router {
    let config = reviews::Config {
        context: context_config(),
        moderation: services.settings.moderation,
        link_secret: "link".to_owned(),
        images_url: IMAGES_URL.to_owned(),
    };
    reviews::router(reviews::App::new(&config, services.context.clone(), services.secrets.clone()))
}

fn search_router(services: &Services) -> Router {
    let config = search::Config {
        context: context_config(),
        bucket: "files".to_owned(),
        language: Language::English,
        currency: Currency::USD,
        images_url: IMAGES_URL.to_owned(),
    };
    let context = services.context.clone();
    let index = services.index.live(&context.store);
    services.index.followed_by(search::router(search::App::new(&config, context, index)))
}

fn http<S: Clone + Send + Sync + 'static>(
    name: &'static str,
    events: &'static [(&'static str, &'static str)],
    routes: fn() -> Vec<Route<S>>,
    router: fn(&Services) -> Router,
) -> HttpFunction {
    let describe = Box::new(move |api: &mut Description| api.add(name, about(name), &routes()));
    HttpFunction { name, events, routes: list(&routes()), describe, router }
}

/// What the description of the API says about a function's routes.
fn about(function: &str) -> &'static str {
    match function {
        "accounts" => "Registration, sign-in, sessions, two-factor, profiles, addresses, and what staff do with users.",
        "carts" => "Carts of users and guests, wishlists, and quotes: what an order would cost.",
        "catalog" => "Products with their variants and pictures, categories and brands.",
        "coupons" => "Codes that give a discount on an order.",
        "live" => "Tickets that open connections of live updates.",
        "orders" => "Placing, reading, tracking and cancelling orders, and what staff do with them.",
        "payments" => "Opening the payment of an order, and refunds.",
        "returns" => "Goods that buyers send back, and what staff do with them.",
        "reviews" => "What customers write about products that they bought, votes, and what staff do with reviews.",
        "search" => "Lists of products, search, suggestions, the first page, and how staff set the search.",
        "shipping" => "Shipping methods: what buyers choose from, and what it costs where.",
        "shop" => "What a storefront needs to know of the shop before it shows anything.",
        "stats" => "The figures of the shop, for staff and for a monitoring system.",
        "status" => "Health checks, this description, and the schemas of public events.",
        "stock" => "Stock levels, their history and changes, and alerts for customers who wait.",
        "stripe-webhook" => "Stripe's events.",
        "uploads" => {
            "Forms to upload pictures and CSV files, and what is downloaded: CSV exports, documents of orders and pictures of returns."
        }
        "webhooks" => "Endpoints of the merchant that get events, and what was delivered to them.",
        _ => "",
    }
}

/// What the functions of one shop share.
pub(crate) struct Services {
    pub(crate) context: Context,
    pub(crate) secrets: Secrets,
    pub(crate) checkout: Checkout,
    pub(crate) accounts: accounts::App,
    pub(crate) index: ShopIndex,
    pub(crate) webhooks: WebhookWorld,
    pub(crate) settings: CheckoutSettings,
}

impl Services {
    /// The same services, but with the rights of this function at the table.
    pub(crate) fn of(&self, function: &str, table: &TestTable) -> Self {
        let store = table.store_of(function);
        let auth = Auth { store: store.clone(), ..self.context.auth.clone() };
        let context = Context { store: store.clone(), auth: auth.clone(), ..self.context.clone() };
        let orders = OrderProcessor::new(store, context.clock.clone(), context.ids.clone());
        let access = OrderAccess { auth, ..self.checkout.access.clone() };
        let checkout = Checkout { orders, access, ..self.checkout.clone() };
        let mut accounts = self.accounts.clone();
        accounts.context = context.clone();
        let (secrets, index, webhooks) = (self.secrets.clone(), self.index.clone(), self.webhooks.clone());
        let settings = self.settings.clone();
        Self { context, secrets, checkout, accounts, index, webhooks, settings }
    }
}

pub fn context_config() -> ContextConfig {
    ContextConfig {
        table: "kontor".to_owned(),
        issuer: ISSUER.to_owned(),
        jwks_secret: "jwks".to_owned(),
        staff_rules: StaffRules { two_factor_required: false, proof_lasts: Duration::from_hours(12) },
        api_key_requests: 600,
        distribution: Distribution::new(ORIGIN_SECRET, true),
    }
}

/// The configuration of an AWS client that signs and never sends.
fn aws() -> aws_config::SdkConfig {
    let credentials = Credentials::new("AKID", "secret", None, None, "test");
    aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .region(aws_config::Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}
