use super::{Definition, Field, Revision, VariantDefinition};
use crate::id::{ProductId, VariantId};
use crate::money::Currency;
use crate::product::{Product, VariantFacts, VariantField};
use crate::sku::Sku;
use crate::slug::Slug;
use crate::stock::Band;
use crate::time::Time;

fn variant(sku: &str, values: &[&str]) -> VariantDefinition {
    let values = values.iter().map(|&value| value.to_owned()).collect();
    VariantDefinition::new(VariantFacts { values, ..VariantFacts::new(Sku::parse(sku).unwrap(), 1999) })
}

fn definition(options: &[&str], variants: Vec<VariantDefinition>) -> Definition {
    let options = options.iter().map(|&option| option.to_owned()).collect();
    Definition { options, variants, ..Definition::new(Slug::parse("tee").unwrap(), "Tee") }
}

fn field(index: usize, field: VariantField) -> Field {
    Field::Variant { index, field }
}

fn usd() -> Currency {
    Currency::parse("usd").unwrap()
}

fn counter() -> impl FnMut() -> VariantId {
    let mut n = 0;
    move || {
        n += 1;
        VariantId::new(Time::from_unix_millis(0), n)
    }
}

fn define(definition: Definition) -> Result<Revision, Vec<Field>> {
    let now = Time::from_unix_millis(0);
    Product::define(ProductId::new(now, 1), usd(), definition, counter(), now)
        .map_err(|violations| violations.into_iter().map(|v| v.field).collect())
}

#[test]
fn without_options_there_is_exactly_one_variant() {
    let made = define(definition(&[], vec![variant("A", &[])])).unwrap();
    assert_eq!((made.product.variants.len(), made.product.version), (1, 1));
    let two = definition(&[], vec![variant("A", &[]), variant("B", &[])]);
    assert_eq!(define(two), Err(vec![Field::Variants]));
    let none = definition(&[], vec![]);
    assert_eq!(define(none), Err(vec![Field::Variants]));
}

#[test]
fn a_hundred_variants_are_taken_and_one_more_is_not() {
    let many = |n: usize| {
        let all = (0..n).map(|i| variant(&format!("S{i}"), &[&i.to_string()]));
        definition(&["No"], all.collect())
    };
    assert_eq!(define(many(100)).unwrap().added.len(), 100);
    assert_eq!(define(many(101)), Err(vec![Field::Variants]));
}

#[test]
fn skus_and_combinations_are_each_given_once() {
    let twice = vec![variant("A", &["S"]), variant("a", &["M"])];
    assert_eq!(define(definition(&["Size"], twice)), Err(vec![field(1, VariantField::Sku)]));
    let same = vec![variant("A", &["S"]), variant("B", &["S"])];
    assert_eq!(define(definition(&["Size"], same)), Err(vec![field(1, VariantField::Options)]));
    let lacking = vec![variant("A", &[])];
    assert_eq!(define(definition(&["Size"], lacking)), Err(vec![field(0, VariantField::Options)]));
    let mut cheap = variant("A", &[]);
    cheap.facts.compare_at = Some(1999);
    assert_eq!(define(definition(&[], vec![cheap])), Err(vec![field(0, VariantField::CompareAt)]));
}

#[test]
fn a_variant_keeps_its_id_and_band_when_its_sku_changes() {
    let stocked = VariantDefinition { stock: Some(3), ..variant("A", &["S"]) };
    let first = definition(&["Size"], vec![stocked, variant("B", &["M"])]);
    let old = define(first).unwrap().product;
    assert_eq!(old.band(&Sku::parse("A").unwrap()), Band::Low);
    let mut next = old.definition();
    next.variants[0].facts.sku = Sku::parse("A2").unwrap();
    next.variants.remove(1);
    next.variants.push(variant("C", &["L"]));
    let new = old.redefine(next, || VariantId::new(old.created_at, 9), old.created_at).unwrap();
    assert_eq!(new.product.variants[0].id, old.variants[0].id);
    assert_eq!(new.product.band(&Sku::parse("A2").unwrap()), Band::Low);
    let text = |sku: &Sku| sku.to_string();
    assert_eq!(
        new.renamed.iter().map(|(a, b)| (text(a), text(b))).collect::<Vec<_>>(),
        [("A".to_owned(), "A2".to_owned())]
    );
    assert_eq!(new.removed.iter().map(text).collect::<Vec<_>>(), ["B"]);
    assert_eq!(new.added.iter().map(|n| text(&n.sku)).collect::<Vec<_>>(), ["C"]);
    assert_eq!(new.product.definition().variants.len(), 2);
}

#[test]
fn two_variants_cannot_swap_skus_and_stock_is_given_to_new_ones_only() {
    let both = vec![variant("A", &["S"]), variant("B", &["M"])];
    let old = define(definition(&["Size"], both)).unwrap().product;
    let fields = |definition: Definition| -> Vec<Field> {
        let refused = old.redefine(definition, counter(), old.created_at);
        refused.unwrap_err().into_iter().map(|v| v.field).collect()
    };
    let mut swapped = old.definition();
    swapped.variants[0].facts.sku = Sku::parse("B").unwrap();
    swapped.variants[1].facts.sku = Sku::parse("A").unwrap();
    assert_eq!(fields(swapped), [field(0, VariantField::Sku), field(1, VariantField::Sku)]);
    let mut restocked = old.definition();
    restocked.variants[0].stock = Some(7);
    assert_eq!(fields(restocked), [field(0, VariantField::Stock)]);
    let mut foreign = old.definition();
    foreign.variants[0].id = Some(VariantId::new(old.created_at, 77));
    assert_eq!(fields(foreign), [field(0, VariantField::Id)]);
}

#[test]
fn a_slug_that_is_another_page_is_refused_but_stays_where_it_is() {
    let named =
        |slug: &str| Definition { slug: Slug::parse(slug).unwrap(), ..definition(&[], vec![variant("A", &[])]) };
    let now = Time::from_unix_millis(0);
    let fields = |refused: Vec<super::Violation>| refused.into_iter().map(|it| it.field).collect::<Vec<_>>();
    for slug in ["search", "suggest"] {
        assert_eq!(define(named(slug)), Err(vec![Field::Slug]));
        let tee = define(named("tee")).unwrap().product;
        assert_eq!(tee.redefine(named(slug), counter(), now).map_err(fields), Err(vec![Field::Slug]));
        let old = Product { slug: Slug::parse(slug).unwrap(), ..tee };
        assert!(old.redefine(old.definition(), counter(), now).is_ok());
    }
}
