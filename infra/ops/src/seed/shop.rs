//! Brands, the tree of categories and the products, with variants and stock.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::{BrandId, CategoryId, ImageId};
use domain::money::Currency;
use domain::product::{Definition, Image, Product, ProductStatus, VariantDefinition, VariantFacts};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::stock::{Backorder, BackorderChange, BackorderMode, StockSetting};
use domain::taxonomy::{Taxonomy, TermDefinition, TermId};
use domain::time::Time;
use kit::runtime::ids::Ids;
use picture_files::Pictures;
use products::{ProductChange, ProductWriter, SaveError, SaveRefusal};
use store::audit::AuditChange;
use store::stock::StockWrites;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::kinds::{BRANDS, KINDS, Nth, combinations, nth};
use super::{PRODUCTS, pictures};
use crate::Failure;
use crate::stack::Stack;

/// How many products are made at once.
const AT_ONCE: usize = 32;

pub(super) async fn seed(stack: &Stack, ids: &Ids, products: usize, now: Time) -> Result<String, Failure> {
    let (brands, categories, pictures) =
        tokio::try_join!(seed_brands(stack, ids, now), seed_categories(stack, ids, now), pictures::draw_all())?;
    let seed = Arc::new(Seed {
        writer: ProductWriter { store: stack.store.clone(), ids: ids.clone() },
        stack: stack.clone(),
        currency: Currency::parse_of_shop(stack.output("Currency")?)?,
        brands,
        categories,
        pictures,
        now,
    });
    let (mut tasks, places) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)));
    for n in 0..products {
        let (seed, place) = (Arc::clone(&seed), Arc::clone(&places).acquire_owned().await?);
        tasks.spawn(async move {
            let made = seed.product(n).await.map_err(|error| error.to_string());
            drop(place);
            made
        });
    }
    let mut made = 0;
    while let Some(done) = tasks.join_next().await {
        made += usize::from(done??);
    }
    let (brands, categories) = (BRANDS.len(), seed.categories.len());
    Ok(format!("{brands} brands, {categories} categories, {made} new products of {products}"))
}

async fn seed_brands(stack: &Stack, ids: &Ids, now: Time) -> Result<Vec<BrandId>, Failure> {
    let mut taxonomy = stack.store.taxonomy().await?;
    let mut brands = Vec::new();
    for name in BRANDS {
        let definition = term(Slug::of_name(name)?, name, None);
        brands.push(find_or_add(stack, &mut taxonomy, ids.brand(now), definition, ids, now).await?);
    }
    Ok(brands)
}

/// Categories by path. The slug of a category is its whole path, because two of them may have the same name.
async fn seed_categories(stack: &Stack, ids: &Ids, now: Time) -> Result<BTreeMap<String, CategoryId>, Failure> {
    let mut taxonomy = stack.store.taxonomy().await?;
    let mut categories = BTreeMap::new();
    for kind in KINDS {
        let mut parent: Option<CategoryId> = None;
        for depth in 1..=kind.path.len() {
            let path = kind.path[..depth].join(" ");
            let definition = term(Slug::of_name(&path)?, kind.path[depth - 1], parent);
            let id = find_or_add(stack, &mut taxonomy, ids.category(now), definition, ids, now).await?;
            categories.insert(path, id);
            parent = Some(id);
        }
    }
    Ok(categories)
}

fn term<I>(slug: Slug, name: &str, parent: Option<I>) -> TermDefinition<I> {
    TermDefinition { parent, ..TermDefinition::new(slug, name) }
}

/// Finds a brand or a category by its slug, or adds it to the table and to `taxonomy`.
async fn find_or_add<I: TermId>(
    stack: &Stack,
    taxonomy: &mut Taxonomy<I>,
    id: I,
    definition: TermDefinition<I>,
    ids: &Ids,
    now: Time,
) -> Result<I, Failure> {
    if let Some(known) = taxonomy.find_named(definition.slug.as_str()) {
        return Ok(known.id);
    }
    let change = taxonomy.add(id, definition, now)?;
    let seeded = AuditChange { before: None, after: Some("seed".to_owned()) };
    let entry = ids.audit_entry(None, format!("{}.create", I::KIND), id, seeded, now);
    let saved = stack.store.save_term(&change, &entry, &[]).await;
    saved.map_err(|error| format!("{} was not saved ({error:?}); run the seed again", change.write.name))?;
    let terms: Vec<_> = taxonomy.sorted().into_iter().cloned().chain([change.write]).collect();
    *taxonomy = Taxonomy::new(change.from_version + 1, terms);
    Ok(id)
}

