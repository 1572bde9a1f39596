//! `template.yaml` against the code.

use std::collections::BTreeSet;

use harness::template::{read, resources, root};

/// `Accounts` for a route whose integration is the accounts function's.
fn function_of(route: &serde_yaml_ng::Value) -> String {
    let target = match &route["Properties"]["Target"] {
        serde_yaml_ng::Value::Tagged(tagged) => {
            tagged.value.as_str().unwrap_or_default().to_owned()
        }
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    target
        .trim_start_matches("integrations/${")
        .trim_end_matches("Integration}")
        .to_owned()
}

#[test]
fn the_routes_of_the_template_are_the_routes_of_the_routers() {
    let deployed: BTreeSet<String> = resources(&read(), "AWS::ApiGatewayV2::Route")
        .iter()
        .map(|(_, route)| {
            format!(
                "{} {}",
                function_of(route),
                route["Properties"]["RouteKey"].as_str().unwrap()
            )
        })
        .filter(|route| route != "Status $default")
        .collect();
    let served = |function: &str, lines: Vec<String>| -> Vec<String> {
        let logical = function[..1].to_uppercase() + &function[1..];
        let route = |line: &String| format!("{logical} {}", line.split("  ").next().unwrap());
        lines.iter().map(route).collect()
    };
    let served: BTreeSet<String> = crate::contract::plates()
        .into_iter()
        .flat_map(|(function, lines)| served(&function, lines))
        .collect();
    assert_eq!(deployed, served);
}

#[test]
fn every_function_folder_is_deployed_and_watched() {
    let template = read();
    let deployed: BTreeSet<String> = resources(&template, "AWS::Serverless::Function")
        .iter()
        .map(|(name, function)| {
            let code = function["Properties"]["CodeUri"].as_str().unwrap();
            assert_eq!(code, format!("target/lambda/{}/", name.to_lowercase()));
            assert!(
                !function["Properties"]["Policies"].is_null(),
                "{name} has its own role"
            );
            assert!(
                !function["Properties"]["LoggingConfig"]["LogGroup"].is_null(),
                "{name}'s log has an end"
            );
            name.to_lowercase()
        })
        .collect();
    let folders: BTreeSet<String> = std::fs::read_dir(root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(deployed, folders);
}

#[test]
fn no_role_may_scan_or_do_everything() {
    let text = std::fs::read_to_string(root().join("template.yaml")).unwrap();
    for forbidden in [
        "dynamodb:Scan",
        "dynamodb:*",
        "s3:*",
        "sqs:*",
        "secretsmanager:*",
        "Action: \"*\"",
        "Resource: \"*\"",
    ] {
        assert!(!text.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn every_function_has_its_event_files() {
    let events: Vec<String> = std::fs::read_dir(root().join("events"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for (name, _) in resources(&read(), "AWS::Serverless::Function") {
        let beginning = format!("{}-", name.to_lowercase());
        assert!(
            events.iter().any(|event| event.starts_with(&beginning)),
            "events/{beginning}….json"
        );
    }
}
