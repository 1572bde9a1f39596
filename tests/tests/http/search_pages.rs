//! Pages of products: by number, and by a cursor while the catalogue changes.

use axum::http::Method;
use data_encoding::BASE64URL_NOPAD;
use harness::products::{PRODUCTS, change, path, staffed, usd};
use harness::shop::{Answer, Person, Shop};
use serde_json::{Value, json};

use crate::search::{SEARCH, names, plain, search};

const SORTS: [&str; 8] =
    ["relevance", "price:asc", "price:desc", "newest", "bestselling", "rating", "name:asc", "name:desc"];

async fn shop_with(count: i64) -> (Shop, Person, Vec<Value>) {
    let (shop, staff) = staffed().await;
    let mut made = Vec::new();
    for n in 0..count {
        let fields = json!({ "price": usd(1000 + n % 3), "description": "word" });
        made.push(plain(&shop, &staff, &format!("Item {n:02}"), fields).await);
    }
    (shop, staff, made)
}

fn next(answer: &Answer) -> Option<String> {
    answer.json["pagination"]["nextCursor"].as_str().map(str::to_owned)
}

/// The names of all pages.
async fn pages(shop: &Shop, query: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = search(shop, &format!("{query}{cursor}")).await;
        seen.extend(names(&page).into_iter().map(str::to_owned));
        match next(&page) {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
    }
}

#[tokio::test]
async fn pages_by_number_and_by_cursor_are_the_same_in_every_order() {
    let (shop, _, _) = shop_with(11).await;
    for sort in SORTS {
        for words in ["", "&q=word"] {
            let query = format!("sort={sort}{words}");
            let all = names(&search(&shop, &query).await).into_iter().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(all.len(), 11);
            assert_eq!(pages(&shop, &format!("{query}&limit=3")).await, all, "{query}");
            let mut numbered = Vec::new();
            for page in 1..=5 {
                let answer = search(&shop, &format!("{query}&limit=3&page={page}")).await;
                numbered.extend(names(&answer).into_iter().map(str::to_owned));
                let pagination = &answer.json["pagination"];
                let told = (&pagination["total"], &pagination["page"], &pagination["totalPages"]);
                assert_eq!(told, (&json!(11), &json!(page), &json!(4)));
                assert_eq!(next(&answer).is_some(), page < 4, "{query} {page}");
            }
            assert_eq!(numbered, all, "{query}");
        }
    }
    let second = search(&shop, &format!("limit=5&cursor={}", next(&search(&shop, "limit=5").await).unwrap())).await;
    assert_eq!((&second.json["pagination"]["page"], &second.json["pagination"]["total"]), (&Value::Null, &json!(11)));
}

#[tokio::test]
async fn a_page_that_is_reached_by_a_cursor_shows_the_catalogue_as_the_first_page_did() {
    let (shop, staff, made) = shop_with(6).await;
    let first = search(&shop, "sort=price:asc&limit=2").await;
    let before = pages(&shop, "sort=price:asc&limit=2").await;
    // One changes its place, one its name, one goes and one comes.
    for (product, edit) in [(5, json!({ "price": usd(1) })), (4, json!({ "name": "Other" }))] {
        change(&shop, Method::PATCH, &made[product], &edit, &staff).send().await.expect(200);
    }
    shop.request(Method::DELETE, &path(&made[2])).by(&staff).send().await.expect(200);
    plain(&shop, &staff, "New", json!({ "price": usd(2) })).await;
    let facets = first.json["facets"].clone();
    let (mut seen, mut page) = (names(&first).into_iter().map(str::to_owned).collect::<Vec<_>>(), first);
    while let Some(cursor) = next(&page) {
        page = search(&shop, &format!("sort=price:asc&limit=2&cursor={cursor}")).await;
        assert_eq!((&page.json["pagination"]["total"], &page.json["facets"]), (&json!(6), &facets));
        seen.extend(names(&page).into_iter().map(str::to_owned));
    }
    assert_eq!(seen, before);
    assert_eq!(pages(&shop, "sort=price:asc&limit=2").await[..2], ["Item 05", "New"], "a new list shows the changes");
    assert_ne!(search(&shop, "sort=price:asc&limit=2").await.json["facets"], facets);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_query_only_with_any_size_of_page() {
    let (shop, _, _) = shop_with(6).await;
    let cursor = next(&search(&shop, "q=word&limit=2").await).unwrap();
    let ask = |path: &str, query: &str| shop.get(&format!("{path}?{query}&cursor={cursor}")).send();
    assert_eq!(names(&ask(SEARCH, "limit=4&q=word&facets=false").await.expect(200)).len(), 4);
    assert_eq!(names(&ask(PRODUCTS, "limit=4&q=word").await.expect(200)).len(), 4);
    for other in ["q=item", "q=word&sort=newest", "q=word&inStock=true", "limit=2"] {
        let refused = ask(SEARCH, other).await.expect_problem(400, "validation_failed");
        assert_eq!(refused.fields(), ["cursor"], "{other}");
    }
    let both = ask(SEARCH, "q=word&page=2").await.expect_problem(400, "validation_failed");
    assert_eq!(both.fields(), ["page"]);
}

#[tokio::test]
async fn a_forged_cursor_neither_breaks_anything_nor_shows_what_is_hidden() {
    let (shop, staff, made) = shop_with(5).await;
    let draft = json!({ "status": "draft" });
    change(&shop, Method::PATCH, &made[0], &draft, &staff).send().await.expect(200);
    let good = BASE64URL_NOPAD.decode(next(&search(&shop, "limit=2").await).unwrap().as_bytes()).unwrap();
    let (query, seq, key) = (0..12, 12..16, 16..24);
    let with = |place: std::ops::Range<usize>, bytes: &[u8]| {
        let mut forged = good.clone();
        forged.splice(place, bytes.iter().copied());
        BASE64URL_NOPAD.encode(&forged)
    };
    for cursor in [
        with(seq.clone(), &[0; 4]),
        with(seq.clone(), &[255; 4]),
        with(key.clone(), &[0; 8]),
        with(key.clone(), &[255; 8]),
        with(24..40, &[255; 16]),
        with(40..40, "ä\u{0}".as_bytes()),
        with(40..40, &[255; 4_000]),
    ] {
        let page = search(&shop, &format!("limit=2&cursor={cursor}")).await;
        assert!(!names(&page).contains(&"Item 00"), "{cursor}");
    }
    for cursor in [with(query, &[0; 12]), with(0..40, b""), with(39..40, b""), "AAAA".to_owned(), "%00".to_owned()] {
        let refused = shop.get(&format!("{SEARCH}?limit=2&cursor={cursor}")).send().await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["cursor"], "{cursor}");
    }
}

#[tokio::test]
async fn pages_whose_catalogue_is_forgotten_go_on_from_the_same_place() {
    let (shop, _, _) = shop_with(6).await;
    let all = pages(&shop, "sort=name:asc").await;
    let first = search(&shop, "sort=name:asc&limit=2").await;
    let mut cursor = BASE64URL_NOPAD.decode(next(&first).unwrap().as_bytes()).unwrap();
    cursor.splice(12..16, 1_000_000_u32.to_le_bytes());
    let cursor = BASE64URL_NOPAD.encode(&cursor);
    let second = search(&shop, &format!("sort=name:asc&limit=2&cursor={cursor}")).await;
    assert_eq!(names(&second), all[2..4]);
    let third = search(&shop, &format!("sort=name:asc&limit=2&cursor={}", next(&second).unwrap())).await;
    assert_eq!(names(&third), all[4..]);
}
