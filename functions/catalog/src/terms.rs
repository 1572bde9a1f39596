//! Categories and brands: what their routes do.

use std::collections::BTreeMap;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::event::Event;
use domain::id::{BrandId, CategoryId};
use domain::taxonomy::{Taxonomy, TaxonomyRefusal, Term, TermChange, TermDefinition, TermId};
use domain::time::Time;
use kit::http::answer::{Answer, Nothing};
use kit::http::auth::Identity;
use kit::http::caching::{IfNoneMatch, shared, tag_of};
use kit::http::etag::{self, IfMatch};
use kit::http::problem::{Detail, Problem};
use products::TERM_AGE;
use products::term_body::TermBody;
use store::Commit;
use store::audit::AuditChange;
use store::outbox::OutboxEvent;
use store::retry::{Attempt, retry};
use store::taxonomy::TermConflict;

use crate::App;
use crate::term_input::{TermInput, TermPatchInput};

/// What the routes of categories and those of brands call their terms.
pub(crate) trait CatalogTerm: TermId {
    const PLURAL: &'static str;
    /// The error codes.
    const NOT_FOUND: &'static str;
    const IN_USE: &'static str;
}

impl CatalogTerm for CategoryId {
    const PLURAL: &'static str = "categories";
    const NOT_FOUND: &'static str = "category_not_found";
    const IN_USE: &'static str = "category_in_use";
}

impl CatalogTerm for BrandId {
    const PLURAL: &'static str = "brands";
    const NOT_FOUND: &'static str = "brand_not_found";
    const IN_USE: &'static str = "brand_in_use";
}

/// The whole taxonomy in tree order: each term after its parent.
pub(crate) fn list<I: CatalogTerm>(
    app: &App,
    taxonomy: &Taxonomy<I>,
    staff: bool,
    if_none_match: &IfNoneMatch,
) -> Result<Response, Problem> {
    let mut children: BTreeMap<Option<I>, Vec<&Term<I>>> = BTreeMap::new();
    for term in taxonomy.sorted() {
        if staff || taxonomy.is_shown(term.id) {
            children.entry(term.parent).or_default().push(term);
        }
    }
    let mut bodies = Vec::new();
    let mut next: Vec<&Term<I>> = children.remove(&None).unwrap_or_default();
    next.reverse();
    while let Some(term) = next.pop() {
        bodies.push(TermBody::of(taxonomy, term, &app.cards.images_url));
        let below = children.remove(&Some(term.id)).unwrap_or_default();
        next.extend(below.into_iter().rev());
    }
    let answer = Answer::ok(&format!("The {}.", I::PLURAL), bodies).envelope;
    if staff {
        return Ok(axum::Json(answer).into_response());
    }
    let tag = tag_of(&answer.data)?;
    Ok(shared(&answer, &tag, if_none_match, TERM_AGE))
}

pub(crate) fn show<I: CatalogTerm>(
    app: &App,
    taxonomy: &Taxonomy<I>,
    name: &str,
    staff: bool,
    if_none_match: &IfNoneMatch,
) -> Result<Response, Problem> {
    let term = taxonomy.find_named(name).filter(|term| staff || taxonomy.is_shown(term.id)).ok_or_else(missing::<I>)?;
    let body = TermBody::of(taxonomy, term, &app.cards.images_url);
    let tag = etag::of_shown(term.version, &[term.shown_count()]);
    let answer = Answer::ok(&format!("The {}.", I::KIND), body);
    if staff {
        return Ok(answer.with_header(header::ETAG, tag).into_response());
    }
    Ok(shared(&answer.envelope, &tag, if_none_match, TERM_AGE))
}

pub(crate) async fn create<I: CatalogTerm>(
    app: &App,
    staff: &Identity,
    id: I,
    input: TermInput,
) -> Result<Answer<TermBody>, Problem> {
    let definition = input.define::<I>(None)?;
    let decide = |taxonomy: &Taxonomy<I>, now| taxonomy.add(id, definition.clone(), now).map_err(refused::<I>);
    let (body, version) = change(app, staff, "create", decide).await?;
    Ok(Answer::created("Created.", body).with_version(version))
}

pub(crate) async fn replace<I: CatalogTerm>(
    app: &App,
    staff: &Identity,
    name: &str,
    if_match: &IfMatch,
    input: TermInput,
) -> Result<Answer<TermBody>, Problem> {
    edit_with::<I>(app, staff, name, if_match, |old| input.define(Some(old))).await
}

pub(crate) async fn edit<I: CatalogTerm>(
    app: &App,
    staff: &Identity,
    name: &str,
    if_match: &IfMatch,
    input: TermPatchInput,
) -> Result<Answer<TermBody>, Problem> {
    edit_with::<I>(app, staff, name, if_match, |old| input.define(old)).await
}

async fn edit_with<I: CatalogTerm>(
    app: &App,
    staff: &Identity,
    name: &str,
    if_match: &IfMatch,
    define: impl Fn(&Term<I>) -> Result<TermDefinition<I>, Problem>,
) -> Result<Answer<TermBody>, Problem> {
    let decide = |taxonomy: &Taxonomy<I>, now| {
        let old = taxonomy.find_named(name).ok_or_else(missing::<I>)?;
        if_match.check(old.version)?;
        taxonomy.edit(old.id, define(old)?, now).map_err(refused::<I>)
    };
    let (body, version) = change(app, staff, "edit", decide).await?;
    Ok(Answer::ok("Changed.", body).with_version(version))
}

