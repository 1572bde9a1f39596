//! Importing Shopify's product CSV with the old and the new names of its columns.

use harness::shop::Shop;
use serde_json::json;

use super::support::{counts, import};

/// As the admin exports it, with its many columns.
const OLD: &str = "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,\
    Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,\
    Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,\
    Image Position,Image Alt Text,Gift Card,SEO Title,Variant Image,Variant Weight Unit,Cost per item,Status\n\
    wool-cap,Wool cap,\"<p>Warm &amp; light.</p><ul><li>100% wool</li></ul>\",Brightwell,Apparel & Accessories > Hats,Cap,\
    \"winter, wool\",true,Size,S,Colour,Red,,,CAP-S,120.0,shopify,7,deny,25.00,0.00,,,,,false,,,kg,,active\n\
    wool-cap,,,,,,,,,M,,Red,,,,130,shopify,-2,deny,25.00,30.00,,,,,,,,kg,,\n\
    card,Gift card,,Shop,,,,true,Title,Default Title,,,,,GIFT,0,,,deny,10.00,,,,,,true,,,kg,,active\n\
    pin,Pin,,Shop,,,,false,Title,Default Title,,,,,'0042,0,,3,deny,4.00,,,,,,false,,,kg,,active\n";

const NEW: &str = "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,\
    Option1 name,Option1 value,Option1 Linked To,Price,Compare-at price,Inventory quantity,Weight value (grams),\
    Product image URL,Image position,Image alt text,Variant image URL,Gift card\n\
    Mug,stone-mug,Plain text < nice,Brightwell,,Mugs,,TRUE,Active,MUG-1,,Colour,Grey,,14.00,,5,300,,,,,FALSE\n\
    ,stone-mug,,,,,,,,,,,Blue,,14.00,,0,300,,,,,\n";

#[tokio::test]
async fn shopifys_export_with_the_old_names_becomes_products_with_variants() {
    let shop = Shop::open().await;
    let report = import(&shop, "shopify", "csv", OLD).await;
    assert_eq!(counts(&report), [2, 0, 1], "{}", report.text());
    assert_eq!(report.shown[0].column, "Gift Card");
    let cap = shop.get("/api/v1/products/wool-cap").send().await.expect(200).data().clone();
    assert_eq!(cap["description"], "Warm & light.\n- 100% wool");
    assert_eq!(cap["attributes"], json!({ "Tags": "winter, wool", "Type": "Cap" }));
    let variants = cap["variants"].as_array().unwrap();
    let skus: Vec<_> = variants.iter().map(|variant| variant["sku"].as_str().unwrap()).collect();
    assert_eq!(skus, ["CAP-S", "WOOL-CAP-M-RED"]);
    assert_eq!(variants[1]["compareAtPrice"]["amount"], 3000);
    assert_eq!((&variants[0]["weightGrams"], &variants[0]["compareAtPrice"]), (&json!(120), &json!(null)));
    let stock = shop.table.items_under("STOCK#");
    assert_eq!(stock["STOCK#WOOL-CAP-M-RED / STOCK"]["available"], 0);
    let categories = shop.get("/api/v1/categories").send().await.expect(200);
    assert!(categories.text.contains("Apparel & Accessories") && categories.text.contains("\"Hats\""));
    shop.get("/api/v1/products/pin").send().await.expect_problem(404, "product_not_found");
    assert_eq!(stock["STOCK#0042 / STOCK"]["available"], 3, "it is a draft");
    assert_eq!(counts(&import(&shop, "shopify", "csv", OLD).await), [0, 2, 1]);
}

#[tokio::test]
async fn shopifys_export_with_the_new_names_becomes_products_with_variants() {
    let shop = Shop::open().await;
    let report = import(&shop, "shopify", "csv", NEW).await;
    assert_eq!(counts(&report), [1, 0, 0], "{}", report.text());
    let mug = shop.get("/api/v1/products/stone-mug").send().await.expect(200).data().clone();
    assert_eq!((&mug["description"], &mug["options"]), (&json!("Plain text < nice"), &json!(["Colour"])));
    let values: Vec<_> = mug["variants"].as_array().unwrap().iter().map(|variant| &variant["sku"]).collect();
    assert_eq!(values, ["MUG-1", "STONE-MUG-BLUE"]);
    let categories = shop.get("/api/v1/categories").send().await.expect(200);
    assert!(categories.text.contains("\"Mugs\""), "the type is the category if there is no other");
}
