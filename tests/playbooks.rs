//! Playbooks against what the seeds ask of them (`seed_requirements.md` 61–66, row by row), and the
//! scripts that are printed: run with a stand-in for AWS's command line, under values that try to
//! break out.

mod common;

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use trailsmith::event::Layout;
use trailsmith::frontend;
use trailsmith::ir::{Playbook, Rule};
use trailsmith::lint;
use trailsmith::matcher::{Standard, World};
use trailsmith::playbook::{self, Answers, Event, Filled, Resolved};

const ROLE: &str = "arn:aws:iam::111122223333:role/IncidentResponder";

fn pack() -> Vec<Arc<Rule>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let options = frontend::Options { root: Some(root.to_owned()), ..frontend::Options::default() };
    frontend::load(&[root.join("rules")], &options).rules
}

fn book(rule: &Rule) -> &Playbook {
    rule.metadata.playbook.as_ref().expect("a playbook")
}

fn of_id(id: &str) -> Arc<Rule> {
    let is =
        |rule: &Arc<Rule>| rule.metadata.playbook.as_ref().is_some_and(|book| book.id.as_deref() == Some(id));
    let mut found: Vec<Arc<Rule>> = pack().into_iter().filter(is).collect();
    assert_eq!(found.len(), 1, "playbooks of the id {id}");
    found.remove(0)
}

fn answers(set: &[(&str, &str)], skip: &[usize]) -> Answers {
    let mut answers = Answers { skip: skip.iter().copied().collect(), ..Answers::default() };
    for (name, value) in set {
        answers.set.entry((*name).to_owned()).or_default().push((*value).to_owned());
    }
    answers
}

fn fill(rule: &Rule, json: &str, layout: Layout, answers: &Answers) -> Result<Filled, Vec<String>> {
    let event = Event { name: "record 1", json, layout };
    let filled = playbook::fill(rule, book(rule), Some(&event), answers, &Standard::default());
    filled.map_err(|gaps| gaps.iter().map(|gap| format!("{}: {}", gap.code.name, gap.title)).collect())
}

/// A finding about an instance as the seeds sketch it.
fn finding(instance: &str) -> String {
    json!({
        "schemaVersion": "2.0", "region": "eu-central-1", "id": "f", "type": "CryptoCurrency:EC2/BitcoinTool.B!DNS",
        "severity": 8, "resource": {"resourceType": "Instance", "instanceDetails": {"instanceId": instance}},
        "service": {"serviceName": "guardduty"},
    })
    .to_string()
}

const GUARDDUTY: Layout = Layout::Finding(trailsmith::ir::Service::GuardDuty);

const GIVEN: &[(&str, &str)] = &[
    ("isolation_group", "sg-0123456789abcdef0"),
    ("forensic_image", "ami-0123456789abcdef0"),
    ("forensic_profile", "ForensicsProfile"),
    ("replacement_template", "lt-0123456789abcdef0"),
];

fn isolation(instance: &str) -> Filled {
    let rule = of_id("pb-ec2-isolate-and-preserve");
    fill(&rule, &finding(instance), GUARDDUTY, &answers(GIVEN, &[])).expect("every name has a value")
}

// Row 61: steps, operations, waits, preconditions, parameters of the event, policies.

#[test]
fn row_61_the_isolation_has_nine_steps_and_eight_operations() {
    let rule = of_id("pb-ec2-isolate-and-preserve");
    let overview = playbook::overview(&rule, book(&rule));
    assert_eq!((overview.steps, overview.operations.len()), (9, 8));
    assert!(overview.operations.iter().all(|operation| operation.starts_with("ec2:")));
    let steps = &book(&rule).steps;
    assert_eq!(steps[2].wait.map(|wait| wait.millis), Some(30_000), "the dump gets half a minute");
    assert!(steps[1].requires.iter().any(|text| text.contains("kdump")));
    let filled = isolation("i-99999999");
    assert_eq!(filled.region.as_deref(), Some("eu-central-1"));
    let instance = &filled.parameters[0];
    assert_eq!(
        (instance.name.as_str(), instance.values.as_slice()),
        ("instance", &["i-99999999".to_owned()][..])
    );
}

