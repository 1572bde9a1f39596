//! The lines of one product: each names a variant by its SKU. They are carried out together or not at all.

use std::collections::BTreeMap;

use domain::id::{BrandId, CategoryId, UserId};
use domain::money::{Currency, Money};
use domain::product::{
    Definition, MAX_ATTRIBUTE, MAX_ATTRIBUTE_NAME, MAX_DESCRIPTION, MAX_NAME, MAX_OPTION, MAX_OPTION_NAME, Product,
    Status, VariantDefinition, parse_price,
};
use domain::sku::Sku;
use domain::slug::Slug;
use domain::taxonomy::{Taxonomy, TermId};
use domain::text;
use domain::time::Time;
use domain::upload::BadLine;
use kit::runtime::clock::Clock;
use products::{ProductChange, ProductWriter, SaveRefusal, Unsaved};
use store::StoreError;

use crate::columns::{Header, parse_list, parse_pairs};
use crate::part::{Outcome, Row, bad_line};

const TRIES: usize = 8;

/// What lines refer to.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) currency: Currency,
    pub(crate) categories: Taxonomy<CategoryId>,
    pub(crate) brands: Taxonomy<BrandId>,
    pub(crate) by: UserId,
}

pub(crate) async fn carry_out(
    writer: &ProductWriter,
    clock: &Clock,
    (header, terms): (&Header, &Terms),
    rows: &[Row],
) -> Result<Outcome, StoreError> {
    let Some(first) = rows.first() else {
        return Ok(Outcome::default());
    };
    let slug = match Slug::parse(header.cell(&first.cells, "slug").unwrap_or_default()) {
        Ok(slug) => slug,
        Err(error) => {
            let bad = rows.iter().map(|row| bad_line(row, "slug", error));
            return Ok(Outcome::refused(rows, bad.collect()));
        }
    };
    for _ in 0..TRIES {
        let old = match writer.store.product_id_of(&slug).await? {
            Some(id) => writer.store.product(id).await?,
            None => None,
        };
        if old.as_ref().is_some_and(|old| old.deleted_at.is_some()) {
            let bad = vec![bad_line(first, "slug", "is a deleted product's; restore it first")];
            return Ok(Outcome::refused(rows, bad));
        }
        let definition = match define(old.as_ref(), &slug, (header, terms), rows) {
            Ok(definition) => definition,
            Err(bad) => return Ok(Outcome::refused(rows, bad)),
        };
        if old.as_ref().is_some_and(|old| old.definition() == definition) {
            return Ok(Outcome::unchanged(rows.len()));
        }
        let now = clock.now();
        let skus: Vec<Sku> = definition.variants.iter().map(|v| v.sku.clone()).collect();
        let decided = decide(writer, old.as_ref(), terms, definition, now);
        let decided = match decided {
            Ok(decided) => decided,
            Err(violations) => {
                let bad = violations.into_iter().map(|violation| {
                    let (row, column) = place(&violation.field, &skus, header, rows);
                    bad_line(row.unwrap_or(first), &column, violation.message)
                });
                return Ok(Outcome::refused(rows, bad.collect()));
            }
        };
        let change = ProductChange {
            action: match old {
                Some(_) => "product.edit",
                None => "product.create",
            },
            by: Some(terms.by),
            before: old,
            decided,
            idempotency_record: None,
        };
        match writer.commit(&change, now).await {
            Ok(()) => return Ok(Outcome::changed(rows.len())),
            // Another part of this sheet, or somebody else, was faster; and what they did is decided on next.
            Err(Unsaved::Changed | Unsaved::Repeated | Unsaved::Refused(SaveRefusal::SlugTaken)) => {}
            Err(Unsaved::Refused(refusal)) => {
                let (row, column) = match &refusal {
                    SaveRefusal::SkuTaken(sku) => (row_of(sku, header, rows), "sku"),
                    SaveRefusal::NoCategory(_) => (None, "categories"),
                    SaveRefusal::NoBrand => (None, "brand"),
                    _ => (None, "sku"),
                };
                let bad = vec![bad_line(row.unwrap_or(first), column, refusal)];
                return Ok(Outcome::refused(rows, bad));
            }
            Err(Unsaved::Store(error)) => return Err(error),
        }
    }
    Err(StoreError::Busy("the product changed at every try".to_owned()))
}

fn decide(
    writer: &ProductWriter,
    old: Option<&Product>,
    terms: &Terms,
    definition: Definition,
    now: Time,
) -> Result<domain::product::Redefined, Vec<domain::product::Violation>> {
    let new_variant = || writer.ids.variant(now);
    match old {
        Some(old) => old.redefine(definition, new_variant, now),
        None => {
            let id = writer.ids.product(now);
            Product::define(id, terms.currency, definition, new_variant, now)
        }
    }
}

/// To which line and column a broken rule belongs.
fn place<'a>(field: &str, skus: &[Sku], header: &Header, rows: &'a [Row]) -> (Option<&'a Row>, String) {
    let variant = field.strip_prefix("variants[").and_then(|rest| rest.split_once("]."));
    match variant {
        Some((at, name)) => {
            let sku = at.parse::<usize>().ok().and_then(|at| skus.get(at));
            let row = sku.and_then(|sku| row_of(sku, header, rows));
            let column = match name {
                "compareAtPrice" => "compare_at_price",
                name => name,
            };
            (row, column.to_owned())
        }
        None => (None, field.to_owned()),
    }
}

fn row_of<'a>(sku: &Sku, header: &Header, rows: &'a [Row]) -> Option<&'a Row> {
    let of = |row: &Row| Sku::parse(header.cell(&row.cells, "sku").unwrap_or_default());
    rows.iter().find(|row| of(row).as_ref() == Ok(sku))
}

