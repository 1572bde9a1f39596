//! API Gateway of the tests: which function has the route of a request.

use std::cmp::Reverse;
use std::sync::{LazyLock, OnceLock};

use axum::Router;
use axum::http::Method;

use crate::functions::{HttpFunction, Services, http_functions};
use crate::table::TestTable;

/// API Gateway: sends each request to the function that has its route. A function starts with its first request.
pub(crate) struct Gateway {
    services: Services,
    table: TestTable,
    /// In the order of [`FUNCTIONS`].
    routers: Vec<OnceLock<Router>>,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gateway")
    }
}

static FUNCTIONS: LazyLock<Vec<HttpFunction>> = LazyLock::new(http_functions);

/// A route key at API Gateway.
struct RouteKey {
    /// `ANY` for all.
    method: String,
    path: Pattern,
    /// The place of its function in [`FUNCTIONS`].
    function: usize,
}

/// All route keys, the most specific first: more words of the path, and then the method itself and not `ANY`.
static ROUTE_KEYS: LazyLock<Vec<RouteKey>> = LazyLock::new(|| {
    let of_function = |(place, function): (usize, &HttpFunction)| {
        let parsed = |key: String| {
            let (method, path) = key.split_once(' ').expect("a method and a path");
            RouteKey { method: method.to_owned(), path: Pattern::parse(path), function: place }
        };
        function.deployed_keys().into_iter().map(parsed).collect::<Vec<_>>()
    };
    let mut keys: Vec<RouteKey> = FUNCTIONS.iter().enumerate().flat_map(of_function).collect();
    keys.sort_by_key(|key| Reverse((key.path.fixed_words(), key.method != "ANY")));
    keys
});

impl Gateway {
    pub(crate) fn new(services: Services, table: TestTable) -> Self {
        Self { services, table, routers: FUNCTIONS.iter().map(|_| OnceLock::new()).collect() }
    }

    /// The router of the function that has the most specific key. Without one, the router of `status` answers 404.
    pub(crate) fn router(&self, method: &Method, path: &str) -> Router {
        let words = words(path);
        let serves = |key: &&RouteKey| (key.method == "ANY" || key.method == method.as_str()) && key.path.fits(&words);
        let found = ROUTE_KEYS.iter().find(serves).map(|key| key.function);
        let status = || FUNCTIONS.iter().position(|function| function.name == "status");
        let place = found.or_else(status).expect("status is a function");
        let start = || {
            let function = &FUNCTIONS[place];
            (function.router)(&self.services.of(function.name, &self.table))
        };
        self.routers[place].get_or_init(start).clone()
    }
}

/// A path with parameters: `/products/{id}`. A last one with a plus is the rest of the path.
pub(crate) struct Pattern {
    words: Vec<Option<String>>,
    has_rest: bool,
}

impl Pattern {
    pub(crate) fn parse(pattern: &str) -> Self {
        let words = pattern.split('/').map(|word| (!word.starts_with('{')).then(|| word.to_owned())).collect();
        Self { words, has_rest: pattern.ends_with("+}") }
    }

    pub(crate) fn fixed_words(&self) -> usize {
        self.words.iter().flatten().count()
    }

    pub(crate) fn fits(&self, path: &[&str]) -> bool {
        let fits = |(wanted, part): (&Option<String>, &&str)| wanted.as_deref().is_none_or(|wanted| wanted == *part);
        let is_as_long = self.words.len() == path.len() || self.has_rest && self.words.len() < path.len();
        is_as_long && self.words.iter().zip(path).all(fits)
    }
}

/// The words of a path without its query.
pub(crate) fn words(path: &str) -> Vec<&str> {
    path.split('?').next().unwrap_or_default().split('/').collect()
}
