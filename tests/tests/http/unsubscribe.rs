//! The unsubscribe link.

use axum::http::Method;
use domain::preferences::Topic;
use harness::shop::Shop;
use kit::runtime::links::LinkKeys;

#[tokio::test]
async fn opening_the_link_changes_nothing_and_its_button_unsubscribes() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let key = LinkKeys::new(shop.secrets.clone(), "link").key(shop.now()).await.unwrap();
    let path = format!("/api/v1/mail/unsubscribe?topic=account&token={}", key.unsubscribe(ada.id, Topic::Account));
    let page = shop.get(&path).send().await.expect(200);
    assert!(page.header("content-type").starts_with("text/html") && page.text.contains("<form method=\"post\">"));
    let wants = async || shop.get("/api/v1/users/me").by(&ada).send().await.data()["preferences"]["account"] == true;
    assert!(wants().await);
    for _ in 0..2 {
        let one_click =
            shop.request(Method::POST, &path).text("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click");
        one_click.send().await.expect(200);
        assert!(!wants().await);
    }
}

#[tokio::test]
async fn a_link_is_valid_only_for_its_topic_and_user() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let key = LinkKeys::new(shop.secrets.clone(), "link").key(shop.now()).await.unwrap();
    let token = key.unsubscribe(ada.id, Topic::Account);
    for query in [
        format!("topic=news&token={token}"),
        format!("topic=security&token={token}"),
        format!("topic=account&token=B{}", &token[1..]),
        "topic=account&token=".to_owned(),
    ] {
        let path = format!("/api/v1/mail/unsubscribe?{query}");
        shop.request(Method::POST, &path).send().await.expect_problem(400, "link_invalid");
    }
    shop.request(Method::POST, "/api/v1/mail/unsubscribe").send().await.expect_problem(400, "validation_failed");
}

#[tokio::test]
async fn the_page_is_in_the_language_of_the_mail_and_then_of_the_browser_and_needs_no_script() {
    let shop = Shop::open().await;
    let ada = shop.register("ada@example.com").await;
    let key = LinkKeys::new(shop.secrets.clone(), "link").key(shop.now()).await.unwrap();
    let path = format!("/api/v1/mail/unsubscribe?topic=orders&token={}", key.unsubscribe(ada.id, Topic::Orders));
    for (query, header, says) in [
        ("&language=de", "en", "keine Mails über die Lieferung Ihrer Bestellungen mehr bekommen?"),
        ("", "de-DE, en;q=0.5", "keine Mails über die Lieferung Ihrer Bestellungen mehr bekommen?"),
        ("&language=en", "de", "sending you mail about the delivery of your orders?"),
        ("", "fr", "sending you mail about the delivery of your orders?"),
        ("&language=%3Cscript%3E", "", "sending you mail about the delivery of your orders?"),
    ] {
        let page = shop.get(&format!("{path}{query}")).header("accept-language", header).send().await.expect(200);
        assert!(page.text.contains(says), "{query} {header}: {}", page.text);
        for part in ["name=\"viewport\"", "prefers-color-scheme:dark", "href=\"https://shop.test\"", "<button>"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        assert!(!page.text.contains("<script"), "{}", page.text);
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    }
    let done = shop.request(Method::POST, &format!("{path}&language=de")).send().await.expect(200);
    assert!(done.text.contains("Erledigt.") && done.text.contains("<html lang=\"de\">"), "{}", done.text);
}