/// The product as the lines say it should be, on top of what it is.
fn define(
    old: Option<&Product>,
    slug: &Slug,
    (header, terms): (&Header, &Terms),
    rows: &[Row],
) -> Result<Definition, Vec<BadLine>> {
    let mut definition = old.map_or_else(
        || Definition {
            slug: slug.clone(),
            name: String::new(),
            description: String::new(),
            status: Status::Draft,
            brand: None,
            categories: Vec::new(),
            attributes: BTreeMap::new(),
            options: Vec::new(),
            variants: Vec::new(),
        },
        Product::definition,
    );
    let mut bad = Vec::new();
    for row in rows {
        let mut line = Line { header, terms, row, bad: &mut bad };
        line.tell_product(&mut definition);
        line.tell_variant(&mut definition);
    }
    if let (Some(first), true) = (rows.first(), definition.name.is_empty() && bad.is_empty()) {
        bad.push(bad_line(first, "name", "is required for a new product"));
    }
    if bad.is_empty() { Ok(definition) } else { Err(bad) }
}

struct Line<'a> {
    header: &'a Header,
    terms: &'a Terms,
    row: &'a Row,
    bad: &'a mut Vec<BadLine>,
}

impl<'a> Line<'a> {
    fn cell(&self, column: &str) -> Option<&'a str> {
        self.header.cell(&self.row.cells, column)
    }

    fn check<T, E: std::fmt::Display>(&mut self, column: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.bad.push(bad_line(self.row, column, error))).ok()
    }

    /// A column that is there is carried out; an empty cell clears what may be empty.
    fn tell<T, E: std::fmt::Display>(&mut self, column: &str, field: &mut T, parse: impl FnOnce(&str) -> Result<T, E>) {
        if let Some(cell) = self.cell(column)
            && let Some(value) = self.check(column, parse(cell))
        {
            *field = value;
        }
    }

    fn tell_product(&mut self, definition: &mut Definition) {
        let terms = self.terms;
        self.tell("name", &mut definition.name, |cell| text::line(cell, MAX_NAME));
        self.tell("description", &mut definition.description, |cell| text::prose(cell, MAX_DESCRIPTION));
        self.tell("status", &mut definition.status, Status::parse);
        self.tell("brand", &mut definition.brand, |cell| match cell {
            "" => Ok(None),
            slug => find(&terms.brands, slug).map(Some),
        });
        self.tell("categories", &mut definition.categories, |cell| {
            let slugs = parse_list(cell);
            slugs.iter().map(|slug| find(&terms.categories, slug)).collect::<Result<Vec<_>, _>>()
        });
        self.tell("attributes", &mut definition.attributes, |cell| {
            let pairs = parse_pairs(cell).map_err(str::to_owned)?.into_iter();
            let pairs = pairs.map(|(name, value)| {
                let name = text::line(&name, MAX_ATTRIBUTE_NAME).map_err(|e| e.to_string())?;
                let value = text::line(&value, MAX_ATTRIBUTE).map_err(|e| e.to_string())?;
                Ok::<_, String>((name, value))
            });
            pairs.collect()
        });
    }

    fn tell_variant(&mut self, definition: &mut Definition) {
        let currency = self.terms.currency;
        let sku = self.check("sku", Sku::parse(self.cell("sku").unwrap_or_default()));
        let options = match self.cell("options") {
            None => None,
            Some(cell) => {
                let Some(pairs) = self.check("options", options(cell)) else {
                    return;
                };
                Some(pairs)
            }
        };
        let Some(sku) = sku else {
            return;
        };
        let at = definition.variants.iter().position(|v| v.sku == sku);
        let is_first = definition.variants.is_empty();
        let mut variant = match at {
            Some(at) => definition.variants[at].clone(),
            None => VariantDefinition { id: None, sku, values: Vec::new(), price: -1, compare_at: None, stock: None },
        };
        if let Some(pairs) = options {
            let names: Vec<String> = pairs.iter().map(|(name, _)| name.clone()).collect();
            if is_first || definition.variants.len() == 1 && at.is_some() {
                definition.options.clone_from(&names);
            }
            if names != definition.options {
                let message = format!("must be {}", definition.options.join(", "));
                self.check("options", Err::<(), _>(message));
            }
            variant.values = pairs.into_iter().map(|(_, value)| value).collect();
        }
        let money = |cell: &str| {
            let money = Money::parse_decimal(cell, currency).map_err(|e| e.to_string())?;
            parse_price(money, currency)
        };
        self.tell("price", &mut variant.price, money);
        self.tell("compare_at_price", &mut variant.compare_at, |cell| match cell {
            "" => Ok(None),
            cell => money(cell).map(Some),
        });
        if variant.price < 0 {
            if self.cell("price").is_none() {
                self.check("price", Err::<(), _>("is required for a new variant"));
            }
            return;
        }
        match at {
            Some(at) => definition.variants[at] = variant,
            None => definition.variants.push(variant),
        }
    }
}

fn options(cell: &str) -> Result<Vec<(String, String)>, String> {
    let pairs = parse_pairs(cell).map_err(str::to_owned)?.into_iter();
    let pairs = pairs.map(|(name, value)| {
        let name = text::line(&name, MAX_OPTION_NAME).map_err(|e| e.to_string())?;
        let value = text::line(&value, MAX_OPTION).map_err(|e| e.to_string())?;
        Ok((name, value))
    });
    pairs.collect()
}

fn find<I: TermId>(taxonomy: &Taxonomy<I>, slug: &str) -> Result<I, String> {
    let shown: String = slug.chars().take(100).collect();
    let term = taxonomy.find_named(slug).map(|term| term.id);
    term.ok_or_else(|| format!("there is no {} {shown:?}", I::KIND))
}
