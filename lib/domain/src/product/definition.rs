//! The fields of a product that people set, and the rules that make them a product or say which fields are wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    MAX_ATTRIBUTES, MAX_CATEGORIES, MAX_METADATA, MAX_OPTIONS, MAX_VARIANTS, Product, ProductStatus, Variant,
    VariantFacts, VariantField,
};
use crate::id::{BrandId, CategoryId, ProductId, VariantId};
use crate::metadata::Metadata;
use crate::money::Currency;
use crate::sku::Sku;
use crate::slug::Slug;
use crate::stock::{Band, DEFAULT_THRESHOLD, MAX as MAX_STOCK};
use crate::tax::TaxClass;
use crate::time::Time;

/// What the API has beside products under `/products/`. A product with such a slug could only be read by its id.
const RESERVED_SLUGS: [&str; 2] = ["search", "suggest"];

/// The fields of a product that people set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub slug: Slug,
    pub name: String,
    pub description: String,
    pub status: ProductStatus,
    pub brand: Option<BrandId>,
    pub categories: Vec<CategoryId>,
    pub attributes: BTreeMap<String, String>,
    pub options: Vec<String>,
    pub variants: Vec<VariantDefinition>,
    pub metadata: Metadata,
    pub tax_class: TaxClass,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantDefinition {
    /// The variant that this changes. Without an id, the SKU identifies it.
    pub id: Option<VariantId>,
    pub facts: VariantFacts,
    /// The units on hand of a new variant.
    pub stock: Option<i64>,
    pub metadata: Metadata,
}

/// A field of a definition. The API names it by its JSON path, a CSV file by its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Slug,
    Brand,
    Categories,
    /// One of the categories, by its place.
    Category(usize),
    Attributes,
    Options,
    /// That of the product and of its variants together.
    Metadata,
    Variants,
    Variant {
        index: usize,
        field: VariantField,
    },
}

/// A field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    pub field: Field,
    pub message: String,
}

/// A SKU that the shop did not sell before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStock {
    pub sku: Sku,
    pub variant_id: VariantId,
    pub on_hand: i64,
}

/// The next version of a product, and what it means for the stock of its SKUs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub product: Product,
    pub added: Vec<NewStock>,
    pub removed: Vec<Sku>,
    /// Old SKU and new SKU. The stock moves to the new SKU.
    pub renamed: Vec<(Sku, Sku)>,
}

impl Revision {
    /// A next version with the same SKUs.
    pub fn with_same_skus(product: Product) -> Self {
        Self { product, added: Vec::new(), removed: Vec::new(), renamed: Vec::new() }
    }
}

impl VariantDefinition {
    /// A new variant, without stock.
    pub fn new(facts: VariantFacts) -> Self {
        Self { id: None, facts, stock: None, metadata: Metadata::default() }
    }
}

impl Definition {
    /// A draft with a name and nothing else.
    pub fn new(slug: Slug, name: impl Into<String>) -> Self {
        Self {
            slug,
            name: name.into(),
            description: String::new(),
            status: ProductStatus::Draft,
            brand: None,
            categories: Vec::new(),
            attributes: BTreeMap::new(),
            options: Vec::new(),
            variants: Vec::new(),
            metadata: Metadata::default(),
            tax_class: TaxClass::default(),
        }
    }

    /// The rules that concern several fields. Single fields were parsed before.
    fn check(&self, old: &[Variant]) -> Vec<Violation> {
        let mut violations = Vec::new();
        let mut refuse = |field: Field, message: &str| {
            violations.push(Violation { field, message: message.to_owned() });
        };
        let (variants, options) = (self.variants.len(), self.options.len());
        if !(1..=MAX_VARIANTS).contains(&variants) {
            refuse(Field::Variants, &format!("must be 1 to {MAX_VARIANTS} variants"));
            return violations;
        }
        if options > MAX_OPTIONS {
            refuse(Field::Options, &format!("may have at most {MAX_OPTIONS} entries"));
        }
        if self.options.iter().collect::<BTreeSet<_>>().len() < options {
            refuse(Field::Options, "names an option twice");
        }
        if options == 0 && variants > 1 {
            refuse(Field::Variants, "must be one variant, because the product has no options");
        }
        if self.categories.len() > MAX_CATEGORIES {
            refuse(Field::Categories, &format!("may have at most {MAX_CATEGORIES} entries"));
        }
        if self.attributes.len() > MAX_ATTRIBUTES {
            refuse(Field::Attributes, &format!("may have at most {MAX_ATTRIBUTES} entries"));
        }
        let of_variants = self.variants.iter().map(|variant| variant.metadata.bytes());
        if self.metadata.bytes() + of_variants.sum::<usize>() > MAX_METADATA {
            refuse(Field::Metadata, &format!("may have at most {MAX_METADATA} bytes, with that of the variants"));
        }
        let (mut skus, mut combinations) = (BTreeSet::new(), BTreeSet::new());
        let mut ids = BTreeSet::new();
        for (index, VariantDefinition { id, facts, stock, .. }) in self.variants.iter().enumerate() {
            let mut refuse = |field, message: &str| refuse(Field::Variant { index, field }, message);
            if !skus.insert(&facts.sku) {
                refuse(VariantField::Sku, "is given twice");
            }
            if facts.values.len() != options {
                refuse(VariantField::Options, "must name a value for each option of the product");
            } else if options > 0 && !combinations.insert(&facts.values) {
                refuse(VariantField::Options, "are the same as those of another variant");
            }
            for (field, message) in facts.check() {
                refuse(field, &message);
            }
            if stock.is_some_and(|stock| !(0..=MAX_STOCK).contains(&stock)) {
                refuse(VariantField::Stock, &format!("must be between 0 and {MAX_STOCK}"));
            }
            if let Some(id) = id {
                if !old.iter().any(|known| known.id == *id) {
                    refuse(VariantField::Id, "is not a variant of this product");
                } else if !ids.insert(id) {
                    refuse(VariantField::Id, "is given twice");
                }
            }
            let same = known(old, *id, &facts.sku);
            if same.is_some() && stock.is_some() {
                refuse(VariantField::Stock, "is for new variants only; change the stock of this one in the inventory");
            }
            let holder = old.iter().find(|known| known.sku == facts.sku);
            if let (Some(holder), Some(same)) = (holder, same)
                && holder.id != same.id
            {
                refuse(VariantField::Sku, "belongs to another variant; give that one another SKU first");
            }
        }
        violations
    }
}

