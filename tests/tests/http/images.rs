//! The pictures of a product: their records in the table.

use axum::http::Method;
use domain::id::{ImageId, ProductId};
use domain::product::{Image, Revision};
use harness::products::{make, path, shirt, staffed};
use harness::shop::{Person, Shop};
use products::{ProductChange, ProductWriter};
use serde_json::{Value, json};

/// A shop with a product that has pictures.
struct Pictured {
    shop: Shop,
    staff: Person,
    product: Value,
    ids: Vec<String>,
}

async fn pictured(count: u8) -> Pictured {
    let (shop, staff) = staffed().await;
    let product = make(&shop, &staff, &shirt("A")).await;
    let ids = with_pictures(&shop, &product, count).await;
    Pictured { shop, staff, product, ids }
}

/// Adds pictures to a product, and returns their ids.
pub(crate) async fn with_pictures(shop: &Shop, product: &Value, count: u8) -> Vec<String> {
    let id = ProductId::parse(product["id"].as_str().unwrap()).unwrap();
    let product = shop.store().product(id).await.unwrap().unwrap();
    let ids: Vec<ImageId> = (0..count).map(|n| ImageId::new(shop.now(), n.into())).collect();
    let with = product.changed(shop.now(), |product| {
        let image = |&id: &ImageId| Image { id, alt: String::new(), width: 4, height: 3, shows: None };
        product.images = ids.iter().map(image).collect();
    });
    let revision = Revision::with_same_skus(with);
    let change = ProductChange { action: "test", by: None, before: Some(product), revision, idempotency_record: None };
    let writer = ProductWriter { store: shop.store().clone(), ids: shop.app.context.ids.clone() };
    writer.commit(&change, shop.now()).await.unwrap();
    ids.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn pictures_can_be_reordered_and_described() {
    let Pictured { shop, staff, product, ids } = pictured(3).await;
    let arrange = |images: Value| {
        let ask = shop.request(Method::PUT, &format!("{}/images", path(&product)));
        ask.json(&json!({ "images": images })).by(&staff).send()
    };
    let image = |id: &String| json!({ "id": id, "alt": "A shirt" });
    let turned: Vec<Value> = ids.iter().rev().map(image).collect();
    let arranged = arrange(json!(turned)).await.expect(200);
    let now: Vec<_> = arranged.data()["images"].as_array().unwrap().iter().map(|i| i["id"].clone()).collect();
    assert_eq!(now, ids.iter().rev().map(|id| json!(id)).collect::<Vec<_>>());
    assert_eq!(arranged.data()["images"][0]["alt"], "A shirt");
    let url = arranged.data()["images"][0]["urls"]["small"].as_str().unwrap().to_owned();
    assert!(url.starts_with("https://images.test/products/prd_") && url.ends_with("/small.jpg"));
    let refused = arrange(json!([image(&ids[0])])).await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["images"]);
    let refused = arrange(json!([image(&ids[0]), image(&ids[0]), image(&ids[1])])).await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["images[1].id"]);
    let refused = arrange(json!([image(&"../../x".to_owned())])).await;
    assert_eq!(refused.expect_problem(400, "validation_failed").fields(), ["images[0].id"]);
}

#[tokio::test]
async fn removing_a_picture_writes_the_event_that_deletes_its_files() {
    let Pictured { shop, staff, product, ids } = pictured(2).await;
    let remove = |id: &str| shop.request(Method::DELETE, &format!("{}/images/{id}", path(&product))).by(&staff).send();
    let left = remove(&ids[0]).await.expect(200);
    assert_eq!(left.data()["images"].as_array().unwrap().len(), 1);
    remove(&ids[0]).await.expect_problem(404, "image_not_found");
    remove("..%2Fx").await.expect_problem(404, "image_not_found");
    let events = shop.table.events();
    assert_eq!(events.iter().filter(|event| event["removedImages"] == json!([ids[0]])).count(), 1);
}

#[tokio::test]
async fn a_product_with_the_maximum_of_pictures_refuses_an_upload() {
    let Pictured { shop, staff, product, .. } = pictured(10).await;
    let body = json!({ "for": "picture", "productId": product["id"], "contentType": "image/png" });
    shop.post("/api/v1/uploads", &body).by(&staff).send().await.expect_problem(409, "too_many_images");
}
