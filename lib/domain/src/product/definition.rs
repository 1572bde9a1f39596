//! What people say of a product, and the rule that turns it into one, or says which field is wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::{MAX_ATTRIBUTES, MAX_CATEGORIES, MAX_OPTIONS, MAX_VARIANTS, Product, Status, Variant};
use crate::id::{BrandId, CategoryId, ProductId, VariantId};
use crate::money::Currency;
use crate::sku::Sku;
use crate::slug::Slug;
use crate::stock::{Band, DEFAULT_THRESHOLD, MAX as MAX_STOCK};
use crate::time::Time;

/// What people say of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub slug: Slug,
    pub name: String,
    pub description: String,
    pub status: Status,
    pub brand: Option<BrandId>,
    pub categories: Vec<CategoryId>,
    pub attributes: BTreeMap<String, String>,
    pub options: Vec<String>,
    pub variants: Vec<VariantDefinition>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantDefinition {
    /// Which variant this is; without it the SKU tells.
    pub id: Option<VariantId>,
    pub sku: Sku,
    pub values: Vec<String>,
    pub price: i64,
    pub compare_at: Option<i64>,
    /// How much there is of a new variant.
    pub stock: Option<i64>,
}

/// A field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub field: String,
    pub message: String,
}

/// A SKU that is new on the shelves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStock {
    pub sku: Sku,
    pub variant_id: VariantId,
    pub on_hand: i64,
}

/// A product as it becomes, and what that means for the stock of its SKUs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redefined {
    pub product: Product,
    pub added: Vec<NewStock>,
    pub removed: Vec<Sku>,
    /// Old SKU, new SKU: the stock moves along.
    pub renamed: Vec<(Sku, Sku)>,
}

impl Definition {
    /// What is wrong with it as a whole; its single fields were parsed before.
    fn check(&self, old: &[Variant]) -> Vec<Violation> {
        let mut violations = Vec::new();
        let mut refuse = |field: String, message: String| {
            violations.push(Violation { field, message });
        };
        let (variants, options) = (self.variants.len(), self.options.len());
        if !(1..=MAX_VARIANTS).contains(&variants) {
            refuse("variants".into(), format!("must be 1 to {MAX_VARIANTS} variants"));
            return violations;
        }
        if options > MAX_OPTIONS {
            refuse("options".into(), format!("must be at most {MAX_OPTIONS}"));
        }
        if self.options.iter().collect::<BTreeSet<_>>().len() < options {
            refuse("options".into(), "names one option twice".into());
        }
        if options == 0 && variants > 1 {
            let message = "must be one variant, for the product has no options";
            refuse("variants".into(), message.into());
        }
        if self.categories.len() > MAX_CATEGORIES {
            refuse("categoryIds".into(), format!("must be at most {MAX_CATEGORIES}"));
        }
        if self.attributes.len() > MAX_ATTRIBUTES {
            refuse("attributes".into(), format!("must be at most {MAX_ATTRIBUTES}"));
        }
        let (mut skus, mut combinations) = (BTreeSet::new(), BTreeSet::new());
        let mut ids = BTreeSet::new();
        for (i, variant) in self.variants.iter().enumerate() {
            let field = |name: &str| format!("variants[{i}].{name}");
            if !skus.insert(&variant.sku) {
                refuse(field("sku"), "is given twice".into());
            }
            if variant.values.len() != options {
                refuse(field("options"), "must name a value for each option of the product".into());
            } else if options > 0 && !combinations.insert(&variant.values) {
                refuse(field("options"), "are those of another variant as well".into());
            }
            if variant.compare_at.is_some_and(|was| was <= variant.price) {
                refuse(field("compareAtPrice"), "must be above the price".into());
            }
            if variant.stock.is_some_and(|stock| !(0..=MAX_STOCK).contains(&stock)) {
                refuse(field("stock"), format!("must be between 0 and {MAX_STOCK}"));
            }
            if let Some(id) = variant.id {
                if !old.iter().any(|known| known.id == id) {
                    refuse(field("id"), "is no variant of this product".into());
                } else if !ids.insert(id) {
                    refuse(field("id"), "is given twice".into());
                }
            }
            let same = known(old, variant);
            if same.is_some() && variant.stock.is_some() {
                let message = "is changed at /api/v1/inventory, not here";
                refuse(field("stock"), message.into());
            }
            let holder = old.iter().find(|known| known.sku == variant.sku);
            if let (Some(holder), Some(same)) = (holder, same)
                && holder.id != same.id
            {
                let message = "is another variant's; give that one another SKU first";
                refuse(field("sku"), message.into());
            }
        }
        violations
    }
}

