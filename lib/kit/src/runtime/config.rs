//! Configuration from the environment, read at the start. All its errors are reported together.

use std::collections::HashMap;

/// Reads variables and collects their errors.
#[derive(Debug)]
pub struct Env {
    variables: HashMap<String, String>,
    problems: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration is wrong: {}", .0.join("; "))]
pub struct ConfigError(pub Vec<String>);

impl Env {
    pub fn of_process() -> Self {
        Self { variables: std::env::vars().collect(), problems: Vec::new() }
    }

    pub fn of(pairs: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self {
            variables: pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            problems: Vec::new(),
        }
    }

    /// Required, and not empty.
    pub fn text(&mut self, name: &str) -> String {
        match self.variables.get(name).map(|value| value.trim()) {
            None => self.problem(format!("{name} is missing")),
            Some("") => self.problem(format!("{name} is empty")),
            Some(value) => value.to_owned(),
        }
    }

    /// A required `http` or `https` URL, without the slash at its end.
    pub fn url(&mut self, name: &str) -> String {
        let url = self.text(name);
        if url.is_empty() || url.starts_with("https://") || url.starts_with("http://") {
            return url.trim_end_matches('/').to_owned();
        }
        self.problem(format!("{name} must begin with https:// or http://"))
    }

    /// Required, and accepted by `parse`.
    pub fn parsed<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        fallback: T,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> T {
        let text = self.text(name);
        if text.is_empty() {
            return fallback;
        }
        parse(&text).unwrap_or_else(|error| {
            self.problem(format!("{name} {error}"));
            fallback
        })
    }

    /// May be missing or empty. If not, it must be accepted by `parse`.
    pub fn optional<T, E: std::fmt::Display>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.variables.get(name).map(|value| value.trim()).filter(|text| !text.is_empty())?;
        let parsed = parse(text);
        parsed.map_err(|error| self.problem(format!("{name} {error}"))).ok()
    }

    /// The configuration, if there were no errors.
    pub fn finish<T>(self, config: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() { Ok(config) } else { Err(ConfigError(self.problems)) }
    }

    fn problem(&mut self, problem: String) -> String {
        self.problems.push(problem);
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{ConfigError, Env};

    #[test]
    fn all_problems_are_reported_together() {
        let mut env =
            Env::of([("TABLE", String::new()), ("SHOP_URL", "shop.example".to_owned()), ("FINE", " x ".to_owned())]);
        let config = (env.text("TABLE"), env.url("SHOP_URL"), env.text("QUEUE"), env.text("FINE"));
        assert_eq!(config.3, "x");
        let expected = ["TABLE is empty", "SHOP_URL must begin with https:// or http://", "QUEUE is missing"];
        assert_eq!(env.finish(config), Err(ConfigError(expected.map(str::to_owned).to_vec())));
    }

    #[test]
    fn an_optional_variable_may_be_missing_or_empty_but_not_wrong() {
        let number = |text: &str| text.parse::<u8>().map_err(|_| "must be a number");
        let mut env = Env::of([("EMPTY", " ".to_owned()), ("GOOD", "7".to_owned())]);
        assert_eq!([env.optional("NONE", number), env.optional("EMPTY", number)], [None, None]);
        assert_eq!(env.optional("GOOD", number), Some(7));
        assert_eq!(env.finish(()), Ok(()));
        let mut env = Env::of([("BAD", "x".to_owned())]);
        assert_eq!(env.optional("BAD", number), None);
        assert_eq!(env.finish(()), Err(ConfigError(vec!["BAD must be a number".to_owned()])));
    }

    #[test]
    fn a_url_loses_the_slash_at_its_end() {
        let mut env = Env::of([("URL", "https://a.example/".to_owned())]);
        assert_eq!(env.url("URL"), "https://a.example");
        assert_eq!(env.finish(()), Ok(()));
    }
}
