//! The one picture of a category or a brand: its upload, what shows it, and which of its files are deleted.

use axum::http::Method;
use domain::event::Event;
use domain::id::{CategoryId, ImageId, UploadId};
use domain::product::Image;
use domain::taxonomy::Taxonomy;
use harness::products::staffed;
use harness::shop::{Person, Shop};
use serde_json::{Value, json};
use store::Commit;
use store::uploads::{UploadConflict, UploadRecord};

async fn category(shop: &Shop, staff: &Person) -> Value {
    let made = shop.post("/api/v1/categories", &json!({ "name": "Shirts" })).by(staff).send().await.expect(201);
    assert_eq!(made.data()["image"], Value::Null);
    made.data().clone()
}

fn of(category: &Value) -> String {
    format!("/api/v1/categories/{}", category["id"].as_str().unwrap())
}

async fn upload(shop: &Shop, staff: &Person, category: &Value) -> UploadRecord {
    let body = json!({ "for": "picture", "categoryId": category["id"], "contentType": "image/png", "alt": "Shirts" });
    let form = shop.post("/api/v1/uploads", &body).by(staff).send().await.expect(201);
    let id = UploadId::parse(form.data()["id"].as_str().unwrap()).unwrap();
    shop.store().upload(id, shop.now()).await.unwrap().unwrap()
}

/// What media does with an uploaded picture, without its files.
async fn arrive(shop: &Shop, category: &Value, record: &UploadRecord) -> Result<ImageId, Commit<UploadConflict>> {
    let (store, ids, now) = (shop.store(), &shop.app.context.ids, shop.now());
    let id = CategoryId::parse(category["id"].as_str().unwrap()).unwrap();
    let taxonomy: Taxonomy<CategoryId> = store.taxonomy().await.unwrap();
    let image = Image { id: record.upload.image_id(), alt: "Shirts".to_owned(), width: 4, height: 3, shows: None };
    let change = taxonomy.illustrate(id, Some(image.clone()), now).unwrap();
    let old = taxonomy.find(id).and_then(|term| term.image.as_ref());
    let removed =
        old.map(|old| ids.outbox_event(Event::TermPictureRemoved { term_id: id.to_string(), image_id: old.id }, now));
    store.show_term_picture(ids.transaction(now), record, image.id, &change, removed.as_ref()).await?;
    Ok(image.id)
}

/// The pictures whose files are to be deleted, in the order of the events.
fn removed(shop: &Shop) -> Vec<Value> {
    let events = shop.table.events().into_iter();
    events.filter(|event| event["type"] == "term.picture_removed").map(|event| event["imageId"].clone()).collect()
}

#[tokio::test]
async fn a_category_shows_its_picture_until_it_is_replaced_removed_or_deleted() {
    let (shop, staff) = staffed().await;
    let made = category(&shop, &staff).await;
    let form = upload(&shop, &staff, &made).await;
    let first = arrive(&shop, &made, &form).await.unwrap();
    let seen = shop.get(&of(&made)).send().await.expect(200);
    let image = &seen.data()["image"];
    assert_eq!((&image["id"], &image["alt"]), (&json!(first.to_string()), &json!("Shirts")));
    let url = format!("https://images.test/terms/{}/{first}/small.jpg", made["id"].as_str().unwrap());
    assert_eq!(image["urls"]["small"], json!(url));
    let state = shop.get(&format!("/api/v1/uploads/{}", form.upload.id)).by(&staff).send().await.expect(200);
    assert_eq!((&state.data()["state"], &state.data()["categoryId"]), (&json!("shown"), &made["id"]));
    let again = arrive(&shop, &made, &form).await;
    assert_eq!(again, Err(Commit::Refused(UploadConflict::Upload)), "a file that is delivered twice is shown once");
    let edit = shop.request(Method::PATCH, &of(&made)).json(&json!({ "name": "Blouses" })).by(&staff).send().await;
    assert_eq!(&edit.expect(200).data()["image"], image, "a change of the name keeps it");
    assert!(removed(&shop).is_empty());
    let next = upload(&shop, &staff, &made).await;
    let second = arrive(&shop, &made, &next).await.unwrap();
    assert_eq!(removed(&shop), [json!(first.to_string())]);
    let remove = || shop.request(Method::DELETE, &format!("{}/image", of(&made))).by(&staff).send();
    assert_eq!(remove().await.expect(200).data()["image"], Value::Null);
    remove().await.expect_problem(404, "image_not_found");
    let next = upload(&shop, &staff, &made).await;
    let third = arrive(&shop, &made, &next).await.unwrap();
    shop.request(Method::DELETE, &of(&made)).by(&staff).send().await.expect(200);
    let mut all = removed(&shop);
    all.sort_by_key(Value::to_string);
    let mut expected = [first, second, third].map(|id| json!(id.to_string()));
    expected.sort_by_key(Value::to_string);
    assert_eq!(all, expected);
}

#[tokio::test]
async fn a_picture_is_of_one_thing_that_exists() {
    let (shop, staff) = staffed().await;
    let made = category(&shop, &staff).await;
    let post = |body: Value| shop.post("/api/v1/uploads", &body).by(&staff).send();
    let of = |field: &str, id: Value| json!({ "for": "picture", "contentType": "image/png", field: id });
    post(of("categoryId", json!("cat_01M7W6C3804Q9PV3Y1B8S4HJET"))).await.expect_problem(404, "category_not_found");
    post(of("brandId", json!("brd_01M7W6C3804Q9PV3Y1B8S4HJET"))).await.expect_problem(404, "brand_not_found");
    for field in ["categoryId", "brandId"] {
        let refused = post(of(field, json!("../x"))).await;
        assert_eq!(refused.expect_problem(400, "validation_failed").fields()[0], field);
    }
    let mut both = of("categoryId", made["id"].clone());
    both["productId"] = json!("prd_01M7W6C3804Q9PV3Y1B8S4HJET");
    assert_eq!(post(both).await.expect_problem(400, "validation_failed").fields()[0], "productId");
    let csv = json!({ "for": "stock", "brandId": "brd_01M7W6C3804Q9PV3Y1B8S4HJET" });
    assert_eq!(post(csv).await.expect_problem(400, "validation_failed").fields()[0], "brandId");
    assert!(shop.table.items_under("UPLOAD#").is_empty());
    let brand = shop.post("/api/v1/brands", &json!({ "name": "Acme" })).by(&staff).send().await.expect(201);
    post(of("brandId", brand.data()["id"].clone())).await.expect(201);
    shop.request(Method::DELETE, "/api/v1/brands/acme/image").send().await.expect_problem(401, "unauthenticated");
}
