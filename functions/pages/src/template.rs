//! The templates. Each text that is put into one is escaped.

use std::sync::LazyLock;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, UndefinedBehavior, escape_formatter};
use serde::Serialize;

const TEMPLATES: [(&str, &str); 8] = [
    ("head.html", include_str!("../templates/head.html")),
    ("breadcrumbs.html", include_str!("../templates/breadcrumbs.html")),
    ("cards.html", include_str!("../templates/cards.html")),
    ("home.html", include_str!("../templates/home.html")),
    ("list.html", include_str!("../templates/list.html")),
    ("product.html", include_str!("../templates/product.html")),
    ("message.html", include_str!("../templates/message.html")),
    ("noscript.html", include_str!("../templates/noscript.html")),
];

static ENVIRONMENT: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    // A misspelt name is an error, not an empty space in a page.
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // The library would also escape each slash of an address.
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => Ok(out.write_str(&escaped(text))?),
        _ => escape_formatter(out, state, value),
    });
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
});

/// Fails only if a template has an error, which the tests exclude.
pub(crate) fn render(name: &str, view: &impl Serialize) -> Result<String, Error> {
    let environment = ENVIRONMENT.as_ref().map_err(|error| Error::new(error.kind(), error.to_string()))?;
    environment.get_template(name)?.render(Value::from(Serde(view)))
}

/// For texts of elements and for values between double quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{ENVIRONMENT, escaped};

    #[test]
    fn every_template_can_be_read() {
        assert!(ENVIRONMENT.is_ok(), "{:?}", *ENVIRONMENT);
    }

    #[test]
    fn no_text_ends_its_element_or_its_quotes() {
        assert_eq!(escaped("</title><a b=\"c\" d='e'>&"), "&lt;/title&gt;&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
    }
}