/// The calls of the seed's function, in its order and as CloudTrail would record them.
#[test]
fn row_61_the_calls_are_those_of_the_seed() {
    let Some(rows) = common::rows("data/seeds/events.jsonl") else { return };
    let seed = rows.iter().find(|row| row["id"] == "calls-auto-response").expect("the row");
    let names = |call: &Value| call["eventName"].as_str().expect("a name").to_owned();
    let seeds: Vec<Value> = seed["calls"].as_array().expect("calls").clone();
    let filled = isolation("i-99999999");
    let mut mine = Vec::new();
    for call in filled.steps.iter().flat_map(|step| &step.calls) {
        let parameters = serde_json::from_str(&call.parameters.readable()).expect("JSON");
        mine.push(playbook::record(&call.service, &call.action, &parameters, ROLE));
        // A wait asks after the call.
        let asks = call.until.as_ref().and_then(|(state, _)| playbook::service::waiter(&call.service, state));
        mine.extend(asks.map(|action| json!({"eventName": action})));
    }
    let mut rest = mine.iter();
    for call in &seeds {
        assert!(rest.any(|own| names(own) == names(call)), "{} comes in the seed's order", names(call));
    }
    let request = |calls: &[Value], name: &str| {
        let text =
            calls.iter().find(|call| names(call) == name).expect("the call")["requestParameters"].to_string();
        text.replace("<from finding>", "i-99999999").replace("<isolation group>", GIVEN[0].1)
    };
    for name in ["ModifyInstanceAttribute", "SendDiagnosticInterrupt", "StopInstances"] {
        let parse = |text: String| serde_json::from_str::<Value>(&text).expect("JSON");
        assert_eq!(parse(request(&mine, name)), parse(request(&seeds, name)), "{name}");
    }
}

#[test]
fn row_61_three_policies_are_those_of_the_seed() {
    let Some(rows) = common::rows("data/seeds/events.jsonl") else { return };
    let rule = of_id("pb-access-key-containment");
    assert_eq!(book(&rule).policies.len(), 3);
    let record = json!({
        "eventName": "AttachUserPolicy", "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1",
        "userIdentity": {"type": "IAMUser", "userName": "bob"},
        "requestParameters": {"userName": "bob", "policyArn": "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV2"},
    });
    let given = answers(
        &[
            ("exposed_user", "bob"),
            ("exposed_key", "AKIAIOSFODNN7EXAMPLE"),
            ("assumed_role", "Developer"),
            ("revoke_before", "2026-01-15T12:00:00Z"),
            ("needed_actions", "THINGS YOU NEED"),
            ("trusted_ranges", "192.0.2.0/24"),
            ("trusted_ranges", "203.0.113.19/32"),
            ("trail_table", "trails.events"),
            ("results", "s3://results/"),
        ],
        &[],
    );
    let filled =
        fill(&rule, &record.to_string(), Layout::CloudTrail, &given).expect("every name has a value");
    for (step, id) in [(4, "policy-deny-all"), (5, "policy-deny-not-action"), (6, "policy-deny-not-ip")] {
        let parameters: Value =
            serde_json::from_str(&filled.steps[step - 1].calls[0].parameters.readable()).expect("JSON");
        let policy = parameters["PolicyDocument"].as_str().expect("a text, as IAM takes it");
        let policy: Value = serde_json::from_str(policy).expect("JSON inside");
        let seed = rows.iter().find(|row| row["id"] == id).expect("the row");
        assert_eq!(policy, seed["policy"], "{id}");
    }
}

