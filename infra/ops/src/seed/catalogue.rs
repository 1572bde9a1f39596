//! A shop of any size: the products of the generated catalogue, written in batches. Each run makes the same products with
//! the same ids, so a run that was interrupted can be repeated.

use std::sync::Arc;
use std::time::Duration;

use domain::id::{BrandId, CategoryId};
use domain::money::Currency;
use domain::product::{Definition, Product, ProductStatus, Revision, VariantDefinition, VariantFacts};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::taxonomy::{Taxonomy, Term, TermDefinition, TermId};
use domain::time::Time;
use kit::runtime::ids::Ids;
use products::ProductWriter;
use sample_catalogue::{Catalogue, Variant};
use store::audit::AuditChange;
use store::new_products::NewProduct;
use store::products::SaveConflict;
use store::taxonomy::MAX_ADDED;
use store::{Commit, StoreError};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;

use super::progress::Progress;
use crate::Failure;
use crate::stack::Stack;

/// How many products are added in one transaction: with a category and a brand of each they are at most 99 items.
const TOGETHER: usize = 33;

/// How many of these groups are prepared at once.
const AT_ONCE: usize = 8;

/// The pause before a repeated call doubles up to this.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// All products are older than this: the beginning of 2026, in milliseconds.
const MADE_BEFORE: i64 = 1_767_225_600_000;

pub(super) async fn seed(stack: &Stack, ids: &Ids, count: usize, now: Time) -> Result<String, Failure> {
    let catalogue = Catalogue::new(1);
    let categories = seed_categories(stack, &catalogue, ids, now).await?;
    let brands = seed_brands(stack, &catalogue, ids, now).await?;
    let currency = Currency::parse_of_shop(stack.output("Currency")?)?;
    let seed = Arc::new(Seed { catalogue, currency, brands, categories, stack: stack.clone(), turn: Mutex::new(()) });
    let progress = Progress::new("products", count);
    let (mut tasks, places) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)));
    for first in (0..count).step_by(TOGETHER) {
        let (seed, place) = (Arc::clone(&seed), Arc::clone(&places).acquire_owned().await?);
        let (ids, progress) = (ids.clone(), progress.clone());
        tasks.spawn(async move {
            let last = (first + TOGETHER).min(count);
            let made = seed.patiently(first, last, &ids, now).await.map_err(|error| error.to_string());
            progress.add(last - first);
            drop(place);
            made
        });
        // Otherwise a shop that refuses would be asked for every group.
        while let Some(done) = tasks.try_join_next() {
            done??;
        }
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let (brands, categories) = (seed.brands.len(), seed.categories.len());
    Ok(format!("{brands} more brands, {categories} more categories, {count} more products"))
}

struct Seed {
    catalogue: Catalogue,
    currency: Currency,
    /// By their numbers in the catalogue.
    brands: Vec<BrandId>,
    categories: Vec<CategoryId>,
    stack: Stack,
    /// Transactions that count products of the same category at the same moment would be in conflict.
    turn: Mutex<()>,
}

