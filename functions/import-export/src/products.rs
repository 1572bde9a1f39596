//! Imports products. The lines of one product are imported together or not at all; each names a variant by its SKU.

use std::fmt::Display;

use domain::product::{Definition, Field, Product, VariantDefinition, VariantFacts};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::upload::BadLine;
use products::{ProductChange, SaveError, SaveRefusal};
use store::StoreError;
use store::retry::{Attempt, retry};

use crate::header::Header;
use crate::part::{Import, Outcome, Row, bad_line};
use crate::product_columns::{PRODUCT_COLUMNS, Read, References, column_of};

impl Import {
    /// The rows of one product.
    pub(crate) async fn product(&self, refer: &References, rows: &[Row]) -> Result<Outcome, StoreError> {
        let Some(first) = rows.first() else {
            return Ok(Outcome::default());
        };
        match Slug::parse(self.header.cell(&first.cells, "slug").unwrap_or_default()) {
            Ok(slug) => retry("the product", || self.try_product(&slug, first, rows, refer)).await,
            Err(error) => {
                let bad = rows.iter().map(|row| bad_line(row, "slug", error));
                Ok(Outcome::refused(rows, bad.collect()))
            }
        }
    }

    async fn try_product(
        &self,
        slug: &Slug,
        first: &Row,
        rows: &[Row],
        refer: &References,
    ) -> Result<Attempt<Outcome>, StoreError> {
        let refused = |bad| Ok(Attempt::Done(Outcome::refused(rows, bad)));
        let store = &self.writer.store;
        let old = match store.product_id_of(slug).await? {
            Some(id) => store.product(id).await?,
            None => None,
        };
        if old.as_ref().is_some_and(|old| old.deleted_at.is_some()) {
            return refused(vec![bad_line(first, "slug", "belongs to a deleted product; restore it first")]);
        }
        let start = old.as_ref().map_or_else(|| Definition::new(slug.clone(), ""), Product::definition);
        let definition = match define(start, &self.header, rows, refer) {
            Ok(definition) => definition,
            Err(bad) => return refused(bad),
        };
        if old.as_ref().is_some_and(|old| old.definition() == definition) {
            return Ok(Attempt::Done(Outcome::unchanged(rows.len())));
        }
        let skus: Vec<Sku> = definition.variants.iter().map(|variant| variant.facts.sku.clone()).collect();
        let bad = |field: Field, message: &dyn Display| {
            let row = match field {
                Field::Variant { index, .. } => row_of(&skus[index], &self.header, rows),
                _ => None,
            };
            bad_line(row.unwrap_or(first), column_of(field), message)
        };
        let (now, ids) = (self.clock.now(), &self.writer.ids);
        let new_variant = || ids.variant(now);
        let revision = match &old {
            Some(old) => old.redefine(definition, new_variant, now),
            None => Product::define(ids.product(now), refer.currency, definition, new_variant, now),
        };
        let revision = match revision {
            Ok(revision) => revision,
            Err(violations) => return refused(violations.iter().map(|one| bad(one.field, &one.message)).collect()),
        };
        let action = if old.is_some() { "product.edit" } else { "product.create" };
        let change = ProductChange { action, by: Some(self.by), before: old, revision, idempotency_record: None };
        match self.writer.commit(&change, now).await {
            Ok(()) => Ok(Attempt::Done(Outcome::changed(rows.len()))),
            // Another part or a person changed or created the product after it was read.
            Err(SaveError::Changed | SaveError::Repeated | SaveError::Refused(SaveRefusal::SlugTaken)) => {
                Ok(Attempt::Overtaken)
            }
            Err(SaveError::Refused(refusal)) => refused(vec![bad(refusal.field(&change.revision.product), &refusal)]),
            Err(SaveError::Store(error)) => Err(error),
        }
    }
}

fn row_of<'a>(sku: &Sku, header: &Header, rows: &'a [Row]) -> Option<&'a Row> {
    let of = |row: &Row| Sku::parse(header.cell(&row.cells, "sku").unwrap_or_default());
    rows.iter().find(|row| of(row).as_ref() == Ok(sku))
}

/// The present product, or a new one, changed as the rows say.
pub fn define(
    mut definition: Definition,
    header: &Header,
    rows: &[Row],
    refer: &References,
) -> Result<Definition, Vec<BadLine>> {
    let mut bad = Vec::new();
    for row in rows {
        let mut check = |column: &str, read: Result<(), String>| {
            bad.extend(read.map_err(|message| bad_line(row, column, message)).err());
        };
        for column in &PRODUCT_COLUMNS {
            if let (Read::Product(read), Some(cell)) = (&column.read, header.cell(&row.cells, column.name)) {
                check(column.name, read(&mut definition, cell, refer));
            }
        }
        match Sku::parse(header.cell(&row.cells, "sku").unwrap_or_default()) {
            Ok(sku) => bad.extend(define_variant(&mut definition, sku, header, row, refer)),
            Err(error) => check("sku", Err(error.to_string())),
        }
    }
    if let (Some(first), true) = (rows.first(), definition.name.is_empty() && bad.is_empty()) {
        bad.push(bad_line(first, "name", "is required for a new product"));
    }
    if bad.is_empty() { Ok(definition) } else { Err(bad) }
}

fn define_variant(
    definition: &mut Definition,
    sku: Sku,
    header: &Header,
    row: &Row,
    refer: &References,
) -> Vec<BadLine> {
    let mut bad = Vec::new();
    let place = definition.variants.iter().position(|variant| variant.facts.sku == sku);
    let mut facts = match place {
        Some(place) => definition.variants[place].facts.clone(),
        None => VariantFacts::new(sku, 0),
    };
    for column in &PRODUCT_COLUMNS {
        if let (Read::Variant(read), Some(cell)) = (&column.read, header.cell(&row.cells, column.name))
            && let Err(message) = read(&mut facts, definition, cell, refer)
        {
            bad.push(bad_line(row, column.name, message));
        }
    }
    match place {
        _ if !bad.is_empty() => {}
        Some(place) => definition.variants[place].facts = facts,
        None if header.cell(&row.cells, "price").is_none() => {
            bad.push(bad_line(row, "price", "is required for a new variant"));
        }
        None => definition.variants.push(VariantDefinition::new(facts)),
    }
    bad
}
