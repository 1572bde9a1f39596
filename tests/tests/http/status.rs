//! The status function: health, the API description, and unknown paths.

use domain::access::Role;
use domain::public_event::EventType;
use harness::functions::context_config;
use harness::network::Fault;
use harness::settings::settings_by_default;
use harness::shop::Shop;
use kit::http::context::Context;
use kit::runtime::config::Env;
use kit::runtime::secrets::Secrets;
use status::{App, Config, EVENT_SCHEMAS, OPENAPI};
use tower::ServiceExt;

use crate::shop::OF_ALL;

async fn ask(shop: &Shop, secrets: Secrets, path: &str) -> (u16, serde_json::Value) {
    let (store, clock, ids) = (shop.store().clone(), shop.clock.clone(), shop.app.context.ids.clone());
    let context = Context::new(&context_config(), store, secrets, clock, ids);
    let app = App::new(&Config { context: context_config(), settings: settings_by_default() }, context);
    let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
    let response = status::router(app).oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 10_000_000).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_shop_is_ready_when_table_and_keys_answer() {
    let shop = Shop::open().await;
    for path in ["/health", "/health/ready", "/health/live"] {
        assert_eq!(ask(&shop, shop.secrets.clone(), path).await.0, 200);
    }
    let no_keys = Secrets::fixed([("jwks".to_owned(), "{\"keys\":[]}".to_owned())]);
    let (status, body) = ask(&shop, no_keys, "/health/ready").await;
    assert_eq!((status, &body["code"]), (503, &"not_ready".into()));
    shop.table.network.fail("GetItem", Fault::Before, 6);
    assert_eq!(ask(&shop, shop.secrets.clone(), "/health/live").await.0, 200);
    assert_eq!(ask(&shop, shop.secrets.clone(), "/health/ready").await.0, 503);
    assert_eq!(ask(&shop, shop.secrets.clone(), "/health").await.0, 503);
}

#[tokio::test]
async fn the_api_description_is_served_and_unknown_paths_are_not_found() {
    let shop = Shop::open().await;
    let (status, served) = ask(&shop, shop.secrets.clone(), "/api/v1/openapi.json").await;
    assert_eq!((status, served), (200, serde_json::from_str(OPENAPI).unwrap()));
    let (status, body) = ask(&shop, shop.secrets.clone(), "/wp-login.php").await;
    assert_eq!((status, &body["code"]), (404, &"no_such_route".into()));
}

#[tokio::test]
async fn the_schema_of_each_type_of_events_is_served_and_of_no_other() {
    let shop = Shop::open().await;
    for &event_type in EventType::ALL {
        let path = format!("/api/v1/events/schemas/{}", event_type.name());
        assert_eq!(shop.get(&path).send().await.expect(200).json, event_payloads::schema(event_type));
    }
    assert_eq!(EVENT_SCHEMAS.len(), EventType::ALL.len());
    let unknown = shop.get("/api/v1/events/schemas/order.exploded").send().await;
    unknown.expect_problem(404, "event_type_not_found");
}

#[tokio::test]
async fn admins_see_the_settings_of_the_shop_as_deployed_and_nobody_else_does() {
    const SETTINGS: &str = "/api/v1/admin/settings";
    let shop = Shop::open().await;
    let admin = shop.staff("root@example.com", Role::Admin).await;
    let seen = shop.get(SETTINGS).by(&admin).send().await.expect(200);
    let value = |name: &str| {
        let settings = seen.data().as_array().unwrap();
        settings.iter().find(|it| it["name"] == name).map(|it| it["value"].as_str().unwrap())
    };
    assert_eq!(
        (value("HoldMinutes"), value("ShopAddress"), value("StripeUrl")),
        (Some("30"), Some(""), Some("https://api.stripe.com"))
    );
    assert_eq!((value("ShippingRates"), value("StripeKey")), (None, None));
    shop.get(SETTINGS).send().await.expect_problem(401, "unauthenticated");
    let (ada, sam) = (shop.register("ada@example.com").await, shop.staff("sam@example.com", Role::Support).await);
    for other in [&ada, &sam] {
        shop.get(SETTINGS).by(other).send().await.expect_problem(403, "forbidden");
    }
}

#[test]
fn settings_that_are_not_set_are_empty() {
    let given = OF_ALL.into_iter().chain([("HoldMinutes", "45")]);
    let config = Config::read(Env::of(given.map(|(name, value)| (name, value.to_owned())))).unwrap();
    let value = |name: &str| &config.settings.iter().find(|it| it.name == name).unwrap().value;
    assert_eq!((value("HoldMinutes").as_str(), value("MailFrom").as_str()), ("45", ""));
}
