//! What a storefront needs to know of the shop.

use harness::orders::{PlacedOrder, order_of, selling};
use harness::settings::CheckoutSettings;
use harness::shop::{ORIGIN, Shop};
use harness::table::TestTable;
use kit::runtime::config::Env;
use serde_json::json;
use shop::LegalPages;

const SHOP: &str = "/api/v1/shop";

#[tokio::test]
async fn the_shop_tells_a_storefront_all_settings_that_it_needs() {
    let shop = Shop::open().await;
    shop.table.network.take_calls();
    let answer = shop.get(SHOP).send().await.expect(200);
    assert_eq!(shop.table.network.take_calls().len(), 1, "it reads the shipping methods");
    let usd = |amount: i64| json!({ "amount": amount, "currency": "usd" });
    let expected = json!({
        "name": "Kontor",
        "currency": { "code": "usd", "decimals": 2 },
        "countries": [],
        "otherCountries": { "shipping": usd(500), "taxRate": 700 },
        "freeShippingFrom": usd(10_000),
        "taxOnShipping": false,
        "payment": {
            "methods": ["checkout_session", "payment_intent", "cash_on_delivery"],
            "stripePublishableKey": "pk_test_1",
            "slowPayments": true,
            "smallestOnline": usd(50),
            "largestCash": usd(20_000),
        },
        "limits": { "lines": 85, "stockShown": 0, "unitsOfLine": 999, "unitsOfProduct": 9_999, "units": 99_999 },
        "cartReminders": false,
        "links": { "storefront": ORIGIN, "imprint": null, "terms": "https://shop.test/terms", "privacy": null },
        "catalogueLanguage": "en",
        "timeZone": "Europe/Berlin",
        "taxIncluded": false,
        "tax": {
            "shipping": "none",
            "reverseCharge": false,
            "default": { "standard": 700, "reduced": 700, "secondReduced": 700, "superReduced": 700 },
            "places": [],
        },
        "returns": { "returnDays": 30, "withdrawalDays": 14, "fee": usd(300), "sendDays": 20 },
    });
    assert_eq!(answer.data(), &expected);
}

#[tokio::test]
async fn the_settings_may_be_cached_and_are_not_sent_again_to_who_has_them() {
    let shop = Shop::open().await;
    let first = shop.get(SHOP).send().await.expect(200);
    assert_eq!(first.header("cache-control"), "public, max-age=300, stale-while-revalidate=300");
    let tag = first.header("etag");
    let again = shop.get(SHOP).header("if-none-match", tag).send().await.expect(304);
    assert_eq!((again.text.as_str(), again.header("etag")), ("", tag));
    let without_slow_payments = CheckoutSettings { slow_payments: false, ..CheckoutSettings::default() };
    let other = Shop::with_settings(without_slow_payments, TestTable::create().await);
    other.get(SHOP).header("if-none-match", tag).send().await.expect(200);
}

#[tokio::test]
async fn an_order_costs_what_the_shop_told() {
    let (shop, _) = selling().await;
    let told = shop.get(SHOP).send().await.expect(200).data()["otherCountries"].clone();
    let bought = PlacedOrder::of(shop.place_order(&order_of("A", 2, "payment_intent"), "k").send().await);
    let totals = &bought.whole["totals"];
    assert_eq!(totals["shipping"], told["shipping"]);
    assert_eq!(totals["tax"]["amount"].as_i64().unwrap(), 2_000 * told["taxRate"].as_i64().unwrap() / 10_000);
}

/// What the template gives to every function of the API.
pub(crate) const OF_ALL: [(&str, &str); 8] = [
    ("TABLE", "kontor"),
    ("TOKEN_ISSUER", "https://api.test"),
    ("JWKS_SECRET", "jwks"),
    ("STAFF_TWO_FACTOR", "required"),
    ("FRESH_PROOF_MINUTES", "720"),
    ("API_KEY_REQUESTS", "600"),
    ("ORIGIN_SECRET", "secret"),
    ("DIRECT_ACCESS", "refused"),
];

/// The settings as the template gives them to the function.
fn variables(key: &str, imprint: &str) -> Env {
    let rates = [("CURRENCY", "jpy"), ("SHIPPING_RATES", r#"{"countries":{"JP":500}}"#), ("TAX_RATES", "{}")];
    let own = [
        ("SHOP_NAME", "Kontor"),
        ("SHOP_URL", "https://shop.test/"),
        ("IMPRINT_URL", imprint),
        ("TERMS_URL", ""),
        ("PAYMENT_METHODS", "checkout_session"),
        ("CASH_LIMIT", "20000"),
        ("SLOW_PAYMENTS", "false"),
        ("ORDER_LIMITS", "{}"),
        ("STOCK_SHOWN", "5"),
        ("CART_REMINDER_HOURS", "0"),
        ("STRIPE_PUBLISHABLE_KEY", key),
        ("RETURN_DAYS", "30"),
        ("WITHDRAWAL_DAYS", "14"),
        ("RETURN_FEE", "0"),
        ("RETURN_SEND_DAYS", "30"),
        ("TIME_ZONE", "Europe/Berlin"),
        ("SEARCH_LANGUAGE", "de"),
    ];
    let all = rates.into_iter().chain(OF_ALL).chain(own);
    Env::of(all.map(|(name, value)| (name, value.to_owned())))
}

#[test]
fn a_shop_without_a_publishable_key_starts_and_one_with_a_secret_key_in_its_place_does_not() {
    assert_eq!(shop::Config::read(variables("", "")).unwrap().stripe_key, None);
    assert!(shop::Config::read(variables("pk_live_51Nx", "")).unwrap().stripe_key.is_some());
    let refused = shop::Config::read(variables("sk_live_51Nx", "")).unwrap_err().to_string();
    assert!(refused.contains("STRIPE_PUBLISHABLE_KEY must be a publishable key"), "{refused}");
    assert!(!refused.contains("51Nx"), "{refused}");
}

#[test]
fn a_shop_needs_no_pages_of_the_law_and_takes_only_safe_addresses_of_them() {
    let pages = |imprint| shop::Config::read(variables("", imprint)).map(|config| config.pages);
    assert_eq!(pages("").unwrap(), LegalPages::default());
    let imprint = "https://example.com/imprint?lang=de";
    assert_eq!(pages(imprint).unwrap().imprint.as_deref(), Some(imprint));
    for bad in ["http://example.com", "javascript:alert(1)", "/imprint", "https://example.com/a b"] {
        let refused = pages(bad).unwrap_err().to_string();
        assert!(refused.contains("IMPRINT_URL must begin with https:// and have no spaces"), "{refused}");
    }
}
