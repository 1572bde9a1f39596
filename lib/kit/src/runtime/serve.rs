//! Runs a function: an HTTP router behind API Gateway, or a handler of events.

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
pub use lambda_runtime::Error;
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Serves requests until Lambda ends the process.
pub async fn http(router: Router) -> Result<(), Error> {
    lambda_http::run(router).await
}

/// Serves events until Lambda ends the process. After an error, Lambda delivers the event again.
pub async fn events<T, R, F>(handler: F) -> Result<(), Error>
where
    T: DeserializeOwned + Send + 'static,
    R: Serialize + Send + 'static,
    F: AsyncFn(T) -> Result<R, Error> + 'static,
{
    let handler = Arc::new(handler);
    lambda_runtime::run(lambda_runtime::service_fn(move |event: LambdaEvent<T>| {
        let handler = handler.clone();
        // Boxed, because the nested type of the future would be too deep for the compiler.
        let work: Pin<Box<dyn Future<Output = Result<R, Error>>>> =
            Box::pin(async move { handler(event.payload).await });
        work
    }))
    .await
}
