//! Where the request came from that this task serves. The middleware sets it; audit entries take it from here, so no
//! function has to pass it on. Outside a request there is none.

use store::audit::RequestOrigin;

tokio::task_local! {
    static ORIGIN: Option<RequestOrigin>;
}

/// Serves a request. Everything that `request` does in its own task has this origin.
pub(crate) async fn within<F: Future>(origin: Option<RequestOrigin>, request: F) -> F::Output {
    ORIGIN.scope(origin, request).await
}

pub(crate) fn current() -> Option<RequestOrigin> {
    ORIGIN.try_with(Clone::clone).ok().flatten()
}
