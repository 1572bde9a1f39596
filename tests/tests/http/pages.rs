//! The storefront's pages as crawlers see them: what is in them.

use axum::http::Method;
use domain::review::Moderation;
use harness::products::{PRODUCTS, change, in_sizes, make, path, shirt, size, staffed, usd};
use harness::reviews::{REVIEWS, Reviewing, reviewing};
use harness::shop::{Answer, Person, Shop};
use regex_lite::Regex;
use serde_json::{Value, json};

use crate::images::with_pictures;
use crate::search::plain;

pub(crate) async fn page(shop: &Shop, path: &str) -> Answer {
    shop.get(&format!("/pages{path}")).send().await
}

/// Everything that stands between these.
pub(crate) fn between<'a>(html: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    html.split(before).skip(1).map(|rest| rest.split(after).next().unwrap()).collect()
}

/// The JSON-LD of a page, by its type.
fn json_ld(page: &Answer, kind: &str) -> Value {
    let blocks = between(&page.text, "<script type=\"application/ld+json\">", "</script>");
    let blocks: Vec<Value> = blocks.into_iter().map(|block| serde_json::from_str(block).unwrap()).collect();
    assert!(blocks.iter().all(|block| block["@context"] == "https://schema.org"), "{blocks:?}");
    blocks.into_iter().find(|block| block["@type"] == kind).unwrap_or_default()
}

fn canonical(page: &Answer) -> Vec<&str> {
    between(&page.text, "<link rel=\"canonical\" href=\"", "\"")
}

fn description(page: &Answer) -> Vec<&str> {
    between(&page.text, "<meta name=\"description\" content=\"", "\"")
}

pub(crate) fn is_hidden(page: &Answer) -> bool {
    page.text.contains("<meta name=\"robots\" content=\"noindex\">") && canonical(page).is_empty()
}

