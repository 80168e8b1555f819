//! Where pages go, and pages of rules with awkward texts.

use super::*;
use crate::testing::Report;

fn survey(files: &[(&str, &str)]) -> Survey {
    let rules: Vec<_> =
        files.iter().flat_map(|(path, text)| crate::frontend::load_text(path, text).rules).collect();
    assert_eq!(rules.len(), files.len());
    Survey::new(&rules, &Report::default())
}

const RULE: &str = "trailsmith: 1\nname: n\nlanguage: kuery\nquery: 'event.action: x'\n";

#[test]
fn pages_lie_like_the_rules() {
    let files =
        ["rules/a/b.yml", "rules/a/c.toml.yml", "rules/a/d.yaml", "rules/a/d.yml", "rules/README.yml"];
    let survey = survey(&files.map(|path| (path, RULE)));
    let paths = |named: &str| paths(&survey, &[PathBuf::from(named)]);
    assert_eq!(paths("./rules"), ["README.yml.md", "a/b.md", "a/c.toml.md", "a/d.yaml.md", "a/d.yml.md"]);
    assert_eq!(paths("rules/a/b.yml")[1], "b.md");
    assert_eq!(paths(".")[1], "rules/a/b.md");
}

#[test]
fn a_page_leads_back_to_its_rule_and_holds_its_texts() {
    let rule = "trailsmith: 1\nname: 'A *b* | <c>'\nlanguage: kuery\nquery: 'event.action: \"x\"'\n\
                investigation_guide: |\n  ## What\n\n  Look.\nseverity: {level: high, original: 1}\n\
                playbook:\n  parameters:\n    key: {field: event.action}\n  steps:\n    - title: Stop\n      calls:\n        \
                - {service: iam, action: DeleteAccessKey, parameters: {AccessKeyId: '{{key}}'}}\n";
    let survey = survey(&[("rules/a/b.yml", rule)]);
    let pages = pages(&survey, &[PathBuf::from("rules")], Path::new("docs/rules"), Path::new(""));
    let [index, page] = pages.as_slice() else { panic!("{pages:?}") };
    assert!(index.text.contains(r"[A \*b\* \| \<c\>](a/b.md)"), "{}", index.text);
    for part in [
        MARK,
        r"# A \*b\* \| \<c\>",
        "[b.yml](../../../rules/a/b.yml#L1)",
        "high; `1` on the scale of its source",
        "```kuery\nevent.action: \"x\"\n```",
        "| `event.action` | `eventName` | ✓ |  |  |",
        "## Investigation guide\n\n### What",
        "### 1. Stop\n\nCall `iam:DeleteAccessKey`:\n\n```json\n{\n  \"AccessKeyId\": \"{{key}}\"\n}",
        "trailsmith compile rules/a/b.yml --target kibana",
        "- The whole rule: `query-dsl`, `kql`",
    ] {
        assert!(page.text.contains(part), "{part}\n---\n{}", page.text);
    }
}
