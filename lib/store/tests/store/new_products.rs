//! Very many new products are written as each of them alone would be, and can be added again.

use domain::id::{BrandId, CategoryId, TransactionId};
use domain::product::Product;
use domain::slug::Slug;
use domain::taxonomy::{Taxonomy, TermDefinition};
use harness::table::TestTable;
use store::Commit;
use store::new_products::NewProduct;
use store::products::SaveConflict;
use store::taxonomy::{MAX_ADDED, TermConflict};

use crate::fixtures::{entry, now, refused, save, sku, with_term};

fn category() -> CategoryId {
    CategoryId::new(now(), 5)
}

fn brand() -> BrandId {
    BrandId::new(now(), 6)
}

fn new_product(n: u128, slug: &str, sku: &str) -> NewProduct {
    let saved = save(n, slug, sku, 7);
    let product = Product { categories: vec![category()], brand: Some(brand()), ..saved.after };
    NewProduct { product, stock: saved.added }
}

async fn with_terms() -> TestTable {
    let table = TestTable::create().await;
    with_term(&table, category()).await;
    with_term(&table, brand()).await;
    table
}

/// Returns how many of them were not there.
async fn add(table: &TestTable, n: u128, products: Vec<NewProduct>) -> Result<usize, Commit<SaveConflict>> {
    let missing = table.store.prepare_products(products).await?;
    table.store.add_products(TransactionId::new(now(), n), &missing).await?;
    Ok(missing.len())
}

#[tokio::test]
async fn they_are_what_products_are_that_staff_make() {
    let (alone, together) = (with_terms().await, with_terms().await);
    for (n, slug, sku) in [(1, "a", "A"), (2, "b", "B")] {
        let NewProduct { product, stock } = new_product(n, slug, sku);
        let mut saved = save(n, slug, sku, 7);
        (saved.after, saved.added) = (product, stock);
        alone.store.save_product(&saved).await.unwrap();
    }
    assert_eq!(add(&together, 9, vec![new_product(1, "a", "A"), new_product(2, "b", "B")]).await, Ok(2));
    let of_products = |table: &TestTable| {
        let mut items = table.items();
        items.retain(|place, _| !place.starts_with("AUDIT#") && !place.starts_with("OUTBOX#"));
        items
    };
    assert_eq!(of_products(&alone), of_products(&together));
    let categories: Taxonomy<CategoryId> = together.store.taxonomy().await.unwrap();
    assert_eq!(categories.find(category()).unwrap().product_count, 2);
}

#[tokio::test]
async fn what_is_there_stays_as_it_is_and_what_belongs_to_others_is_refused() {
    let table = with_terms().await;
    assert_eq!(add(&table, 9, vec![new_product(1, "a", "A")]).await, Ok(1));
    let before = table.items();
    let again = table.store.prepare_products(vec![new_product(1, "other", "OTHER")]).await;
    assert!(again.unwrap().is_empty());
    assert_eq!(table.items(), before);
    let slug = table.store.prepare_products(vec![new_product(2, "a", "B")]).await;
    refused(&table, &before, slug, SaveConflict::SlugTaken);
    let taken = table.store.prepare_products(vec![new_product(2, "b", "A")]).await;
    refused(&table, &before, taken, SaveConflict::SkuTaken(sku("A")));
}

#[tokio::test]
async fn a_category_that_is_gone_refuses_the_products_of_it_until_it_is_there() {
    let table = TestTable::create().await;
    with_term(&table, brand()).await;
    let gone = add(&table, 9, vec![new_product(1, "a", "A")]).await;
    assert_eq!(gone, Err(Commit::Refused(SaveConflict::CategoryGone(category()))));
    with_term(&table, category()).await;
    assert_eq!(add(&table, 10, vec![new_product(1, "a", "A")]).await, Ok(1));
}

#[tokio::test]
async fn many_terms_are_added_in_one_transaction_or_none() {
    let table = TestTable::create().await;
    let taxonomy: Taxonomy<BrandId> = table.store.taxonomy().await.unwrap();
    let term = |n: usize| {
        let definition = TermDefinition::new(Slug::parse(&format!("brand-{n}")).unwrap(), "Brand");
        taxonomy.add(BrandId::new(now(), n as u128), definition, now()).unwrap().write
    };
    let terms: Vec<_> = (0..MAX_ADDED).map(term).collect();
    table.store.add_terms(taxonomy.version, &terms, &entry(1, "brand.create")).await.unwrap();
    let known: Taxonomy<BrandId> = table.store.taxonomy().await.unwrap();
    assert_eq!((known.version, known.sorted().len()), (1, MAX_ADDED));
    let before = table.items();
    let late = table.store.add_terms(taxonomy.version, &[term(999)], &entry(2, "brand.create")).await;
    refused(&table, &before, late, TermConflict::Changed);
}