struct Seed {
    writer: ProductWriter,
    stack: Stack,
    currency: Currency,
    brands: Vec<BrandId>,
    categories: BTreeMap<String, CategoryId>,
    /// One for each brand.
    pictures: Vec<Arc<Pictures>>,
    now: Time,
}

impl Seed {
    /// Makes the `n`th product, unless it is there. Returns whether it made one.
    async fn product(&self, n: usize) -> Result<bool, Failure> {
        let definition = self.definition(n)?;
        if self.writer.store.product_id_of(&definition.slug).await?.is_some() {
            return Ok(false);
        }
        let (ids, now) = (&self.writer.ids, self.now);
        let id = ids.product(now);
        let mut revision = Product::define(id, self.currency, definition, || ids.variant(now), now)
            .map_err(|violations| format!("{violations:?}"))?;
        if n < PRODUCTS {
            let image = ImageId::from_bytes(ids.upload(now).to_bytes());
            let pictures = &self.pictures[nth(n).brand];
            pictures::upload(&self.stack, id, image, pictures).await?;
            revision.product.images.push(Image {
                id: image,
                alt: format!("{}, drawn", revision.product.name),
                width: pictures.width,
                height: pictures.height,
                shows: None,
            });
        }
        let first = revision.product.variants[0].sku.clone();
        let change =
            ProductChange { action: "product.create", by: None, before: None, revision, idempotency_record: None };
        match self.writer.commit(&change, now).await {
            Ok(()) if n.is_multiple_of(26) => self.sell_below_zero(&first).await.map(|()| true),
            Ok(()) => Ok(true),
            Err(SaveError::Refused(SaveRefusal::SlugTaken | SaveRefusal::SkuTaken(_))) => Ok(false),
            Err(error) => Err(format!("product {n}: {error:?}").into()),
        }
    }

    /// Lets a variant of which none is there be ordered all the same.
    async fn sell_below_zero(&self, sku: &Sku) -> Result<(), Failure> {
        let store = &self.writer.store;
        let level = store.stock_level(sku).await?.ok_or("a new product has stock")?;
        let terms = Backorder { mode: BackorderMode::Backorder, limit: 20, available_from: None };
        let setting = StockSetting { backorder: BackorderChange::To(terms), ..StockSetting::default() };
        let after = level.set(&setting, self.now)?;
        let token = self.writer.ids.stock_change(self.now);
        let saved = store.set_stock(token, &level, &after, &StockWrites::default()).await;
        saved.map_err(|error| format!("{sku} cannot be ordered below zero: {error:?}").into())
    }

    fn definition(&self, n: usize) -> Result<Definition, Failure> {
        let Nth { kind, brand, name } = nth(n);
        let unit = 10_i64.pow(self.currency.decimals());
        // A few units more or less, so that prices differ.
        let price = (kind.price + i64::try_from(n % 9)?) * unit - unit / 20;
        let on_sale = n.is_multiple_of(6);
        let variants = combinations(kind).into_iter().enumerate().map(|(i, values)| {
            let stock = match (n + i * 5) % 13 {
                0 => 0,
                1 => 3,
                more => i64::try_from(more * 7)?,
            };
            let compare_at = on_sale.then_some(price + price / 5);
            let sku = Sku::parse(&format!("K{n:05}-{}", i + 1))?;
            let facts = VariantFacts { values, compare_at, ..VariantFacts::new(sku, price) };
            Ok::<_, Failure>(VariantDefinition { stock: Some(stock), ..VariantDefinition::new(facts) })
        });
        let category = self.categories.get(&kind.path.join(" ")).copied();
        let noun = kind.noun.to_lowercase();
        Ok(Definition {
            description: format!(
                "The {name} by {}: a {noun} made of {}, for everyday use and easy to repair.\n\n\
                 Made in small runs. If it is sold out, ask for a mail when it is back.",
                BRANDS[brand], kind.made_of
            ),
            status: ProductStatus::Active,
            brand: self.brands.get(brand).copied(),
            categories: category.into_iter().collect(),
            attributes: BTreeMap::from([
                ("Material".to_owned(), kind.made_of.to_owned()),
                ("Care".to_owned(), "See the label".to_owned()),
            ]),
            options: kind.options.iter().map(|(name, _)| (*name).to_owned()).collect(),
            variants: variants.collect::<Result<_, _>>()?,
            ..Definition::new(Slug::of_name(&name)?, name.clone())
        })
    }
}
