//! Files to import, and an importer for a test shop.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
use domain::money::Currency;
use harness::fake_service::{FakeService, Reply};
use harness::shop::Shop;
use kit::runtime::ids::Ids;
use ops::import::{FetchRules, Importer, Progress, Report, Target};

static FILES: AtomicU32 = AtomicU32::new(0);

/// Each command has ids of its own.
static SEED: AtomicU64 = AtomicU64::new(7_000);

/// A file of its own with this text.
pub(crate) fn file(ending: &str, text: &str) -> PathBuf {
    let n = FILES.fetch_add(1, Ordering::SeqCst);
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("import-{}-{n}.{ending}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}

/// The example of a format under this heading of docs/moving.md: `csv` or `json`.
pub(crate) fn example(heading: &str, format: &str) -> String {
    let guide = std::fs::read_to_string(harness::template::root().join("docs/moving.md")).unwrap();
    let section = guide.split(&format!("### {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap().split("\n### ").next().unwrap();
    let block = section.split(&format!("```{format}\n")).nth(1).unwrap();
    block.split("```").next().unwrap().to_owned()
}

pub(crate) fn importer(shop: &Shop) -> Importer {
    importer_with(shop, &FakeService::new(|_| Reply::Answer(200, String::new())), FetchRules::default())
}

/// An importer with this bucket.
pub(crate) fn importer_with(shop: &Shop, bucket: &FakeService, rules: FetchRules) -> Importer {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(bucket.clone())
        .build();
    let target = Target {
        store: shop.store().clone(),
        files: aws_sdk_s3::Client::from_conf(config),
        bucket: "files".to_owned(),
        currency: Currency::USD,
    };
    let ids = Ids::seeded(SEED.fetch_add(1, Ordering::SeqCst));
    Importer::new(target, ids, shop.clock.clone(), rules)
}

pub(crate) async fn import(shop: &Shop, kind: &str, ending: &str, text: &str) -> Report {
    importer(shop).import(kind, &file(ending, text), Progress::Nowhere).await.unwrap()
}

/// Imports the CSV example, and the one in JSON lines if there is one.
pub(crate) async fn import_examples(shop: &Shop, heading: &str) {
    let kind = heading.to_lowercase();
    let mut formats = vec![("csv", "csv")];
    if ["Customers", "Products", "Orders"].contains(&heading) {
        formats.push(("json", "jsonl"));
    }
    for (format, ending) in formats {
        let report = import(shop, &kind, ending, &example(heading, format)).await;
        assert_eq!((report.bad, report.known), (0, 0), "{}", report.text());
    }
}

/// New records, records that were imported before, and faults.
pub(crate) fn counts(report: &Report) -> [u64; 3] {
    [report.new, report.known, report.bad]
}

/// Line and field of each fault.
pub(crate) fn faults(report: &Report) -> Vec<(u64, &str)> {
    report.shown.iter().map(|bad| (bad.line, bad.column.as_str())).collect()
}
