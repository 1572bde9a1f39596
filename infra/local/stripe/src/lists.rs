//! Objects that are read: one, or a page of a list with the newest first.

use serde_json::{Value, json};

use crate::error::{StripeError, public_fields};
use crate::params::Params;
use crate::state::{ApiResult, StripeState, id_of};

const DEFAULT_LIMIT: i64 = 10;
const MAX_LIMIT: i64 = 100;

impl StripeState {
    /// An object. The fields in `expandable` have ids; `expand[]` puts the objects there.
    pub(crate) fn retrieve(&self, kind: &str, id: &str, expandable: &[&str], params: &Params) -> ApiResult {
        params.allow_only(&["expand[]"])?;
        let expand = params.list("expand");
        if let Some(unknown) = expand.iter().find(|field| !expandable.contains(field)) {
            let message = format!("This property cannot be expanded ({unknown}).");
            return Err(StripeError::parameter("expand", None, &message));
        }
        let mut object = self.find(kind, id)?;
        for field in expand {
            if let Some(inner) = object[field].as_str().and_then(|id| self.objects.get(id)) {
                object[field] = public_fields(inner);
            }
        }
        Ok(object)
    }

    /// A page of the objects of a kind whose fields have the given values.
    pub(crate) fn list(&self, kind: &str, url: &str, filters: &[&str], params: &Params) -> ApiResult {
        params.allow_only(&[filters, &["limit", "starting_after", "ending_before"]].concat())?;
        let limit = params.number_in("limit", 1, MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
        let limit = usize::try_from(limit).unwrap_or(1);
        let (after, before) = (params.get("starting_after"), params.get("ending_before"));
        if after.is_some() && before.is_some() {
            let message = "Only one of these may be given: starting_after, ending_before.";
            return Err(StripeError::parameter("ending_before", Some("parameters_exclusive"), message));
        }
        if let Some(cursor) = after.or(before) {
            self.find(kind, cursor)?;
        }
        let wanted = |object: &&Value| {
            filters.iter().all(|filter| params.get(filter).is_none_or(|value| object[*filter] == value))
        };
        // Ids grow with time.
        let all = self.of_kind(kind).filter(wanted);
        let mut page: Vec<&Value> = match before {
            Some(cursor) => all.filter(|object| id_of(object) > cursor).take(limit + 1).collect(),
            None => {
                all.rev().filter(|object| after.is_none_or(|cursor| id_of(object) < cursor)).take(limit + 1).collect()
            }
        };
        let has_more = page.len() > limit;
        page.truncate(limit);
        if before.is_some() {
            page.reverse();
        }
        let data: Vec<Value> = page.into_iter().map(public_fields).collect();
        Ok(json!({ "object": "list", "data": data, "has_more": has_more, "url": url }))
    }
}