/// The old variant with this id, or without an id with this SKU.
fn known<'a>(old: &'a [Variant], id: Option<VariantId>, sku: &Sku) -> Option<&'a Variant> {
    old.iter().find(|known| match id {
        Some(id) => known.id == id,
        None => known.sku == *sku,
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
    ) -> Result<Revision, Vec<Violation>> {
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
            tax_class: TaxClass::default(),
            options: Vec::new(),
            variants: Vec::new(),
            images: Vec::new(),
            metadata: Metadata::default(),
            variant_metadata: BTreeMap::new(),
            bands: BTreeMap::new(),
            backorders: BTreeMap::new(),
            stock_version: 0,
            version: 0,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        nothing.redefine(definition, new_id, now)
    }

    /// The product with another definition. A variant keeps its id if the definition names it, by id or by SKU.
    pub fn redefine(
        &self,
        mut definition: Definition,
        mut new_id: impl FnMut() -> VariantId,
        now: Time,
    ) -> Result<Revision, Vec<Violation>> {
        let mut seen = BTreeSet::new();
        definition.categories.retain(|&category| seen.insert(category));
        let mut violations = definition.check(&self.variants);
        let is_new_slug = self.version == 0 || self.slug != definition.slug;
        if is_new_slug && RESERVED_SLUGS.contains(&definition.slug.as_str()) {
            violations.push(Violation { field: Field::Slug, message: "is the name of another page".to_owned() });
        }
        if !violations.is_empty() {
            return Err(violations);
        }
        let (mut added, mut renamed) = (Vec::new(), Vec::new());
        let (mut variants, mut bands, mut variant_metadata) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        let mut backorders = BTreeMap::new();
        for VariantDefinition { id, facts, stock, metadata } in definition.variants {
            let (id, band) = if let Some(old) = known(&self.variants, id, &facts.sku) {
                if old.sku != facts.sku {
                    renamed.push((old.sku.clone(), facts.sku.clone()));
                }
                backorders.extend(self.backorders.get(&old.sku).map(|terms| (facts.sku.clone(), *terms)));
                (old.id, self.band(&old.sku))
            } else {
                let (variant_id, on_hand) = (new_id(), stock.unwrap_or(0));
                added.push(NewStock { sku: facts.sku.clone(), variant_id, on_hand });
                (variant_id, Band::of(on_hand, DEFAULT_THRESHOLD, None))
            };
            bands.insert(facts.sku.clone(), band);
            if !metadata.is_empty() {
                variant_metadata.insert(id, metadata);
            }
            variants.push(Variant { id, facts });
        }
        let removed = self
            .variants
            .iter()
            .filter(|old| variants.iter().all(|new| new.id != old.id))
            .map(|old| old.sku.clone())
            .collect();
        let mut product = Self {
            slug: definition.slug,
            name: definition.name,
            description: definition.description,
            status: definition.status,
            brand: definition.brand,
            categories: definition.categories,
            attributes: definition.attributes,
            options: definition.options,
            variants,
            metadata: definition.metadata,
            tax_class: definition.tax_class,
            variant_metadata,
            bands,
            backorders,
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        };
        let mut images = std::mem::take(&mut product.images);
        for image in &mut images {
            image.shows.take_if(|shown| !product.has_value(shown));
        }
        product.images = images;
        Ok(Revision { product, added, removed, renamed })
    }

    /// The definition of this product, from which the same product can be made again.
    pub fn definition(&self) -> Definition {
        let variants = self.variants.iter().map(|variant| VariantDefinition {
            id: Some(variant.id),
            facts: variant.facts.clone(),
            stock: None,
            metadata: self.variant_metadata.get(&variant.id).cloned().unwrap_or_default(),
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
            metadata: self.metadata.clone(),
            tax_class: self.tax_class,
        }
    }
}

#[cfg(test)]
mod tests;
