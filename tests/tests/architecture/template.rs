//! `template.yaml` and the code agree.

use std::collections::BTreeSet;

use domain::money::Currency;
use harness::functions::{EVENT_FUNCTIONS, HttpFunction, http_functions};
use harness::template::{read, resources, root, statements};
use serde_yaml_ng::Value;

/// `stripe-webhook` for `StripeWebhook`.
fn folder(logical: &str) -> String {
    let capitals = |(at, c): (usize, char)| {
        (at > 0 && c.is_uppercase()).then_some('-').into_iter().chain(c.to_lowercase()).collect::<Vec<_>>()
    };
    logical.chars().enumerate().flat_map(capitals).collect()
}

/// `Accounts` for a route whose integration is the accounts function's.
fn function_of(route: &Value) -> String {
    let target = match &route["Properties"]["Target"] {
        Value::Tagged(tagged) => tagged.value.as_str().unwrap_or_default().to_owned(),
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
        .filter(|route| route != "status $default" && !route.starts_with("live-socket $"))
        .collect();
    let served = |function: HttpFunction| -> Vec<String> {
        function.deployed_keys().iter().map(|key| format!("{} {key}", function.name)).collect()
    };
    let served: Vec<String> = http_functions().into_iter().flat_map(served).collect();
    let mut paths = BTreeSet::new();
    for path in served.iter().filter_map(|route| route.split_once(" ANY ")).map(|(_, path)| path) {
        assert!(paths.insert(path), "{path} belongs to one function, which knows all of its methods");
    }
    assert_eq!(deployed, served.into_iter().collect());
}

/// What browsers let pages of other origins do.
#[test]
fn pages_may_read_the_cart_token_and_pictures_are_for_every_origin() {
    let Value::Tagged(api) = &read()["Resources"]["Api"]["Properties"]["CorsConfiguration"] else {
        panic!("without other origins there is no CORS");
    };
    let api = &api.value[1];
    assert!(words(&api["ExposeHeaders"]).contains(&"cart-token".to_owned()));
    assert!(words(&api["AllowMethods"]).contains(&"HEAD".to_owned()));
    let rules = &read()["Resources"]["Files"]["Properties"]["CorsConfiguration"]["CorsRules"];
    let rules = rules.as_sequence().unwrap();
    let reading: Vec<_> =
        rules.iter().filter(|rule| words(&rule["AllowedMethods"]).contains(&"GET".to_owned())).collect();
    assert_eq!(reading.len(), 1, "the same answer for all, so that caches can keep one");
    assert_eq!(words(&reading[0]["AllowedOrigins"]), ["*"]);
    assert_eq!(words(&reading[0]["AllowedMethods"]), ["GET", "HEAD"]);
}

#[test]
fn all_functions_agree_on_the_address_of_the_shop() {
    for variable in ["TOKEN_ISSUER", "API_URL", "SHOP_URL", "IMAGES_URL"] {
        let values = resources(read(), "AWS::Serverless::Function").into_iter();
        let values = values.map(|(_, function)| function["Properties"]["Environment"]["Variables"][variable].clone());
        let values: BTreeSet<String> = values.filter(|value| !value.is_null()).map(|it| format!("{it:?}")).collect();
        assert_eq!(values.len(), 1, "{variable}");
        assert!(values.iter().all(|value| value.contains("SiteUrl.Value")), "{variable}: {values:?}");
    }
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

/// The actions that the roles allow: function, action, statement.
fn allowed() -> Vec<(String, String, Value)> {
    let mut allowed = Vec::new();
    for (name, function) in resources(read(), "AWS::Serverless::Function") {
        for statement in statements(&function["Properties"]) {
            for action in words(&statement["Action"]) {
                allowed.push((name.clone(), action, statement.clone()));
            }
        }
    }
    allowed
}

/// A list of texts, or a single one.
fn words(value: &Value) -> Vec<String> {
    let list = value.as_sequence().cloned().unwrap_or_else(|| vec![value.clone()]);
    list.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

#[test]
fn no_role_may_scan_or_do_everything() {
    for (name, action, statement) in allowed() {
        assert!(!action.contains('*') && action != "dynamodb:Scan", "{name}: {action}");
        assert!(words(&statement["Resource"]).iter().all(|resource| resource != "*"), "{name}: {action}");
    }
}

/// The patterns of partition keys in a statement.
fn leading_keys(statement: &Value) -> Vec<String> {
    words(&statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])
}

#[test]
fn every_right_at_the_table_names_its_partition_keys_and_stands_in_one_statement() {
    let mut seen = BTreeSet::new();
    for (name, action, statement) in allowed().into_iter().filter(|(_, action, _)| action.starts_with("dynamodb:")) {
        let keys = leading_keys(&statement);
        // A pattern is a whole key, or a kind of items with any id.
        let is_kind = |key: &String| key.trim_end_matches("#*").chars().all(|c| c.is_ascii_uppercase());
        assert!(!keys.is_empty() && keys.iter().all(is_kind), "{name}: {action} {keys:?}");
        // IAM must find all keys of a batch in one statement.
        assert!(
            seen.insert((name.clone(), action.clone(), format!("{:?}", statement["Resource"]))),
            "{name}: {action}"
        );
    }
    assert!(seen.len() > 50);
}

#[test]
fn the_audit_trail_can_only_be_added_to_and_the_table_itself_refuses_more() {
    for (name, action, statement) in allowed() {
        let reads_or_adds = ["GetItem", "BatchGetItem", "Query", "PutItem", "ConditionCheckItem"];
        let may = action.strip_prefix("dynamodb:").is_none_or(|action| reads_or_adds.contains(&action));
        assert!(may || !leading_keys(&statement).contains(&"AUDIT#*".to_owned()), "{name}: {action}");
    }
    let refused = &read()["Resources"]["Table"]["Properties"]["ResourcePolicy"]["PolicyDocument"]["Statement"][0];
    assert_eq!((refused["Effect"].as_str(), refused["Principal"].as_str()), (Some("Deny"), Some("*")));
    for action in ["dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"] {
        assert!(words(&refused["Action"]).contains(&action.to_owned()), "{action}");
    }
    assert_eq!(words(&refused["Condition"]["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"]), ["AUDIT#*"]);
}

/// A new AWS account runs 1,000 functions at once, and 100 of them cannot be reserved.
#[test]
fn reserved_concurrency_leaves_room_and_can_be_left_out() {
    let mut sum = 0;
    for (name, function) in resources(read(), "AWS::Serverless::Function") {
        let Value::Tagged(reserved) = &function["Properties"]["ReservedConcurrentExecutions"] else {
            assert!(function["Properties"]["ReservedConcurrentExecutions"].is_null(), "{name}");
            continue;
        };
        assert_eq!(reserved.value[0], "HasReservedConcurrency", "{name}");
        sum += reserved.value[1].as_u64().unwrap();
    }
    assert_eq!(sum, 321);
    let parameter = &read()["Parameters"]["ReservedConcurrency"];
    assert_eq!(parameter["Default"], "off");
    assert!(parameter["Description"].as_str().unwrap().contains(&format!(", {sum} in all")));
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

#[test]
fn the_template_takes_the_currencies_that_a_shop_can_sell_in() {
    let currency = &read()["Parameters"]["Currency"];
    let allowed: Vec<_> = currency["AllowedValues"].as_sequence().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(allowed, Currency::of_shops().collect::<Vec<_>>());
}

#[test]
fn admins_see_every_parameter_but_those_that_can_be_long() {
    let parameters = read()["Parameters"].as_mapping().unwrap();
    let names: Vec<&str> = parameters.keys().filter_map(Value::as_str).collect();
    let is_shown = |name: &&&str| !["ShippingRates", "TaxRates"].contains(name);
    assert_eq!(names.iter().filter(is_shown).copied().collect::<Vec<_>>(), status::PARAMETERS);
    assert!(parameters.values().all(|it| it["NoEcho"].is_null()), "a secret is no setting to show");
    let variables = &read()["Resources"]["Status"]["Properties"]["Environment"]["Variables"];
    for &name in status::PARAMETERS {
        assert!(format!("{:?}", variables[name]).contains(&format!("\"{name}\"")), "{name}");
    }
}
