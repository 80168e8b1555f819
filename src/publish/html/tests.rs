//! The page with rules that try to break out of it.

use super::*;
use crate::testing::{CaseReport, Expect, Failure, Outcome, Report, RuleMutation, Survivor};

const EVIL: &str = "</script></pre></details>\"'><img src=x onerror=alert(1)><!--";

/// A rule with hostile texts wherever there is text.
fn hostile() -> Survey {
    let quoted = serde_json::to_string(EVIL).unwrap();
    let rule = format!(
        "trailsmith: 1\nid: {quoted}\nname: {quoted}\nlanguage: kuery\nquery: 'event.action: x'\nseverity: {{level: high, \
         original: {quoted}}}\ndescription: {quoted}\ntags: [{quoted}]\n"
    );
    let path = "a/<b onclick=x>/javascript:alert(1).yml";
    let loaded = crate::frontend::load_text(path, &rule);
    assert_eq!(loaded.rules.len(), 1, "{:?}", loaded.diagnostics);
    let id = loaded.rules[0].id.clone();
    let case = |outcome: Outcome| CaseReport {
        rule_path: path.into(),
        rule_id: id.clone(),
        rule_name: EVIL.into(),
        fixture: EVIL.into(),
        line: 1,
        name: EVIL.into(),
        expect: Some(Expect::Match),
        outcome,
    };
    let failure = Failure { message: EVIL.into(), detail: EVIL.into() };
    let survivor = Survivor {
        line: 1,
        column: 1,
        clause: EVIL.into(),
        change: EVIL.into(),
        reason: format!("of an event with userAgent {EVIL}"),
    };
    let report = Report {
        cases: vec![
            case(Outcome::Passed),
            case(Outcome::Todo(EVIL.into())),
            case(Outcome::Failed(vec![failure])),
        ],
        mutation: vec![RuleMutation {
            rule_path: path.into(),
            rule_id: id.clone(),
            rule_name: EVIL.into(),
            mutants: 2,
            survivors: vec![survivor],
        }],
        ..Report::default()
    };
    Survey::new(&loaded.rules, &report)
}

#[test]
fn hostile_texts_stay_text() {
    let here = std::path::Path::new("");
    let page = page(&hostile(), EVIL, &Links::Beside { folder: here, root: here });
    // The page's own script and style end it, and nothing else opens or closes either.
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script").count(), 1);
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    for bad in ["<img", "<!--", "<b ", "href=\"javascript"] {
        assert!(!page.contains(bad), "{bad}");
    }
    let (open, closed) = (page.matches("<details").count(), page.matches("</details>").count());
    assert_eq!((open, closed), (1, 1));
    // An attribute that runs something would be ` on…=` inside of a tag and outside of its values.
    let body = page.split_once("<body>").unwrap().1.split_once("<script>").unwrap().0;
    let body = regex::Regex::new("\"[^\"]*\"").unwrap().replace_all(body, "");
    let tag = regex::Regex::new(r#"<[a-z][^<>]*\son\w+=?"#).unwrap();
    assert!(!tag.is_match(&body));
    // What stands in an address cannot begin a scheme.
    assert!(page.contains("href=\"a/%3Cb%20onclick%3Dx%3E/javascript%3Aalert%281%29.yml#L1\""));
}

#[test]
fn the_policy_allows_only_what_the_page_brings() {
    let page = page(&hostile(), "t", &Links::Web("https://example.org"));
    let between =
        |from: &str, to: &str| page.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned();
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let policy = between("Content-Security-Policy\" content=\"", "\"");
    assert!(
        policy.contains(&format!("script-src &#39;sha256-{}&#39;", hash(&between("<script>", "</script>"))))
    );
    assert!(
        policy.contains(&format!("style-src &#39;sha256-{}&#39;", hash(&between("<style>", "</style>"))))
    );
    // Nothing is loaded from anywhere, and no style stands in an attribute, which the policy forbids.
    for bad in [" src=", "@import", "url(", "<link", " style="] {
        assert!(!page.replace("src=x onerror", "").contains(bad), "{bad}");
    }
}

#[test]
fn a_survey_without_rules_is_a_page() {
    let page = page(&Survey::default(), "Nothing", &Links::Web("https://example.org"));
    assert!(page.contains("No rule fits these filters") && page.ends_with("</html>\n"));
}