#[test]
fn the_five_playbooks_of_the_seeds_are_in_the_pack() {
    let steps = |id: &str| book(&of_id(id)).steps.len();
    assert_eq!(steps("inv-identity-ip-recursion"), 8);
    assert_eq!(steps("pb-access-key-containment"), 9);
    assert_eq!(steps("pb-ec2-isolate-and-preserve"), 9);
    assert_eq!(steps("pb-data-loss-check"), 4);
    assert!(steps("pb-security-group-change") >= 4);
}

// Row 62: nothing is called.

#[test]
fn row_62_no_sdk_of_aws_is_in_the_dependency_tree() {
    let lock =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock")).expect("a lock file");
    let names: Vec<&str> = lock.lines().filter_map(|line| line.strip_prefix("name = \"")).collect();
    assert!(names.len() > 20);
    let sdk = |name: &&&str| {
        ["aws-sdk", "aws-config", "aws-smithy", "rusoto"].iter().any(|sdk| name.starts_with(sdk))
    };
    assert_eq!(names.iter().filter(sdk).count(), 0);
}

// Row 63: the order.

fn faults(steps: &str) -> Vec<&'static str> {
    let text = format!(
        "trailsmith: 1\nname: n\ninput: cloudtrail\nlanguage: kuery\nquery: 'event.action: x'\nplaybook:\n  \
         parameters: {{i: {{}}, g: {{}}, v: {{}}}}\n  steps:\n{steps}"
    );
    let loaded = frontend::load_text("r.yml", &text);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let found = lint::playbook_faults(&loaded.rules[0]);
    found.iter().map(|d| d.code.name).filter(|name| *name != "playbook-unused-parameter").collect()
}

fn call(service: &str, action: &str, rest: &str) -> String {
    format!("    - {{title: t, calls: [{{service: {service}, action: {action}, {rest}}}]}}\n")
}

#[test]
fn row_63_the_order_is_linted() {
    let isolate =
        call("ec2", "ModifyInstanceAttribute", "parameters: {InstanceId: '{{i}}', Groups: ['{{g}}']}");
    let interrupt = call("ec2", "SendDiagnosticInterrupt", "parameters: {InstanceId: '{{i}}'}");
    let stop = call("ec2", "StopInstances", "parameters: {InstanceIds: ['{{i}}']}");
    let snapshot = |until: &str| {
        call(
            "ec2",
            "CreateSnapshot",
            &format!("parameters: {{VolumeId: '{{{{v}}}}'}}, outputs: {{s: SnapshotId}}{until}"),
        )
    };
    let complete = snapshot(", until: {state: snapshot-completed, parameters: {SnapshotIds: ['{{s}}']}}");
    let detach = call("ec2", "DetachVolume", "parameters: {VolumeId: '{{v}}'}");
    let faults = |steps: &[&str]| faults(&steps.concat());
    assert_eq!(faults(&[&isolate, &interrupt, &stop, &complete, &detach]), [""; 0]);
    assert_eq!(faults(&[&interrupt, &isolate, &stop]), ["playbook-isolate-first"]);
    assert_eq!(faults(&[&stop, &isolate]), ["playbook-isolate-first"]);
    assert_eq!(faults(&[&isolate, &stop, &interrupt]), ["playbook-interrupt-before-stop"]);
    assert_eq!(faults(&[&snapshot(""), &detach]), ["playbook-snapshot-before-detach"]);
    assert_eq!(faults(&[&detach, &complete]), ["playbook-snapshot-before-detach"]);
    assert_eq!(faults(&[&detach]), ["playbook-snapshot-before-detach"]);
    // An attribute of another kind isolates nothing.
    let other = call(
        "ec2",
        "ModifyInstanceAttribute",
        "parameters: {InstanceId: '{{i}}', DisableApiTermination: {Value: true}}",
    );
    assert_eq!(faults(&[&stop, &other]), [""; 0]);
    let delete = call("iam", "DeleteAccessKey", "parameters: {AccessKeyId: '{{i}}'}");
    assert_eq!(faults(&[&delete]), ["playbook-key-deleted"]);
    let disable = call("iam", "UpdateAccessKey", "parameters: {AccessKeyId: '{{i}}', Status: Inactive}");
    assert_eq!(faults(&[&disable]), [""; 0]);
}

