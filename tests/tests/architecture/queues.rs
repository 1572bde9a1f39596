//! The queues of `template.yaml`, by the rules of AWS and by ours.

use std::collections::BTreeSet;

use harness::template::{read, resources, statements};
use indexing::Language;
use serde_yaml_ng::Value;

/// The function of a queue and how it takes messages.
struct Source {
    function: String,
    timeout: u64,
    queue: String,
    settings: Value,
}

impl Source {
    fn number(&self, name: &str) -> Option<u64> {
        self.settings[name].as_u64()
    }
}

/// `MailQueue` for `!GetAtt MailQueue.Arn` and for `!Ref MailQueue`.
fn resource(value: &Value) -> String {
    let Value::Tagged(tagged) = value else { panic!("{value:?} names no resource") };
    tagged.value.as_str().unwrap().split('.').next().unwrap().to_owned()
}

fn sources() -> Vec<Source> {
    let usual = read()["Globals"]["Function"]["Timeout"].as_u64().unwrap();
    let mut sources = Vec::new();
    for (function, definition) in resources(read(), "AWS::Serverless::Function") {
        let timeout = definition["Properties"]["Timeout"].as_u64().unwrap_or(usual);
        let events = definition["Properties"]["Events"].as_mapping().cloned().unwrap_or_default();
        for settings in events.values().filter(|event| event["Type"] == "SQS").map(|event| &event["Properties"]) {
            let (function, queue) = (function.clone(), resource(&settings["Queue"]));
            sources.push(Source { function, timeout, queue, settings: settings.clone() });
        }
    }
    sources
}

#[test]
fn a_message_stays_hidden_while_its_function_may_run() {
    for source in sources() {
        let Source { function, queue, .. } = &source;
        let window = source.number("MaximumBatchingWindowInSeconds").unwrap_or(0);
        let hidden = read()["Resources"][queue.as_str()]["Properties"]["VisibilityTimeout"].as_u64().unwrap();
        assert!(hidden >= source.timeout + window, "{function}: {queue}");
        assert!(
            source.number("BatchSize").unwrap() <= 10 || window > 0,
            "{function}: {queue} gathers no more than ten"
        );
        assert!(source.settings["ScalingConfig"]["MaximumConcurrency"].as_u64().unwrap() >= 2, "{function}: {queue}");
        assert_eq!(source.settings["FunctionResponseTypes"][0], "ReportBatchItemFailures", "{function}: {queue}");
    }
}

#[test]
fn a_killed_indexer_is_made_up_for_within_a_minute() {
    let queue = &read()["Resources"]["SearchQueue"]["Properties"];
    assert!(queue["VisibilityTimeout"].as_u64().unwrap() <= 60);
    let source = sources().into_iter().find(|source| source.queue == "SearchQueue").unwrap();
    assert_eq!(source.number("MaximumBatchingWindowInSeconds"), None, "a change is published at once");
}

#[test]
fn every_queue_has_dead_letters_with_an_alarm() {
    let alarms = resources(read(), "AWS::CloudWatch::Alarm");
    let watched: BTreeSet<String> = alarms
        .iter()
        .filter(|(_, alarm)| alarm["Properties"]["MetricName"] == "ApproximateNumberOfMessagesVisible")
        .map(|(_, alarm)| resource(&alarm["Properties"]["Dimensions"][0]["Value"]))
        .collect();
    let mut dead = BTreeSet::new();
    for source in sources() {
        let redrive = &read()["Resources"][source.queue.as_str()]["Properties"]["RedrivePolicy"];
        assert!(redrive["maxReceiveCount"].as_u64().unwrap() >= 5, "{}", source.queue);
        dead.insert(resource(&redrive["deadLetterTargetArn"]));
    }
    assert!(dead.is_subset(&watched), "{dead:?} {watched:?}");
    for queue in &dead {
        let keeps = read()["Resources"][queue.as_str()]["Properties"]["MessageRetentionPeriod"].as_u64().unwrap();
        assert_eq!(keeps, 14 * 24 * 60 * 60, "{queue}");
        for kind in [queue.clone(), queue.replace("DeadLetters", "Queue")] {
            assert!(!read()["Outputs"][format!("{kind}Url")].is_null(), "`kontor redrive` finds {kind}");
        }
    }
}

/// Who may do what with the files of the search index.
#[test]
fn only_the_rebuilder_removes_files_of_the_search_index() {
    let mut rights = BTreeSet::new();
    for (function, definition) in resources(read(), "AWS::Serverless::Function") {
        for statement in statements(&definition["Properties"]) {
            if format!("{:?}", statement["Resource"]).contains("${Files.Arn}/search/") {
                let single = [statement["Action"].clone()];
                let actions = statement["Action"].as_sequence().map_or(&single[..], Vec::as_slice);
                rights.extend(actions.iter().map(|action| format!("{function} {}", action.as_str().unwrap())));
            }
        }
    }
    let expected = [
        "Indexer s3:GetObject",
        "Indexer s3:PutObject",
        "Pages s3:GetObject",
        "Rebuilder s3:DeleteObject",
        "Rebuilder s3:GetObject",
        "Rebuilder s3:PutObject",
        "Search s3:GetObject",
        "Sitemap s3:GetObject",
    ];
    assert_eq!(rights.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn the_template_takes_the_languages_that_search_knows() {
    let letters = || 'a'..='z';
    let codes = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
    let known: Vec<String> = codes.filter(|code| Language::parse(code).is_some()).collect();
    let parameter = &read()["Parameters"]["SearchLanguage"];
    let allowed: Vec<_> = parameter["AllowedValues"].as_sequence().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(allowed, known);
    assert_eq!(parameter["Default"], "en");
}
