//! The page of the unsubscribe link. It works without a script, in a light and a dark form, and loads nothing but the logo.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use domain::colour::Colour;
use domain::mail_language::MailLanguage;
use domain::preferences::Topic;
use kit::runtime::branding::Branding;

/// The sentences of a language.
struct Sentences {
    title: &'static str,
    /// Before the topic and after it.
    question: [&'static str; 2],
    button: &'static str,
    done: [&'static str; 2],
    /// Under the question: what does not stop.
    always: &'static str,
    shop: &'static str,
    topic: fn(Topic) -> &'static str,
}

const GERMAN: Sentences = Sentences {
    title: "Mails abbestellen",
    question: ["Möchten Sie von uns keine Mails über ", " mehr bekommen?"],
    button: "Diese Mails abbestellen",
    done: [
        "Erledigt. Sie bekommen von uns keine Mails über ",
        " mehr. In Ihrem Konto können Sie das jederzeit ändern.",
    ],
    always: "Bestätigungen Ihrer Bestellungen und Mails zur Sicherheit Ihres Kontos bekommen Sie weiterhin.",
    shop: "Zum Shop",
    topic: |topic| match topic {
        Topic::Account => "Ihr Konto",
        Topic::Orders => "die Lieferung Ihrer Bestellungen",
        Topic::Stock => "Artikel, die wieder verfügbar sind,",
        Topic::Reviews => "Bewertungen Ihrer Einkäufe",
        Topic::Carts => "Ihren Warenkorb",
        Topic::News => "Neuigkeiten",
    },
};

const ENGLISH: Sentences = Sentences {
    title: "Stop mails",
    question: ["Do you want us to stop sending you mail about ", "?"],
    button: "Stop these mails",
    done: ["Done. You will not get mail about ", " any more. You can change this in your account at any time."],
    always: "Confirmations of your orders and mail about the security of your account will still come.",
    shop: "Go to the shop",
    topic: |topic| match topic {
        Topic::Account => "your account",
        Topic::Orders => "the delivery of your orders",
        Topic::Stock => "products that are back in stock",
        Topic::Reviews => "reviews of what you bought",
        Topic::Carts => "what you left in your cart",
        Topic::News => "news",
    },
};

impl Sentences {
    fn of(language: MailLanguage) -> &'static Self {
        if language == MailLanguage::GERMAN { &GERMAN } else { &ENGLISH }
    }
}

/// Asks whether mail about the topic is to stop.
pub(crate) fn question(branding: &Branding, language: MailLanguage, topic: Topic) -> Response {
    let words = Sentences::of(language);
    let [before, after] = words.question;
    let form = format!("<form method=\"post\"><button>{}</button></form>", words.button);
    let asked = format!("<p>{before}{}{after}</p>{form}<p class=\"quiet\">{}</p>", (words.topic)(topic), words.always);
    page(branding, language, &asked)
}

/// Says that it stopped.
pub(crate) fn done(branding: &Branding, language: MailLanguage, topic: Topic) -> Response {
    let words = Sentences::of(language);
    let [before, after] = words.done;
    let shop = format!("<p><a href=\"{}\">{}</a></p>", escaped(&branding.shop_url), words.shop);
    page(branding, language, &format!("<p>{before}{}{after}</p>{shop}", (words.topic)(topic)))
}

fn page(branding: &Branding, language: MailLanguage, content: &str) -> Response {
    let title = Sentences::of(language).title;
    let (name, url) = (escaped(&branding.shop_name), escaped(&branding.shop_url));
    let head = match &branding.logo_url {
        Some(logo) => format!("<img src=\"{}\" alt=\"{name}\" height=\"40\">", escaped(logo)),
        None => name.clone(),
    };
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title} – {name}</title><style>{}</style></head><body><main><p class=\"head\"><a href=\"{url}\">{head}</a></p>\
         <h1>{title}</h1>{content}</main></body></html>",
        language.as_str(),
        style(branding.colour),
    );
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src https:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let headers: [(HeaderName, HeaderValue); 1] = [(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy))];
    (headers, Html(html)).into_response()
}

fn style(colour: Colour) -> String {
    let (light, dark) = (Colour::WHITE, Colour::grey(0x1e));
    let night = colour.seen_on(dark, 4.5);
    format!(
        ":root{{color-scheme:light dark;--page:#f4f4f2;--card:{light};--text:#222;--quiet:#666;--link:{};--button:{colour};--on:{}}}\
         @media(prefers-color-scheme:dark){{:root{{--page:#121212;--card:{dark};--text:#eee;--quiet:#aaa;--link:{night};--button:{night};--on:{}}}}}\
         body{{margin:0;padding:8vh 16px;background:var(--page);color:var(--text);font:17px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}}\
         main{{box-sizing:border-box;max-width:30em;margin:0 auto;padding:2em;background:var(--card);border-radius:10px}}\
         h1{{margin:0 0 .75em;font-size:1.3em}}p{{margin:0 0 1em}}p:last-child{{margin:0}}a{{color:var(--link)}}\
         .head{{font-weight:600;margin-bottom:1.5em}}.head a{{color:inherit;text-decoration:none}}.head img{{max-width:100%}}\
         .quiet{{color:var(--quiet);font-size:.85em}}form{{margin:1.5em 0}}\
         button{{font:inherit;font-weight:600;padding:.75em 1.5em;border:0;border-radius:8px;background:var(--button);color:var(--on);cursor:pointer}}\
         button:focus-visible,a:focus-visible{{outline:3px solid var(--link);outline-offset:3px}}",
        colour.seen_on(light, 4.5),
        colour.text_on(),
        night.text_on(),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{MailLanguage, Sentences, Topic};

    #[test]
    fn every_language_has_sentences_of_its_own() {
        for language in MailLanguage::ALL {
            for other in MailLanguage::ALL.into_iter().filter(|other| *other != language) {
                assert_ne!(Sentences::of(language).title, Sentences::of(other).title, "{language:?} and {other:?}");
                for topic in Topic::ALL {
                    assert_ne!((Sentences::of(language).topic)(topic), (Sentences::of(other).topic)(topic));
                }
            }
        }
    }
}
