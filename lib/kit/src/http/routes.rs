//! A function's routes. A route is a handler, its OpenAPI operation and its access rule. The [`route!`](crate::route)
//! macro takes all three, so no route compiles without an access rule or without documentation.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use utoipa::openapi::RefOr;
pub use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::Schema;

use crate::http::auth::{Access, Auth};
use crate::http::middleware::{Caller, method_not_allowed, note_route};
use crate::http::problem::Problem;

/// A component schema by name.
pub type NamedSchema = (String, RefOr<Schema>);

#[derive(Debug)]
pub struct Route<S> {
    pub access: Access,
    /// What the description of the API calls it.
    pub name: &'static str,
    pub method: HttpMethod,
    pub path: String,
    operation: fn() -> Operation,
    schemas: fn(&mut Vec<NamedSchema>),
    handler: MethodRouter<S>,
    /// Methods of its path that another function serves.
    elsewhere: Vec<HttpMethod>,
}

/// `route!(Access::SignedIn, "listSessions", sessions::list)`: the handler `sessions::list`, with the path of its
/// `#[utoipa::path]`, and the name that clients call it by: a verb and a noun.
#[macro_export]
macro_rules! route {
    ($access:expr, $name:literal, $module:ident :: $handler:ident) => {
        $crate::pastey::paste! {
            $crate::http::routes::Route::new::<$module::[<__path_ $handler>]>(
                $access,
                $name,
                |filter| ::axum::routing::on(filter, $module::$handler),
            )
        }
    };
}

impl<S: Clone + Send + Sync + 'static> Route<S> {
    pub fn new<P: utoipa::Path + utoipa::__dev::SchemaReferences>(
        access: Access,
        name: &'static str,
        on: impl FnOnce(MethodFilter) -> MethodRouter<S>,
    ) -> Self {
        let method = P::methods().into_iter().next().unwrap_or(HttpMethod::Get);
        let handler = on(filter(&method));
        let (operation, schemas) = (P::operation, P::schemas);
        Self { access, name, method, path: P::path(), operation, schemas, handler, elsewhere: Vec::new() }
    }

    /// Another function serves this method of the path. Who refuses a method names it in `Allow`.
    #[must_use]
    pub fn beside(mut self, method: HttpMethod) -> Self {
        self.elsewhere.push(method);
        self
    }
}

impl<S> Route<S> {
    pub(crate) fn operation(&self) -> Operation {
        (self.operation)()
    }

    /// The schemas of its bodies.
    pub(crate) fn schemas(&self) -> Vec<NamedSchema> {
        let mut schemas = Vec::new();
        (self.schemas)(&mut schemas);
        schemas
    }
}

/// The routes of one function, each with its access check.
pub fn router<S: Clone + Send + Sync + 'static>(routes: Vec<Route<S>>, auth: &Auth) -> Router<S> {
    let router = routes.into_iter().fold(Router::new(), |router, route| {
        let handler = match route.access {
            Access::Public | Access::OptionalSignIn | Access::OptionalStaff(_) => route.handler,
            access => route.handler.route_layer(from_fn_with_state((auth.clone(), access), guard)),
        };
        let elsewhere = |handler: MethodRouter<S>, method| handler.on(filter(method), method_not_allowed);
        let handler = route.elsewhere.iter().fold(handler, elsewhere);
        router.route(&route.path, handler)
    });
    router.route_layer(from_fn(note_route))
}

async fn guard(State((auth, access)): State<(Auth, Access)>, mut request: Request, next: Next) -> Response {
    let identity = match auth.admit(request.headers(), access).await {
        Ok(identity) => identity,
        Err(problem) => return problem.into_response(),
    };
    let (who, method, uri) = (identity.id(), request.method().clone(), request.uri().clone());
    let mut response = match identity.check(access, auth.clock.now()) {
        Ok(()) => {
            request.extensions_mut().insert(identity);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(Caller(who));
    if let Some(problem) = response.extensions().get::<Arc<Problem>>()
        && problem.status == StatusCode::FORBIDDEN
    {
        auth.trail.refused(who, method.as_str(), uri.path(), problem.code).await;
    }
    response
}

/// The routes as text: method, path, access.
pub fn list<S>(routes: &[Route<S>]) -> Vec<String> {
    routes.iter().map(|route| format!("{} {}  {}", method(&route.method), route.path, route.access)).collect()
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

fn method(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Delete => "DELETE",
        _ => "GET",
    }
}
