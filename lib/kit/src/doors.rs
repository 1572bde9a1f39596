//! A function's routes. A door is a handler, its OpenAPI operation and who may come in; the [`door!`](crate::door)
//! macro takes all three, so a route without an access rule does not compile and one without documentation does not
//! exist.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, InfoBuilder, OpenApi, Paths, Ref, RefOr, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::gate::{Access, Gate};
use crate::outer::{Caller, note_route};
use crate::problem::{Problem, ProblemBody};

/// A component schema by name.
pub type NamedSchema = (String, RefOr<Schema>);

#[derive(Debug)]
pub struct Door<S> {
    pub access: Access,
    pub method: HttpMethod,
    pub path: String,
    operation: fn() -> Operation,
    schemas: fn(&mut Vec<NamedSchema>),
    route: MethodRouter<S>,
}

/// `door!(Access::SignedIn, sessions::list)`: the handler `sessions::list`, with the path of its `#[utoipa::path]`.
#[macro_export]
macro_rules! door {
    ($access:expr, $module:ident :: $handler:ident) => {
        $crate::pastey::paste! {
            $crate::doors::Door::new::<$module::[<__path_ $handler>]>(
                $access,
                |filter| ::axum::routing::on(filter, $module::$handler),
            )
        }
    };
}

impl<S: Clone + Send + Sync + 'static> Door<S> {
    pub fn new<P: utoipa::Path + utoipa::__dev::SchemaReferences>(
        access: Access,
        route: impl FnOnce(MethodFilter) -> MethodRouter<S>,
    ) -> Self {
        let method = P::methods().into_iter().next().unwrap_or(HttpMethod::Get);
        let route = route(filter(&method));
        Self { access, method, path: P::path(), operation: P::operation, schemas: P::schemas, route }
    }
}

/// The routes of one function, behind their guards.
pub fn router<S: Clone + Send + Sync + 'static>(doors: Vec<Door<S>>, gate: &Gate) -> Router<S> {
    let router = doors.into_iter().fold(Router::new(), |router, door| {
        let route = match door.access {
            Access::Public => door.route,
            access => door.route.route_layer(from_fn_with_state((gate.clone(), access), guard)),
        };
        router.route(&door.path, route)
    });
    router.route_layer(from_fn(note_route))
}

async fn guard(State((gate, access)): State<(Gate, Access)>, mut request: Request, next: Next) -> Response {
    match gate.enter(request.headers(), access).await {
        Ok(signed_in) => {
            let user = signed_in.user.id;
            request.extensions_mut().insert(signed_in);
            let mut response = next.run(request).await;
            response.extensions_mut().insert(Caller(user));
            response
        }
        Err(problem) => problem.into_response(),
    }
}

/// One line of the API's list: method, path, who may come in.
pub fn list<S>(doors: &[Door<S>]) -> Vec<String> {
    doors.iter().map(|door| format!("{} {}  {}", name(&door.method), door.path, door.access)).collect()
}

/// Adds a function's doors to the API's description. What all doors have in common is added here: the bearer token, the
/// errors.
pub fn describe<S>(api: &mut OpenApi, tag: &str, doors: &[Door<S>]) {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    for door in doors {
        let mut operation = (door.operation)();
        operation.tags = Some(vec![tag.to_owned()]);
        let mut errors = vec![("400", "Something in the request was not accepted."), ("503", "Busy; try again.")];
        if door.access != Access::Public {
            operation.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
            errors.push(("401", "No token, a bad one, or an ended session."));
            errors.push(("403", "Banned, or not permitted."));
        }
        if let Access::Staff(permission) = door.access {
            let description = operation.description.take().unwrap_or_default();
            let needs = format!("Needs the permission `{}`.", permission.name());
            operation.description = Some(format!("{description}\n\n{needs}").trim().to_owned());
        }
        for (status, description) in errors {
            let content = Content::builder().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
            let response = ResponseBuilder::new().description(description).content("application/json", content).build();
            operation.responses.responses.entry(status.to_owned()).or_insert(response.into());
        }
        (door.schemas)(&mut schemas);
        api.paths.add_path_operation(&door.path, vec![door.method.clone()], operation);
    }
    api.components.get_or_insert_with(Components::new).schemas.extend(schemas);
}

/// The description that functions add their doors to.
pub fn description() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Kontor")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("A complete shop backend without servers."))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("MIT").identifier(Some("MIT")).build()))
        .build();
    let mut api = OpenApi::new(info, Paths::new());
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    api.components.get_or_insert_with(Components::new).add_security_scheme("bearer", SecurityScheme::Http(bearer));
    api
}

/// What answers where there is no door.
pub async fn no_door() -> Problem {
    Problem::not_found("no_such_route", "There is nothing here.")
}

pub async fn wrong_method() -> Problem {
    let status = axum::http::StatusCode::METHOD_NOT_ALLOWED;
    Problem::new(status, "method_not_allowed", "This path does not take that method.")
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Delete => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    }
}

fn name(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Delete => "DELETE",
        _ => "GET",
    }
}
