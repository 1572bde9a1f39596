//! docs/errors.md: every error code with what it means, what a client does about it, and which operations answer it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use harness::template::root;
use kit::http::description::{CODES, CODES_INSIDE, Code};
use serde_json::{Value, json};

use crate::contract::compare;
use crate::description::{Operation, answers, operations};

/// Where codes of requests that reach no operation are answered: their status, and the paths.
fn without_operation(code: &str) -> Option<(&'static str, &'static str)> {
    match code {
        "direct_access_refused" => Some(("403", "every path, at the address that API Gateway gave the API")),
        "method_not_allowed" => Some(("405", "every path")),
        "no_such_route" => Some(("404", "every path that does not exist")),
        _ => None,
    }
}

const HEAD: &str = "# Error codes

An error has a `code`, which is stable, and a `message` for people, which may change. Use the code in programs. The names
of operations are those of `GET /api/v1/openapi.json`, which also says more about some codes where they are answered.
[frontend.md](frontend.md#answers-and-errors) shows the body of an error.

This page is made from `lib/kit/src/http/description/codes.rs` with `make update`.
";
const INSIDE: &str = "
## Codes inside answers

The `code` of `GET /uploads/{id}` says why an upload was refused, and `payment.problem` of a new order why its payment
was not opened. A connection of live updates hears `connection_ended` and `too_many_topics`.
";

/// Where a code is answered: its statuses, and the names of the operations.
#[derive(Default)]
struct Places {
    statuses: BTreeSet<String>,
    operations: BTreeSet<String>,
}

fn name(operation: &Operation) -> String {
    operation.json["operationId"].as_str().unwrap().to_owned()
}

fn places() -> BTreeMap<String, Places> {
    let mut places: BTreeMap<String, Places> = BTreeMap::new();
    for operation in operations() {
        for (status, answer) in answers(&operation) {
            let codes = &answer["content"]["application/json"]["schema"]["properties"]["code"]["enum"];
            for code in codes.as_array().into_iter().flatten() {
                let place = places.entry(code.as_str().unwrap().to_owned()).or_default();
                place.statuses.insert(status.to_owned());
                place.operations.insert(name(&operation));
            }
        }
    }
    places
}

/// What operations can have in common, in words that follow "every operation".
fn facts() -> Vec<(&'static str, BTreeSet<String>)> {
    fn takes(operation: &Value, header: &str, required: bool) -> bool {
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters.any(|it| it["in"] == "header" && it["name"] == header && (!required || it["required"] == true))
    }
    let all = operations();
    let has = |fact: fn(&Value) -> bool| all.iter().filter(|it| fact(&it.json)).map(name).collect();
    vec![
        ("", has(|_| true)),
        (" with a body", has(|it| it["requestBody"].is_object())),
        (" with a JSON body", has(|it| !it["requestBody"]["content"]["application/json"]["schema"]["$ref"].is_null())),
        (" that takes a token", has(|it| it["security"] != json!([]))),
        (" that needs a permission", has(|it| it["responses"].to_string().contains("`two_factor_required`"))),
        (" that takes a `Cart-Token`", has(|it| takes(it, "Cart-Token", false))),
        (" that takes an `Idempotency-Key`", has(|it| takes(it, "Idempotency-Key", false))),
        (" that needs an `Idempotency-Key`", has(|it| takes(it, "Idempotency-Key", true))),
        (" that takes `If-Match`", has(|it| takes(it, "If-Match", false))),
        (" that needs `If-Match`", has(|it| takes(it, "If-Match", true))),
    ]
}

/// `every operation that takes a token, createCart`: the largest group that is among the operations, and the others.
fn summary(operations: &BTreeSet<String>, facts: &[(&'static str, BTreeSet<String>)]) -> String {
    let group =
        facts.iter().filter(|(_, all)| !all.is_empty() && all.is_subset(operations)).max_by_key(|(_, all)| all.len());
    let others = operations.iter().filter(|name| group.is_none_or(|(_, all)| !all.contains(*name)));
    let every = group.map(|(fact, _)| format!("every operation{fact}"));
    every.into_iter().chain(others.map(|name| format!("`{name}`"))).collect::<Vec<_>>().join(", ")
}

fn page() -> String {
    let (places, facts) = (places(), facts());
    let mut page = HEAD.to_owned();
    for Code { name, meaning, remedy } in CODES {
        let (status, place) = if let Some((status, place)) = without_operation(name) {
            (status.to_owned(), place.to_owned())
        } else {
            let Places { statuses, operations } =
                places.get(*name).unwrap_or_else(|| panic!("no operation answers {name}"));
            let place = summary(operations, &facts);
            (statuses.iter().cloned().collect::<Vec<_>>().join(", "), place)
        };
        write!(
            page,
            "\n## `{name}`\n\n- status: {status}\n- meaning: {meaning}\n- what to do: {remedy}\n- answered by: {place}\n"
        )
        .unwrap();
    }
    page += INSIDE;
    for Code { name, meaning, remedy } in CODES_INSIDE {
        write!(page, "\n- `{name}`: {meaning} {remedy}").unwrap();
    }
    page + "\n"
}

#[test]
fn the_page_of_error_codes_is_up_to_date() {
    compare("docs/errors.md", &page());
}

#[test]
fn every_error_code_of_an_operation_is_explained() {
    let known: BTreeSet<&str> = CODES.iter().map(|code| code.name).collect();
    let missing: Vec<String> = places().into_keys().filter(|code| !known.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "lib/kit/src/http/description/codes.rs lacks {missing:#?}");
}

#[test]
fn error_codes_are_explained_once_and_in_whole_sentences() {
    for list in [CODES, CODES_INSIDE] {
        assert!(list.is_sorted_by(|one, next| one.name < next.name), "the list is not in the order of the names");
        for Code { name, meaning, remedy } in list {
            for text in [meaning, remedy] {
                assert!(text.starts_with(|c: char| c.is_ascii_uppercase()) && text.ends_with('.'), "{name}: {text}");
            }
        }
    }
}

/// The source files of functions and libraries, without their tests.
fn sources() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("functions"), root().join("lib")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

/// A code that no HTTP test sees would be missing in the description of its operation, and so on the page.
#[test]
fn every_error_code_of_the_sources_is_explained() {
    let known: BTreeSet<&str> = CODES.iter().chain(CODES_INSIDE).map(|code| code.name).collect();
    let (mut seen, mut missing) = (0, BTreeSet::new());
    for source in sources() {
        for call in ["bad_request(", "unauthorized(", "forbidden(", "not_found(", "conflict(", "Problem::new("] {
            for rest in source.split(call).skip(1) {
                // The first argument, or the second one after a status.
                let first = rest.trim_start().trim_start_matches(|c: char| c.is_alphabetic() || "_:, ".contains(c));
                let code = first.strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or_default();
                let is_code = !code.is_empty() && code.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
                seen += usize::from(is_code);
                if is_code && !known.contains(code) {
                    missing.insert(code.to_owned());
                }
            }
        }
    }
    assert!(seen > 60, "{seen}");
    assert!(missing.is_empty(), "lib/kit/src/http/description/codes.rs lacks {missing:#?}");
}

/// Codes of refused uploads are not in the API's description, because a function without routes sets them.
#[test]
fn every_code_of_a_refused_upload_is_explained() {
    let known: BTreeSet<&str> = CODES_INSIDE.iter().map(|code| code.name).collect();
    let mut seen = 0;
    for file in [
        "../lib/pictures/src/inspect.rs",
        "media/src/work.rs",
        "media/src/user_pictures.rs",
        "media/src/return_pictures.rs",
        "import-export/src/header.rs",
    ] {
        let source = std::fs::read_to_string(root().join("functions").join(file)).unwrap();
        let lines = source.lines().filter(|line| line.contains("=> \"") || line.contains("refuse(record, \""));
        for code in lines.filter_map(|line| line.split('"').nth(1)) {
            if code.contains('_') && code.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                assert!(known.contains(code), "lib/kit/src/http/description/codes.rs lacks {code}");
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen}");
}
