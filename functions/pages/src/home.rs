//! The home page.

use domain::product_query::HOME_PRODUCTS;
use domain::time::Time;
use search_index::{Query, Sort, State};
use serde::Serialize;

use crate::App;
use crate::app::PageError;
use crate::card::{Card, Link};
use crate::head::Head;
use crate::json_ld;
use crate::template::render;
use crate::view::View;
use crate::words::Words;

#[derive(Serialize)]
struct Home<'a> {
    /// The language of names and descriptions, if it is not that of the page.
    lang: Option<&'a str>,
    shop: &'a str,
    words: &'a Words,
    newest: Vec<Card>,
    bestselling: Vec<Card>,
    categories: Vec<Link>,
}

impl App {
    pub(crate) async fn home(&self, now: Time) -> Result<View, PageError> {
        let categories = self.taxonomies.categories(now).await?;
        let current = self.newest(now).await?;
        let by = |sort| {
            let query = Query { states: vec![State::Active], sort, limit: HOME_PRODUCTS, ..Query::default() };
            current.index.search(&query, &current.settings.synonyms, current.index.seq()).hits
        };
        let mut bestselling = by(Sort::Bestselling);
        bestselling.retain(|hit| hit.popularity.sales_ever > 0);
        let tops = categories.sorted().into_iter().filter(|term| term.parent.is_none() && categories.is_shown(term.id));
        let home = Home {
            shop: &self.branding.shop_name,
            lang: self.catalogue_lang,
            words: self.words,
            newest: Card::all(self, &by(Sort::Newest))?,
            bestselling: Card::all(self, &bestselling)?,
            categories: tops.map(Link::from).collect(),
        };
        let listed = home.categories.iter().map(|category| category.name.as_str());
        let head = Head::new(self, None, "/")
            .listing(home.shop, listed)
            .with_json_ld(&[json_ld::organization(self), json_ld::website(self)]);
        Ok(View::found(head, render("home.html", &home)?))
    }
}
