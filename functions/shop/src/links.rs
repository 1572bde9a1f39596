//! Pages that a storefront links to.

use kit::runtime::config::Env;
use serde::Serialize;
use utoipa::ToSchema;

/// Pages that the law wants of a shop. The shop writes them, wherever it likes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LegalPages {
    pub imprint: Option<String>,
    pub terms: Option<String>,
    pub privacy: Option<String>,
}

impl LegalPages {
    pub(crate) fn read(env: &mut Env) -> Self {
        let mut page = |name| env.optional(name, page_url);
        Self { imprint: page("IMPRINT_URL"), terms: page("TERMS_URL"), privacy: page("PRIVACY_URL") }
    }
}

fn page_url(text: &str) -> Result<String, &'static str> {
    let is_good = text.starts_with("https://") && !text.contains(char::is_whitespace);
    if is_good { Ok(text.to_owned()) } else { Err("must begin with https:// and have no spaces") }
}

/// Null: the shop has no such page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShopLinksBody {
    /// Where mails and Stripe send people.
    #[schema(example = "https://shop.example.com")]
    storefront: String,
    /// Who runs the shop.
    #[schema(example = "https://example.com/imprint")]
    imprint: Option<String>,
    /// What buyers agree to with an order. Show it beside the button that orders.
    #[schema(example = "https://example.com/terms")]
    terms: Option<String>,
    /// What the shop does with personal data.
    #[schema(example = "https://example.com/privacy")]
    privacy: Option<String>,
}

impl ShopLinksBody {
    pub(crate) fn of(storefront: &str, pages: &LegalPages) -> Self {
        let LegalPages { imprint, terms, privacy } = pages.clone();
        Self { storefront: storefront.to_owned(), imprint, terms, privacy }
    }
}
