//! Importing coupons.

use domain::access::Role;
use harness::shop::Shop;
use serde_json::json;

use super::support::{counts, example, faults, import, import_examples};

#[tokio::test]
async fn imported_coupons_have_their_terms_and_their_uses() {
    let shop = Shop::open().await;
    import_examples(&shop, "Products").await;
    import_examples(&shop, "Coupons").await;
    let staff = shop.staff("staff@example.com", Role::Admin).await;
    let coupon = shop.get("/api/v1/coupons/WELCOME5").by(&staff).send().await.expect(200);
    let coupon = coupon.data();
    assert_eq!((&coupon["used"], &coupon["totalUses"], &coupon["percent"]), (&json!(17), &json!(1000), &json!(5)));
    let tea = shop.store().coupon(&domain::coupon::CouponCode::parse("TEATIME").unwrap()).await.unwrap().unwrap();
    assert_eq!((tea.terms.products.len(), tea.terms.categories.len()), (1, 1));
}

#[tokio::test]
async fn coupons_are_imported_once_even_if_staff_deleted_one() {
    let shop = Shop::open().await;
    import_examples(&shop, "Products").await;
    import_examples(&shop, "Coupons").await;
    let staff = shop.staff("staff@example.com", Role::Admin).await;
    let etag = shop.get("/api/v1/coupons/TEATIME").by(&staff).send().await.header("etag").to_owned();
    let delete = shop.request(axum::http::Method::DELETE, "/api/v1/coupons/TEATIME").header("if-match", &etag);
    assert!(delete.by(&staff).send().await.status.is_success());
    assert_eq!(counts(&import(&shop, "coupons", "csv", &example("Coupons", "csv")).await), [0, 2, 0]);
    assert!(shop.table.items_under("COUPON#TEATIME").is_empty());
}

#[tokio::test]
async fn coupons_keep_the_rules_of_the_api() {
    let shop = Shop::open().await;
    let text = "code,percent,amount,maximum_discount,products,ends_at\n\
        A,5,,,,\n\
        BOTH,5,1.00,,,\n\
        NONE,,,,,\n\
        MUCH,101,,0.00,,\n\
        GONE,5,,,no-such-product,\n\
        WHEN,5,,,,tomorrow\n\
        FINE,5,,,,\n";
    let report = import(&shop, "coupons", "csv", text).await;
    assert_eq!(report.new, 1);
    let expected = [
        (2, "code"),
        (3, "percent"),
        (4, "percent"),
        (5, "percent"),
        (5, "maximum_discount"),
        (6, "products"),
        (7, "ends_at"),
    ];
    assert_eq!(faults(&report), expected);
}