/// The texts of the elements in a page, as people read them.
fn text(html: &str) -> String {
    let content = between(html, "<div id=\"app\">", "</body>")[0];
    let text = Regex::new("<[^>]*>").unwrap().replace_all(content, " ").into_owned();
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn term(shop: &Shop, staff: &Person, plural: &str, body: Value) -> Value {
    shop.post(&format!("/api/v1/{plural}"), &body).by(staff).send().await.expect(201).data().clone()
}

/// Every offer has what search engines want.
fn check_offer(offer: &Value, path: &str, price: &str, availability: &str) {
    let expected = json!({
        "@type": "Offer",
        "availability": format!("https://schema.org/{availability}"),
        "itemCondition": "https://schema.org/NewCondition",
        "price": price,
        "priceCurrency": "USD",
        "url": format!("https://shop.test/products/{path}"),
    });
    assert_eq!(offer, &expected);
}

#[tokio::test]
async fn a_product_with_variants_is_text_pictures_links_and_a_group_of_offers() {
    let (shop, staff) = staffed().await;
    let clothing = term(&shop, &staff, "categories", json!({ "name": "Clothing" })).await;
    let shirts = json!({ "name": "Shirts", "parentId": clothing["id"] });
    let shirts = term(&shop, &staff, "categories", shirts).await;
    let brand = term(&shop, &staff, "brands", json!({ "name": "Nord & Sons" })).await;
    let with =
        |n, sku: &str, price, stock| size(n, &[("sku", json!(sku)), ("price", usd(price)), ("stock", json!(stock))]);
    let mut body = in_sizes("tee", &[with(1, "TEE-1", 1999, 50), with(2, "TEE-2", 2500, 0)]);
    body["variants"][0]["metadata"] = json!({ "public.gtin": "4006381333931", "public.mpn": "N-7", "cost": "3" });
    body["variants"][1]["metadata"] = json!({ "public.gtin": "4006381333932" });
    body["description"] = json!("A soft shirt.\n\nMade in Hamburg.");
    body["attributes"] = json!({ "Fabric": "Cotton" });
    body["categoryIds"] = json!([shirts["id"]]);
    body["brandId"] = brand["id"].clone();
    let made = make(&shop, &staff, &body).await;
    let pictures = with_pictures(&shop, &made, 2).await;
    let shown = page(&shop, "/products/sized-tee").await.expect(200);
    assert_eq!(shown.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(canonical(&shown), ["https://shop.test/products/sized-tee"]);
    assert_eq!(between(&shown.text, "<title>", "</title>"), ["Sized tee – Kontor"]);
    assert_eq!(description(&shown), ["A soft shirt. Made in Hamburg."]);
    let image = format!("https://images.test/products/{}/{}", made["id"].as_str().unwrap(), pictures[0]);
    let og_image = between(&shown.text, "<meta property=\"og:image\" content=\"", "\"");
    assert_eq!(og_image, [format!("{image}/large.jpg")]);
    assert!(
        shown.text.contains(&format!("<img src=\"{image}/medium.jpg\" alt=\"Sized tee\" width=\"4\" height=\"3\">"))
    );
    let listed = page(&shop, "").await.text;
    assert!(
        listed.contains(&format!("<img src=\"{image}/small.jpg\" alt=\"\"")),
        "the name stands beside it: {listed}"
    );
    let read = text(&shown.text);
    for part in [
        "Home Clothing Shirts Sized tee",
        "Brand: Nord & Sons",
        "$19.99 · In stock",
        "A soft shirt. Made in Hamburg.",
        "Size: 1 · $19.99 · In stock",
        "Size: 2 · $25.00 · Sold out",
        "Fabric Cotton",
    ] {
        assert!(read.contains(part), "{part}: {read}");
    }
    let group = json_ld(&shown, "ProductGroup");
    assert_eq!(group["productGroupID"], made["id"]);
    assert_eq!(group["variesBy"], json!(["https://schema.org/size"]));
    assert_eq!(group["brand"], json!({ "@type": "Brand", "name": "Nord & Sons" }));
    assert_eq!(group["image"][0], format!("{image}/large.jpg"));
    assert!(group["offers"].is_null() && group["aggregateRating"].is_null() && group["review"].is_null());
    let variants = group["hasVariant"].as_array().unwrap();
    assert_eq!(variants.len(), 2);
    check_offer(&variants[0]["offers"], "sized-tee?sku=TEE-1", "19.99", "InStock");
    check_offer(&variants[1]["offers"], "sized-tee?sku=TEE-2", "25.00", "OutOfStock");
    let numbers = |variant: &Value| {
        [variant["sku"].clone(), variant["size"].clone(), variant["gtin"].clone(), variant["mpn"].clone()]
    };
    assert_eq!(numbers(&variants[0]), [json!("TEE-1"), json!("1"), json!("4006381333931"), json!("N-7")]);
    assert_eq!(numbers(&variants[1]), [json!("TEE-2"), json!("2"), Value::Null, Value::Null]);
    let breadcrumbs = json_ld(&shown, "BreadcrumbList");
    let items: Vec<_> =
        breadcrumbs["itemListElement"].as_array().unwrap().iter().map(|item| item["item"].clone()).collect();
    let addresses = ["/", "/categories/clothing", "/categories/shirts", "/products/sized-tee"];
    assert_eq!(items, addresses.map(|path| json!(format!("https://shop.test{path}"))));
    assert!(!shown.text.contains("cost"), "metadata of the shop's own programs is for staff");
    let by_id = page(&shop, &format!("/products/{}", made["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(by_id.text, shown.text);
}

#[tokio::test]
async fn a_product_without_options_is_one_offer_and_has_the_ratings_and_reviews_that_customers_see() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::After).await;
    shop.reviewer("ada", &product, 5).await;
    let bob = shop.customer("bob").await;
    let words =
        json!({ "productId": product, "stars": 4, "title": "</script>\"'", "text": "<b>Good</b>", "name": "Bob" });
    shop.post(REVIEWS, &words).by(&bob).send().await.expect(201);
    let shown = page(&shop, &format!("/products/{product}")).await.expect(200);
    let single = json_ld(&shown, "Product");
    let slug = single["url"].as_str().unwrap().rsplit('/').next().unwrap();
    check_offer(&single["offers"], slug, "10.00", "InStock");
    assert_eq!((&single["sku"], &single["hasVariant"]), (&json!("A"), &Value::Null));
    let rating = &single["aggregateRating"];
    assert_eq!(
        (&rating["ratingValue"], &rating["reviewCount"], &rating["bestRating"]),
        (&json!("4.50"), &json!(2), &json!(5))
    );
    let reviews = single["review"].as_array().unwrap();
    assert_eq!(reviews.len(), 2);
    let of_bob = reviews.iter().find(|review| review["author"]["name"] == "Bob").unwrap();
    assert_eq!((&of_bob["name"], &of_bob["reviewBody"]), (&json!("</script>\"'"), &json!("<b>Good</b>")));
    assert_eq!((&of_bob["datePublished"], &of_bob["reviewRating"]["ratingValue"]), (&json!("2026-11-20"), &json!(4)));
    assert!(reviews.iter().any(|review| review["author"]["name"] == "A customer"));
    let read = text(&shown.text);
    for part in ["4.5 of 5 stars, 2 reviews", "</script>\"'", "4 of 5 stars · Bob · 20 November 2026", "<b>Good</b>"]
    {
        assert!(read.contains(part), "{part}: {read}");
    }
    assert!(!shown.text.contains("<b>"));
}

#[tokio::test]
async fn a_review_that_staff_have_not_approved_is_not_in_the_page() {
    let Reviewing { shop, product, .. } = reviewing(Moderation::Before).await;
    shop.reviewer("ada", &product, 5).await;
    let shown = page(&shop, &format!("/products/{product}")).await.expect(200);
    assert!(json_ld(&shown, "Product")["review"].is_null());
    assert!(!shown.text.contains("5 stars"));
}

#[tokio::test]
async fn no_text_of_a_product_becomes_html_or_ends_a_script() {
    let (shop, staff) = staffed().await;
    let hostile = "</script><script>alert(1)</script><!--app--><!-- \"' onload='x' {{ 7*7 }} &amp;";
    let mut body = shirt("A");
    body["name"] = json!(hostile);
    body["slug"] = json!("hostile");
    body["description"] = json!(format!("{hostile}\n</title>"));
    body["attributes"] = json!({ "<i>": "</dd>" });
    let made = make(&shop, &staff, &body).await;
    with_pictures(&shop, &made, 1).await;
    for path in ["/products/hostile", "/search", ""] {
        let shown = page(&shop, path).await.expect(200);
        let scripts = shown.text.matches("<script").count();
        assert_eq!(scripts, shown.text.matches("<script type=\"application/ld+json\">").count(), "{path}");
        assert_eq!(scripts, shown.text.matches("</script>").count(), "{path}");
        for bad in ["<i>", "</dd></dd>", "<!--", "alert(1)<"] {
            assert!(!shown.text.contains(bad), "{path}: {bad}");
        }
        assert!(text(&shown.text).contains(hostile), "{path}: {}", text(&shown.text));
    }
    let shown = page(&shop, "/products/hostile").await;
    assert_eq!(json_ld(&shown, "Product")["name"], hostile);
    assert_eq!(json_ld(&shown, "BreadcrumbList")["itemListElement"][2]["name"], hostile);
    let refused = json!({ "name": "Shirt \u{202e}tfeL", "sku": "B", "price": usd(1) });
    let refused = shop.post(PRODUCTS, &refused).by(&staff).send().await.expect_problem(400, "validation_failed");
    assert_eq!(refused.fields(), ["name"], "no text turns the direction of a page");
}

#[tokio::test]
async fn what_is_not_on_sale_is_gone_if_it_was_and_missing_if_it_never_was() {
    let (shop, staff) = staffed().await;
    let made = plain(&shop, &staff, "Harbour lamp", json!({ "status": "draft" })).await;
    let seen = async |status: u16| {
        let shown = page(&shop, "/products/harbour-lamp").await.expect(status);
        assert!(status == 200 || is_hidden(&shown) && !shown.text.contains("Harbour"), "{}", shown.text);
    };
    seen(404).await;
    for (status, expected) in [("active", 200), ("archived", 410), ("active", 200)] {
        let body = json!({ "status": status });
        change(&shop, Method::PATCH, &made, &body, &staff).send().await.expect(200);
        seen(expected).await;
    }
    shop.request(Method::DELETE, &path(&made)).by(&staff).send().await.expect(200);
    seen(410).await;
    for unknown in
        ["/products/nothing", "/products/Nothing", "/products/prd_01M7W6C3804Q9PV3Y1B8S4HJET", "/categories/nothing"]
    {
        assert!(is_hidden(&page(&shop, unknown).await.expect(404)), "{unknown}");
    }
}

#[tokio::test]
async fn a_list_has_numbered_pages_that_lead_to_each_other() {
    let (shop, staff) = staffed().await;
    let top = json!({ "name": "Lamps", "description": "Light for each room." });
    let top = term(&shop, &staff, "categories", top).await;
    let below = json!({ "name": "Desk lamps", "parentId": top["id"] });
    let below = term(&shop, &staff, "categories", below).await;
    let hidden = json!({ "name": "Secret lamps", "parentId": top["id"], "active": false });
    term(&shop, &staff, "categories", hidden).await;
    for n in 0..25 {
        plain(&shop, &staff, &format!("Lamp {n:02}"), json!({ "categoryIds": [below["id"]] })).await;
    }
    plain(&shop, &staff, "Walnut table", json!({})).await;
    let links = |shown: &Answer| between(&shown.text, "<a href=\"/products/", "\"").join(" ");
    let first = page(&shop, "/categories/lamps").await.expect(200);
    assert_eq!(canonical(&first), ["https://shop.test/categories/lamps"]);
    assert!(links(&first).starts_with("lamp-24 lamp-23 ") && links(&first).ends_with(" lamp-01"), "{}", links(&first));
    assert!(first.text.contains("<link rel=\"next\" href=\"https://shop.test/categories/lamps?page=2\">"));
    assert!(first.text.contains("<a href=\"/categories/lamps?page=2\" rel=\"next\">Next page</a>"));
    assert!(first.text.contains("<a href=\"/categories/desk-lamps\">Desk lamps</a>"));
    assert!(!first.text.contains("Secret") && !first.text.contains("rel=\"prev\""));
    assert_eq!(description(&first), ["Light for each room."]);
    let second = page(&shop, "/categories/lamps?page=2").await.expect(200);
    assert_eq!(canonical(&second), ["https://shop.test/categories/lamps?page=2"]);
    assert_eq!(between(&second.text, "<title>", "</title>"), ["Lamps, page 2 – Kontor"]);
    assert_eq!(links(&second), "lamp-00");
    assert_eq!(description(&second), ["Lamps, page 2: Lamp 00"]);
    let undescribed = page(&shop, "/categories/desk-lamps").await.expect(200);
    assert!(
        description(&undescribed)[0].starts_with("Desk lamps: Lamp 24, Lamp 23, "),
        "{:?}",
        description(&undescribed)
    );
    assert_eq!(description(&page(&shop, "").await), ["Kontor: Lamps"]);
    assert!(second.text.contains("<a href=\"/categories/lamps\" rel=\"prev\">Previous page</a>"));
    assert!(!second.text.contains("rel=\"next\""));
    let items = &json_ld(&second, "BreadcrumbList")["itemListElement"];
    assert_eq!((&items[1]["name"], &items[1]["position"]), (&json!("Lamps"), &json!(2)));
    let all = page(&shop, "/search?page=2&utm_source=mail").await.expect(200);
    assert_eq!((canonical(&all), links(&all).as_str()), (vec!["https://shop.test/search?page=2"], "lamp-01 lamp-00"));
    for missing in ["/categories/lamps?page=3", "/search?page=3", "/search?page=0", "/categories/secret-lamps"] {
        assert!(is_hidden(&page(&shop, missing).await.expect(404)), "{missing}");
    }
    for filtered in
        ["/search?q=lamp", "/categories/lamps?sort=price:asc", "/categories/lamps?options%5BSize%5D=M&page=2"]
    {
        let shown = page(&shop, filtered).await.expect(200);
        assert!(is_hidden(&shown) && links(&shown).is_empty(), "{filtered}");
    }
}

#[tokio::test]
async fn the_home_page_tells_who_the_shop_is_and_how_to_search_in_it() {
    let (shop, staff) = staffed().await;
    term(&shop, &staff, "categories", json!({ "name": "Lamps" })).await;
    term(&shop, &staff, "categories", json!({ "name": "Secrets", "active": false })).await;
    plain(&shop, &staff, "Harbour lamp", json!({ "compareAtPrice": usd(1500) })).await;
    plain(&shop, &staff, "Draft lamp", json!({ "status": "draft" })).await;
    for path in ["", "/index.html"] {
        let shown = page(&shop, path).await.expect(200);
        assert_eq!(canonical(&shown), ["https://shop.test/"]);
        assert_eq!(between(&shown.text, "<title>", "</title>"), ["Kontor"]);
        let website = json_ld(&shown, "WebSite");
        let template = &website["potentialAction"]["target"]["urlTemplate"];
        assert_eq!(template, "https://shop.test/search?q={search_term_string}");
        assert_eq!(json_ld(&shown, "Organization")["url"], "https://shop.test/");
        let read = text(&shown.text);
        assert!(read.contains("Harbour lamp $10.00 instead of $15.00 · Only a few left"), "{read}");
        assert!(shown.text.contains("<a href=\"/categories/lamps\">Lamps</a>"));
        assert!(!read.contains("Draft") && !read.contains("Secrets") && !read.contains("Bestsellers"), "{read}");
    }
}
