//! Exact shapes of the items of products, stock and imports. One test for each refusal of their transactions; each
//! shows that nothing was written.

use domain::event::Event;
use domain::id::{BrandId, CategoryId, ExportId, ImageId, StockChangeId, TransactionId, UploadId, UserId};
use domain::product::{Image, Product};
use domain::stock::{StockChange, StockDelta, StockSetting};
use domain::taxonomy::TermDefinition;
use domain::upload::{BadLine, CsvKind, ExportKind, LineCounts, Purpose, Upload, UploadState};
use harness::table::TestTable;
use store::imports::{Export, ExportConflict, PartRecord};
use store::products::{ProductSave, SaveConflict};
use store::stock::{StockConflict, StockWrites};
use store::stock_alerts::StockAlertRefusal;
use store::taxonomy::TermConflict;
use store::uploads::{UploadConflict, UploadRecord};

use crate::fixtures::{changed, entry, later, now, outbox_event, refused, save, sku, with_term};

/// The next change of a saved product.
fn edit(n: u128, saved: &ProductSave, change: impl FnOnce(&mut Product)) -> ProductSave {
    ProductSave {
        token: TransactionId::new(now(), 1_000 + n),
        before: Some(saved.after.clone()),
        after: saved.after.changed(later(), change),
        added: Vec::new(),
        entry: entry(2_000 + n, "product.edit"),
        outbox_event: changed(3_000 + n, saved.after.id),
        ..saved.clone()
    }
}

async fn with_product(stock: i64) -> (TestTable, ProductSave) {
    let (table, first) = (TestTable::create().await, save(1, "shirt", "A", stock));
    table.store.save_product(&first).await.unwrap();
    (table, first)
}

