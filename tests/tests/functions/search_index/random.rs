//! Random changes of products, publications, merges, rebuilds and restarts of instances: what every instance finds is
//! equal to what a look at each product in the table finds.

use domain::id::{BrandId, CategoryId, ProductId};
use domain::index_job::RebuildJob;
use domain::product::{Definition, ProductStatus, VariantDefinition, VariantFacts};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::stock::Band;
use domain::taxonomy::TermDefinition;
use indexing::LiveIndex;
use proptest::prelude::*;
use proptest::sample::{Index as Any, select};
use proptest::test_runner::{Config, TestRunner};
use search_index::{Index, Query, Sort, State, Synonyms};

use super::oracle::{Catalogue, Found};
use super::{KEPT, World};

#[derive(Debug, Clone)]
enum Step {
    New {
        price: i64,
        brand: bool,
        category: Any,
        status: ProductStatus,
        sizes: usize,
    },
    Price(Any, i64),
    Band(Any, Band),
    Name(Any, &'static str),
    Status(Any, ProductStatus),
    Delete(Any),
    Restore(Any),
    Brand(Any, bool),
    /// What changed is published, in batches of this size, from the newest or from the oldest, and perhaps again.
    Publish {
        batch: usize,
        is_reversed: bool,
        is_repeated: bool,
    },
    Merge,
    Rebuild,
    /// What no base needs may be removed now.
    Wait,
    /// The old instance starts anew.
    Restart,
    /// The old instance looks.
    Look,
}

const NAMES: [&str; 3] = ["Leather wallet", "Rain coat", "Harbour shirt"];
const SIZES: [&str; 3] = ["S", "M", "L"];

fn step() -> impl Strategy<Value = Step> {
    let (which, status) = (any::<Any>, || select(&ProductStatus::ALL[..]));
    let new =
        (1_i64..6, any::<bool>(), which(), prop_oneof![3 => Just(ProductStatus::Active), 1 => status()], 1_usize..=3);
    let new =
        new.prop_map(|(price, brand, category, status, sizes)| Step::New { price, brand, category, status, sizes });
    let publish = (1_usize..5, any::<bool>(), any::<bool>());
    let publish =
        publish.prop_map(|(batch, is_reversed, is_repeated)| Step::Publish { batch, is_reversed, is_repeated });
    prop_oneof![
        4 => new,
        2 => (which(), 1_i64..6).prop_map(|(product, price)| Step::Price(product, price)),
        2 => (which(), select(&Band::ALL[..])).prop_map(|(product, band)| Step::Band(product, band)),
        1 => (which(), select(&NAMES[..])).prop_map(|(product, name)| Step::Name(product, name)),
        1 => (which(), status()).prop_map(|(product, status)| Step::Status(product, status)),
        1 => which().prop_map(Step::Delete),
        1 => which().prop_map(Step::Restore),
        1 => (which(), any::<bool>()).prop_map(|(product, is_second)| Step::Brand(product, is_second)),
        5 => publish,
        2 => Just(Step::Merge),
        1 => Just(Step::Rebuild),
        1 => Just(Step::Wait),
        1 => Just(Step::Restart),
        3 => Just(Step::Look),
    ]
}

struct Run {
    world: World,
    brands: [BrandId; 2],
    /// The second is below the first.
    categories: [CategoryId; 2],
    products: Vec<ProductId>,
    /// Of these, a message is in the queue.
    changed: Vec<ProductId>,
    old: LiveIndex,
}

impl Run {
    async fn open() -> Self {
        let world = World::open().await;
        let brands = [world.brand(), world.brand()];
        let categories = [world.ids.category(world.now()), world.ids.category(world.now())];
        for (number, brand) in brands.into_iter().enumerate() {
            let name = ["Acme", "Nord"][number];
            world.name_term(brand, TermDefinition::new(Slug::parse(&name.to_lowercase()).unwrap(), name)).await;
        }
        for (number, category) in categories.into_iter().enumerate() {
            let name = ["Clothing", "Jackets"][number];
            let definition = TermDefinition::new(Slug::parse(&name.to_lowercase()).unwrap(), name);
            let parent = (number == 1).then_some(categories[0]);
            world.name_term(category, TermDefinition { parent, ..definition }).await;
        }
        let old = world.instance();
        world.rebuild(RebuildJob::Create).await;
        Self { world, brands, categories, products: Vec::new(), changed: Vec::new(), old }
    }

