//! Brands and categories of a seeded shop, many in one transaction.

use domain::id::{BrandId, CategoryId};
use domain::slug::Slug;
use domain::taxonomy::{Taxonomy, Term, TermDefinition, TermId};
use domain::time::Time;
use kit::runtime::ids::Ids;
use store::audit::AuditChange;
use store::taxonomy::MAX_ADDED;

use crate::Failure;
use crate::stack::Stack;

/// A brand or a category that must be there, after its parent.
struct Wanted<'a> {
    slug: Slug,
    name: &'a str,
    /// Its place in the list.
    parent: Option<usize>,
}

pub(super) async fn brands(
    stack: &Stack,
    ids: &Ids,
    now: Time,
    names: impl Iterator<Item = &str>,
) -> Result<Vec<BrandId>, Failure> {
    let wanted = names.map(|name| Ok(Wanted { slug: Slug::of_name(name)?, name, parent: None }));
    find_or_add(stack, wanted.collect::<Result<_, Failure>>()?, || ids.brand(now), ids, now).await
}

/// Categories, each with the place of its parent. The slug of a category is its whole path, because two of them may have
/// the same name.
pub(super) async fn categories(
    stack: &Stack,
    ids: &Ids,
    now: Time,
    tree: impl Iterator<Item = (&str, Option<usize>)>,
) -> Result<Vec<CategoryId>, Failure> {
    let (mut paths, mut wanted): (Vec<String>, Vec<_>) = (Vec::new(), Vec::new());
    for (name, parent) in tree {
        let path = parent.map_or_else(|| name.to_owned(), |parent| format!("{} {name}", paths[parent]));
        wanted.push(Wanted { slug: Slug::of_name(&path)?, name, parent });
        paths.push(path);
    }
    find_or_add(stack, wanted, || ids.category(now), ids, now).await
}

/// Finds them by their slugs, or adds them.
async fn find_or_add<I: TermId>(
    stack: &Stack,
    wanted: Vec<Wanted<'_>>,
    new_id: impl Fn() -> I,
    ids: &Ids,
    now: Time,
) -> Result<Vec<I>, Failure> {
    let mut found: Vec<I> = Vec::new();
    for some in wanted.chunks(MAX_ADDED) {
        let mut taxonomy: Taxonomy<I> = stack.store.taxonomy().await?;
        let mut added: Vec<Term<I>> = Vec::new();
        for Wanted { slug, name, parent } in some {
            let is_it = |term: &&Term<I>| term.slug == *slug;
            if let Some(known) = added.iter().find(is_it).or_else(|| taxonomy.find_named(slug.as_str())) {
                found.push(known.id);
                continue;
            }
            let parent = parent.map(|place| found[place]);
            if added.iter().any(|term| Some(term.id) == parent) {
                let all = taxonomy.sorted().into_iter().chain(&added).cloned().collect::<Vec<_>>();
                taxonomy = Taxonomy::new(taxonomy.version, all);
            }
            let definition = TermDefinition { parent, ..TermDefinition::new(slug.clone(), name) };
            let change = taxonomy.add(new_id(), definition, now)?;
            found.push(change.write.id);
            added.push(change.write);
        }
        let Some(first) = added.first() else { continue };
        let seeded = AuditChange { before: None, after: Some(format!("seed, with {} others", added.len() - 1)) };
        let entry = ids.audit_entry(None, format!("{}.create", I::KIND), first.id, seeded, now);
        let saved = stack.store.add_terms(taxonomy.version, &added, &entry).await;
        saved.map_err(|error| format!("terms were not saved ({error:?}); run the seed again"))?;
    }
    Ok(found)
}
