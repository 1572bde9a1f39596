//! The crate graph: functions depend on the library and never on each other; the domain depends on no other crate.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};
use harness::functions::{EVENT_FUNCTIONS, http_functions};

/// The folder of each workspace member, and the members that its code (not its tests) depends on.
fn graph() -> BTreeMap<String, (String, Vec<String>)> {
    let root = harness::template::root();
    let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec().unwrap();
    let members: BTreeMap<String, String> = metadata
        .packages
        .iter()
        .map(|package| {
            let folder = package.manifest_path.parent().unwrap().parent().unwrap().file_name().unwrap_or_default();
            (package.name.to_string(), folder.to_owned())
        })
        .collect();
    let packages = metadata.packages.iter().map(|package| {
        let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        let ours = normal.map(|dependency| dependency.name.clone()).filter(|name| members.contains_key(name)).collect();
        (package.name.to_string(), (members[package.name.as_str()].clone(), ours))
    });
    packages.collect()
}

#[test]
fn functions_depend_on_the_library_and_never_on_each_other() {
    let graph = graph();
    let functions = graph.iter().filter(|(_, (folder, _))| folder == "functions");
    let mut seen = 0;
    for (name, (_, dependencies)) in functions {
        seen += 1;
        for dependency in dependencies {
            assert_eq!(graph[dependency].0, "lib", "{name} depends on {dependency}");
        }
    }
    assert_eq!(seen, http_functions().len() + EVENT_FUNCTIONS.len());
}

#[test]
fn the_library_is_layered() {
    let graph = graph();
    assert!(graph["domain"].1.is_empty());
    assert_eq!(graph["store"].1, ["domain"]);
    assert_eq!(graph["kit"].1, ["domain", "store"]);
    assert_eq!(graph["products"].1, ["domain", "kit", "store"]);
    assert_eq!(graph["payment-provider"].1, ["domain", "kit"]);
    assert_eq!(graph["outgoing-webhooks"].1, ["domain", "kit", "store"]);
    assert_eq!(graph["order-processing"].1, ["domain", "kit", "payment-provider", "store"]);
    assert_eq!(graph["checkout"].1, ["domain", "kit", "order-processing", "payment-provider", "store"]);
    assert_eq!(graph["event-payloads"].1, ["checkout", "domain", "kit", "products", "store"]);
    assert!(graph["stripe-stand-in"].1.is_empty());
}

#[test]
fn the_domain_needs_no_runtime_no_cloud_and_no_http() {
    let manifest = std::fs::read_to_string(harness::template::root().join("lib/domain/Cargo.toml")).unwrap();
    let dependencies: Vec<&str> = manifest.lines().filter_map(|line| line.strip_suffix(".workspace = true")).collect();
    assert!(dependencies.contains(&"serde"));
    for forbidden in ["tokio", "aws", "axum", "rand", "http"] {
        assert!(!dependencies.iter().any(|name| name.starts_with(forbidden)), "lib/domain depends on {forbidden}");
    }
}

#[test]
fn order_processing_knows_no_http() {
    let folder = harness::template::root().join("lib/order-processing");
    let sources = std::fs::read_dir(folder.join("src")).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = sources.chain([folder.join("Cargo.toml")]).collect();
    assert!(files.len() > 3);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for forbidden in ["axum", "utoipa", "kit::http", "Problem"] {
            assert!(!text.contains(forbidden), "{} names {forbidden}", file.display());
        }
    }
    let graph = graph();
    for function in ["janitor", "stripe-webhook"] {
        assert!(!graph[function].1.iter().any(|name| name == "checkout"), "{function} depends on checkout");
    }
}

/// Whether a source file has a unit test.
fn has_tests(file: &Path) -> bool {
    let text = std::fs::read_to_string(file).unwrap();
    ["#[test]", "#[tokio::test]", "proptest!"].iter().any(|mark| text.contains(mark))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The file of a target, and those of its modules.
fn sources_of_target(main: &Path) -> Vec<PathBuf> {
    let (folder, text) = (main.parent().unwrap(), std::fs::read_to_string(main).unwrap());
    let modules = text.lines().filter_map(|line| Some(line.strip_suffix(';')?.rsplit_once("mod ")?.1));
    let files = modules.flat_map(|name| {
        let (file, inner) = (folder.join(format!("{name}.rs")), folder.join(name));
        let inner = if inner.is_dir() { sources(&inner) } else { Vec::new() };
        file.exists().then_some(file).into_iter().chain(inner)
    });
    files.chain([main.to_owned()]).collect()
}

/// Each target that Cargo tests is linked once more, so those without tests say so. And then nobody may forget it.
#[test]
fn targets_with_unit_tests_are_tested_and_no_others() {
    let manifest = harness::template::root().join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap();
    let targets = metadata.packages.iter().flat_map(|package| &package.targets);
    for target in targets.filter(|target| target.is_lib() || target.is_bin()) {
        let main = target.src_path.as_std_path();
        let with_tests = sources_of_target(main).iter().any(|file| has_tests(file));
        assert_eq!(target.test, with_tests, "test of {main:?}");
    }
}
