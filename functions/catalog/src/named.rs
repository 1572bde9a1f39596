//! Lists of the products that a request names: by their ids, as a page of a storefront remembers them, or by a SKU.

use domain::id::ProductId;
use domain::product::{MAX_IDS, Product};
use domain::sku::Sku;
use domain::time::Time;
use kit::http::answer::Listing;
use kit::http::body::Fields;
use kit::http::problem::Problem;
use products::cards::ProductCardBody;

use crate::App;
use crate::browse::{ProductsQuery, listing};

/// What a request names.
#[derive(Debug)]
pub(crate) enum Named {
    /// Each once, in the order in which they were named.
    Ids(Vec<ProductId>),
    Sku(Sku),
}

impl Named {
    /// `None` if the query names no products, but asks for a page of a list.
    pub(crate) fn of(query: &ProductsQuery) -> Result<Option<Self>, Problem> {
        let mut fields = Fields::default();
        let named = match (&query.ids, &query.sku) {
            (None, None) => return Ok(None),
            (Some(ids), _) => fields.check("ids", parse_ids(ids)).map(Self::Ids),
            (None, Some(sku)) => fields.check("sku", Sku::parse(sku)).map(Self::Sku),
        };
        let other = if query.ids.is_some() { "ids" } else { "sku" };
        for (name, is_given) in [
            ("category", query.category.is_some()),
            ("brand", query.brand.is_some()),
            ("status", query.status.is_some()),
            ("limit", query.limit.is_some()),
            ("cursor", query.cursor.is_some()),
            ("sku", query.sku.is_some() && other == "ids"),
        ] {
            if is_given {
                fields.refuse(name, &format!("cannot be combined with {other}"));
            }
        }
        let (named,) = fields.finish((named,))?;
        Ok(Some(named))
    }

    pub(crate) async fn list(self, app: &App, staff: bool, now: Time) -> Result<Listing<ProductCardBody>, Problem> {
        let (products, limit) = match self {
            Self::Ids(ids) if staff => {
                let mut products = app.context.store.products(&ids).await?;
                products.retain(|product| product.deleted_at.is_none());
                (products, MAX_IDS)
            }
            Self::Ids(ids) => (app.all_on_sale(&ids, now).await?, MAX_IDS),
            Self::Sku(sku) => (app.with_sku(&sku).await?.into_iter().collect(), 1),
        };
        let cards = app.cards.of(&products, now).await?;
        Ok(listing(cards, u32::try_from(limit).unwrap_or(u32::MAX), None))
    }
}

fn parse_ids(text: &str) -> Result<Vec<ProductId>, String> {
    let refusal = || format!("must be 1 to {MAX_IDS} ids of products with commas between them");
    let mut ids = Vec::new();
    for id in text.split(',').take(MAX_IDS + 1) {
        let id = ProductId::parse(id).map_err(|_| refusal())?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if text.split(',').count() > MAX_IDS { Err(refusal()) } else { Ok(ids) }
}

impl App {
    /// The product that lists a SKU, in any state. Its stock item names it.
    async fn with_sku(&self, sku: &Sku) -> Result<Option<Product>, Problem> {
        let store = &self.context.store;
        let Some(level) = store.stock_level(sku).await? else {
            return Ok(None);
        };
        let product = store.product(level.product_id).await?;
        Ok(product.filter(|product| product.variants.iter().any(|variant| variant.sku == *sku)))
    }
}
