//! The columns of product files. A line is a variant; the fields of its product are repeated on each line.

use std::fmt::Display;

use domain::id::{BrandId, CategoryId};
use domain::money::{Currency, Money};
use domain::product::{
    Definition, Field, MAX_ATTRIBUTE, MAX_ATTRIBUTE_NAME, MAX_DESCRIPTION, MAX_NAME, MAX_OPTION, MAX_OPTION_NAME,
    Product, ProductStatus, Variant, VariantFacts, VariantField, parse_price,
};
use domain::tax::{InvalidTaxClass, TaxClass};
use domain::taxonomy::{Taxonomy, TermId};
use domain::text;

use crate::cells::{parse_list, parse_pairs, write_list, write_pairs};
use crate::columns::Column;

/// What the cells of product files refer to.
#[derive(Debug)]
pub struct References {
    pub currency: Currency,
    pub categories: Taxonomy<CategoryId>,
    pub brands: Taxonomy<BrandId>,
}

pub(crate) enum Read {
    /// The key of the product or the variant, which is read before all other cells.
    Key,
    Product(fn(&mut Definition, &str, &References) -> Result<(), String>),
    /// The product is given too, because it has the names of the options.
    Variant(fn(&mut VariantFacts, &mut Definition, &str, &References) -> Result<(), String>),
}

type Write = fn(&Product, &Variant, &References) -> String;

pub(crate) const PRODUCT_COLUMNS: [Column<Option<Field>, Read, Write>; 13] = [
    key("slug", Field::Slug, |product, _, _| product.slug.to_string()),
    key("sku", of_any_variant(VariantField::Sku), |_, variant, _| variant.sku.to_string()),
    of_product(
        "name",
        None,
        |product, cell, _| set(&mut product.name, text::line(cell, MAX_NAME)),
        |product, _, _| product.name.clone(),
    ),
    of_product(
        "description",
        None,
        |product, cell, _| set(&mut product.description, text::prose(cell, MAX_DESCRIPTION)),
        |product, _, _| product.description.clone(),
    ),
    of_product(
        "status",
        None,
        |product, cell, _| set(&mut product.status, ProductStatus::parse(cell)),
        |product, _, _| product.status.name().to_owned(),
    ),
    of_product(
        "brand",
        Some(Field::Brand),
        |product, cell, refer| set(&mut product.brand, optional(cell, |slug| find(&refer.brands, slug))),
        |product, _, refer| product.brand.and_then(|id| slug(&refer.brands, id)).unwrap_or_default().to_owned(),
    ),
    of_product(
        "categories",
        Some(Field::Categories),
        |product, cell, refer| {
            let slugs = parse_list(cell);
            set(&mut product.categories, slugs.iter().map(|slug| find(&refer.categories, slug)).collect())
        },
        |product, _, refer| write_list(product.categories.iter().filter_map(|&id| slug(&refer.categories, id))),
    ),
    of_product(
        "attributes",
        Some(Field::Attributes),
        |product, cell, _| {
            let pairs = pairs(cell, MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTE)?;
            product.attributes = pairs.into_iter().collect();
            Ok(())
        },
        |product, _, _| write_pairs(product.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()))),
    ),
    of_variant("options", VariantField::Options, read_options, |product, variant, _| {
        let options = product.options.iter().zip(&variant.values);
        write_pairs(options.map(|(name, value)| (name.as_str(), value.as_str())))
    }),
    of_variant(
        "price",
        VariantField::Price,
        |variant, _, cell, refer| set(&mut variant.price, price(cell, refer)),
        |product, variant, _| product.price(variant.price).decimal(),
    ),
    of_variant(
        "compare_at_price",
        VariantField::CompareAt,
        |variant, _, cell, refer| set(&mut variant.compare_at, optional(cell, |cell| price(cell, refer))),
        |product, variant, _| variant.compare_at.map_or_else(String::new, |was| product.price(was).decimal()),
    ),
    of_variant(
        "weight_grams",
        VariantField::WeightGrams,
        |variant, _, cell, _| set(&mut variant.weight_grams, optional(cell, grams)),
        |_, variant, _| variant.weight_grams.map_or_else(String::new, |grams| grams.to_string()),
    ),
    of_product(
        "tax_class",
        None,
        |product, cell, _| set(&mut product.tax_class, tax_class(cell)),
        |product, _, _| product.tax_class.name().to_owned(),
    ),
];

