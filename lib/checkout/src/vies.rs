//! VIES, the service of the European Union that knows the VAT numbers of its countries.

use std::time::Duration;

use bytes::Bytes;
use domain::vat::{VatCheck, VatNumber};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Deserialize;
use serde_json::json;

const MAX_ANSWER: usize = 64 * 1024;

/// What an authority says of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the number of a business. `reference`: what the authority calls this answer.
    Known {
        reference: Option<String>,
    },
    Unknown,
}

/// No answer, or none about the number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the authority of VAT numbers did not answer: {0}")]
pub struct NoVerdict(pub String);

/// Who knows whether a VAT number is one of a business. Another service can take the place of VIES.
pub trait VatAuthority: Send + Sync {
    /// `shop`: who asks.
    fn check(&self, number: &VatNumber, shop: &VatNumber) -> impl Future<Output = Result<Verdict, NoVerdict>> + Send;
}

#[derive(Debug, Clone)]
pub struct Vies {
    http: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    url: String,
    time_limit: Duration,
}

/// VIES has one body for both: a verdict, or errors. An error is no verdict, whatever else the body says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ViesAnswer {
    valid: Option<bool>,
    request_identifier: Option<String>,
    #[serde(default)]
    error_wrappers: Vec<ViesError>,
}

#[derive(Deserialize)]
struct ViesError {
    error: String,
}

impl Vies {
    pub fn new(url: &str, time_limit: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(time_limit));
        connector.enforce_http(false);
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(connector);
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(20))
            .build(connector);
        Self { http, url: url.to_owned(), time_limit }
    }

    async fn ask(&self, number: &VatNumber, shop: &VatNumber) -> Result<ViesAnswer, String> {
        let body = json!({
            "countryCode": number.prefix(),
            "vatNumber": number.rest(),
            "requesterMemberStateCode": shop.prefix(),
            "requesterNumber": shop.rest(),
        });
        let request = hyper::Request::post(format!("{}/check-vat-number", self.url))
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("user-agent", concat!("Kontor/", env!("CARGO_PKG_VERSION")))
            .body(Full::new(Bytes::from(body.to_string())))
            .map_err(|error| error.to_string())?;
        let response = self.http.request(request).await.map_err(|error| error.to_string())?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await.map_err(|error| error.to_string())?;
        serde_json::from_slice(&body.to_bytes()).map_err(|_| format!("status {status}"))
    }
}

impl VatAuthority for Vies {
    async fn check(&self, number: &VatNumber, shop: &VatNumber) -> Result<Verdict, NoVerdict> {
        let asked = tokio::time::timeout(self.time_limit, self.ask(number, shop)).await;
        let answer = asked.map_err(|_| NoVerdict("timed out".to_owned()))?.map_err(NoVerdict)?;
        answer.verdict()
    }
}

impl ViesAnswer {
    fn verdict(self) -> Result<Verdict, NoVerdict> {
        match (self.valid, self.error_wrappers.first()) {
            (Some(true), None) => {
                let reference =
                    self.request_identifier.filter(|text| !text.is_empty() && text.len() <= VatCheck::MAX_REFERENCE);
                Ok(Verdict::Known { reference })
            }
            (Some(false), None) => Ok(Verdict::Unknown),
            (_, Some(ViesError { error })) if error == "INVALID_INPUT" => Ok(Verdict::Unknown),
            (_, Some(ViesError { error })) => Err(NoVerdict(error.chars().take(VatCheck::MAX_REFERENCE).collect())),
            (None, None) => Err(NoVerdict("no verdict".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{NoVerdict, Verdict, ViesAnswer};

    fn verdict(answer: Value) -> Result<Verdict, NoVerdict> {
        serde_json::from_value::<ViesAnswer>(answer).unwrap().verdict()
    }

    fn failed(error: &str) -> Value {
        json!({ "actionSucceed": false, "errorWrappers": [{ "error": error, "message": "Try again later." }] })
    }

    #[test]
    fn only_a_verdict_of_the_authority_makes_a_number_known_or_unknown() {
        let known =
            json!({ "valid": true, "requestIdentifier": "WAPI1", "name": "---", "traderNameMatch": "NOT_PROCESSED" });
        assert_eq!(verdict(known), Ok(Verdict::Known { reference: Some("WAPI1".to_owned()) }));
        for nameless in [json!({ "valid": true }), json!({ "valid": true, "requestIdentifier": "" })] {
            assert_eq!(verdict(nameless), Ok(Verdict::Known { reference: None }));
        }
        assert_eq!(verdict(json!({ "valid": false, "requestIdentifier": "" })), Ok(Verdict::Unknown));
        assert_eq!(verdict(failed("INVALID_INPUT")), Ok(Verdict::Unknown), "no such number can be");
        for error in [
            "INVALID_REQUESTER_INFO",
            "SERVICE_UNAVAILABLE",
            "MS_UNAVAILABLE",
            "TIMEOUT",
            "VAT_BLOCKED",
            "IP_BLOCKED",
            "GLOBAL_MAX_CONCURRENT_REQ",
            "GLOBAL_MAX_CONCURRENT_REQ_TIME",
            "MS_MAX_CONCURRENT_REQ",
            "MS_MAX_CONCURRENT_REQ_TIME",
            "SOMETHING_NEW",
        ] {
            assert_eq!(verdict(failed(error)), Err(NoVerdict(error.to_owned())));
            let mut both = failed(error);
            both["valid"] = json!(false);
            assert_eq!(verdict(both), Err(NoVerdict(error.to_owned())), "a failure is never a verdict");
        }
        assert_eq!(verdict(json!({})), Err(NoVerdict("no verdict".to_owned())));
    }
}
