//! The search index: a table with products, the functions that publish and rebuild, and instances that follow.

mod bases;
mod interleavings;
mod oracle;
mod pages;
mod publishing;
mod random;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use domain::id::{BrandId, ProductId, VariantId};
use domain::index_job::{IndexJob, RebuildJob};
use domain::money::Currency;
use domain::product::{Definition, Product, ProductStatus, VariantDefinition, VariantFacts};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::stock::{Band, StockLevel};
use domain::taxonomy::{TermDefinition, TermId};
use domain::time::Time;
use harness::fake_service::FakeService;
use harness::index::ShopIndex;
use harness::table::TestTable;
use indexer::Indexer;
use indexing::{Excerpt, IndexError, LiveIndex, Rebuilder};
use kit::runtime::clock::Clock;
use kit::runtime::ids::Ids;
use search_index::{Index, Page, Query, State, Synonyms};
use serde_json::json;
use store::Store;
use store::audit::AuditEntry;
use store::lists::ProductState;
use store::products::ProductSave;

use crate::fixtures::{messages, queues, takes_messages};

/// The longest that a request uses an index without a look, and waits for a newer base.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// After this time, publications that no base needs are removed.
pub(crate) const KEPT: Duration = Duration::from_mins(21);

/// What a list shows of a product: its name, and the price and band of each variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) variants: Vec<(i64, Band)>,
}

impl Shown {
    pub(crate) fn of(product: &Product) -> Self {
        Self {
            name: product.name.clone(),
            state: ProductState::of(product).name().to_owned(),
            variants: product.variants.iter().map(|it| (it.price, product.band(&it.sku))).collect(),
        }
    }
}

pub(crate) struct World {
    pub(crate) table: TestTable,
    pub(crate) clock: Clock,
    pub(crate) index: ShopIndex,
    /// Neither counted nor interrupted: staff and customers change products with it.
    pub(crate) store: Store,
    pub(crate) ids: Ids,
    pub(crate) indexer: Indexer,
    /// The rebuild queue.
    pub(crate) queue: FakeService,
    pub(crate) rebuilder: Rebuilder,
    /// How many other indexers there were. No two transactions have the same token.
    others: AtomicU64,
}

impl World {
    pub(crate) async fn open() -> Self {
        Self::with_queue(FakeService::new(takes_messages)).await
    }

    pub(crate) async fn with_queue(queue: FakeService) -> Self {
        let table = TestTable::create().await;
        let clock = Clock::fixed(Time::parse("2026-11-20T10:00:00Z").unwrap());
        let index = ShopIndex::new(&table, &clock);
        let indexer = Self::new_indexer(&table, &index, &queue, 1);
        let rebuilder = index.rebuilder(table.store_of("rebuilder"), Ids::seeded(2));
        let (store, ids) = (table.unseen_store(), Ids::seeded(3));
        Self { table, clock, index, store, ids, indexer, queue, rebuilder, others: AtomicU64::new(0) }
    }

    fn new_indexer(table: &TestTable, index: &ShopIndex, queue: &FakeService, seed: u64) -> Indexer {
        let publisher = index.publisher(table.store_of("indexer"), Ids::seeded(seed));
        Indexer::new(publisher, queues(queue), "http://queue.test/rebuild")
    }

    /// Another indexer, at the same time.
    pub(crate) fn other_indexer(&self) -> Indexer {
        let seed = 100 + self.others.fetch_add(1, Ordering::Relaxed);
        Self::new_indexer(&self.table, &self.index, &self.queue, seed)
    }

    /// An instance of the search function that looks at the table for each request.
    pub(crate) fn instance(&self) -> LiveIndex {
        self.index.live(&self.table.store_of("search"))
    }

    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    /// Saves a new product of one variant, `K1` for 1.
    pub(crate) async fn add(&self, number: u32) -> ProductId {
        let variant = VariantFacts::new(Sku::parse(&format!("K{number}")).unwrap(), 1_000);
        let name = format!("Harbour shirt {number}");
        let slug = Slug::parse(&format!("shirt-{number}")).unwrap();
        let definition = Definition { status: ProductStatus::Active, ..Definition::new(slug, name) };
        let variants = vec![VariantDefinition { stock: Some(20), ..VariantDefinition::new(variant) }];
        self.define(Definition { variants, ..definition }).await
    }

