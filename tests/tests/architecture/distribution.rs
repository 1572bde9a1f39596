//! The distribution of `template.yaml`: what must be true of it, whatever else changes.

use harness::template::{parse, read, resources};
use serde_yaml_ng::{Mapping, Value};

fn config() -> &'static Value {
    &read()["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
}

fn behaviours() -> impl Iterator<Item = &'static Value> {
    let others = config()["CacheBehaviors"].as_sequence().unwrap();
    others.iter().chain([&config()["DefaultCacheBehavior"]])
}

/// The name in `!Ref Name` or `!GetAtt Name.Attribute`.
fn named(value: &Value) -> &str {
    let Value::Tagged(tagged) = value else { panic!("{value:?} is no reference") };
    tagged.value.as_str().unwrap().split('.').next().unwrap()
}

fn property(resource: &str, path: &[&str]) -> &'static Value {
    path.iter().fold(&read()["Resources"][resource]["Properties"], |value, name| &value[*name])
}

#[test]
fn what_somebody_who_is_signed_in_gets_is_kept_for_nobody_else() {
    for behaviour in behaviours().filter(|it| it["TargetOriginId"] == "api") {
        let policy = named(&behaviour["CachePolicyId"]);
        let key = property(policy, &["CachePolicyConfig", "ParametersInCacheKeyAndForwardedToOrigin"]);
        let headers: Vec<_> =
            key["HeadersConfig"]["Headers"].as_sequence().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(headers.contains(&"Authorization"), "{policy}");
        assert_eq!(key["QueryStringsConfig"]["QueryStringBehavior"], "all", "{policy}");
    }
}

#[test]
fn nothing_is_kept_that_does_not_say_so_and_no_error_is_kept() {
    for (name, policy) in resources(read(), "AWS::CloudFront::CachePolicy") {
        let config = &policy["Properties"]["CachePolicyConfig"];
        assert_eq!((config["MinTTL"].as_u64(), config["DefaultTTL"].as_u64()), (Some(0), Some(0)), "{name}");
    }
    let errors = config()["CustomErrorResponses"].as_sequence().unwrap();
    let unkept = |code: u64| errors.iter().any(|it| it["ErrorCode"] == code && it["ErrorCachingMinTTL"] == 0);
    assert!([400, 403, 404, 405, 414, 500, 501, 502, 503, 504].into_iter().all(unkept));
    assert!(errors.iter().all(|it| it["ResponsePagePath"].is_null()), "an error page would hide answers of the API");
}

#[test]
fn each_request_to_the_api_names_the_address_of_its_client_and_goes_by_https() {
    let mut seen = 0;
    for behaviour in behaviours().filter(|it| it["TargetOriginId"] == "api") {
        let code = property(named(&behaviour["FunctionAssociations"][0]["FunctionARN"]), &["FunctionCode"]);
        assert!(code.as_str().unwrap().contains("headers['viewer-address'] = { value: event.viewer.ip }"));
        seen += 1;
    }
    assert!(seen > 1);
    for behaviour in behaviours() {
        let policy = behaviour["ViewerProtocolPolicy"].as_str().unwrap();
        assert!(["https-only", "redirect-to-https"].contains(&policy));
    }
}

/// API Gateway takes the first part of the path for the stage, and CloudFront adds none.
#[test]
fn live_updates_are_opened_at_the_path_that_is_the_stage_of_their_api_and_prove_where_they_come_from() {
    let stage = property("LiveStage", &["StageName"]).as_str().unwrap();
    let behaviour = behaviours().find(|it| it["TargetOriginId"] == "live").unwrap();
    assert_eq!(behaviour["PathPattern"], format!("/{stage}"));
    let origin = config()["Origins"].as_sequence().unwrap().iter().find(|it| it["Id"] == "live").unwrap();
    assert!(format!("{:?}", origin["DomainName"]).contains("${LiveApi}.execute-api."));
    assert_eq!(origin["OriginPath"], Value::Null);
    assert_eq!(origin["OriginCustomHeaders"][0]["HeaderName"], "origin-secret");
    let url = format!("{:?}", property("Live", &["Environment", "Variables", "LIVE_URL"]));
    assert!(url.contains(&format!("wss://${{Name}}/{stage}")), "{url}");
}

