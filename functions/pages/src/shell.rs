//! The file of the storefront that all pages are made of. It has two places: one in the head, and one for the content.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use domain::mail_language::MailLanguage;
use domain::time::Time;
use kit::runtime::aws::cause;
use tokio::sync::Mutex;

const FILE: &str = "index.html";
const HEAD: &str = "<!--head-->";
const CONTENT: &str = "<!--app-->";

/// After this time the bucket is asked for a newer one.
const AGE: Duration = Duration::from_secs(30);

/// In place of a storefront that is not there, so that a page can be read all the same.
const BARE: &str = concat!(
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    "<!--head-->\n</head>\n<body>\n<div id=\"app\"><!--app--></div>\n</body>\n</html>\n",
);

#[derive(Debug, Clone)]
pub(crate) struct Shell {
    s3: Client,
    bucket: Arc<str>,
    held: Arc<Mutex<Option<Held>>>,
}

#[derive(Debug)]
struct Held {
    html: Arc<str>,
    /// Of the file, to ask whether there is another one.
    tag: Option<String>,
    looked_at: Time,
}

impl Shell {
    pub(crate) fn new(s3: Client, bucket: &str) -> Self {
        Self { s3, bucket: bucket.into(), held: Arc::default() }
    }

    /// The newest file. If the bucket fails, the one of before is as good.
    pub(crate) async fn current(&self, now: Time) -> Arc<str> {
        let mut held = self.held.lock().await;
        if let Some(known) = held.as_ref().filter(|known| now.since(known.looked_at) < AGE) {
            return Arc::clone(&known.html);
        }
        match self.read(held.as_ref().and_then(|known| known.tag.clone()), now).await {
            Ok(Some(newer)) => *held = Some(newer),
            Ok(None) => {
                if let Some(known) = held.as_mut() {
                    known.looked_at = now;
                }
            }
            Err(cause) => tracing::error!(cause, "the file of the storefront was not read"),
        }
        held.as_ref().map_or_else(|| BARE.into(), |known| Arc::clone(&known.html))
    }

    /// `None`: the file still has this tag.
    async fn read(&self, tag: Option<String>, now: Time) -> Result<Option<Held>, String> {
        let get = self.s3.get_object().bucket(&*self.bucket).key(FILE).set_if_none_match(tag);
        let object = match get.send().await {
            Ok(object) => object,
            Err(error) if error.raw_response().is_some_and(|answer| answer.status().as_u16() == 304) => {
                return Ok(None);
            }
            Err(error) => return Err(cause(&error)),
        };
        let tag = object.e_tag().map(str::to_owned);
        let bytes = object.body.collect().await.map_err(|error| error.to_string())?.to_vec();
        let html = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        if !(html.contains(HEAD) && html.contains(CONTENT)) {
            return Err(format!("{FILE} has no places for a head and a content"));
        }
        Ok(Some(Held { html: html.into(), tag, looked_at: now }))
    }
}

/// A page. Neither `head` nor `content` has a place of its own, because in both each `<` of a text is escaped.
pub(crate) fn fill(shell: &str, language: MailLanguage, head: &str, content: &str) -> String {
    let html = format!("<html lang=\"{}\">", language.as_str());
    let page = shell.replacen("<html lang=\"en\">", &html, 1);
    page.replacen(HEAD, head.trim(), 1).replacen(CONTENT, content.trim(), 1)
}

#[cfg(test)]
mod tests {
    use domain::mail_language::MailLanguage;

    use super::{BARE, fill};

    #[test]
    fn a_page_has_its_head_its_content_and_its_language() {
        let page = fill(BARE, MailLanguage::GERMAN, "<title>A</title>\n", "<p>B</p>\n");
        assert!(page.contains("<html lang=\"de\">"));
        assert!(page.contains("\n<title>A</title>\n</head>"));
        assert!(page.contains("<div id=\"app\"><p>B</p></div>"));
    }
}