    pub(crate) async fn define(&self, definition: Definition) -> ProductId {
        let (now, id) = (self.now(), self.ids.product(self.now()));
        let new_id = || -> VariantId { self.ids.variant(now) };
        let made = Product::define(id, Currency::USD, definition, new_id, now).unwrap();
        let level = |new: &domain::product::NewStock| {
            (StockLevel::new(new.sku.clone(), id, new.variant_id, new.on_hand, now), None)
        };
        self.save(None, made.product, made.added.iter().map(level).collect()).await;
        id
    }

    async fn save(
        &self,
        before: Option<Product>,
        after: Product,
        added: Vec<(StockLevel, Option<domain::stock::StockChange>)>,
    ) {
        let event =
            domain::event::Event::ProductChanged { product_id: after.id, removed_images: Vec::new(), moved: false };
        let save = ProductSave {
            token: self.ids.transaction(self.now()),
            before,
            entry: self.entry(after.id),
            after,
            added,
            removed: Vec::new(),
            renamed: Vec::new(),
            outbox_event: self.ids.outbox_event(event, self.now()),
            idempotency_record: None,
        };
        self.store.save_product(&save).await.unwrap();
    }

    fn entry(&self, subject: impl std::fmt::Display) -> AuditEntry {
        self.ids.audit_entry(None, "product.change", subject, store::audit::AuditChange::default(), self.now())
    }

    pub(crate) async fn product(&self, id: ProductId) -> Product {
        self.store.product(id).await.unwrap().unwrap()
    }

    pub(crate) async fn change(&self, id: ProductId, change: impl FnOnce(&mut Product)) {
        let before = self.product(id).await;
        let after = before.changed(self.now(), change);
        self.save(Some(before), after, Vec::new()).await;
    }

    pub(crate) async fn set_price(&self, id: ProductId, price: i64) {
        self.change(id, |product| product.variants[0].facts.price = price).await;
    }

    /// A sale or a delivery moves a stock into another band.
    pub(crate) async fn set_band(&self, id: ProductId, variant: usize, band: Band) {
        self.change(id, |product| {
            product.bands.insert(product.variants[variant].sku.clone(), band);
            product.stock_version += 1;
        })
        .await;
    }

    pub(crate) async fn set_deleted(&self, id: ProductId, is_deleted: bool) {
        let at = is_deleted.then(|| self.now());
        self.change(id, |product| product.deleted_at = at).await;
    }

    /// The product gets texts that make its segment larger than an item of the table should be.
    pub(crate) async fn make_large(&self, id: ProductId) {
        self.change(id, |product| {
            product.attributes = (0..50).map(|n| (format!("Attribute {n}"), format!("{n:x}").repeat(150))).collect();
        })
        .await;
    }

    /// Adds a category or brand of this name, or gives the term another name.
    pub(crate) async fn name_term<I: TermId>(&self, id: I, definition: TermDefinition<I>) {
        let taxonomy = self.store.taxonomy::<I>().await.unwrap();
        let change = match taxonomy.find(id) {
            Some(_) => taxonomy.edit(id, definition, self.now()),
            None => taxonomy.add(id, definition, self.now()),
        };
        self.store.save_term(&change.unwrap(), &self.entry(id), &[]).await.unwrap();
    }

    pub(crate) fn brand(&self) -> BrandId {
        self.ids.brand(self.now())
    }

    /// The indexer gets one message for each of these products, in this order.
    pub(crate) async fn publish(&self, products: &[ProductId]) {
        let response = Box::pin(self.indexer.deliver(changed(products))).await;
        assert!(response.batch_item_failures.is_empty(), "{response:?}");
    }

    pub(crate) async fn rebuild(&self, job: RebuildJob) {
        Box::pin(self.rebuilder.run(job)).await.unwrap();
    }

