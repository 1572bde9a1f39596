//! A real browser on a page of the shop's origin uploads a picture directly to S3 and then shows the thumbnails.

use std::time::Duration;

use harness::browser::Browser;
use harness::cloud::Cloud;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::fixtures::{path, product, staff, storefront};

const PAGE: &str = include_str!("upload.html");

/// Serves the page until it posts its result.
async fn serve(listener: TcpListener, page: String) -> Value {
    loop {
        let (mut socket, _) = listener.accept().await.expect("the browser calls");
        let (head, body) = request(&mut socket).await;
        let done = head.starts_with("POST /done");
        let answer = if head.starts_with("GET / ") { page.as_str() } else { "" };
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        let _ = socket.write_all(answer.as_bytes()).await;
        if done {
            return serde_json::from_slice(&body).expect("the page posts JSON");
        }
    }
}

async fn request(socket: &mut TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    loop {
        let mut some = [0; 4096];
        let read = socket.read(&mut some).await.unwrap_or(0);
        bytes.extend_from_slice(&some[..read]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            if read == 0 {
                return (String::new(), Vec::new());
            }
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        let body = end + 4 + length.unwrap_or(0_usize);
        if read == 0 || bytes.len() >= body {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            return (head, bytes[end + 4..].to_vec());
        }
    }
}

#[tokio::test]
async fn a_browser_uploads_to_s3_which_checks_the_form_and_then_shows_the_thumbnails() {
    let cloud = Cloud::find();
    let staff = staff(&cloud, "browser@example.com").await;
    let product = product(&cloud, &staff, "JOURNEY-BROWSER", 7).await;
    let (_alone, listener) = storefront(&cloud).await;
    let facts = json!({ "api": cloud.api, "token": staff.access, "product": product["id"] });
    let page = PAGE.replace("FACTS", &facts.to_string());
    let mut browser = Browser::open("upload").await;
    let went = browser.goto(&cloud.origin);
    let served = tokio::time::timeout(Duration::from_mins(2), serve(listener, page));
    let (saw, ()) = tokio::join!(served, went);
    let saw = saw.expect("the page finishes");
    assert_eq!(saw["error"], Value::Null, "{saw}");
    assert_eq!(saw["uploaded"], 201);
    assert_eq!(saw["state"], "shown");
    assert_eq!(saw["widths"], json!({ "small": 200, "medium": 800, "large": 1200 }));
    for (refused, statuses) in
        [("otherType", vec![403]), ("otherKey", vec![403]), ("tooLarge", vec![400]), ("noSignature", vec![400, 403])]
    {
        let status = saw[refused].as_u64().unwrap_or(0);
        assert!(statuses.contains(&status), "{refused}: {saw}");
    }
    let now = cloud.get(&path(&product), None).await.expect(200);
    assert_eq!(now.data()["images"].as_array().unwrap().len(), 1);
}
