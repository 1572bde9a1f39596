//! `limit` and `cursor`, the parameters of every list.

use serde::Deserialize;
use store::page::{Cursor, PageRequest};
use utoipa::IntoParams;

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
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::field("limit", format!("must be between 1 and {MAX_LIMIT}")));
    }
    let after = match cursor {
        None => None,
        Some(text) => {
            Some(Cursor::parse(text).ok_or_else(|| Problem::field("cursor", "is not a cursor of this list"))?)
        }
    };
    Ok(PageRequest { limit, after })
}
