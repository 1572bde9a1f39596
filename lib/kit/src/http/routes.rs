//! A function's routes. A route is a handler, its OpenAPI operation and its access rule. The [`route!`](crate::route)
//! macro takes all three, so no route compiles without an access rule or without documentation.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, InfoBuilder, OpenApi, Paths, Ref, RefOr, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::http::auth::{Access, Auth};
use crate::http::middleware::{Caller, note_route};
use crate::http::problem::{Problem, ProblemBody};

/// A component schema by name.
pub type NamedSchema = (String, RefOr<Schema>);

#[derive(Debug)]
pub struct Route<S> {
    pub access: Access,
    pub method: HttpMethod,
    pub path: String,
    operation: fn() -> Operation,
    schemas: fn(&mut Vec<NamedSchema>),
    handler: MethodRouter<S>,
}

/// `route!(Access::SignedIn, sessions::list)`: the handler `sessions::list`, with the path of its `#[utoipa::path]`.
#[macro_export]
macro_rules! route {
    ($access:expr, $module:ident :: $handler:ident) => {
        $crate::pastey::paste! {
            $crate::http::routes::Route::new::<$module::[<__path_ $handler>]>(
                $access,
                |filter| ::axum::routing::on(filter, $module::$handler),
            )
        }
    };
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    pub fn new<P: utoipa::Path + utoipa::__dev::SchemaReferences>(
        access: Access,
        on: impl FnOnce(MethodFilter) -> MethodRouter<S>,
    ) -> Self {
        let method = P::methods().into_iter().next().unwrap_or(HttpMethod::Get);
        let handler = on(filter(&method));
        Self { access, method, path: P::path(), operation: P::operation, schemas: P::schemas, handler }
    }
}

/// The routes of one function, each with its access check.
pub fn router<S: Clone + Send + Sync + 'static>(routes: Vec<Route<S>>, auth: &Auth) -> Router<S> {
    let router = routes.into_iter().fold(Router::new(), |router, route| {
        let handler = match route.access {
            Access::Public => route.handler,
            access => route.handler.route_layer(from_fn_with_state((auth.clone(), access), guard)),
        };
        router.route(&route.path, handler)
    });
    router.route_layer(from_fn(note_route))
}

async fn guard(State((auth, access)): State<(Auth, Access)>, mut request: Request, next: Next) -> Response {
    let signed_in = match auth.authenticate(request.headers()).await {
        Ok(signed_in) => signed_in,
        Err(problem) => return problem.into_response(),
    };
    let (user, method, uri) = (signed_in.user.id, request.method().clone(), request.uri().clone());
    let mut response = match signed_in.check(access, auth.clock.now()) {
        Ok(()) => {
            request.extensions_mut().insert(signed_in);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(Caller(user));
    if let Some(problem) = response.extensions().get::<Arc<Problem>>()
        && problem.status == StatusCode::FORBIDDEN
    {
        auth.trail.refused(user, method.as_str(), uri.path(), problem.code).await;
    }
    response
}

/// The routes as text: method, path, access.
pub fn list<S>(routes: &[Route<S>]) -> Vec<String> {
    routes.iter().map(|route| format!("{} {}  {}", name(&route.method), route.path, route.access)).collect()
}

/// Adds a function's routes to the API's description, with what all routes have in common: the bearer token, the
/// errors.
pub fn describe<S>(api: &mut OpenApi, tag: &str, routes: &[Route<S>]) {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    for route in routes {
        let mut operation = (route.operation)();
        operation.tags = Some(vec![tag.to_owned()]);
        let mut errors = vec![("400", "The request is not valid."), ("503", "The shop is busy. Try again.")];
        if route.access != Access::Public {
            operation.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
            errors.push(("401", "The token is missing or not valid, or the session has ended."));
            errors.push(("403", "`account_banned`."));
        }
        if let Some(permission) = route.access.permission() {
            let description = operation.description.take().unwrap_or_default();
            let needs = format!("Needs the permission `{}`.", permission.name());
            operation.description = Some(format!("{description}\n\n{needs}").trim().to_owned());
            errors.retain(|(status, _)| *status != "403");
            errors.push(("403", match route.access {
                Access::StaffWithFreshProof(_) => "`account_banned`, `forbidden`: the permission is missing, `two_factor_required`, or `fresh_proof_required`: confirm with `POST /auth/confirm` first.",
                _ => "`account_banned`, `forbidden`: the permission is missing, or `two_factor_required`.",
            }));
        }
        for (status, description) in errors {
            if let Some(RefOr::T(own)) = operation.responses.responses.get_mut(status)
                && status == "403"
            {
                own.description = format!("{} {description}", own.description);
            }
            let content = Content::builder().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
            let response = ResponseBuilder::new().description(description).content("application/json", content).build();
            operation.responses.responses.entry(status.to_owned()).or_insert(response.into());
        }
        (route.schemas)(&mut schemas);
        api.paths.add_path_operation(&route.path, vec![route.method.clone()], operation);
    }
    api.components.get_or_insert_with(Components::new).schemas.extend(schemas);
}

/// The description that functions add their routes to.
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
