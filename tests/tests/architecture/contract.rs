//! The contract of the API: the list of routes with the access to each, the OpenAPI description and the routes of
//! the template. They are files, so that a review sees each change. `make update` writes them again.

use std::collections::BTreeMap;
use std::fmt::Write;

use harness::functions::http_functions;
use harness::template::{read, resources, root};
use kit::http::description::Description;
use serde_json::{Value, json};

/// Asserts that a file is up to date with the code. With UPDATE=1 it writes the file.
#[expect(clippy::disallowed_methods, reason = "the switch of a test, not the configuration of a function")]
pub(crate) fn compare(file: &str, now: &str) {
    let file = root().join(file);
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    // A file that is up to date is not written: cargo would compile again what includes it.
    if kept != now && std::env::var("UPDATE").is_ok() {
        // Replaced in one step, because other tests read it at the same time.
        let new = file.with_extension("new");
        std::fs::write(&new, now).unwrap();
        std::fs::rename(new, &file).unwrap();
        return;
    }
    assert!(kept == now, "{} is not what the code says; `make update` writes it again", file.display());
}

pub(crate) fn description() -> Value {
    let mut api = Description::empty();
    for function in http_functions() {
        (function.describe)(&mut api);
    }
    assert!(api.clashes.is_empty(), "two structs have the same schema name: {:?}", api.clashes);
    api.finish()
}

#[test]
fn the_list_of_routes_is_up_to_date() {
    let lines: Vec<String> = http_functions().into_iter().flat_map(|function| function.routes).collect();
    compare("tests/tests/architecture/routes.txt", &(lines.join("\n") + "\n"));
}

#[test]
fn the_api_description_is_up_to_date() {
    let text = serde_json::to_string_pretty(&description()).unwrap() + "\n";
    compare("functions/status/openapi.json", &text);
}

/// The parts of the template that are made from the code: their first lines, and the lines that follow them.
const ROUTES: [&str; 2] = [
    "  # Routes: made from the code with UPDATE=1, up to the next comment.\n",
    "  # Status also answers where there is no route",
];
const THROTTLES: [&str; 2] = [
    "      # Throttles: made from the code with UPDATE=1, up to the next comment.\n",
    "  # API Gateway writes without a policy of ours",
];

/// `GetCartsId` for `get /carts/{id}`.
fn camel_case(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..].to_lowercase()).collect()
}

/// A route of the template.
struct DeployedRoute {
    /// Its logical name. A route that exists keeps it: CloudFormation creates the resource with a new name before it
    /// removes the old one, and API Gateway refuses a second route with the same key.
    name: String,
    key: String,
    function: &'static str,
    /// Its own, in requests a second.
    throttle: Option<u32>,
}

fn deployed_routes() -> Vec<DeployedRoute> {
    let names: BTreeMap<String, String> = resources(read(), "AWS::ApiGatewayV2::Route")
        .into_iter()
        .map(|(name, route)| (route["Properties"]["RouteKey"].as_str().unwrap().to_owned(), name))
        .collect();
    let mut routes = Vec::new();
    for function in http_functions() {
        for key in function.deployed_keys() {
            let new = || camel_case(function.name) + &camel_case(&key.replace("/api/v1", ""));
            let name = names.get(&key).cloned().unwrap_or_else(new);
            let throttle = function.throttle(&key);
            routes.push(DeployedRoute { name, key, function: function.name, throttle });
        }
    }
    routes
}

fn template_routes(routes: &[DeployedRoute]) -> String {
    let mut lines = String::new();
    for DeployedRoute { name, key, function, .. } in routes {
        let target = camel_case(function);
        writeln!(lines, "  {name}: {{ Type: AWS::ApiGatewayV2::Route, Properties: {{ ApiId: !Ref Api, RouteKey: \"{key}\", Target: !Sub \"integrations/${{{target}Integration}}\" }} }}").unwrap();
    }
    lines
}

/// The settings of the stage for single routes. A route must exist before the stage names it.
fn template_throttles(routes: &[DeployedRoute]) -> String {
    let mut lines = "      RouteSettings:\n".to_owned();
    let mut names = Vec::new();
    for (route, rate) in routes.iter().filter_map(|route| Some((route, route.throttle?))) {
        let burst = rate * 2;
        writeln!(
            lines,
            "        {}: {{ ThrottlingRateLimit: {rate}, ThrottlingBurstLimit: {burst} }}",
            json!(route.key)
        )
        .unwrap();
        names.push(route.name.as_str());
    }
    lines + &format!("    DependsOn: [{}]\n", names.join(", "))
}

#[test]
fn the_routes_of_the_template_and_their_throttles_are_up_to_date() {
    let routes = deployed_routes();
    let mut template = std::fs::read_to_string(root().join("template.yaml")).unwrap();
    for ([first, last], part) in [(ROUTES, template_routes(&routes)), (THROTTLES, template_throttles(&routes))] {
        let (before, rest) = template.split_once(first).unwrap();
        let (_, after) = rest.split_once(last).unwrap();
        template = [before, first, &part, last, after].concat();
    }
    compare("template.yaml", &template);
}

#[test]
fn every_reference_in_the_api_description_has_a_target() {
    let api = description();
    assert_eq!(api["openapi"], "3.1.0");
    let mut references = Vec::new();
    collect(&api, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(api.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect<'a>(value: &'a Value, references: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            references.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|value| collect(value, references));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
