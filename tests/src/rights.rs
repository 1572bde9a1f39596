//! What each function may do at the table. The network asks here before each call of a function, as AWS asks IAM, so a
//! test fails if the function's role in `template.yaml` lacks a right. Every right that is used becomes a file in
//! `.local/rights`. `infra/local/rights.py` writes the roles from these files and finds rights that no test uses.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::Value;
use store::keys::AUDIT_PREFIX;

use crate::template;

/// An action at the table, or at an index of it, with the partition keys that it names.
#[derive(Debug, PartialEq)]
struct Access<'a> {
    action: String,
    /// `Table`, or the name of the index.
    place: &'a str,
    keys: Vec<&'a str>,
    /// Only for a new item.
    is_addition: bool,
}

impl<'a> Access<'a> {
    /// The rights that a call needs. Like IAM, it takes each item of a transaction as a call of its own.
    fn of_call(operation: &str, body: &'a Value) -> Vec<Self> {
        match operation {
            "TransactWriteItems" | "TransactGetItems" => {
                let items = body["TransactItems"].as_array().into_iter().flatten();
                let parts = items.filter_map(Value::as_object).flatten();
                // `ConditionCheckItem` for the part `ConditionCheck`.
                parts.map(|(kind, part)| Self::of_item(&format!("{kind}Item"), part)).collect()
            }
            "BatchGetItem" => {
                let tables = body["RequestItems"].as_object().into_iter().flatten();
                let keys = tables.flat_map(|(_, table)| table["Keys"].as_array().into_iter().flatten());
                let keys = keys.filter_map(|key| key["PK"]["S"].as_str()).collect();
                vec![Self { action: operation.to_owned(), place: "Table", keys, is_addition: false }]
            }
            "BatchWriteItem" => {
                let tables = body["RequestItems"].as_object().into_iter().flatten();
                let writes = tables.flat_map(|(_, writes)| writes.as_array().into_iter().flatten());
                let requests = writes.filter_map(Value::as_object).flatten();
                let keys = requests.flat_map(|(_, part)| Self::of_item(operation, part).keys).collect();
                vec![Self { action: operation.to_owned(), place: "Table", keys, is_addition: false }]
            }
            "Query" => {
                // The store writes the partition first: `PK = :pk AND …`.
                let mut words = body["KeyConditionExpression"].as_str().unwrap_or_default().split(' ');
                let key = words.nth(2).and_then(|name| body["ExpressionAttributeValues"][name]["S"].as_str());
                let place = body["IndexName"].as_str().unwrap_or("Table");
                vec![Self { action: operation.to_owned(), place, keys: key.into_iter().collect(), is_addition: false }]
            }
            _ => vec![Self::of_item(operation, body)],
        }
    }

    fn of_item(action: &str, part: &'a Value) -> Self {
        let key = part["Key"]["PK"]["S"].as_str().or_else(|| part["Item"]["PK"]["S"].as_str());
        let is_addition = part["ConditionExpression"].as_str().is_some_and(|on| on.contains("attribute_not_exists("));
        Self { action: action.to_owned(), place: "Table", keys: key.into_iter().collect(), is_addition }
    }

    fn refusal(&self, function: &str, grants: &[Grant]) -> Option<String> {
        let Self { action, place, keys, is_addition } = self;
        // IAM cannot look at the condition of a write, so this rule is only kept here.
        let replaces = ["PutItem", "BatchWriteItem"].contains(&action.as_str()) && !is_addition;
        if replaces && keys.iter().any(|key| key.starts_with(AUDIT_PREFIX)) {
            return Some(format!("{function} may only add to the audit trail; this write could replace an entry"));
        }
        let is_granted = grants.iter().any(|grant| grant.allows(self));
        (!is_granted).then(|| format!("{function} has no right to {action} {keys:?} at {place}; see `make rights`"))
    }
}

/// A statement of a role that allows actions at the table.
#[derive(Debug)]
struct Grant {
    actions: Vec<String>,
    place: String,
    /// Patterns of partition keys, each exact or with one `*` at its end.
    keys: Vec<String>,
}

impl Grant {
    fn allows(&self, access: &Access<'_>) -> bool {
        let fits = |key: &str| {
            self.keys.iter().any(|pattern| match pattern.strip_suffix('*') {
                Some(beginning) => key.starts_with(beginning),
                None => key == pattern,
            })
        };
        self.place == access.place && self.actions.contains(&access.action) && access.keys.iter().all(|key| fits(key))
    }
}

/// The rights of a function at the table, by the name of its folder.
static GRANTS: LazyLock<BTreeMap<String, Vec<Grant>>> = LazyLock::new(|| {
    let functions = template::resources(template::read(), "AWS::Serverless::Function").into_iter();
    let grants = functions.map(|(_, function)| {
        let properties = &function["Properties"];
        let folder = properties["CodeUri"].as_str().unwrap_or_default().trim_end_matches('/').rsplit('/').next();
        let statements = template::statements(properties);
        (folder.unwrap_or_default().to_owned(), statements.filter_map(grant).collect())
    });
    grants.collect()
});

fn grant(statement: &serde_yaml_ng::Value) -> Option<Grant> {
    let words = |value: &serde_yaml_ng::Value| -> Vec<String> {
        let list = value.as_sequence().cloned().unwrap_or_else(|| vec![value.clone()]);
        list.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
    };
    let actions = words(&statement["Action"]).into_iter();
    let actions: Vec<String> =
        actions.filter_map(|action| action.strip_prefix("dynamodb:").map(str::to_owned)).collect();
    let serde_yaml_ng::Value::Tagged(resource) = &statement["Resource"] else {
        return None;
    };
    let resource = resource.value.as_str().unwrap_or_default();
    let place = if resource == "Table.Arn" { "Table" } else { resource.strip_prefix("${Table.Arn}/index/")? };
    let keys = words(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
    (!actions.is_empty()).then(|| Grant { actions, place: place.to_owned(), keys })
}

/// Whether tests may use rights that the roles lack, because the roles are being written again.
#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not the configuration of a function")]
static IS_RECORDING: LazyLock<bool> = LazyLock::new(|| std::env::var("KONTOR_RIGHTS").is_ok_and(|how| how == "record"));

/// Why IAM refuses this call of a function, if it does.
pub fn refusal(function: &str, operation: &str, body: &Value) -> Option<String> {
    let grants = GRANTS.get(function)?;
    Access::of_call(operation, body).iter().find_map(|access| access.refusal(function, grants))
}

/// Lets a call to the table pass and notes the rights that it uses, or returns why IAM refuses it.
pub(crate) fn check(function: &str, operation: &str, body: &Value) -> Result<(), String> {
    let Some(grants) = GRANTS.get(function) else {
        return Ok(());
    };
    for access in Access::of_call(operation, body) {
        // A right without keys is never granted.
        let may_be_granted = *IS_RECORDING && !access.keys.is_empty();
        if let Some(reason) = access.refusal(function, grants).filter(|_| !may_be_granted) {
            return Err(reason);
        }
        for key in &access.keys {
            record(&format!("{function} {} {} {}", access.action, access.place, prefix(key)));
        }
    }
    Ok(())
}

/// `USER#` for `USER#usr_1`; the whole key if it has no `#`.
fn prefix(key: &str) -> &str {
    key.find('#').map_or(key, |at| &key[..=at])
}

/// Notes a right that was used, as an empty file: any number of test processes may do so at once.
fn record(right: &str) {
    static KNOWN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.insert(right.to_owned()) {
        let folder: PathBuf = template::root().join(".local/rights");
        let made = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join(right), ""));
        made.expect("a right that was used can be noted");
    }
}