#[test]
fn pages_have_a_strict_policy_and_run_no_script_that_is_written_into_them() {
    // The pages of the shop come from a function behind the API, as the rest of the API does, which has headers of its own.
    let is_page = |it: &&Value| it["TargetOriginId"] != "api" || it["PathPattern"].is_null();
    for behaviour in behaviours().filter(is_page) {
        let name = named(&behaviour["ResponseHeadersPolicyId"]);
        let security = property(name, &["ResponseHeadersPolicyConfig", "SecurityHeadersConfig"]);
        let policy = match &security["ContentSecurityPolicy"]["ContentSecurityPolicy"] {
            Value::Tagged(tagged) => tagged.value[0].as_str().unwrap(),
            text => text.as_str().unwrap(),
        };
        assert!(policy.starts_with("default-src 'self';") || policy.starts_with("default-src 'none';"), "{name}");
        assert!(policy.contains("frame-ancestors 'none'"), "{name}");
        assert!(!policy.contains("script-src") && !policy.contains("unsafe-eval"), "{name}");
        assert!(name == "DocsHeaders" || !policy.contains("unsafe-inline"), "{name}");
        for header in ["StrictTransportSecurity", "ContentTypeOptions", "FrameOptions", "ReferrerPolicy"] {
            assert_eq!(security[header]["Override"], true, "{name} {header}");
        }
    }
}

#[test]
fn all_answers_are_compressed() {
    for behaviour in behaviours().filter(|it| it["TargetOriginId"] != "live") {
        assert_eq!(behaviour["Compress"], true, "{:?}", behaviour["PathPattern"]);
        let key = ["CachePolicyConfig", "ParametersInCacheKeyAndForwardedToOrigin"];
        let accepted = property(named(&behaviour["CachePolicyId"]), &key);
        assert_eq!(
            (&accepted["EnableAcceptEncodingGzip"], &accepted["EnableAcceptEncodingBrotli"]),
            (&Value::Bool(true), &Value::Bool(true))
        );
    }
}

/// The two sides of `!If [HasDomain, with, without]`.
fn by_domain(value: &Value) -> (&Value, &Value) {
    let Value::Tagged(choice) = value else { panic!("{value:?} is no choice") };
    let choice = choice.value.as_sequence().unwrap();
    assert_eq!(choice[0], "HasDomain");
    (&choice[1], &choice[2])
}

#[test]
fn with_a_domain_the_distribution_has_its_name_and_certificate_and_the_api_refuses_what_goes_around_it() {
    let variables = &read()["Globals"]["Function"]["Environment"]["Variables"];
    let (with, without) = by_domain(&variables["DIRECT_ACCESS"]);
    assert_eq!((with, without), (&Value::from("refused"), &Value::from("allowed")));
    let (with, without) = by_domain(&config()["Aliases"]);
    assert_eq!((named(&with[0]), named(without)), ("DomainName", "AWS::NoValue"));
    let (with, without) = by_domain(&config()["ViewerCertificate"]);
    assert_eq!(
        (named(&with["AcmCertificateArn"]), &with["MinimumProtocolVersion"]),
        ("CertificateArn", &Value::from("TLSv1.2_2021"))
    );
    assert_eq!(without["CloudFrontDefaultCertificate"], true);
}

#[test]
fn only_this_distribution_reads_the_pages() {
    let bucket = property("PagesBucket", &["PublicAccessBlockConfiguration"]);
    let blocks = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
    assert!(blocks.into_iter().all(|name| bucket[name] == true));
    let statements = property("PagesBucketPolicy", &["PolicyDocument", "Statement"]).as_sequence().unwrap();
    let allowed: Vec<_> = statements.iter().filter(|it| it["Effect"] == "Allow").collect();
    assert_eq!(allowed.len(), 1);
    assert_eq!(allowed[0]["Principal"]["Service"], "cloudfront.amazonaws.com");
    let source = format!("{:?}", allowed[0]["Condition"]["StringEquals"]["aws:SourceArn"]);
    assert!(source.contains("distribution/${Distribution}"), "{source}");
}