    async fn take(&mut self, step: &Step) {
        let world = &self.world;
        match step {
            Step::New { price, brand, category, status, sizes } => {
                let number = self.products.len();
                let slug = Slug::parse(&format!("product-{number}")).unwrap();
                let variant = |n: usize| {
                    let sku = Sku::parse(&format!("P{number}-{n}")).unwrap();
                    let price = *price + i64::try_from(n).unwrap();
                    let facts = VariantFacts { values: vec![SIZES[n].to_owned()], ..VariantFacts::new(sku, price) };
                    VariantDefinition { stock: Some(20), ..VariantDefinition::new(facts) }
                };
                let definition = Definition {
                    status: *status,
                    brand: brand.then_some(self.brands[0]),
                    categories: vec![*category.get(&self.categories)],
                    attributes: [("Colour".to_owned(), ["Red", "Blue"][number % 2].to_owned())].into(),
                    options: vec!["Size".to_owned()],
                    variants: (0..*sizes).map(variant).collect(),
                    ..Definition::new(slug, NAMES[number % 3])
                };
                world.clock.advance(std::time::Duration::from_millis(1));
                let id = world.define(definition).await;
                self.products.push(id);
                self.changed.push(id);
            }
            Step::Publish { batch, is_reversed, is_repeated } => self.publish(*batch, *is_reversed, *is_repeated).await,
            Step::Merge => world.rebuild(RebuildJob::Merge).await,
            Step::Rebuild => world.rebuild(RebuildJob::Products).await,
            Step::Wait => world.clock.advance(KEPT),
            Step::Restart => self.old = world.instance(),
            Step::Look => drop(self.old.current(world.now()).await.unwrap()),
            _ if self.products.is_empty() => {}
            Step::Price(product, price) => self.change(product, |it| it.variants[0].facts.price = *price).await,
            Step::Name(product, name) => self.change(product, |it| (*name).clone_into(&mut it.name)).await,
            Step::Status(product, status) => self.change(product, |it| it.status = *status).await,
            Step::Brand(product, is_second) => {
                let brand = self.brands[usize::from(*is_second)];
                self.change(product, |it| it.brand = Some(brand)).await;
            }
            Step::Delete(product) => {
                let now = world.now();
                self.change(product, |it| it.deleted_at = Some(now)).await;
            }
            Step::Restore(product) => self.change(product, |it| it.deleted_at = None).await,
            Step::Band(product, band) => {
                self.change(product, |it| {
                    it.bands.insert(it.variants[0].sku.clone(), *band);
                    it.stock_version += 1;
                })
                .await;
            }
        }
    }

    async fn change(&mut self, product: &Any, change: impl FnOnce(&mut domain::product::Product)) {
        let id = *product.get(&self.products);
        self.world.change(id, change).await;
        self.changed.push(id);
    }

    async fn publish(&mut self, batch: usize, is_reversed: bool, is_repeated: bool) {
        let mut changed = std::mem::take(&mut self.changed);
        if is_reversed {
            changed.reverse();
        }
        for _ in 0..=usize::from(is_repeated) {
            for some in changed.chunks(batch) {
                self.world.publish(some).await;
            }
        }
    }

    /// When everything is published, the old instance and a new one find what there is; and again after a merge.
    async fn check(&mut self) -> Result<(), TestCaseError> {
        self.publish(3, false, false).await;
        let store = &self.world.store;
        let mut products = Vec::new();
        for &id in &self.products {
            products.extend(store.product(id).await.unwrap());
        }
        let (categories, brands) = (store.taxonomy().await.unwrap(), store.taxonomy().await.unwrap());
        let catalogue = Catalogue { products, categories, brands };
        for job in [None, Some(RebuildJob::Merge), Some(RebuildJob::Products)] {
            if let Some(job) = job {
                self.world.rebuild(job).await;
            }
            self.world.shown_by(&self.old).await.unwrap();
            for instance in [&self.old, &self.world.instance()] {
                let index = instance.current(self.world.now()).await.unwrap().index;
                self.compare(&index, &catalogue)?;
            }
        }
        self.world.check_protocol("at the end");
        Ok(())
    }

    fn compare(&self, index: &Index, catalogue: &Catalogue) -> Result<(), TestCaseError> {
        let active = || Query {
            states: vec![State::Active],
            count_facets: true,
            sort: Sort::NameAscending,
            limit: 50,
            ..Query::default()
        };
        let size = |size: &str| [("Size".to_owned(), vec![size.to_owned()])].into();
        let queries = [
            active(),
            Query { states: State::ALL.to_vec(), sort: Sort::Newest, ..active() },
            Query { sort: Sort::PriceAscending, limit: 2, ..active() },
            Query { sort: Sort::PriceAscending, skip: 2, limit: 2, ..active() },
            Query { sort: Sort::PriceDescending, in_stock: true, ..active() },
            Query { brands: vec![self.brands[0].to_string()], ..active() },
            Query { category: Some(self.categories[0].to_string()), min_price: Some(2), ..active() },
            Query { category: Some(self.categories[1].to_string()), max_price: Some(3), ..active() },
            Query { options: size("M"), in_stock: true, max_price: Some(4), ..active() },
            Query { text: "wallet".to_owned(), states: State::ALL.to_vec(), sort: Sort::Newest, ..active() },
            Query { text: "nord".to_owned(), states: State::ALL.to_vec(), ..active() },
        ];
        for query in queries {
            let expected = catalogue.search(&query);
            let found: Found = index.search(&query, &Synonyms::default(), index.seq()).into();
            // Without a product that has the word, similar words are found.
            if query.text.is_empty() || !expected.is_empty() {
                prop_assert_eq!(found, expected, "{:?}", query);
            }
        }
        Ok(())
    }
}

#[test]
fn every_instance_finds_what_is_in_the_table_whatever_happened_before() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 48, ..Config::default() });
    let steps = prop::collection::vec(step(), 1..40);
    let outcome = runner.run(&steps, |steps| {
        runtime.block_on(async {
            let mut run = Run::open().await;
            for step in &steps {
                run.take(step).await;
            }
            run.check().await
        })
    });
    outcome.unwrap();
}
