//! `limit` and `cursor`, the parameters of every list.

use serde::Deserialize;
use store::page::{Cursor, PageRequest};
use utoipa::IntoParams;

use crate::http::body::Fields;
use crate::http::problem::Problem;

pub const DEFAULT_LIMIT: u32 = 20;
pub const MAX_LIMIT: u32 = 100;

/// The parameters of a list without filters.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Items on a page, 1 to 100. The default is 20.
    pub limit: Option<u32>,
    /// `nextCursor` of the previous page.
    pub cursor: Option<String>,
}

impl ListQuery {
    pub fn page(self) -> Result<PageRequest, Problem> {
        page(self.limit, self.cursor.as_deref())
    }
}

/// For lists with parameters of their own.
pub fn page(limit: Option<u32>, cursor: Option<&str>) -> Result<PageRequest, Problem> {
    let mut fields = Fields::default();
    let limit = Some(limit.unwrap_or(DEFAULT_LIMIT)).filter(|limit| (1..=MAX_LIMIT).contains(limit));
    let checked = (
        fields.check("limit", limit.ok_or_else(|| format!("must be between 1 and {MAX_LIMIT}"))),
        fields.check_optional("cursor", cursor, |text| Cursor::parse(text).ok_or("is not a cursor of this list")),
    );
    let (limit, after) = fields.finish(checked)?;
    Ok(PageRequest { limit, after })
}
