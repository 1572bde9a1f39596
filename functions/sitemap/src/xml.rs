//! Texts in XML.

use std::fmt::Display;

pub(crate) const TYPE: &str = "application/xml; charset=utf-8";
pub(crate) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// An element with a text.
pub(crate) fn element(name: &str, text: impl Display) -> String {
    format!("<{name}>{}</{name}>\n", escaped(&text.to_string()))
}

/// The same, or nothing.
pub(crate) fn optional(name: &str, text: Option<impl Display>) -> String {
    text.map_or_else(String::new, |text| element(name, text))
}

/// Without the letters that no XML may have.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\n' | '\t' => escaped.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_ascii_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{element, optional};

    #[test]
    fn no_text_ends_its_element_and_what_xml_may_not_have_is_left_out() {
        assert_eq!(element("a", "<b>&\"]]>\u{0}\u{b}\u{ffff}ä\n"), "<a>&lt;b&gt;&amp;\"]]&gt;ä\n</a>\n");
        assert_eq!(optional("a", None::<&str>), "");
    }
}
