//! Brands, the tree of categories and the products, with variants and stock.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::{AuditId, BrandId, CategoryId, ImageId};
use domain::money::Currency;
use domain::product::{Definition, Product, Status, VariantDefinition};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::taxonomy::{Taxonomy, TermDefinition, TermId};
use domain::time::Time;
use kit::runtime::ids::Ids;
use products::{ProductChange, ProductWriter, SaveRefusal, Unsaved};
use store::audit::AuditEntry;

use super::goods::{BRANDS, KINDS, combinations, nth};
use super::{PRODUCTS, pictures};
use crate::Failure;
use crate::stack::Stack;

/// How many products are made at once.
const AT_ONCE: usize = 16;

pub(super) async fn seed(stack: &Stack, ids: &Ids, products: usize, now: Time) -> Result<String, Failure> {
    let mut brands = Vec::new();
    for name in BRANDS {
        let id = ids.brand(now);
        brands.push(term::<BrandId>(stack, ids, (id, None), name, now).await?);
    }
    let mut categories = BTreeMap::new();
    for kind in KINDS {
        let mut parent: Option<CategoryId> = None;
        for depth in 1..=kind.path.len() {
            let path = kind.path[..depth].join(" ");
            let id = match categories.get(&path) {
                Some(&known) => known,
                None => {
                    let id = (ids.category(now), parent);
                    term(stack, ids, id, &path, now).await?
                }
            };
            categories.insert(path, id);
            parent = Some(id);
        }
    }
    let seed = Arc::new(Seed {
        writer: ProductWriter { store: stack.store.clone(), ids: ids.clone() },
        currency: Currency::parse(stack.output("Currency")?)?,
        brands,
        categories,
        now,
    });
    let mut made = 0;
    let all: Vec<usize> = (0..products).collect();
    for some in all.chunks(AT_ONCE) {
        let mut work = tokio::task::JoinSet::new();
        for &n in some {
            let (seed, stack) = (Arc::clone(&seed), stack.clone());
            work.spawn(async move { seed.product(&stack, n).await.map_err(|e| e.to_string()) });
        }
        while let Some(done) = work.join_next().await {
            made += usize::from(done??);
        }
    }
    let (brands, categories) = (BRANDS.len(), seed.categories.len());
    Ok(format!("{brands} brands, {categories} categories, {made} new products of {products}"))
}

/// Makes a brand or a category, or finds it. Its slug is its whole path, so that two of one name are two.
async fn term<I: TermId>(
    stack: &Stack,
    ids: &Ids,
    (id, parent): (I, Option<I>),
    path: &str,
    now: Time,
) -> Result<I, Failure> {
    let taxonomy: Taxonomy<I> = stack.store.taxonomy().await?;
    let slug = Slug::of_name(path)?;
    if let Some(known) = taxonomy.find_named(slug.as_str()) {
        return Ok(known.id);
    }
    // The last part of the path: what comes after the parent's.
    let above = parent.and_then(|parent| taxonomy.find(parent));
    let name = match above {
        Some(above) => KINDS
            .iter()
            .flat_map(|kind| (1..=4).map(|depth| &kind.path[..depth]))
            .find(|parts| parts.join(" ") == path)
            .and_then(|parts| parts.last().copied())
            .unwrap_or(&above.name),
        None => path,
    };
    let definition =
        TermDefinition { slug, name: name.to_owned(), description: String::new(), parent, position: 0, active: true };
    let change = taxonomy.add(id, definition, now)?;
    let entry = entry(ids.audit(now), I::KIND, &id, now);
    let saved = stack.store.save_term(&change, &entry).await;
    saved.map_err(|conflict| format!("{path} was not made ({conflict:?}); run it again"))?;
    Ok(id)
}

fn entry(id: AuditId, kind: &str, subject: &impl ToString, now: Time) -> AuditEntry {
    AuditEntry {
        id,
        at: now,
        actor: None,
        action: format!("{kind}.create"),
        subject: subject.to_string(),
        before: None,
        after: Some("seed".to_owned()),
    }
}

struct Seed {
    writer: ProductWriter,
    currency: Currency,
    brands: Vec<BrandId>,
    categories: BTreeMap<String, CategoryId>,
    now: Time,
}

impl Seed {
    /// Makes the `n`th product unless it is there. Says whether it made it.
    async fn product(&self, stack: &Stack, n: usize) -> Result<bool, Failure> {
        let definition = self.definition(n)?;
        if self.writer.store.product_id_of(&definition.slug).await?.is_some() {
            return Ok(false);
        }
        let (ids, now) = (&self.writer.ids, self.now);
        let id = ids.product(now);
        let decided = Product::define(id, self.currency, definition, || ids.variant(now), now);
        let mut decided = decided.map_err(|violations| format!("{violations:?}"))?;
        if n < PRODUCTS {
            let image = ImageId::from_bytes(ids.upload(now).to_bytes());
            let (_, brand, _) = nth(n);
            let look = (n % KINDS.len(), brand);
            pictures::hang(stack, &mut decided.product, image, look).await?;
        }
        let change =
            ProductChange { action: "product.create", by: None, before: None, decided, idempotency_record: None };
        match self.writer.commit(&change, now).await {
            Ok(()) => Ok(true),
            Err(Unsaved::Refused(SaveRefusal::SlugTaken | SaveRefusal::SkuTaken(_))) => Ok(false),
            Err(unsaved) => Err(format!("product {n}: {unsaved:?}").into()),
        }
    }

    fn definition(&self, n: usize) -> Result<Definition, Failure> {
        let (kind, brand, name) = nth(n);
        let unit = 10_i64.pow(self.currency.decimals());
        // A few units more or less, so that no two cost the same by chance alone.
        let price = (kind.price + i64::try_from(n % 9)?) * unit - unit / 20;
        let on_sale = n.is_multiple_of(6);
        let variants = combinations(kind).into_iter().enumerate().map(|(i, values)| {
            let stock = match (n + i * 5) % 13 {
                0 => 0,
                1 => 3,
                more => i64::try_from(more * 7)?,
            };
            Ok::<_, Failure>(VariantDefinition {
                id: None,
                sku: Sku::parse(&format!("K{n:05}-{}", i + 1))?,
                values,
                price,
                compare_at: on_sale.then_some(price + price / 5),
                stock: Some(stock),
            })
        });
        let category = self.categories.get(&kind.path.join(" ")).copied();
        let noun = kind.noun.to_lowercase();
        Ok(Definition {
            slug: Slug::of_name(&name)?,
            description: format!(
                "The {name} by {}: a {noun} made of {}, meant to be used every day and to be mended when it needs it.\n\n\
                 Made in small runs. If it is sold out, ask to be told when it is back.",
                BRANDS[brand], kind.made_of
            ),
            name,
            status: Status::Active,
            brand: self.brands.get(brand).copied(),
            categories: category.into_iter().collect(),
            attributes: BTreeMap::from([
                ("Material".to_owned(), kind.made_of.to_owned()),
                ("Care".to_owned(), "See the label".to_owned()),
            ]),
            options: kind.options.iter().map(|(name, _)| (*name).to_owned()).collect(),
            variants: variants.collect::<Result<_, _>>()?,
        })
    }
}
