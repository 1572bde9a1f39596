//! Numbered pages of all products, and of those of a category and below it, the newest first.

use domain::id::CategoryId;
use domain::picture::{Size, term_path};
use domain::storefront::{LIST_PRODUCTS, category_path, numbered_path};
use domain::taxonomy::{Taxonomy, Term};
use domain::time::Time;
use search_index::{Query, Sort, State};
use serde::Serialize;

use crate::App;
use crate::app::PageError;
use crate::card::{Card, Link};
use crate::head::{Head, HeadPicture};
use crate::json_ld;
use crate::template::render;
use crate::view::View;
use crate::words::Words;

#[derive(Serialize)]
struct List<'a> {
    /// The language of names and descriptions, if it is not that of the page.
    lang: Option<&'a str>,
    words: &'a Words,
    /// Whether the name is that of a category.
    is_category: bool,
    name: &'a str,
    description: &'a str,
    breadcrumbs: Vec<Link>,
    /// The categories below this one.
    below: Vec<Link>,
    cards: Vec<Card>,
    previous: Option<String>,
    next: Option<String>,
}

impl App {
    pub(crate) async fn list(&self, category: Option<&str>, number: Option<u32>, now: Time) -> Result<View, PageError> {
        let categories = self.taxonomies.categories(now).await?;
        let category = match category {
            None => None,
            Some(name) => match categories.find_named(name).filter(|term| categories.is_shown(term.id)) {
                Some(term) => Some(term),
                None => return View::missing(self),
            },
        };
        let name = category.map_or(self.words.all_products.as_str(), |term| &term.name);
        match number {
            Some(number) => self.numbered(&categories, category, number, now).await,
            None => View::filtered(self, name),
        }
    }

    async fn numbered(
        &self,
        categories: &Taxonomy<CategoryId>,
        category: Option<&Term<CategoryId>>,
        number: u32,
        now: Time,
    ) -> Result<View, PageError> {
        let current = self.newest(now).await?;
        let query = Query {
            states: vec![State::Active],
            category: category.map(|term| term.id.to_string()),
            sort: Sort::Newest,
            skip: ((number - 1) * LIST_PRODUCTS) as usize,
            limit: LIST_PRODUCTS as usize,
            ..Query::default()
        };
        let found = current.index.search(&query, &current.settings.synonyms, current.index.seq());
        if found.hits.is_empty() && number > 1 {
            return View::missing(self);
        }
        let path = category.map_or_else(|| "/search".to_owned(), |term| category_path(&term.slug));
        let has_more = found.total > query.skip + found.hits.len();
        let previous = (number > 1).then(|| numbered_path(&path, number - 1));
        let next = has_more.then(|| numbered_path(&path, number + 1));
        let name = category.map_or(self.words.all_products.as_str(), |term| &term.name);
        // Once is enough.
        let description = category.filter(|_| number == 1).map_or("", |term| &term.description);
        let breadcrumbs = trail(self, categories, category);
        let below = categories
            .sorted()
            .into_iter()
            .filter(|term| term.parent == category.map(|category| category.id) && categories.is_shown(term.id));
        let list = List {
            lang: self.catalogue_lang,
            words: self.words,
            is_category: category.is_some(),
            name,
            description,
            below: below.map(Link::from).collect(),
            cards: Card::all(self, &found.hits)?,
            previous: previous.clone(),
            next: next.clone(),
            breadcrumbs: breadcrumbs.clone(),
        };
        let title = if number == 1 { name.to_owned() } else { format!("{name}, {}", self.words.numbered(number)) };
        let picture = category.and_then(|term| {
            let image = term.image.as_ref()?;
            Some(HeadPicture::new(self, &term_path(&term.id.to_string(), image.id, Size::Large), image))
        });
        let listed = list.cards.iter().map(|card| card.name.as_str());
        let head = Head {
            previous: previous.map(|path| self.url(&path)),
            next: next.map(|path| self.url(&path)),
            picture,
            ..Head::new(self, Some(&title), &numbered_path(&path, number))
                .described(description)
                .listing(&title, listed)
        };
        let head = head.with_json_ld(&[json_ld::breadcrumbs(self, &breadcrumbs)]);
        Ok(View::found(head, render("list.html", &list)?))
    }
}

/// The way to a category from the home page, with itself at the end.
pub(crate) fn trail(app: &App, categories: &Taxonomy<CategoryId>, category: Option<&Term<CategoryId>>) -> Vec<Link> {
    let above = category.map(|term| categories.path(term.id)).unwrap_or_default();
    let last = || Link::named("/search", &app.words.all_products);
    let way = above.into_iter().rev().map(Link::from);
    [Link::home(app)].into_iter().chain(way).chain(category.is_none().then(last)).collect()
}