/// The column that holds a field.
pub fn column_of(field: Field) -> &'static str {
    let held = match field {
        Field::Category(_) => Field::Categories,
        Field::Options => of_any_variant(VariantField::Options),
        Field::Variant { field, .. } => of_any_variant(field),
        field => field,
    };
    // Files hold neither ids nor stock. The SKU identifies the variant of a line.
    PRODUCT_COLUMNS.iter().find(|column| column.field == Some(held)).map_or("sku", |column| column.name)
}

const fn of_any_variant(field: VariantField) -> Field {
    Field::Variant { index: 0, field }
}

const fn key(name: &'static str, field: Field, write: Write) -> Column<Option<Field>, Read, Write> {
    Column { name, field: Some(field), required: true, read: Read::Key, write }
}

/// `field` is `None` if no rule of the whole product refuses it.
const fn of_product(
    name: &'static str,
    field: Option<Field>,
    read: fn(&mut Definition, &str, &References) -> Result<(), String>,
    write: Write,
) -> Column<Option<Field>, Read, Write> {
    Column { name, field, required: false, read: Read::Product(read), write }
}

const fn of_variant(
    name: &'static str,
    field: VariantField,
    read: fn(&mut VariantFacts, &mut Definition, &str, &References) -> Result<(), String>,
    write: Write,
) -> Column<Option<Field>, Read, Write> {
    Column { name, field: Some(of_any_variant(field)), required: false, read: Read::Variant(read), write }
}

fn set<T, E: Display>(field: &mut T, parsed: Result<T, E>) -> Result<(), String> {
    *field = parsed.map_err(|error| error.to_string())?;
    Ok(())
}

/// An empty cell clears the field.
fn optional<T>(cell: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if cell.is_empty() { Ok(None) } else { parse(cell).map(Some) }
}

fn price(cell: &str, refer: &References) -> Result<i64, String> {
    let money = Money::parse_decimal(cell, refer.currency).map_err(|error| error.to_string())?;
    parse_price(money, refer.currency)
}

fn grams(cell: &str) -> Result<i64, String> {
    cell.parse().map_err(|_| "must be a whole number of grams".to_owned())
}

/// An empty cell is the standard class.
fn tax_class(cell: &str) -> Result<TaxClass, InvalidTaxClass> {
    if cell.is_empty() { Ok(TaxClass::default()) } else { TaxClass::parse(cell) }
}

fn pairs(cell: &str, max_name: usize, max_value: usize) -> Result<Vec<(String, String)>, String> {
    let pairs = parse_pairs(cell)?.into_iter().map(|(name, value)| {
        let name = text::line(&name, max_name).map_err(|error| error.to_string())?;
        let value = text::line(&value, max_value).map_err(|error| error.to_string())?;
        Ok((name, value))
    });
    pairs.collect()
}

/// The first variant, or the only one, names the options of the product. All others must name the same.
fn read_options(
    variant: &mut VariantFacts,
    product: &mut Definition,
    cell: &str,
    _: &References,
) -> Result<(), String> {
    let (names, values): (Vec<_>, Vec<_>) = pairs(cell, MAX_OPTION_NAME, MAX_OPTION)?.into_iter().unzip();
    if product.variants.iter().all(|known| known.facts.sku == variant.sku) {
        product.options.clone_from(&names);
    }
    if names != product.options {
        return Err(format!("must be {}", product.options.join(", ")));
    }
    variant.values = values;
    Ok(())
}

fn find<I: TermId>(taxonomy: &Taxonomy<I>, slug: &str) -> Result<I, String> {
    let shown: String = slug.chars().take(100).collect();
    let term = taxonomy.find_named(slug).map(|term| term.id);
    term.ok_or_else(|| format!("names the {} “{shown}”, which does not exist", I::KIND))
}

fn slug<I: TermId>(taxonomy: &Taxonomy<I>, id: I) -> Option<&str> {
    taxonomy.find(id).map(|term| term.slug.as_str())
}

