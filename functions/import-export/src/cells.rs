//! Lists inside a cell: `Size=M|Colour=Red`. A backslash before `|`, `=` or `\` makes it plain text.

/// Splits a cell at each mark without a backslash before it. The backslashes stay.
fn split_at(cell: &str, mark: char) -> Vec<String> {
    let (mut parts, mut escaped) = (vec![String::new()], false);
    for c in cell.chars() {
        if c == mark && !escaped {
            parts.push(String::new());
            continue;
        }
        escaped = c == '\\' && !escaped;
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

fn unescape(text: &str) -> String {
    let (mut plain, mut escaped) = (String::new(), false);
    for c in text.trim().chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }
    plain
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if "\\|=".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

pub fn parse_list(cell: &str) -> Vec<String> {
    let parts = split_at(cell, '|').into_iter().map(|part| unescape(&part));
    parts.filter(|part| !part.is_empty()).collect()
}

pub(crate) fn parse_pairs(cell: &str) -> Result<Vec<(String, String)>, &'static str> {
    let parts = split_at(cell, '|').into_iter();
    let pairs = parts.filter(|part| !part.trim().is_empty()).map(|part| match split_at(&part, '=').as_slice() {
        [name, value] => Ok((unescape(name), unescape(value))),
        _ => Err("must look like Size=M|Colour=Red"),
    });
    pairs.collect()
}

pub fn write_list(parts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let parts: Vec<String> = parts.into_iter().map(|part| escape(part.as_ref())).collect();
    parts.join("|")
}

pub fn write_pairs(pairs: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> String {
    let pairs = pairs.into_iter().map(|(name, value)| format!("{}={}", escape(name.as_ref()), escape(value.as_ref())));
    let pairs: Vec<String> = pairs.collect();
    pairs.join("|")
}

#[cfg(test)]
mod tests {
    use super::{parse_list, parse_pairs, write_list, write_pairs};

    #[test]
    fn what_is_written_into_a_cell_is_read_from_it() {
        let pairs = [("Size", "M|L"), ("a=b", "c\\d"), ("Farbe", "größer = besser")];
        let cell = write_pairs(pairs);
        let read = parse_pairs(&cell).unwrap();
        assert_eq!(read.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), pairs);
        assert_eq!(parse_list(&write_list(["a|b", "c"])), ["a|b", "c"]);
        assert!(parse_list("").is_empty() && parse_pairs(" ").unwrap().is_empty());
        assert!(parse_pairs("Size").is_err() && parse_pairs("a=b=c").is_err());
    }
}