/// The variant that a definition is of, if it is not new.
fn known<'a>(old: &'a [Variant], definition: &VariantDefinition) -> Option<&'a Variant> {
    old.iter().find(|known| match definition.id {
        Some(id) => known.id == id,
        None => known.sku == definition.sku,
    })
}

impl Product {
    /// A new product.
    pub fn define(
        id: ProductId,
        currency: Currency,
        definition: Definition,
        new_id: impl FnMut() -> VariantId,
        now: Time,
    ) -> Result<Redefined, Vec<Violation>> {
        let nothing = Self {
            id,
            slug: definition.slug.clone(),
            name: String::new(),
            description: String::new(),
            status: definition.status,
            currency,
            brand: None,
            categories: Vec::new(),
            attributes: BTreeMap::new(),
            options: Vec::new(),
            variants: Vec::new(),
            images: Vec::new(),
            bands: BTreeMap::new(),
            stock_version: 0,
            version: 0,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        nothing.redefine(definition, new_id, now)
    }

    /// The product with another definition. Variants keep their ids, by id or else by SKU.
    pub fn redefine(
        &self,
        mut definition: Definition,
        mut new_id: impl FnMut() -> VariantId,
        now: Time,
    ) -> Result<Redefined, Vec<Violation>> {
        let mut seen = BTreeSet::new();
        definition.categories.retain(|&category| seen.insert(category));
        let violations = definition.check(&self.variants);
        if !violations.is_empty() {
            return Err(violations);
        }
        let (mut added, mut renamed) = (Vec::new(), Vec::new());
        let (mut variants, mut bands) = (Vec::new(), BTreeMap::new());
        for new in definition.variants {
            let (id, band) = if let Some(old) = known(&self.variants, &new) {
                if old.sku != new.sku {
                    renamed.push((old.sku.clone(), new.sku.clone()));
                }
                (old.id, self.band(&old.sku))
            } else {
                let (variant_id, on_hand) = (new_id(), new.stock.unwrap_or(0));
                let sku = new.sku.clone();
                added.push(NewStock { sku, variant_id, on_hand });
                (variant_id, Band::of(on_hand, DEFAULT_THRESHOLD))
            };
            bands.insert(new.sku.clone(), band);
            variants.push(Variant {
                id,
                sku: new.sku,
                values: new.values,
                price: new.price,
                compare_at: new.compare_at,
            });
        }
        let removed = self
            .variants
            .iter()
            .filter(|old| variants.iter().all(|new| new.id != old.id))
            .map(|old| old.sku.clone())
            .collect();
        let product = Self {
            slug: definition.slug,
            name: definition.name,
            description: definition.description,
            status: definition.status,
            brand: definition.brand,
            categories: definition.categories,
            attributes: definition.attributes,
            options: definition.options,
            variants,
            bands,
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        };
        Ok(Redefined { product, added, removed, renamed })
    }

    /// What would define this product as it is.
    pub fn definition(&self) -> Definition {
        let variants = self.variants.iter().map(|variant| VariantDefinition {
            id: Some(variant.id),
            sku: variant.sku.clone(),
            values: variant.values.clone(),
            price: variant.price,
            compare_at: variant.compare_at,
            stock: None,
        });
        Definition {
            slug: self.slug.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
            status: self.status,
            brand: self.brand,
            categories: self.categories.clone(),
            attributes: self.attributes.clone(),
            options: self.options.clone(),
            variants: variants.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Definition, VariantDefinition};
    use crate::id::{ProductId, VariantId};
    use crate::money::Currency;
    use crate::product::{Product, Status};
    use crate::sku::Sku;
    use crate::slug::Slug;
    use crate::stock::Band;
    use crate::time::Time;

    fn variant(sku: &str, values: &[&str]) -> VariantDefinition {
        VariantDefinition {
            id: None,
            sku: Sku::parse(sku).unwrap(),
            values: values.iter().map(|&value| value.to_owned()).collect(),
            price: 1999,
            compare_at: None,
            stock: None,
        }
    }

    fn definition(options: &[&str], variants: Vec<VariantDefinition>) -> Definition {
        Definition {
            slug: Slug::parse("tee").unwrap(),
            name: "Tee".into(),
            description: String::new(),
            status: Status::Active,
            brand: None,
            categories: Vec::new(),
            attributes: BTreeMap::new(),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            variants,
        }
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

    fn define(definition: Definition) -> Result<super::Redefined, Vec<String>> {
        let now = Time::from_unix_millis(0);
        Product::define(ProductId::new(now, 1), usd(), definition, counter(), now)
            .map_err(|violations| violations.into_iter().map(|v| v.field).collect())
    }

    #[test]
    fn without_options_there_is_exactly_one_variant() {
        let made = define(definition(&[], vec![variant("A", &[])])).unwrap();
        assert_eq!((made.product.variants.len(), made.product.version), (1, 1));
        let two = definition(&[], vec![variant("A", &[]), variant("B", &[])]);
        assert_eq!(define(two), Err(vec!["variants".to_owned()]));
        let none = definition(&[], vec![]);
        assert_eq!(define(none), Err(vec!["variants".to_owned()]));
    }

    #[test]
    fn a_hundred_variants_are_taken_and_one_more_is_not() {
        let many = |n: usize| {
            let all = (0..n).map(|i| variant(&format!("S{i}"), &[&i.to_string()]));
            definition(&["No"], all.collect())
        };
        assert_eq!(define(many(100)).unwrap().added.len(), 100);
        assert_eq!(define(many(101)), Err(vec!["variants".to_owned()]));
    }

    #[test]
    fn skus_and_combinations_are_each_given_once() {
        let twice = vec![variant("A", &["S"]), variant("a", &["M"])];
        assert_eq!(define(definition(&["Size"], twice)), Err(vec!["variants[1].sku".to_owned()]));
        let same = vec![variant("A", &["S"]), variant("B", &["S"])];
        assert_eq!(define(definition(&["Size"], same)), Err(vec!["variants[1].options".to_owned()]));
        let lacking = vec![variant("A", &[])];
        assert_eq!(define(definition(&["Size"], lacking)), Err(vec!["variants[0].options".to_owned()]));
        let cheap = VariantDefinition { compare_at: Some(1999), ..variant("A", &[]) };
        assert_eq!(define(definition(&[], vec![cheap])), Err(vec!["variants[0].compareAtPrice".to_owned()]));
    }

    #[test]
    fn a_variant_keeps_its_id_and_band_when_its_sku_changes() {
        let stocked = VariantDefinition { stock: Some(3), ..variant("A", &["S"]) };
        let first = definition(&["Size"], vec![stocked, variant("B", &["M"])]);
        let old = define(first).unwrap().product;
        assert_eq!(old.band(&Sku::parse("A").unwrap()), Band::Low);
        let mut next = old.definition();
        next.variants[0].sku = Sku::parse("A2").unwrap();
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
        let fields = |definition: Definition| -> Vec<String> {
            let refused = old.redefine(definition, counter(), old.created_at);
            refused.unwrap_err().into_iter().map(|v| v.field).collect()
        };
        let mut swapped = old.definition();
        swapped.variants[0].sku = Sku::parse("B").unwrap();
        swapped.variants[1].sku = Sku::parse("A").unwrap();
        assert_eq!(fields(swapped), ["variants[0].sku", "variants[1].sku"]);
        let mut restocked = old.definition();
        restocked.variants[0].stock = Some(7);
        assert_eq!(fields(restocked), ["variants[0].stock"]);
        let mut foreign = old.definition();
        foreign.variants[0].id = Some(VariantId::new(old.created_at, 77));
        assert_eq!(fields(foreign), ["variants[0].id"]);
    }
}