#[cfg(test)]
mod tests {
    use csv::StringRecord;
    use domain::id::{ProductId, VariantId};
    use domain::money::Currency;
    use domain::product::{Definition, Field, Product, VariantDefinition, VariantFacts, VariantField};
    use domain::sku::Sku;
    use domain::slug::Slug;
    use domain::taxonomy::Taxonomy;
    use domain::time::Time;
    use domain::upload::CsvKind;
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::{PRODUCT_COLUMNS, Read, References, column_of};
    use crate::formulas::neutralise;
    use crate::header::Header;

    /// The product, written and read again.
    fn read_again(product: &Product) -> Definition {
        let (categories, brands) = (Taxonomy::new(0, []), Taxonomy::new(0, []));
        let refer = References { currency: Currency::USD, categories, brands };
        let variant = &product.variants[0];
        let mut definition = Definition::new(product.slug.clone(), "");
        let mut facts = VariantFacts::new(variant.sku.clone(), 0);
        let header = Header::parse(CsvKind::Products, &PRODUCT_COLUMNS.iter().map(|column| column.name).collect());
        let header = header.unwrap();
        let cells = PRODUCT_COLUMNS.iter().map(|column| neutralise((column.write)(product, variant, &refer)));
        let row: StringRecord = cells.collect();
        assert_eq!(header.cell(&row, "sku"), Some(variant.sku.as_str()));
        for column in &PRODUCT_COLUMNS {
            let cell = header.cell(&row, column.name).unwrap();
            match column.read {
                Read::Key => {}
                Read::Product(read) => read(&mut definition, cell, &refer).unwrap(),
                Read::Variant(read) => read(&mut facts, &mut definition, cell, &refer).unwrap(),
            }
        }
        definition.variants.push(VariantDefinition { id: Some(variant.id), ..VariantDefinition::new(facts) });
        definition
    }

    #[test]
    fn every_fact_that_is_written_is_read_again() {
        let (sku, slug, now) = (Sku::parse("TEE-M").unwrap(), Slug::parse("tee").unwrap(), Time::from_unix_millis(0));
        let least = VariantFacts { values: vec!["M".into()], ..VariantFacts::new(sku, 1999) };
        let all = VariantFacts { compare_at: Some(2999), weight_grams: Some(250), ..least.clone() };
        for facts in [least, all] {
            let variants = vec![VariantDefinition::new(facts)];
            let attributes = [("Made in".to_owned(), "Lisbon".to_owned())].into();
            let options = vec!["Size".to_owned()];
            let new = Definition { attributes, options, variants, ..Definition::new(slug.clone(), "Tee") };
            let id = ProductId::new(now, 1);
            let product = Product::define(id, Currency::USD, new, || VariantId::new(now, 2), now).unwrap().product;
            assert_eq!(read_again(&product), product.definition());
        }
    }

    #[test]
    fn a_refusal_of_a_field_names_the_column_that_holds_it() {
        let of_variant = |field| column_of(Field::Variant { index: 3, field });
        assert_eq!(column_of(Field::Category(2)), "categories");
        assert_eq!((column_of(Field::Options), of_variant(VariantField::Options)), ("options", "options"));
        assert_eq!(of_variant(VariantField::CompareAt), "compare_at_price");
        assert_eq!((column_of(Field::Variants), of_variant(VariantField::Stock)), ("sku", "sku"));
    }

    proptest! {
        #[test]
        fn texts_that_spreadsheets_would_run_are_read_again_as_they_were(
            name in "['=+@-]{1,3}[a-z0-9(]{1,5}",
            text in "['=+@\t-]{0,3}[a-z0-9;|]{0,5}",
            sku in "-?[A-Z0-9]{1,4}",
        ) {
            let now = Time::from_unix_millis(0);
            let facts = VariantFacts { values: vec![name.clone()], ..VariantFacts::new(Sku::parse(&sku).unwrap(), 1999) };
            let new = Definition {
                description: text.trim().to_owned(),
                attributes: [(name.clone(), name.clone())].into(),
                options: vec![name.clone()],
                variants: vec![VariantDefinition::new(facts)],
                ..Definition::new(Slug::parse("tee").unwrap(), &name)
            };
            let id = ProductId::new(now, 1);
            let product = Product::define(id, Currency::USD, new, || VariantId::new(now, 2), now).unwrap().product;
            prop_assert_eq!(read_again(&product), product.definition());
        }
    }
}