impl Seed {
    /// Adds the products from `first` to before `last`. Among thousands of calls some are lost, and adding can be repeated.
    async fn patiently(&self, first: usize, last: usize, ids: &Ids, now: Time) -> Result<(), Failure> {
        let mut pause = Duration::from_secs(1);
        loop {
            match self.group(first, last, ids, now).await {
                Err(Commit::Store(StoreError::Busy(_) | StoreError::Unavailable(_))) if pause < LONGEST_PAUSE => {
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                added => return added.map_err(|error| format!("products {first} to {last}: {error:?}").into()),
            }
        }
    }

    async fn group(&self, first: usize, last: usize, ids: &Ids, now: Time) -> Result<(), Commit<SaveConflict>> {
        let store = &self.stack.store;
        let products = (first..last).map(|number| self.new_product(number)).collect::<Result<_, _>>();
        let products = products.map_err(|error: Failure| StoreError::Corrupt(error.to_string()))?;
        let missing = store.prepare_products(products).await?;
        if missing.is_empty() {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        store.add_products(ids.transaction(now), &missing).await
    }

    fn new_product(&self, number: usize) -> Result<NewProduct, Failure> {
        let product = self.catalogue.product(number);
        let at = Time::from_unix_millis(MADE_BEFORE) - Duration::from_mins(u64::from(product.minutes_old));
        // From the number, so that each run makes the same ones.
        let ids = Ids::seeded(u64::try_from(number)?);
        let brand = product.brand.and_then(|brand| self.brands.get(brand).copied());
        let category = product.categories.last().and_then(|&category| self.categories.get(category).copied());
        let definition = definition(&product, self.currency, brand, category)?;
        let id = ids.product(at);
        let defined = Product::define(id, self.currency, definition, || ids.variant(at), at);
        let Revision { product, added, .. } = defined.map_err(|violations| format!("{number}: {violations:?}"))?;
        let writer = ProductWriter { store: self.stack.store.clone(), ids };
        let stock = added.iter().map(|new| writer.first_stock(id, new, None, at)).collect();
        Ok(NewProduct { product, stock })
    }
}

fn definition(
    product: &sample_catalogue::Product,
    currency: Currency,
    brand: Option<BrandId>,
    category: Option<CategoryId>,
) -> Result<Definition, Failure> {
    // The catalogue counts in hundredths.
    let unit = 10_i64.pow(currency.decimals());
    let price = |hundredths: u32| (i64::from(hundredths) * unit / 100).max(1);
    let variant = |variant: &Variant| {
        let values = variant.options.iter().map(|option| option.value.to_owned()).collect();
        let compare_at = variant.compare_at.map(price).filter(|before| *before > price(variant.price));
        let facts =
            VariantFacts { values, compare_at, ..VariantFacts::new(Sku::parse(&variant.sku)?, price(variant.price)) };
        Ok::<_, Failure>(VariantDefinition { stock: Some(variant.stock.into()), ..VariantDefinition::new(facts) })
    };
    let options = product.variants.first().into_iter().flat_map(|variant| &variant.options);
    // Many products have the same name.
    let slug = Slug::of_name(&format!("{} {}", product.number, product.name))?;
    Ok(Definition {
        description: product.description.clone(),
        status: ProductStatus::Active,
        brand,
        categories: category.into_iter().collect(),
        attributes: product.attributes.iter().map(|one| (one.name.to_owned(), one.value.to_owned())).collect(),
        options: options.map(|option| option.name.to_owned()).collect(),
        variants: product.variants.iter().map(variant).collect::<Result<_, _>>()?,
        ..Definition::new(slug, product.name.clone())
    })
}

/// Categories by their numbers in the catalogue. The slug of a category is its whole path, because two of them may have
/// the same name.
async fn seed_categories(
    stack: &Stack,
    catalogue: &Catalogue,
    ids: &Ids,
    now: Time,
) -> Result<Vec<CategoryId>, Failure> {
    let (all, mut known) = (catalogue.categories(), Vec::new());
    let mut paths: Vec<String> = Vec::new();
    for category in all {
        paths.push(match category.parent {
            Some(parent) => format!("{} {}", paths[parent], category.name),
            None => category.name.clone(),
        });
    }
    // A parent stands before its children. What is added together must have its parents in the table.
    let mut next = 0;
    while next < all.len() {
        let ready =
            all[next..].iter().take_while(|category| category.parent.is_none_or(|parent| parent < next)).count();
        let definitions = (next..next + ready).map(|number| {
            let parent = all[number].parent.map(|parent| known[parent]);
            Ok(TermDefinition { parent, ..TermDefinition::new(Slug::of_name(&paths[number])?, &all[number].name) })
        });
        let definitions = definitions.collect::<Result<Vec<_>, Failure>>()?;
        known.extend(find_or_add(stack, definitions, || ids.category(now), ids, now).await?);
        next += ready;
    }
    Ok(known)
}

async fn seed_brands(stack: &Stack, catalogue: &Catalogue, ids: &Ids, now: Time) -> Result<Vec<BrandId>, Failure> {
    let definition = |name: &String| Ok(TermDefinition::new(Slug::of_name(name)?, name));
    let definitions = catalogue.brands().iter().map(definition).collect::<Result<Vec<_>, Failure>>()?;
    find_or_add(stack, definitions, || ids.brand(now), ids, now).await
}

/// Finds brands or categories by their slugs, or adds them, many in one transaction.
async fn find_or_add<I: TermId>(
    stack: &Stack,
    definitions: Vec<TermDefinition<I>>,
    new_id: impl Fn() -> I,
    ids: &Ids,
    now: Time,
) -> Result<Vec<I>, Failure> {
    let mut found = Vec::new();
    for some in definitions.chunks(MAX_ADDED) {
        let taxonomy: Taxonomy<I> = stack.store.taxonomy().await?;
        let mut added: Vec<Term<I>> = Vec::new();
        for definition in some {
            let known = added.iter().find(|term| term.slug == definition.slug).map(|term| term.id);
            let known = known.or_else(|| taxonomy.find_named(definition.slug.as_str()).map(|term| term.id));
            found.push(match known {
                Some(known) => known,
                None => {
                    added.push(taxonomy.add(new_id(), definition.clone(), now)?.write);
                    added.last().ok_or("no term was made")?.id
                }
            });
        }
        let Some(first) = added.first() else { continue };
        let seeded = AuditChange { before: None, after: Some(format!("seed, with {} others", added.len() - 1)) };
        let entry = ids.audit_entry(None, format!("{}.create", I::KIND), first.id, seeded, now);
        let saved = stack.store.add_terms(taxonomy.version, &added, &entry).await;
        saved.map_err(|error| format!("terms were not saved ({error:?}); run the seed again"))?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::money::Currency;
    use domain::product::Product;
    use domain::time::Time;
    use kit::runtime::ids::Ids;
    use sample_catalogue::Catalogue;

    use super::definition;

    #[test]
    fn each_product_is_one_that_the_shop_takes_with_a_slug_of_its_own() {
        let (catalogue, now, mut slugs) = (Catalogue::new(1), Time::from_unix_millis(0), BTreeSet::new());
        for product in catalogue.products(2_000) {
            let ids = Ids::seeded(1);
            for code in ["usd", "jpy"] {
                let currency = Currency::parse_of_shop(code).unwrap();
                let definition = definition(&product, currency, None, None).unwrap();
                slugs.insert((code, definition.slug.to_string()));
                Product::define(ids.product(now), currency, definition, || ids.variant(now), now).unwrap();
            }
        }
        assert_eq!(slugs.len(), 4_000);
    }
}
