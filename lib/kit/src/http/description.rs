//! The description of the API, in OpenAPI 3.1. A handler says what only it knows: its bodies, its parameters and its own
//! error codes. All that follows from facts is added here, once for all operations: names, access, common errors,
//! headers, and what values look like.

mod codes;
mod errors;
mod examples;
mod headers;
mod properties;
mod sentences;
mod values;
mod webhooks;

pub use codes::{CODES, CODES_INSIDE, Code};
pub(super) use examples::example;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::path::HttpMethod;
use utoipa::{PartialSchema, ToSchema};

use crate::http::auth::Access;
use crate::http::problem::ProblemBody;
use crate::http::routes::{NamedSchema, Route};

const ABOUT: &str = "A complete shop backend without servers.

An answer is an object with `statusCode`, `message` and `data`; an error has a stable `code` for programs and a \
`message` for people. Times are RFC 3339 in UTC. Money is a whole number of minor units. Every answer has the header \
`X-Request-Id`, the id of the request in the logs. API Gateway answers with 429 or 5xx before a function is called, if \
it must; such an answer has only a `message`.";

/// The description as it grows, function by function.
#[derive(Debug)]
pub struct Description {
    document: Value,
    /// Names that two different schemas have. A client would get only one of them.
    pub clashes: Vec<String>,
}

impl Description {
    /// Without any route.
    pub fn empty() -> Self {
        let document = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Kontor",
                "version": env!("CARGO_PKG_VERSION"),
                "description": ABOUT,
                "contact": { "name": "Kontor" },
                "license": { "name": "MIT", "identifier": "MIT" },
            },
            "servers": [
                {
                    "url": "https://{host}",
                    "description": "A deployed shop. Its host is the output `ApiUrl` of the stack.",
                    "variables": { "host": { "default": "api.example.com", "description": "The host of the API." } },
                },
                {
                    "url": "http://127.0.0.1:4566/_aws/execute-api/kontor/$default",
                    "description": "The local cloud of `make dev`.",
                },
            ],
            "tags": [],
            "paths": {},
            "components": {
                "headers": headers::of_answers(),
                "schemas": {},
                "securitySchemes": {
                    "bearer": {
                        "type": "http",
                        "scheme": "bearer",
                        "bearerFormat": "JWT",
                        "description": "The access token that a sign-in or a refresh returns. It is valid for 15 minutes.",
                    },
                    "apiKey": {
                        "type": "http",
                        "scheme": "bearer",
                        "bearerFormat": "kntr_live_…",
                        "description": "The key of a server of the shop, such as its ERP. `POST /admin/api-keys` makes it.",
                    },
                },
            },
        });
        let mut description = Self { document, clashes: Vec::new() };
        let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
        ProblemBody::schemas(&mut schemas);
        description.add_schemas(schemas);
        description
    }

    /// Adds a function's routes. `about` is a sentence about them.
    pub fn add<S>(&mut self, function: &str, about: &str, routes: &[Route<S>]) {
        append(&mut self.document["tags"], json!({ "name": function, "description": about }));
        for route in routes {
            let mut operation = to_json(&route.operation());
            operation["operationId"] = json!(route.name);
            operation["tags"] = json!([function]);
            operation["security"] = security(route.access);
            let own = operation["description"].as_str().unwrap_or_default();
            operation["description"] = json!(format!("{own}\n\n{}", needs(route.access)).trim());
            if let Some(content) = operation.pointer_mut("/requestBody/content/application~1json") {
                // A body that may be left out is not described as `null`: it is not `required`.
                if !content["schema"]["oneOf"].is_null() {
                    content["schema"] = content["schema"]["oneOf"][0].take();
                }
                let schema = content["schema"]["$ref"].as_str().unwrap_or_default();
                let name = schema.rsplit('/').next().unwrap_or_default();
                content["example"] = example(name).unwrap_or_else(examples::event);
            }
            headers::complete(&mut operation);
            errors::complete(&mut operation, route.access);
            self.document["paths"][&route.path][method(&route.method)] = operation;
            self.add_schemas(route.schemas());
        }
    }

    /// The whole document.
    pub fn finish(mut self) -> Value {
        properties::complete(&mut self.document);
        errors::share(&mut self.document);
        self.document
    }

    fn add_schemas(&mut self, schemas: Vec<NamedSchema>) {
        for (name, schema) in schemas {
            let (known, schema) = (&mut self.document["components"]["schemas"][&name], to_json(&schema));
            if !known.is_null() && *known != schema {
                self.clashes.push(name);
            }
            *known = schema;
        }
    }
}

/// The schema of a body and those that it refers to, by their names, complete as they are described.
pub fn schemas_of<T: ToSchema>() -> Value {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    let mut description = Description { document: json!({}), clashes: Vec::new() };
    description.add_schemas(schemas);
    properties::complete(&mut description.document);
    description.document["components"]["schemas"].take()
}

fn to_json(part: &impl Serialize) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}

/// Adds to a list, which may not be there yet.
fn append(list: &mut Value, entry: Value) {
    match list {
        Value::Array(entries) => entries.push(entry),
        _ => *list = json!([entry]),
    }
}

/// What a client sends to show who it is.
fn security(access: Access) -> Value {
    let is_optional = matches!(access, Access::OptionalSignIn | Access::OptionalStaff(_));
    let choices = [
        (is_optional, json!({})),
        (access != Access::Public, json!({ "bearer": [] })),
        (access.takes_keys(), json!({ "apiKey": [] })),
    ];
    choices.into_iter().filter(|(is_choice, _)| *is_choice).map(|(_, choice)| choice).collect()
}

fn needs(access: Access) -> String {
    match access {
        Access::Public => "Anybody may use it.".to_owned(),
        Access::OptionalSignIn => {
            "Anybody may use it, signed in or not. A token that is sent must be valid.".to_owned()
        }
        Access::OptionalStaff(permission) => format!(
            "Anybody may use it, signed in or not; the permission `{}` opens more. A token that is sent must be valid.",
            permission.name()
        ),
        Access::SignedIn => "Needs a sign-in.".to_owned(),
        Access::Staff(permission) if access.takes_keys() => {
            format!("Needs the permission `{}`, of a member of staff or of an API key.", permission.name())
        }
        Access::Staff(permission) => format!("Needs the permission `{}`.", permission.name()),
        Access::StaffWithFreshProof(permission) => format!(
            "Needs the permission `{}`, and a fresh proof of who you are: a sign-in or `POST /auth/confirm`.",
            permission.name()
        ),
    }
}

/// The name of a method as paths have it.
fn method(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Post => "post",
        HttpMethod::Put => "put",
        HttpMethod::Patch => "patch",
        HttpMethod::Delete => "delete",
        _ => "get",
    }
}