#[test]
fn row_63_every_name_is_bound_before_it_is_used() {
    // As the printed code of the seed: `instance_id` is used and never set.
    let unbound = call("ec2", "StopInstances", "parameters: {InstanceIds: ['{{instance_id}}']}");
    assert_eq!(faults(&unbound), ["playbook-unbound-parameter"]);
    let gives = call("ec2", "DescribeInstances", "outputs: {volumes: 'a.b'}");
    let uses = call("ec2", "DescribeVolumes", "parameters: {VolumeIds: ['{{volumes}}']}");
    assert_eq!(faults(&(gives.clone() + &uses)), [""; 0]);
    assert_eq!(faults(&(uses + &gives)), ["playbook-used-before-bound"]);
    let waits = call("ec2", "StopInstances", "parameters: {InstanceIds: ['{{i}}']}, until: {state: stopped}");
    assert_eq!(faults(&waits), ["playbook-unknown-state"]);
    let twice = call("ec2", "DescribeInstances", "outputs: {i: 'a.b'}");
    assert_eq!(faults(&twice), ["playbook-unusable-name"]);
    let policy = call("iam", "PutUserPolicy", "parameters: {PolicyDocument: '{\"Statement\": [}'}");
    assert_eq!(faults(&policy), ["playbook-invalid-policy"]);
}

#[test]
fn row_63_the_pack_keeps_the_order() {
    for rule in pack() {
        let found: Vec<String> = lint::playbook_faults(&rule).into_iter().map(|d| d.title).collect();
        assert_eq!(found, [""; 0], "{}", rule.name());
    }
}

// Row 64: collisions and exceptions.

#[test]
fn row_64_collisions_are_listed_and_an_exception_is_proposed_for_each() {
    let rules = pack();
    let world: Arc<dyn World> = Arc::new(Standard::default());
    let found = playbook::collisions(&rules, &rules, ROLE, &world);
    let has = |id: &str, action: &str, fires: &str| {
        found.iter().any(|collision| {
            book(&collision.playbook).id.as_deref() == Some(id)
                && collision.action == action
                && collision.fires.source.path().ends_with(fires)
                && collision.alone
        })
    };
    assert!(has("pb-ec2-isolate-and-preserve", "ModifyInstanceAttribute", "ec2/security-group-changed.yml"));
    assert!(has("pb-access-key-containment", "PutUserPolicy", "iam/inline-policy-put-on-user.yml"));
    assert!(has("pb-access-key-containment", "PutRolePolicy", "iam/inline-policy-put-on-role.yml"));
    assert!(!has("pb-ec2-isolate-and-preserve", "SendDiagnosticInterrupt", ""));
    for collision in &found {
        let proposal = collision.proposal.as_ref();
        let spl = collision.fires.query.as_ref().is_some_and(|q| q.language.as_str() == "spl");
        assert!(spl || proposal.is_some_and(|p| p.query.contains(ROLE)), "{}", collision.fires.name());
    }
}

/// Snapshots and attached volumes look like theft to rules that count them; the pack has none, so one
/// is made up here.
#[test]
fn row_64_rules_of_somebody_else_are_judged_too() {
    let text = "trailsmith: 1\nname: Copies\nlanguage: threat-stack\nquery: |\n  eventSource = \"ec2.amazonaws.com\" and \
                (eventName = \"CreateSnapshot\" or eventName = \"AttachVolume\") and requestParameters.volumeId starts_with \"vol-\"\n";
    let loaded = frontend::load_text("copies.yml", text);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let world: Arc<dyn World> = Arc::new(Standard::default());
    let rule = of_id("pb-ec2-isolate-and-preserve");
    let found = playbook::collisions(&[rule], &loaded.rules, ROLE, &world);
    let calls: Vec<(usize, &str)> = found.iter().map(|c| (c.step, c.action.as_str())).collect();
    assert_eq!(calls, [(5, "CreateSnapshot"), (8, "AttachVolume")]);
    let query = format!("userIdentity.sessionContext.sessionIssuer.arn = \"{ROLE}\"");
    assert_eq!(found[0].proposal.as_ref().map(|p| p.query.as_str()), Some(query.as_str()));
}

