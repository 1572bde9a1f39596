//! `template.yaml` and the code agree.

use std::collections::BTreeSet;

use harness::functions::{EVENT_FUNCTIONS, HttpFunction, http_functions};
use harness::template::{read, resources, root};

/// `stripe-webhook` for `StripeWebhook`.
fn folder(logical: &str) -> String {
    let capitals = |(at, c): (usize, char)| {
        (at > 0 && c.is_uppercase()).then_some('-').into_iter().chain(c.to_lowercase()).collect::<Vec<_>>()
    };
    logical.chars().enumerate().flat_map(capitals).collect()
}

/// `Accounts` for a route whose integration is the accounts function's.
fn function_of(route: &serde_yaml_ng::Value) -> String {
    let target = match &route["Properties"]["Target"] {
        serde_yaml_ng::Value::Tagged(tagged) => tagged.value.as_str().unwrap_or_default().to_owned(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    target.trim_start_matches("integrations/${").trim_end_matches("Integration}").to_owned()
}

#[test]
fn the_routes_of_the_template_are_the_routes_of_the_routers() {
    let deployed: BTreeSet<String> = resources(read(), "AWS::ApiGatewayV2::Route")
        .iter()
        .map(|(_, route)| {
            format!("{} {}", folder(&function_of(route)), route["Properties"]["RouteKey"].as_str().unwrap())
        })
        .filter(|route| route != "status $default")
        .collect();
    let served = |function: HttpFunction| -> Vec<String> {
        function.route_keys().map(|key| format!("{} {key}", function.name)).collect()
    };
    let served: BTreeSet<String> = http_functions().into_iter().flat_map(served).collect();
    assert_eq!(deployed, served);
}

#[test]
fn every_function_folder_is_deployed_with_its_own_role_and_log() {
    let template = read();
    let deployed: BTreeSet<String> = resources(template, "AWS::Serverless::Function")
        .iter()
        .map(|(name, function)| {
            let code = function["Properties"]["CodeUri"].as_str().unwrap();
            assert_eq!(code, format!("target/lambda/{}/", folder(name)));
            assert!(!function["Properties"]["Policies"].is_null(), "{name} has its own role");
            assert!(!function["Properties"]["LoggingConfig"]["LogGroup"].is_null(), "{name}'s log has an end");
            folder(name)
        })
        .collect();
    let folders: BTreeSet<String> = std::fs::read_dir(root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(deployed, folders);
    let http = http_functions().into_iter().map(|function| function.name);
    let registered: BTreeSet<String> = http.chain(EVENT_FUNCTIONS).map(str::to_owned).collect();
    assert_eq!(registered, folders);
}

#[test]
fn no_role_may_scan_or_do_everything() {
    let text = std::fs::read_to_string(root().join("template.yaml")).unwrap();
    for forbidden in
        ["dynamodb:Scan", "dynamodb:*", "s3:*", "sqs:*", "secretsmanager:*", "Action: \"*\"", "Resource: \"*\""]
    {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn every_function_has_its_event_files_and_every_event_file_its_function() {
    let files = std::fs::read_dir(root().join("events")).unwrap();
    let files: BTreeSet<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let replayed = http_functions().into_iter().flat_map(|function| {
        assert!(!function.events.is_empty(), "events/{}-….json", function.name);
        function.events.iter().map(move |(case, _)| format!("{}-{case}.json", function.name))
    });
    let mut known: BTreeSet<String> = replayed.collect();
    for name in EVENT_FUNCTIONS {
        let own: Vec<&String> = files.iter().filter(|file| file.starts_with(&format!("{name}-"))).collect();
        assert!(!own.is_empty(), "events/{name}-….json");
        known.extend(own.into_iter().cloned());
    }
    assert_eq!(files, known);
}
