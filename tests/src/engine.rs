//! The DynamoDB engine of a test, inside its process: calls of the SDK go to it without a server and a connection.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use dynoxide::errors::DynoxideError;
use dynoxide::{Database, ImportOptions, Item};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::template;

/// The name of the table.
pub(crate) const TABLE: &str = "kontor";

#[derive(Clone)]
pub(crate) struct Engine(Database);

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

/// What the engine says to a call.
pub(crate) struct Reply {
    status: u16,
    body: Value,
}

impl Engine {
    /// An engine with the empty table of `template.yaml`.
    pub(crate) fn new() -> Self {
        let database = Database::memory().expect("the engine starts in memory");
        let definition = serde_json::from_value(template::table_definition(TABLE));
        database
            .create_table(definition.expect("the template defines a table"))
            .expect("the engine takes the template's table");
        Self(database)
    }

    /// Another engine with the same items.
    pub(crate) fn copy(&self) -> Self {
        let copy = Self::new();
        copy.0.import_items(TABLE, self.items(), ImportOptions::default()).expect("the engine takes its own items");
        copy
    }

    pub(crate) fn items(&self) -> Vec<Item> {
        let request = serde_json::from_value(serde_json::json!({ "TableName": TABLE })).expect("a request to scan");
        self.0.scan(request).expect("the engine scans").items.unwrap_or_default()
    }

    /// Does what a call of the SDK asks for.
    pub(crate) fn call(&self, operation: &str, body: Value) -> Reply {
        let database = &self.0;
        let answer = match operation {
            "BatchGetItem" => answer(body, |request| database.batch_get_item(request)),
            "BatchWriteItem" => answer(body, |request| database.batch_write_item(request)),
            "DeleteItem" => answer(body, |request| database.delete_item(request)),
            "GetItem" => answer(body, |request| database.get_item(request)),
            "PutItem" => answer(body, |request| database.put_item(request)),
            "Query" => answer(body, |request| database.query(request)),
            "Scan" => answer(body, |request| database.scan(request)),
            "TransactWriteItems" => answer(body, |request| database.transact_write_items(request)),
            "UpdateItem" => answer(body, |request| database.update_item(request)),
            _ => Err(DynoxideError::UnsupportedCapability(operation.to_owned())),
        };
        match answer {
            Ok(body) => Reply { status: 200, body },
            Err(error) => Reply {
                status: error.status_code(),
                body: serde_json::from_str(&error.to_json()).expect("an error of the engine is JSON"),
            },
        }
    }
}

fn answer<Q: DeserializeOwned, A: Serialize>(
    body: Value,
    act: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<Value, DynoxideError> {
    let refused = |error: serde_json::Error| DynoxideError::SerializationException(error.to_string());
    let answer = act(serde_json::from_value(body).map_err(refused)?)?;
    serde_json::to_value(answer).map_err(refused)
}

impl Reply {
    pub(crate) fn is_refusal(&self) -> bool {
        self.status >= 400
    }

    /// The capacity units that the call used.
    pub(crate) fn units(&self) -> f64 {
        let of = |capacity: &Value| capacity["CapacityUnits"].as_f64().unwrap_or_default();
        match &self.body["ConsumedCapacity"] {
            Value::Array(tables) => tables.iter().map(of).sum(),
            one => of(one),
        }
    }
}

impl From<Reply> for HttpResponse {
    fn from(reply: Reply) -> Self {
        let status = StatusCode::try_from(reply.status).expect("the engine answers with a status");
        Self::new(status, SdkBody::from(reply.body.to_string()))
    }
}