    /// The jobs that were put into the rebuild queue.
    pub(crate) fn rebuild_jobs(&self) -> Vec<RebuildJob> {
        messages(&self.queue).into_iter().map(|job| serde_json::from_value(job).unwrap()).collect()
    }

    /// What this instance shows now. If a newer base is there, it has it.
    pub(crate) async fn shown_by(&self, instance: &LiveIndex) -> Result<BTreeMap<ProductId, Shown>, IndexError> {
        instance.current(self.now()).await?;
        self.clock.advance(PATIENCE);
        Ok(shown(&instance.current(self.now()).await?.index))
    }

    pub(crate) async fn shown_by_a_fresh_instance(&self) -> Result<BTreeMap<ProductId, Shown>, IndexError> {
        Ok(shown(&self.instance().current(self.now()).await?.index))
    }

    /// The products as they are in the table.
    pub(crate) async fn truth(&self) -> BTreeMap<ProductId, Shown> {
        let mut products = BTreeMap::new();
        for item in self.table.items_under("PRODUCT#").values() {
            let id = ProductId::parse(item["id"].as_str().unwrap()).unwrap();
            products.insert(id, Shown::of(&self.product(id).await));
        }
        products
    }

    /// A fresh instance and these show all products as they are.
    pub(crate) async fn check(&self, what: &str, instances: &[&LiveIndex]) {
        let truth = Box::pin(self.truth()).await;
        assert_eq!(Box::pin(self.shown_by_a_fresh_instance()).await.unwrap(), truth, "a fresh instance: {what}");
        for instance in instances {
            assert_eq!(self.shown_by(instance).await.unwrap(), truth, "an old instance: {what}");
        }
        self.check_protocol(what);
    }

    /// The newest base is there, and publications have no gap up to the newest.
    pub(crate) fn check_protocol(&self, what: &str) {
        let items = self.table.items_under("SEARCH");
        let Some(state) = items.get("SEARCH / STATE") else { return };
        let number = |name: &str| state[name].as_u64().unwrap_or(0);
        let (seq, covers) = (number("seq"), number("covers"));
        let numbers: Vec<u64> =
            items.values().filter(|it| it.get("segment").is_some()).map(|it| it["seq"].as_u64().unwrap()).collect();
        let oldest = numbers.first().copied().unwrap_or(seq + 1);
        assert!(oldest <= covers + 1 && covers <= seq, "{what}: {state}");
        assert_eq!(numbers, (oldest..=seq).collect::<Vec<_>>(), "{what}");
        if let Some(base) = state["base"].as_str() {
            assert!(self.index.bucket.files().contains_key(base), "{what}");
        }
    }
}

/// Messages about these products.
pub(crate) fn changed(products: &[ProductId]) -> SqsEvent {
    let body = |id: &ProductId| serde_json::to_string(&IndexJob::Products { product_ids: vec![*id] }).unwrap();
    batch(&products.iter().map(body).collect::<Vec<_>>())
}

/// A batch of messages, `m-0` and so on.
pub(crate) fn batch(bodies: &[String]) -> SqsEvent {
    let record = |(n, body): (usize, &String)| json!({ "messageId": format!("m-{n}"), "body": body });
    let records: Vec<_> = bodies.iter().enumerate().map(record).collect();
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

pub(crate) fn failed(response: &SqsBatchResponse) -> Vec<&str> {
    response.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect()
}

/// All products of the index, newest first. Each is there once.
pub(crate) fn all(index: &Index, seq: u32) -> Page {
    let query = Query { states: State::ALL.to_vec(), limit: 10_000, ..Query::default() };
    index.search(&query, &Synonyms::default(), seq)
}

pub(crate) fn shown(index: &Index) -> BTreeMap<ProductId, Shown> {
    let page = all(index, index.seq());
    let products: BTreeMap<ProductId, Shown> = (page.hits.iter())
        .map(|hit| (ProductId::from_bytes(hit.id), Shown::of(&Excerpt::product(&hit.card).unwrap())))
        .collect();
    assert_eq!((page.total, page.hits.len()), (products.len(), products.len()));
    products
}
