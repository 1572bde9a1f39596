//! Descriptions in HTML as plain text. What it makes is text, whatever is in it, and is shown as text.

/// Elements whose content is not for readers.
const HIDDEN: [&str; 4] = ["script", "style", "template", "head"];
/// Elements that begin a new line.
const BLOCKS: [&str; 22] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "hr",
    "blockquote",
    "pre",
    "dt",
    "dd",
    "figure",
];

pub(super) fn plain_text(html: &str) -> String {
    let (mut text, mut rest) = (String::new(), html);
    while let Some(at) = rest.find('<') {
        text.push_str(&unescaped(&rest[..at]));
        let tail = &rest[at..];
        if let Some(after) = tail.strip_prefix("<!--") {
            rest = after.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let starts_tag = tail[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        let (true, Some(end)) = (starts_tag, tail.find('>')) else {
            text.push('<');
            rest = &tail[1..];
            continue;
        };
        let tag = &tail[1..end];
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        rest = &tail[end + 1..];
        if HIDDEN.contains(&name.as_str()) && !tag.starts_with('/') {
            let close = format!("</{name}");
            let lower = rest.to_ascii_lowercase();
            rest = lower.find(&close).map_or("", |at| &rest[at..]);
            continue;
        }
        if BLOCKS.contains(&name.as_str()) {
            text.push('\n');
            if name == "li" && !tag.starts_with('/') {
                text.push_str("- ");
            }
        } else if name == "td" || name == "th" {
            text.push(' ');
        }
    }
    text.push_str(&unescaped(rest));
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: Vec<String> = lines.filter(|line| !line.is_empty() && line != "-").collect();
    lines.join("\n")
}

/// Characters that are written as `&amp;`, `&#233;` or `&#xE9;`.
fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let name = tail.find(';').filter(|end| *end <= 10).map(|end| &tail[..end]);
        match name.and_then(|name| Some((name, character(name)?))) {
            Some((name, c)) => {
                plain.push(c);
                rest = &tail[name.len() + 1..];
            }
            None => {
                plain.push('&');
                rest = tail;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control());
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "rsquo" => '’',
        "lsquo" => '‘',
        "ldquo" => '“',
        "rdquo" => '”',
        "bull" => '•',
        "deg" => '°',
        "times" => '×',
        "reg" => '®',
        "trade" => '™',
        "copy" => '©',
        "euro" => '€',
        "pound" => '£',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "szlig" => 'ß',
        "ntilde" => 'ñ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn tags_become_lines_and_characters_become_themselves() {
        let html = "<p>Soft &amp; warm,<br>made in <b>Lisbon</b>.</p>\n<ul><li>100&nbsp;% wool</li><li>30&#xB0; wash</li></ul>";
        assert_eq!(plain_text(html), "Soft & warm,\nmade in Lisbon.\n- 100 % wool\n- 30° wash");
    }

    #[test]
    fn scripts_styles_and_comments_are_left_out() {
        let html = "a<script>alert('<p>')</SCRIPT>b<!-- <i> -->c<style>p{}</style>d<script>never closed";
        assert_eq!(plain_text(html), "abcd");
    }

    #[test]
    fn what_is_no_html_stays_as_it_is() {
        for text in ["1 < 2 & 3 > 2", "AT&T", "&unknown; &#0; &", "a <", "größer 😀"] {
            assert_eq!(plain_text(text), text);
        }
        assert_eq!(plain_text(""), "");
    }
}