fn shape(table: &TestTable, partitions: &[&str]) -> String {
    let of = |partition: &&str| serde_json::to_string_pretty(&table.items_under(partition)).unwrap();
    partitions.iter().map(of).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_product_with_its_slug_list_and_stock() {
    let table = TestTable::create().await;
    with_term(&table, CategoryId::new(now(), 5)).await;
    with_term(&table, BrandId::new(now(), 6)).await;
    let mut first = save(1, "shirt", "A", 3);
    first.after.categories = vec![CategoryId::new(now(), 5)];
    first.after.brand = Some(BrandId::new(now(), 6));
    first.after.images.push(Image {
        id: ImageId::new(now(), 7),
        alt: "A shirt".into(),
        width: 4,
        height: 3,
        shows: None,
    });
    table.store.save_product(&first).await.unwrap();
    let lists = ["PRODUCT", "SLUG", "STOCK", "CATEGORY", "BRAND", "TAXONOMY"];
    insta::assert_snapshot!(shape(&table, &lists));
}

#[tokio::test]
async fn a_stock_level_that_crossed_a_band_and_its_stock_alert() {
    let (table, first) = with_product(3).await;
    let level = first.added[0].0.clone();
    let decided = level.adjust(StockDelta { available: -3, reserved: 3 }).unwrap();
    let change = StockChange {
        id: StockChangeId::new(now(), 4),
        at: later(),
        delta: -3,
        on_hand: None,
        threshold: None,
        reason: "test".into(),
        by: Some(UserId::new(now(), 5).into()),
    };
    let (token, side_effects) = (change.id, StockWrites { change: Some(change), ..StockWrites::default() });
    table.store.adjust_stock(token, &level, &decided, &side_effects, later()).await.unwrap();
    let (token, user) = (TransactionId::new(now(), 9), UserId::new(now(), 5));
    table.store.create_stock_alert(token, user, &level, later()).await.unwrap();
    insta::assert_snapshot!(shape(&table, &["PRODUCT#", "STOCK#", "WAIT#"]));
}

#[tokio::test]
async fn a_taken_slug_or_sku_refuses_a_product() {
    let (table, _) = with_product(3).await;
    let before = table.items();
    let same = save(2, "shirt", "B", 0);
    refused(&table, &before, table.store.save_product(&same).await, SaveConflict::SlugTaken);
    let same = save(2, "other", "A", 0);
    let taken = SaveConflict::SkuTaken(sku("A"));
    refused(&table, &before, table.store.save_product(&same).await, taken);
}

#[tokio::test]
async fn a_product_that_changed_since_it_was_read_refuses_a_change() {
    let (table, first) = with_product(3).await;
    let one = edit(2, &first, |product| product.name = "One".into());
    table.store.save_product(&one).await.unwrap();
    let before = table.items();
    let other = edit(3, &first, |product| product.name = "Other".into());
    refused(&table, &before, table.store.save_product(&other).await, SaveConflict::Changed);
}

#[tokio::test]
async fn a_change_that_would_undo_a_newer_band_is_refused() {
    let (table, first) = with_product(3).await;
    let level = &first.added[0].0;
    let decided = level.adjust(StockDelta { available: -3, reserved: 0 }).unwrap();
    let (token, side_effects) = (StockChangeId::new(now(), 1), StockWrites::default());
    table.store.adjust_stock(token, level, &decided, &side_effects, later()).await.unwrap();
    let before = table.items();
    let stale = edit(2, &first, |product| product.name = "Stale".into());
    refused(&table, &before, table.store.save_product(&stale).await, SaveConflict::Changed);
}

#[tokio::test]
async fn a_missing_or_closing_category_or_brand_refuses_a_product() {
    let (table, first) = with_product(3).await;
    let (category, brand) = (CategoryId::new(now(), 5), BrandId::new(now(), 6));
    let before = table.items();
    let into = edit(2, &first, |product| product.categories = vec![category]);
    let gone = SaveConflict::CategoryGone(category);
    refused(&table, &before, table.store.save_product(&into).await, gone.clone());
    let into_brand = edit(3, &first, |product| product.brand = Some(brand));
    let outcome = table.store.save_product(&into_brand).await;
    refused(&table, &before, outcome, SaveConflict::BrandGone);
    // If its deletion stops in the middle, a category stays closed until somebody changes it.
    let taxonomy = with_term(&table, category).await;
    let stale = taxonomy.version + 7;
    let deleted = table.store.delete_term(category, stale, &entry(78, "x"), None).await;
    assert!(deleted.is_err());
    let before = table.items();
    let into = edit(4, &first, |product| product.categories = vec![category]);
    refused(&table, &before, table.store.save_product(&into).await, gone);
}

#[tokio::test]
async fn a_sku_with_reserved_units_cannot_be_removed() {
    let (table, first) = with_product(3).await;
    let level = &first.added[0].0;
    let decided = level.adjust(StockDelta { available: -1, reserved: 1 }).unwrap();
    let (token, side_effects) = (StockChangeId::new(now(), 1), StockWrites::default());
    table.store.adjust_stock(token, level, &decided, &side_effects, later()).await.unwrap();
    let before = table.items();
    let without = ProductSave { removed: vec![sku("A")], ..edit(2, &first, |_| {}) };
    let held = SaveConflict::SkuReserved(sku("A"));
    refused(&table, &before, table.store.save_product(&without).await, held);
}

#[tokio::test]
async fn a_term_that_changed_or_is_in_use_refuses() {
    let (table, first) = with_product(3).await;
    let id = CategoryId::new(now(), 5);
    let taxonomy = with_term(&table, id).await;
    let (deletion, edition) = (entry(78, "x"), entry(79, "x"));
    let into = edit(2, &first, |product| product.categories = vec![id]);
    table.store.save_product(&into).await.unwrap();
    let before = table.items();
    let deleted = table.store.delete_term(id, taxonomy.version, &deletion, None);
    refused(&table, &before, deleted.await, TermConflict::InUse);
    let term = taxonomy.find(id).unwrap();
    let definition = TermDefinition {
        slug: term.slug.clone(),
        name: "Stale".into(),
        description: String::new(),
        parent: None,
        position: 0,
        active: true,
    };
    let mut change = taxonomy.edit(id, definition, later()).unwrap();
    change.from_version = 0;
    let saved = table.store.save_term(&change, &edition, &[]);
    refused(&table, &before, saved.await, TermConflict::Changed);
}

#[tokio::test]
async fn a_change_of_stock_is_refused_if_the_level_changed_too_much() {
    let (table, first) = with_product(3).await;
    let level = &first.added[0].0;
    let take = level.adjust(StockDelta { available: -2, reserved: 0 }).unwrap();
    let token = |n| StockChangeId::new(now(), n);
    let side_effects = StockWrites::default();
    table.store.adjust_stock(token(1), level, &take, &side_effects, later()).await.unwrap();
    let before = table.items();
    // One is left, so the bounds refuse to take two.
    let again = table.store.adjust_stock(token(2), level, &take, &side_effects, later());
    refused(&table, &before, again.await, StockConflict::Changed);
    let set = level.set(&StockSetting { on_hand: Some(9), ..StockSetting::default() }, later()).unwrap();
    let set = table.store.set_stock(token(3), level, &set, &side_effects);
    refused(&table, &before, set.await, StockConflict::Changed);
}

#[tokio::test]
async fn a_stock_alert_is_refused_for_a_variant_in_stock() {
    let (table, first) = with_product(3).await;
    let before = table.items();
    let (token, user) = (TransactionId::new(now(), 9), UserId::new(now(), 5));
    let waiting = table.store.create_stock_alert(token, user, &first.added[0].0, later());
    refused(&table, &before, waiting.await, StockAlertRefusal::InStock);
}

async fn with_csv_file() -> (TestTable, UploadRecord) {
    let table = TestTable::create().await;
    let upload = Upload {
        id: UploadId::new(now(), 1),
        owner: Some(UserId::new(now(), 5).into()),
        purpose: Purpose::Csv { kind: CsvKind::Stock },
        content_type: "text/csv".into(),
        state: UploadState::Running { counts: LineCounts { parts: 2, ..LineCounts::default() } },
        created_at: now(),
    };
    table.store.create_upload(&upload, Some(&entry(1, "upload.create"))).await.unwrap();
    let record = table.store.upload(upload.id, now()).await.unwrap().unwrap();
    (table, record)
}

fn part(number: u32) -> PartRecord {
    let bad = BadLine { line: 7, column: "sku".into(), message: "is not known".into() };
    let counts = LineCounts { lines: 3, changed: 1, unchanged: 1, bad: 1, ..LineCounts::default() };
    PartRecord { part: number, counts, bad: vec![bad] }
}

#[tokio::test]
async fn an_import_with_the_report_of_a_part() {
    let (table, record) = with_csv_file().await;
    let (first, second) = (part(0), part(1));
    let after = record.with(UploadState::Running { counts: part(0).counts });
    let finished = table.store.finish_part(TransactionId::new(now(), 1), &record, &after, &first, None);
    finished.await.unwrap();
    insta::assert_snapshot!(shape(&table, &["UPLOAD#"]));
    let before = table.items();
    let again = table.store.finish_part(TransactionId::new(now(), 2), &after, &after, &first, None);
    refused(&table, &before, again.await, UploadConflict::Repeated);
    let stale = table.store.finish_part(TransactionId::new(now(), 3), &record, &after, &second, None);
    refused(&table, &before, stale.await, UploadConflict::Upload);
    let stale = table.store.save_upload(TransactionId::new(now(), 4), &record, &after);
    refused(&table, &before, stale.await, UploadConflict::Upload);
}

#[tokio::test]
async fn a_picture_is_shown_on_the_product_that_was_read_or_not_at_all() {
    let (table, record) = with_csv_file().await;
    let first = save(1, "shirt", "A", 3);
    table.store.save_product(&first).await.unwrap();
    let one = edit(2, &first, |product| product.name = "One".into());
    table.store.save_product(&one).await.unwrap();
    let before = table.items();
    let image_id = ImageId::new(now(), 1);
    let outbox_event = changed(9, first.after.id);
    let stale = first.after.changed(later(), |_| {});
    let outcome = table.store.show_picture(&record, image_id, &first.after, &stale, &outbox_event);
    refused(&table, &before, outcome.await, UploadConflict::Product);
}

#[tokio::test]
async fn an_export_goes_on_from_the_version_that_was_read() {
    let table = TestTable::create().await;
    let export = Export::new(ExportId::new(now(), 1), UserId::new(now(), 5), ExportKind::Products, now());
    let requested = outbox_event(9, Event::ExportRequested { export_id: export.id });
    table.store.begin_export(&export, &requested, &entry(1, "export.create")).await.unwrap();
    insta::assert_snapshot!(shape(&table, &["EXPORT#"]));
    let next = Export { version: 2, lines: 5, ..export };
    let token = |n| TransactionId::new(now(), n);
    table.store.continue_export(token(1), &next).await.unwrap();
    let before = table.items();
    let again = table.store.continue_export(token(2), &next).await;
    refused(&table, &before, again, ExportConflict::Changed);
}