// Row 65: no holes.

#[test]
fn row_65_one_unfilled_placeholder_is_refused() {
    let rule = of_id("pb-ec2-isolate-and-preserve");
    for (left_out, _) in GIVEN {
        let given: Vec<_> = GIVEN.iter().filter(|(name, _)| name != left_out).copied().collect();
        let refused = fill(&rule, &finding("i-1"), GUARDDUTY, &answers(&given, &[])).expect_err("a hole");
        assert_eq!(refused, [format!("playbook-unfilled: `{left_out}` has no value")]);
    }
    // Without the step that needs it, nothing is missing.
    let given = answers(&GIVEN[..3], &[9]);
    assert!(fill(&rule, &finding("i-1"), GUARDDUTY, &given).is_ok());
    let no_instance = json!({"schemaVersion": "2.0", "type": "x", "service": {}, "resource": {}}).to_string();
    let refused = fill(&rule, &no_instance, GUARDDUTY, &answers(GIVEN, &[])).expect_err("no instance");
    assert_eq!(
        refused,
        ["playbook-unfilled: `instance` has no value: the event holds no `cloud.instance.id`"]
    );
    let mut twice = answers(GIVEN, &[]);
    twice.set["forensic_image"].push("ami-2".into());
    let refused = fill(&rule, &finding("i-1"), GUARDDUTY, &twice).expect_err("two images");
    assert_eq!(refused, ["playbook-several-values: `forensic_image` has several values where one is meant"]);
}

// Row 66: permissions.

#[test]
fn row_66_the_permissions_of_a_responder() {
    let rule = of_id("pb-ec2-isolate-and-preserve");
    let permissions = playbook::permissions(book(&rule));
    let actions: Vec<&str> = permissions.iter().map(|permission| permission.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "ec2:AttachVolume",
            "ec2:CreateSnapshot",
            "ec2:DescribeInstances",
            "ec2:DescribeSnapshots",
            "ec2:DescribeVolumes",
            "ec2:DetachVolume",
            "ec2:ModifyInstanceAttribute",
            "ec2:RunInstances",
            "ec2:SendDiagnosticInterrupt",
            "ec2:StopInstances",
            "iam:PassRole",
        ]
    );
    assert_eq!(permissions[10].steps, [7], "the step that hands a profile to a machine");
}

// Scripts.

