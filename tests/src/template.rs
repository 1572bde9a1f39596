//! `template.yaml` for the tests, so that their table has the definition that is deployed.

use std::path::PathBuf;
use std::sync::LazyLock;

use serde_yaml_ng::Value;

/// The project's folder.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The template, parsed once.
pub fn read() -> &'static Value {
    static TEMPLATE: LazyLock<Value> = LazyLock::new(|| parse("template.yaml"));
    &TEMPLATE
}

/// A file of YAML of the project.
pub fn parse(file: &str) -> Value {
    let text = std::fs::read_to_string(root().join(file)).expect("the file is in the project's folder");
    serde_yaml_ng::from_str(&text).expect("it is YAML")
}

/// All resources of a type, by name.
pub fn resources(template: &Value, kind: &str) -> Vec<(String, Value)> {
    let resources = template["Resources"].as_mapping().expect("the template has resources");
    let named =
        resources.iter().map(|(name, resource)| (name.as_str().unwrap_or_default().to_owned(), resource.clone()));
    named.filter(|(_, resource)| resource["Type"] == kind).collect()
}

/// The statements of a function's role.
pub fn statements(properties: &Value) -> impl Iterator<Item = &Value> {
    let policies = properties["Policies"].as_sequence().into_iter().flatten();
    policies.flat_map(|policy| policy["Statement"].as_sequence().into_iter().flatten())
}

/// The table's definition in the form of DynamoDB's CreateTable.
pub fn table_definition(name: &str) -> serde_json::Value {
    let template = read();
    let properties = &template["Resources"]["Table"]["Properties"];
    let json = |key: &str| serde_json::to_value(&properties[key]).expect("plain YAML is JSON");
    serde_json::json!({
        "TableName": name,
        "BillingMode": json("BillingMode"),
        "AttributeDefinitions": json("AttributeDefinitions"),
        "KeySchema": json("KeySchema"),
        "GlobalSecondaryIndexes": json("GlobalSecondaryIndexes"),
    })
}