/// Removes the picture of a term.
pub(crate) async fn remove_image<I: CatalogTerm>(
    app: &App,
    staff: &Identity,
    name: &str,
    if_match: &IfMatch,
) -> Result<Answer<TermBody>, Problem> {
    let decide = |taxonomy: &Taxonomy<I>, now| {
        let old = taxonomy.find_named(name).ok_or_else(missing::<I>)?;
        if_match.check(old.version)?;
        if old.image.is_none() {
            return Err(Problem::not_found("image_not_found", format!("This {} has no picture.", I::KIND)));
        }
        taxonomy.illustrate(old.id, None, now).map_err(refused::<I>)
    };
    let (body, version) = change(app, staff, "image", decide).await?;
    Ok(Answer::ok("Changed.", body).with_version(version))
}

/// The event of a term's picture that is no longer shown.
fn removed_picture<I: CatalogTerm>(
    app: &App,
    old: Option<&Term<I>>,
    new: Option<&Term<I>>,
    now: Time,
) -> Option<OutboxEvent> {
    let old = old?;
    let image_id = old.image.as_ref()?.id;
    let stays = new.and_then(|new| new.image.as_ref()).is_some_and(|image| image.id == image_id);
    let event = || Event::TermPictureRemoved { term_id: old.id.to_string(), image_id };
    (!stays).then(|| app.context.ids.outbox_event(event(), now))
}

/// Deletes a term that has no children and no products.
pub(crate) async fn delete<I: CatalogTerm>(
    app: &App,
    staff: &Identity,
    name: &str,
    if_match: &IfMatch,
) -> Result<Answer<Nothing>, Problem> {
    retry("the taxonomy", || async {
        let taxonomy: Taxonomy<I> = app.context.store.taxonomy().await?;
        let term = taxonomy.find_named(name).ok_or_else(missing::<I>)?;
        if_match.check(term.version)?;
        if taxonomy.has_children(term.id) {
            return Err(in_use::<I>("it has subcategories"));
        }
        let now = app.context.clock.now();
        let trail = AuditChange { before: Some(describe(term)), after: None };
        let action = format!("{}.delete", I::KIND);
        let entry = app.context.audit_entry(staff.id(), &action, term.id, trail, now);
        let removed = removed_picture(app, Some(term), None, now);
        match app.context.store.delete_term(term.id, taxonomy.version, &entry, removed.as_ref()).await {
            Ok(()) => Ok(Attempt::Done(Answer::ok("Deleted.", Nothing))),
            Err(Commit::Refused(TermConflict::InUse)) => Err(in_use::<I>("it has products")),
            Err(Commit::Refused(TermConflict::Changed)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    })
    .await
}

/// Reads the taxonomy, decides and commits. Returns the changed term and its version.
async fn change<I: CatalogTerm>(
    app: &App,
    staff: &Identity,
    verb: &str,
    decide: impl Fn(&Taxonomy<I>, Time) -> Result<TermChange<I>, Problem>,
) -> Result<(TermBody, u64), Problem> {
    retry("the taxonomy", || async {
        let now = app.context.clock.now();
        let taxonomy: Taxonomy<I> = app.context.store.taxonomy().await?;
        let change = decide(&taxonomy, now)?;
        let old = taxonomy.find(change.write.id);
        let trail = AuditChange { before: old.map(describe), after: Some(describe(&change.write)) };
        let action = format!("{}.{verb}", I::KIND);
        let (by, id) = (staff.id(), change.write.id);
        let entry = app.context.audit_entry(by, &action, id, trail, now);
        let changed = change.event(old).map(|event| app.context.ids.outbox_event(event, now));
        let removed = removed_picture(app, old, Some(&change.write), now);
        let events: Vec<OutboxEvent> = changed.into_iter().chain(removed).collect();
        match app.context.store.save_term(&change, &entry, &events).await {
            Ok(()) => {
                let body = TermBody::of(&taxonomy, &change.write, &app.cards.images_url);
                Ok(Attempt::Done((body, change.write.version)))
            }
            Err(Commit::Refused(_)) => Ok(Attempt::Overtaken),
            Err(Commit::Store(error)) => Err(error.into()),
        }
    })
    .await
}

fn describe<I: CatalogTerm>(term: &Term<I>) -> String {
    let parent = term.parent.map_or("no parent".to_owned(), |id| format!("parent {id}"));
    let active = if term.active { "active" } else { "inactive" };
    format!("{} ({}), {parent}, {active}", term.name, term.slug)
}

pub(crate) fn missing<I: CatalogTerm>() -> Problem {
    Problem::not_found(I::NOT_FOUND, format!("There is no such {}.", I::KIND))
}

fn in_use<I: CatalogTerm>(why: &str) -> Problem {
    let message = format!("This {} cannot be deleted: {why}. Move them first.", I::KIND);
    Problem::conflict(I::IN_USE, message)
}

fn refused<I: CatalogTerm>(refusal: TaxonomyRefusal) -> Problem {
    match refusal {
        TaxonomyRefusal::Missing => missing::<I>(),
        TaxonomyRefusal::SlugTaken => {
            let mut problem = Problem::conflict("slug_taken", "This slug is in use already.");
            problem.details.push(Detail { field: "slug".to_owned(), message: refusal.to_string() });
            problem
        }
        TaxonomyRefusal::Circle => {
            let mut problem = Problem::field("parentId", refusal.to_string());
            problem.code = "category_circle";
            problem
        }
        TaxonomyRefusal::ParentMissing | TaxonomyRefusal::TooDeep { .. } => {
            Problem::field("parentId", refusal.to_string())
        }
        TaxonomyRefusal::Full => {
            let message = format!("There can be at most {} {}. Delete one first.", I::MAX_TERMS, I::PLURAL);
            Problem::conflict("taxonomy_full", message)
        }
    }
}
