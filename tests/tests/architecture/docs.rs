//! The docs: every link has a target, every path exists, and the map of the README names every folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use harness::template::{self, root};

const MAX_README_LINES: usize = 120;

/// Folders that commands create. A new clone does not have them.
const MADE: [&str; 5] = [".local", "dist", "node_modules", "target", "test-results"];

/// How files of this repository end that the docs name.
const ENDINGS: [&str; 9] = [".css", ".html", ".json", ".md", ".py", ".rs", ".toml", ".txt", ".yaml"];

struct Document {
    path: PathBuf,
    prose: Vec<String>,
    /// The lines of fenced blocks.
    code: Vec<String>,
}

fn read(path: PathBuf) -> Document {
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut document = Document { path, prose: Vec::new(), code: Vec::new() };
    let mut fenced = false;
    for line in text.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if fenced {
            document.code.push(line.to_owned());
        } else {
            document.prose.push(line.to_owned());
        }
    }
    document
}

/// All Markdown files of the repository.
fn documents() -> Vec<Document> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                if name != ".git" && !MADE.contains(&name.as_str()) {
                    folders.push(entry.path());
                }
            } else if entry.path().extension().is_some_and(|extension| extension == "md") {
                found.push(read(entry.path()));
            }
        }
    }
    assert!(found.len() > 10, "{}", found.len());
    found
}

fn folders(of: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(root().join(of)).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

impl Document {
    fn folder(&self) -> &Path {
        self.path.parent().unwrap()
    }

    /// The anchors that the hosted page makes from the headings.
    fn anchors(&self) -> BTreeSet<String> {
        let headings = self.prose.iter().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }

    /// The targets of `[…](…)`.
    fn links(&self) -> impl Iterator<Item = &str> {
        self.prose.iter().flat_map(|line| line.split("](").skip(1).filter_map(|rest| rest.split(')').next()))
    }

    /// The words that are written as code: between backticks, and every word of a fenced block.
    fn words(&self) -> impl Iterator<Item = &str> {
        let spans = self.prose.iter().flat_map(|line| line.split('`').skip(1).step_by(2));
        spans
            .chain(self.code.iter().flat_map(|line| line.split([' ', '"', '\''])))
            .map(|word| word.trim_matches([',', ';']).trim_start_matches("./"))
    }

    /// Whether a word is meant as a path in this repository: its first folder exists, or it ends like one of our files.
    fn is_path(&self, word: &str) -> bool {
        if word.contains(['*', '<', '>', '{', '…', ' ', ':', '$', '(']) || word.starts_with('/') {
            return false;
        }
        match word.split_once('/') {
            Some((first, _)) if MADE.contains(&first) => false,
            Some((first, _)) if root().join(first).exists() || self.folder().join(first).exists() => true,
            Some(_) => ENDINGS.iter().any(|ending| word.ends_with(ending)),
            None => [".md", ".toml", ".yaml"].iter().any(|ending| word.ends_with(ending)),
        }
    }
}

/// `#how-it-is-tested` for `How it is tested`.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[test]
fn every_link_has_a_target() {
    for document in documents() {
        for link in document.links().filter(|link| !link.starts_with("https://")) {
            let (file, wanted) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
            let target = if file.is_empty() { document.path.clone() } else { document.folder().join(file) };
            assert!(target.exists(), "{}: {link}", document.path.display());
            if let Some(wanted) = wanted {
                assert!(read(target).anchors().contains(wanted), "{}: {link}", document.path.display());
            }
        }
    }
}

#[test]
fn every_path_exists() {
    let mut seen = 0;
    for document in documents() {
        for word in document.words().filter(|word| document.is_path(word)) {
            let there = root().join(word).exists() || document.folder().join(word).exists();
            assert!(there, "{}: {word}", document.path.display());
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn the_readme_is_short_and_its_map_names_every_folder() {
    let lines = std::fs::read_to_string(root().join("README.md")).unwrap().lines().count();
    assert!(lines <= MAX_README_LINES, "{lines} lines");
    let readme = read(root().join("README.md"));
    let map = readme.code.iter().skip_while(|line| !line.starts_with("functions/"));
    let functions = map.skip(1).take_while(|line| line.starts_with("  "));
    let functions: BTreeSet<String> =
        functions.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect();
    assert_eq!(functions, folders("functions"));
    let libraries = readme.code.iter().filter_map(|line| line.strip_prefix("lib/")?.split(' ').next());
    assert_eq!(libraries.map(str::to_owned).collect::<BTreeSet<_>>(), folders("lib"));
}

/// The names of all functions, tests among them.
fn functions_of_the_sources() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![root().join("functions"), root().join("infra"), root().join("lib"), root().join("tests")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                if !path.ends_with("node_modules") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(path).unwrap();
                let found = text.split("fn ").skip(1).filter_map(|rest| rest.split('(').next());
                names.extend(found.map(str::to_owned));
            }
        }
    }
    names
}

#[test]
fn every_test_that_the_security_page_names_exists() {
    let page = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let is_test = |text: &&str| {
        text.matches('_').count() >= 3
            && text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
    };
    let named: BTreeSet<&str> = page.split('`').skip(1).step_by(2).filter(is_test).collect();
    assert!(named.len() > 100, "{}", named.len());
    let existing = functions_of_the_sources();
    let missing: Vec<_> = named.into_iter().filter(|name| !existing.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_page_of_costs_counts_what_the_template_has() {
    let costs = std::fs::read_to_string(root().join("docs/costs.md")).unwrap();
    let functions = template::resources(template::read(), "AWS::Serverless::Function").len();
    assert!(costs.contains(&format!("| all {functions} |")), "{functions} functions");
    let mut alarms = template::resources(template::read(), "AWS::CloudWatch::Alarm");
    alarms.retain(|(_, alarm)| alarm["Condition"].is_null());
    let metrics = |alarm: &serde_yaml_ng::Value| match alarm["Properties"]["Metrics"].as_sequence() {
        Some(metrics) => metrics.iter().filter(|it| !it["MetricStat"].is_null()).count(),
        None => 1,
    };
    let cents: usize = alarms.iter().map(|(_, alarm)| 10 * metrics(alarm)).sum();
    let text = format!("{} alarms (${}.{:02},", alarms.len(), cents / 100, cents % 100);
    assert!(costs.contains(&text), "{text}");
}