#[test]
fn pictures_are_read_through_the_distribution_unless_the_shop_has_an_address_of_its_own_for_them() {
    let statements = property("FilesPolicy", &["PolicyDocument", "Statement"]).as_sequence().unwrap();
    let allowed: Vec<_> = statements.iter().filter(|it| it["Effect"] == "Allow").collect();
    assert_eq!(allowed.len(), 1);
    for (part, without) in [("Principal", "cloudfront.amazonaws.com"), ("Condition", "distribution/${Distribution}")] {
        let Value::Tagged(choice) = &allowed[0][part] else { panic!("{part} is no choice") };
        let choice = choice.value.as_sequence().unwrap();
        assert_eq!(choice[0], "HasImagesUrl");
        assert!(format!("{:?}", choice[2]).contains(without), "{part}");
    }
}

/// SAM makes a version for each package, and a custom resource is called when one of its properties changes.
#[test]
fn a_deployment_with_other_pages_calls_the_publisher() {
    let publisher = property("Publisher", &[]);
    assert_eq!(publisher["CodeUri"].as_str(), Some("target/lambda/publisher/"));
    assert_eq!(publisher["AutoPublishAlias"].as_str(), Some("live"));
    let pages = property("PublishedPages", &[]);
    let package = format!("{:?}", pages["Package"]);
    assert!(package.contains("Publisher.Version"), "{package}");
    assert_eq!(named(&pages["ServiceToken"]), "Publisher");
    let wait = pages["ServiceTimeout"].as_u64().unwrap();
    assert!(wait > publisher["Timeout"].as_u64().unwrap(), "CloudFormation hears the answer of the slowest run");
}

#[test]
fn the_web_acl_limits_every_address_and_takes_rules_that_aws_maintains() {
    let template = parse("infra/waf.yaml");
    let acl = &template["Resources"]["WebAcl"]["Properties"];
    assert_eq!(acl["Scope"], "CLOUDFRONT", "the parameter `WebAclArn` takes no other");
    assert_eq!(acl["DefaultAction"]["Allow"], Value::Mapping(Mapping::new()));
    let rules = acl["Rules"].as_sequence().unwrap();
    let groups = rules.iter().filter_map(|rule| rule["Statement"]["ManagedRuleGroupStatement"]["Name"].as_str());
    let wanted = ["AmazonIpReputationList", "CommonRuleSet", "KnownBadInputsRuleSet"];
    assert_eq!(groups.collect::<Vec<_>>(), wanted.map(|name| format!("AWSManagedRules{name}")));
    let rate = &rules[0]["Statement"]["RateBasedStatement"];
    assert_eq!((named(&rate["Limit"]), rate["AggregateKeyType"].as_str()), ("RequestsOfAddress", Some("IP")));
    // Only Stripe's events are not counted, at the path where they really come.
    let spared = &rate["ScopeDownStatement"]["NotStatement"]["Statement"]["ByteMatchStatement"];
    assert_eq!(spared["PositionalConstraint"], "EXACTLY");
    let webhook = spared["SearchString"].as_str().unwrap();
    let routes = resources(read(), "AWS::ApiGatewayV2::Route");
    assert!(routes.iter().any(|(_, route)| route["Properties"]["RouteKey"] == format!("POST {webhook}")));
    // Each rule refuses, unless the stack is deployed to count only.
    for rule in rules {
        let (action, refusal) = match &rule["Action"] {
            Value::Null => (&rule["OverrideAction"], "None"),
            action => (action, "Block"),
        };
        let Value::Tagged(choice) = action else { panic!("{action:?} is no choice") };
        let choice = choice.value.as_sequence().unwrap();
        assert_eq!(choice[0], "Counts");
        assert!(
            choice[1].get("Count").is_some() && choice[2].get(refusal).is_some(),
            "{}",
            rule["Name"].as_str().unwrap()
        );
    }
}
