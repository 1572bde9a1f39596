//! Imports products. The columns are read as those of the API's own CSV files, and by the same code.

use csv::StringRecord;
use domain::product::{Definition, Field, Product};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::upload::CsvKind;
use import_export::{Header, column_of, define, parse_list};
use products::{ProductChange, ProductWriter, SaveError, SaveRefusal};
use store::StoreError;
use store::retry::{Attempt, retry};

use super::pictures::Picture;
use super::rows::{Group, Row};
use super::{Done, Importer, Outcome, Stop, Wrong};

/// The columns of the whole product, read from its first row.
const OF_PRODUCT: [&str; 7] = ["name", "description", "status", "brand", "categories", "attributes", "tax_class"];
const OF_VARIANT: [&str; 4] = ["options", "price", "compare_at_price", "weight_grams"];

impl Importer {
    pub(super) async fn product(&self, group: &Group) -> Result<Done, Stop> {
        let first = group.first();
        let slug = Slug::parse(first.required("slug")?).map_err(|error| Wrong::new("slug", error))?;
        let pictures = Picture::read(first)?;
        if let Some(product) = self.known(&slug, group).await? {
            let wrong = self.add_pictures(&product, &pictures).await?;
            return Ok(Done { outcome: Outcome::Known, wrong });
        }
        let categories = first.get("categories").map(parse_list).unwrap_or_default();
        let named = self.terms(first.get("brand"), &categories).await?;
        let (header, rows) = as_csv(group, named.brand.as_ref(), &named.categories)?;
        let start = Definition::new(slug.clone(), "");
        let mut definition = define(start, &header, &rows, &named.references).map_err(|bad| {
            bad.into_iter()
                .map(|bad| Wrong { line: Some(bad.line), field: bad.column, message: bad.message })
                .collect::<Vec<_>>()
        })?;
        let lines: Vec<u64> = group.rows().map(|row| row.line).collect();
        for row in group.rows() {
            let stock = row.parsed("stock", str::parse::<i64>).map_err(|wrong| wrong.at(row.line))?;
            let sku = row.get("sku").and_then(|sku| Sku::parse(sku).ok());
            let variant = definition.variants.iter_mut().find(|variant| Some(&variant.facts.sku) == sku.as_ref());
            if let Some(variant) = variant {
                // What an old shop sold without having it cannot be stock.
                variant.stock = stock.map(|stock| stock.max(0));
            }
        }
        self.create(&slug, group, definition, &lines, &pictures).await
    }

    /// The product of this slug, if it was imported before: then it has one of these SKUs.
    async fn known(&self, slug: &Slug, group: &Group) -> Result<Option<Product>, Stop> {
        let Some(id) = self.store.product_id_of(slug).await? else {
            return Ok(None);
        };
        let Some(product) = self.store.product(id).await? else {
            return Ok(None);
        };
        let skus: Vec<Sku> = group.rows().filter_map(|row| Sku::parse(row.get("sku")?).ok()).collect();
        if product.variants.iter().any(|variant| skus.contains(&variant.sku)) {
            Ok(Some(product))
        } else {
            Err(Wrong::new("slug", "belongs to another product").into())
        }
    }

    async fn create(
        &self,
        slug: &Slug,
        group: &Group,
        definition: Definition,
        lines: &[u64],
        pictures: &[Picture],
    ) -> Result<Done, Stop> {
        let writer = ProductWriter { store: self.store.clone(), ids: self.ids.clone() };
        let now = self.clock.now();
        let wrong = |field: Field, message: &dyn std::fmt::Display| {
            let line = match field {
                Field::Variant { index, .. } => lines.get(index).copied(),
                _ => None,
            };
            Wrong { line, field: column_of(field).to_owned(), message: message.to_string() }
        };
        let made = retry("the product", || async {
            if let Some(product) = self.known(slug, group).await? {
                return Ok(Attempt::Done((product, Outcome::Known)));
            }
            let new = Product::define(
                self.ids.product(now),
                self.currency,
                definition.clone(),
                || self.ids.variant(now),
                now,
            );
            let revision = new.map_err(|violations| {
                violations.iter().map(|one| wrong(one.field, &one.message)).collect::<Vec<_>>()
            })?;
            if self.is_dry_run {
                self.check_skus(&revision.product).await?;
                return Ok(Attempt::Done((revision.product, Outcome::New)));
            }
            let change =
                ProductChange { action: "product.create", by: None, before: None, revision, idempotency_record: None };
            match writer.commit(&change, now).await {
                Ok(()) => Ok(Attempt::Done((change.revision.product, Outcome::New))),
                Err(SaveError::Changed | SaveError::Repeated | SaveError::Refused(SaveRefusal::SlugTaken)) => {
                    Ok(Attempt::Overtaken)
                }
                Err(SaveError::Refused(refusal)) => {
                    Err(Stop::from(wrong(refusal.field(&change.revision.product), &refusal)))
                }
                Err(SaveError::Store(error)) => Err(error.into()),
            }
        });
        let (product, outcome) = made.await?;
        let wrong = self.add_pictures(&product, pictures).await?;
        Ok(Done { outcome, wrong })
    }

    /// What the transaction of a product would check.
    async fn check_skus(&self, product: &Product) -> Result<(), Stop> {
        let skus: Vec<Sku> = product.variants.iter().map(|variant| variant.sku.clone()).collect();
        let taken: Result<Vec<_>, StoreError> = self.store.stock_levels(&skus).await;
        match taken?.first() {
            Some(level) => Err(Wrong::new("sku", format!("{} belongs to another product", level.sku)).into()),
            None => Ok(()),
        }
    }
}

/// The rows as a file of the API: each line has the cells of the whole product.
fn as_csv(group: &Group, brand: Option<&Slug>, categories: &[Slug]) -> Result<(Header, Vec<import_export::Row>), Stop> {
    let first = group.first();
    let of_product = OF_PRODUCT.into_iter().filter(|column| first.get(column).is_some());
    let of_variant = OF_VARIANT.into_iter().filter(|column| group.rows().any(|row| row.get(column).is_some()));
    let columns: Vec<&str> = ["slug", "sku"].into_iter().chain(of_product).chain(of_variant).collect();
    let header = Header::parse(CsvKind::Products, &StringRecord::from(columns.clone()))
        .map_err(|refusal| Wrong::new("slug", refusal))?;
    let cell = |row: &Row, column: &str| match column {
        "brand" => brand.map(ToString::to_string).unwrap_or_default(),
        "categories" => import_export::write_list(categories.iter().map(Slug::as_str)),
        "slug" => first.get("slug").unwrap_or_default().to_owned(),
        column if OF_PRODUCT.contains(&column) => first.get(column).unwrap_or_default().to_owned(),
        column => row.get(column).unwrap_or_default().to_owned(),
    };
    let rows = group.rows().map(|row| import_export::Row {
        line: row.line,
        cells: columns.iter().map(|column| cell(row, column)).collect(),
    });
    Ok((header, rows.collect()))
}
