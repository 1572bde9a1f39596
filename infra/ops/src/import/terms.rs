//! Brands and categories by their names. Those that do not exist are made.

use domain::id::{BrandId, CategoryId};
use domain::slug::Slug;
use domain::taxonomy::{Taxonomy, TermDefinition, TermId};
use domain::text;
use import_export::References;
use store::Commit;
use store::audit::AuditChange;

use super::{Importer, Stop, Wrong};

/// How often a term is added after somebody else changed the taxonomy.
const TRIES: usize = 10;

/// The taxonomies as they were read, with what was added since.
#[derive(Debug, Default)]
pub(super) struct Terms {
    brands: Option<Taxonomy<BrandId>>,
    categories: Option<Taxonomy<CategoryId>>,
}

/// The slugs of a product's brand and categories, and the taxonomies that have them.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) brand: Option<Slug>,
    pub(super) categories: Vec<Slug>,
    pub(super) references: References,
}

impl Importer {
    /// The terms of a product. A category is named by its slug, its name, or a path of names such as `Home > Kitchen`.
    pub(super) async fn terms(&self, brand: Option<&str>, categories: &[String]) -> Result<Named, Stop> {
        let mut terms = self.terms.lock().await;
        let now = self.clock.now();
        let brand = match brand {
            Some(name) => {
                let slug = self.term(&mut terms.brands, "brand", &[name], || self.ids.brand(now)).await?;
                Some(slug)
            }
            None => None,
        };
        let mut slugs = Vec::new();
        for path in categories {
            let path: Vec<&str> = path.split('>').map(str::trim).filter(|name| !name.is_empty()).collect();
            let slug = self.term(&mut terms.categories, "categories", &path, || self.ids.category(now)).await?;
            slugs.push(slug);
        }
        let brands = self.taxonomy(&mut terms.brands).await?.clone();
        let categories = self.taxonomy(&mut terms.categories).await?.clone();
        let references = References { currency: self.currency, categories, brands };
        Ok(Named { brand, categories: slugs, references })
    }

    /// The categories of these slugs or names, which must exist.
    pub(super) async fn known_categories(&self, names: &[String]) -> Result<Vec<CategoryId>, Stop> {
        let mut terms = self.terms.lock().await;
        let categories = self.taxonomy(&mut terms.categories).await?;
        let ids = names.iter().map(|name| {
            let slug = Slug::of_name(name).map(String::from).unwrap_or_default();
            let term = categories.find_named(name).or_else(|| categories.find_named(&slug));
            term.map(|term| term.id)
                .ok_or_else(|| Wrong::new("categories", format!("names {name}, which does not exist")))
        });
        Ok(ids.collect::<Result<_, _>>()?)
    }

    async fn taxonomy<'a, I: TermId>(&self, known: &'a mut Option<Taxonomy<I>>) -> Result<&'a Taxonomy<I>, Stop> {
        Ok(match known {
            Some(taxonomy) => taxonomy,
            None => known.insert(self.store.taxonomy().await?),
        })
    }

    /// The slug of the term at the end of a path, which is made as far as it is missing.
    async fn term<I: TermId>(
        &self,
        known: &mut Option<Taxonomy<I>>,
        field: &str,
        path: &[&str],
        new_id: impl Fn() -> I,
    ) -> Result<Slug, Stop> {
        let mut found: Option<(I, Slug)> = None;
        for depth in 1..=path.len() {
            let parent = found.as_ref().map(|(id, _)| *id);
            found = Some(self.child(known, field, &path[..depth], parent, &new_id).await?);
        }
        found.map(|(_, slug)| slug).ok_or_else(|| Wrong::new(field, "names nothing").into())
    }

    /// The term with the last name of the path below this parent.
    async fn child<I: TermId>(
        &self,
        known: &mut Option<Taxonomy<I>>,
        field: &str,
        path: &[&str],
        parent: Option<I>,
        new_id: &impl Fn() -> I,
    ) -> Result<(I, Slug), Stop> {
        let name = path.last().copied().unwrap_or_default();
        let name = text::line(name, Taxonomy::<I>::MAX_NAME).map_err(|error| Wrong::new(field, error))?;
        for _ in 0..TRIES {
            let taxonomy = self.taxonomy(known).await?;
            let own = Slug::of_name(&name).map_err(|error| Wrong::new(field, error))?;
            // A slug alone names a term anywhere in the tree.
            let by_slug = taxonomy.find_named(&name).filter(|_| parent.is_none());
            let below = |slug: &Slug| taxonomy.find_named(slug.as_str()).filter(|term| term.parent == parent);
            let whole = Slug::of_name(&path.join(" ")).unwrap_or_else(|_| own.clone());
            if let Some(term) = by_slug.or_else(|| below(&own)).or_else(|| below(&whole)) {
                return Ok((term.id, term.slug.clone()));
            }
            let slug = if taxonomy.find_named(own.as_str()).is_some() { whole } else { own };
            let definition = TermDefinition { parent, ..TermDefinition::new(slug.clone(), &name) };
            let now = self.clock.now();
            let change = taxonomy.add(new_id(), definition, now).map_err(|refusal| Wrong::new(field, refusal))?;
            let id = change.write.id;
            if !self.is_dry_run {
                let audited = AuditChange { before: None, after: Some("import".to_owned()) };
                let entry = self.ids.audit_entry(None, format!("{}.create", I::KIND), id, audited, now);
                match self.store.save_term(&change, &entry, &[]).await {
                    Ok(()) => {}
                    Err(Commit::Refused(_)) => {
                        *known = None;
                        continue;
                    }
                    Err(Commit::Store(error)) => {
                        // It may have been written.
                        *known = None;
                        return Err(error.into());
                    }
                }
            }
            let terms: Vec<_> = taxonomy.sorted().into_iter().cloned().chain([change.write]).collect();
            *known = Some(Taxonomy::new(change.from_version + 1, terms));
            return Ok((id, slug));
        }
        Err(Wrong::new(field, "changed at every try; import the file again").into())
    }
}