#[test]
fn playbooks_as_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(root.join("snapshots/playbooks"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let isolation = isolation("i-0f3b2a1c4d5e6f708");
    let rule = of_id("pb-security-group-change");
    let record = json!({
        "eventVersion": "1.11", "eventSource": "ec2.amazonaws.com", "eventName": "AuthorizeSecurityGroupIngress",
        "awsRegion": "eu-central-1", "eventTime": "2026-01-15T12:00:00Z", "eventID": "1", "sourceIPAddress": "203.0.113.10",
        "userIdentity": {"type": "IAMUser", "userName": "bob", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
        "requestParameters": {"groupId": "sg-0fedcba9876543210"},
    });
    let given = answers(&[("instance", "i-1"), ("isolation_group", "sg-0123456789abcdef0")], &[]);
    let group = fill(&rule, &record.to_string(), Layout::CloudTrail, &given).expect("every name has a value");
    settings.bind(|| {
        insta::assert_snapshot!("isolation.md", playbook::markdown(&isolation));
        insta::assert_snapshot!("isolation.sh", playbook::shell(&isolation));
        insta::assert_snapshot!("security-group.md", playbook::markdown(&group));
        insta::assert_snapshot!("security-group.sh", playbook::shell(&group));
    });
}

/// Runs a script with a stand-in for `aws` that notes its arguments; what it noted.
fn run(script: &str, folder: &Path) -> (bool, Vec<Vec<String>>) {
    let aws = folder.join("aws");
    let body = "#!/bin/bash\nfor word in \"$@\"; do printf '%s\\0' \"$word\"; done >>\"$LOG\"; printf '\\n\\0' >>\"$LOG\"\n\
                case \"$2\" in\n  describe-instances) printf 'vol-1\\tvol-2\\n';;\n  create-snapshot) echo \"snap-$RANDOM\";;\n  \
                run-instances) echo i-new;;\nesac\n";
    std::fs::write(&aws, body).expect("a file");
    std::fs::write(folder.join("sleep"), "#!/bin/sh\n").expect("a file");
    for name in ["aws", "sleep"] {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.join(name), mode).expect("a mode");
    }
    let file = folder.join("playbook.sh");
    std::fs::write(&file, script).expect("a file");
    let path = std::env::var("PATH").unwrap_or_default();
    let status = std::process::Command::new("bash")
        .arg(&file)
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", folder.display()))
        .env("LOG", folder.join("log"))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .expect("bash");
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    let calls = log.split("\n\0").filter(|call| !call.is_empty());
    let words = |call: &str| call.split('\0').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    (status.success(), calls.map(words).collect())
}

#[test]
fn a_script_hands_every_value_over_as_it_is() {
    let nasty = [
        "i-1'; touch pwned; '",
        "$(touch pwned)`touch pwned`${IFS}",
        "\"}' --endpoint-url http://198.51.100.1 '",
        "i-1\ntouch pwned\n",
        "file:///etc/passwd",
        "--debug",
        "i\\-1\u{202e}\u{1b}[31m*?",
    ];
    for value in nasty {
        let folder = tempfile::tempdir().expect("a folder");
        let script = playbook::shell(&isolation(value));
        let (success, calls) = run(&script, folder.path());
        assert!(success, "{value:?}\n{script}");
        assert!(!folder.path().join("pwned").exists(), "{value:?}");
        let first = &calls[0];
        assert_eq!(&first[..3], ["ec2", "modify-instance-attribute", "--cli-input-json"]);
        assert_eq!(first.len(), 4, "{value:?} adds no word: {first:?}");
        let input: Value = serde_json::from_str(&first[3]).expect("JSON");
        assert_eq!(input["InstanceId"], value);
        let commands: Vec<&str> = calls.iter().map(|words| words[1].as_str()).collect();
        assert_eq!(
            commands,
            [
                "modify-instance-attribute",
                "send-diagnostic-interrupt",
                "stop-instances",
                "wait",
                "describe-instances",
                "create-snapshot",
                "create-snapshot",
                "wait",
                "detach-volume",
                "detach-volume",
                "wait",
                "run-instances",
                "wait",
                "attach-volume",
                "attach-volume",
                "run-instances",
            ]
        );
        let parsed = |at: usize| serde_json::from_str::<Value>(&calls[at][3]).expect("JSON");
        let attached = [parsed(13), parsed(14)];
        assert_eq!(attached[0], json!({"VolumeId": "vol-1", "InstanceId": "i-new", "Device": "/dev/sdf"}));
        assert_eq!(attached[1], json!({"VolumeId": "vol-2", "InstanceId": "i-new", "Device": "/dev/sdg"}));
        let waited: Value = serde_json::from_str(&calls[7][4]).expect("JSON");
        assert_eq!(waited["SnapshotIds"].as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn a_value_does_not_break_out_of_a_policy_or_of_markdown() {
    let text = "trailsmith: 1\nname: n\nlanguage: threat-stack\nquery: 'eventName = \"x\"'\nplaybook:\n  \
        parameters: {user: requestParameters.userName}\n  \
        policies: {p: {Version: '2012-10-17', Statement: [{Effect: Deny, Action: ['*'], Resource: ['arn:aws:iam::1:user/{{user}}']}]}}\n  \
        steps:\n    - title: 'Deny {{user}}'\n      text: 'See {{user}}.'\n      calls:\n        \
        - {service: iam, action: PutUserPolicy, parameters: {PolicyDocument: '{{p}}'}}\n        \
        - {service: iam, action: PutUserPolicy, parameters: {PolicyDocument: '{\"Statement\":[{\"Resource\":\"{{user}}\"}]}'}}\n";
    let loaded = frontend::load_text("r.yml", text);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let value = "x\"],\"Effect\":\"Allow\",\"y\":[\"\n# Heading `b` <img> |";
    let record = json!({"eventName": "x", "requestParameters": {"userName": value}}).to_string();
    let filled = fill(&loaded.rules[0], &record, Layout::CloudTrail, &answers(&[], &[])).expect("filled");
    for (call, path) in filled.steps[0].calls.iter().zip(["arn:aws:iam::1:user/", ""]) {
        let Resolved::Map(_) = &call.parameters else { panic!("a table") };
        let outer: Value = serde_json::from_str(&call.parameters.readable()).expect("JSON");
        let policy: Value =
            serde_json::from_str(outer["PolicyDocument"].as_str().expect("text")).expect("JSON");
        let statement = &policy["Statement"][0];
        let resource =
            if statement["Resource"].is_array() { &statement["Resource"][0] } else { &statement["Resource"] };
        assert_eq!(resource, &Value::from(format!("{path}{value}")));
        assert_ne!(statement["Effect"], "Allow");
    }
    let markdown = playbook::markdown(&filled);
    assert!(!markdown.lines().any(|line| line.starts_with("# Heading")), "{markdown}");
    assert!(markdown.contains("``x\"],"), "the value stands in code: {markdown}");
    let script = playbook::shell(&filled);
    assert!(script.lines().all(|line| !line.starts_with("# Heading")), "{script}");
}

#[test]
fn steps_for_other_identities_are_left_out() {
    let rule = pack()
        .into_iter()
        .find(|rule| rule.source.path().ends_with("iam/access-key-created.yml"))
        .expect("it");
    let record = |identity: Value| {
        json!({
            "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "userIdentity": identity,
            "responseElements": {"accessKey": {"accessKeyId": "AKIAI44QH8DHBEXAMPLE", "userName": "eve"}},
        })
        .to_string()
    };
    let user = record(json!({"type": "IAMUser", "userName": "bob", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"}));
    let filled = fill(&rule, &user, Layout::CloudTrail, &answers(&[], &[])).expect("no session, no date");
    let left: Vec<usize> =
        filled.steps.iter().filter(|step| step.skipped.is_some()).map(|s| s.number).collect();
    assert_eq!(left, [4]);
    let script = playbook::shell(&filled);
    assert!(script.contains("AKIAIOSFODNN7EXAMPLE") && !script.contains("put-role-policy"), "{script}");
}

/// Playbooks survive the way through trailsmith's own format.
#[test]
fn nothing_is_lost_on_the_way_through_yaml() {
    use trailsmith::backend::{self, Artefact};
    let target = backend::find("trailsmith").expect("the target");
    for rule in pack().iter().filter(|rule| rule.metadata.playbook.is_some()) {
        let compiled = backend::compile(rule, target, &backend::Options::default());
        let Some(Artefact::Text(text)) = &compiled.artefact else { panic!("text") };
        let again = frontend::load_text("again.yml", text);
        let strip = |book: &Playbook| {
            let mut book = book.clone();
            book.parameters.values_mut().for_each(|binding| binding.origin = None);
            book.steps.iter_mut().flat_map(|step| &mut step.calls).for_each(|call| call.origin = None);
            book
        };
        assert_eq!(strip(book(&again.rules[0])), strip(book(rule)), "{}", rule.name());
    }
}
