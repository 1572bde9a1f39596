//! Webhooks: events with Stripe's signature, sent at once and repeated until they are acknowledged.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Method, Request};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use sha2::Sha256;

use crate::{StandIn, WebhookEndpoint};

/// The pauses, in seconds, between the attempts of a delivery. Stripe itself tries for days.
const PAUSES: [u64; 8] = [1, 1, 2, 5, 10, 30, 60, 120];

/// An event as it is sent.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub body: String,
    /// The `Stripe-Signature` header.
    pub signature: String,
}

/// The `Stripe-Signature` header of a body, signed at this Unix time in seconds.
pub fn sign(body: &str, secret: &str, seconds: i64) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let tag = mac.map(|mut mac| {
        mac.update(format!("{seconds}.{body}").as_bytes());
        HEXLOWER.encode(&mac.finalize().into_bytes())
    });
    format!("t={seconds},v1={}", tag.unwrap_or_default())
}

impl StandIn {
    /// The event, signed now.
    pub fn delivery(&self, event: &Value, secret: &str) -> Delivery {
        let body = event.to_string();
        let signature = sign(&body, secret, (self.settings.clock)());
        Delivery { body, signature }
    }

    /// Sends all events again, so many times, after a delay.
    pub(crate) fn deliver_again(&self, times: usize, reversed: bool, after: Duration) {
        let Some(WebhookEndpoint { url, secret }) = self.settings.webhook.clone() else {
            return;
        };
        let mut events = self.events();
        if reversed {
            events.reverse();
        }
        let stand_in = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            for event in events.iter().cycle().take(events.len() * times) {
                deliver(&url, stand_in.delivery(event, &secret)).await;
            }
        });
    }

    /// Sends the events that were not sent yet, each in its own task.
    pub(crate) fn deliver_new(&self) {
        let Some(WebhookEndpoint { url, secret }) = self.settings.webhook.clone() else {
            return;
        };
        let new: Vec<Value> = {
            let mut state = self.state();
            let new = state.events[state.sent..].to_vec();
            state.sent = state.events.len();
            new
        };
        for event in new {
            let (stand_in, url, secret) = (self.clone(), url.clone(), secret.clone());
            tokio::spawn(async move {
                for pause in PAUSES {
                    let delivery = stand_in.delivery(&event, &secret);
                    if deliver(&url, delivery).await {
                        return;
                    }
                    tokio::time::sleep(Duration::from_secs(pause)).await;
                }
            });
        }
    }
}

async fn deliver(url: &str, delivery: Delivery) -> bool {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let request = Request::builder()
        .method(Method::POST)
        .uri(url)
        .header("content-type", "application/json")
        .header("stripe-signature", delivery.signature)
        .body(Full::new(Bytes::from(delivery.body)));
    let Ok(request) = request else { return false };
    client.request(request).await.is_ok_and(|answer| answer.status().is_success())
}
