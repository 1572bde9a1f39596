//! A new table: a DynamoDB engine inside the test process, with the table of `template.yaml`.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use dynoxide::Database;
use dynoxide::actions::create_table::CreateTableRequest;
use serde_json::Value;
use store::Store;

use crate::network::Network;
use crate::template;

const NAME: &str = "kontor";

#[derive(Clone)]
pub struct TestTable {
    pub store: Store,
    pub network: Network,
    pub client: Client,
    database: Database,
}

impl std::fmt::Debug for TestTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestTable")
    }
}

impl TestTable {
    pub async fn create() -> Self {
        let database = Database::memory().expect("the engine starts in memory");
        let definition: CreateTableRequest =
            serde_json::from_value(template::table_definition(NAME)).expect("the template defines a table");
        database.create_table(definition).expect("the engine takes the template's table");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        tokio::spawn(dynoxide::server::serve_on(listener, database.clone()));

        let network = Network::default();
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(url)
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(1)))
            .http_client(network.clone())
            .build();
        let client = Client::from_conf(config);
        Self { store: store(&client), network, client, database }
    }

    /// The store as this function uses it.
    pub fn store_of(&self, function: &str) -> Store {
        store(&self.client_of(function))
    }

    /// A store whose calls are neither counted nor interrupted, with all rights.
    pub fn unseen_store(&self) -> Store {
        let config = self.client.config().to_builder().http_client(Network::default()).build();
        store(&Client::from_conf(config))
    }

    /// A client with the rights of this function at the table.
    pub fn client_of(&self, function: &str) -> Client {
        let credentials = Credentials::new(function, "test", None, None, "test");
        Client::from_conf(self.client.config().to_builder().credentials_provider(credentials).build())
    }

    /// A copy of the table.
    pub async fn copy(&self) -> Self {
        let copy = Self::create().await;
        for item in self.scan() {
            let request = serde_json::json!({ "TableName": NAME, "Item": item });
            let request = serde_json::from_value(request).expect("an item that was scanned");
            copy.database.put_item(request).expect("the engine takes it");
        }
        copy
    }

    fn scan(&self) -> Vec<Value> {
        let request = serde_json::from_value(serde_json::json!({ "TableName": NAME })).expect("a scan request");
        let answer =
            serde_json::to_value(self.database.scan(request).expect("the engine scans")).expect("an answer is JSON");
        answer["Items"].as_array().cloned().unwrap_or_default()
    }

    /// All items by their keys, as plain JSON. It does not use the network, so nothing is counted and nothing fails.
    pub fn items(&self) -> BTreeMap<String, Value> {
        self.scan()
            .into_iter()
            .map(|item| (format!("{} / {}", text(&item["PK"]), text(&item["SK"])), plain(item)))
            .collect()
    }

    /// The items whose partition key begins with this prefix.
    pub fn items_under(&self, partition: &str) -> BTreeMap<String, Value> {
        self.items().into_iter().filter(|(key, _)| key.starts_with(partition)).collect()
    }

    /// The events in the outbox, oldest first.
    pub fn events(&self) -> Vec<Value> {
        self.items_under("OUTBOX#").into_values().map(|item| item["event"].clone()).collect()
    }
}

fn store(client: &Client) -> Store {
    Store::new(client.clone(), NAME).with_first_pause(Duration::from_millis(1))
}

fn text(attribute: &Value) -> String {
    attribute["S"].as_str().unwrap_or_default().to_owned()
}

/// DynamoDB's JSON without its types.
fn plain(item: Value) -> Value {
    let Value::Object(attributes) = item else {
        return Value::Null;
    };
    attributes
        .into_iter()
        .map(|(name, attribute)| (name, plain_attribute(attribute)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn plain_attribute(attribute: Value) -> Value {
    let Value::Object(typed) = attribute else {
        return Value::Null;
    };
    match typed.into_iter().next() {
        Some((kind, Value::String(number))) if kind == "N" => number.parse::<i64>().map_or(Value::Null, Value::from),
        Some((kind, map)) if kind == "M" => plain(map),
        Some((kind, Value::Array(list))) if kind == "L" => list.into_iter().map(plain_attribute).collect(),
        Some((kind, _)) if kind == "NULL" => Value::Null,
        Some((_, value)) => value,
        None => Value::Null,
    }
}
