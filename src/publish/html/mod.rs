//! One HTML page over a rule set, self-contained: no file, font or script from elsewhere.
//!
//! Style and script stand in `page.css` and `page.js` and are allowed by their hashes only; were
//! something to slip through the escaping, a browser would still not run it. Without scripts the page
//! is whole, only not searchable.

mod card;
mod markup;
mod matrix;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use markup::Markup;

use super::table::{percent, plural};
use super::{Links, Survey};
use crate::schema::{ATTACK_RELEASE, attack_techniques};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page.
pub fn page(survey: &Survey, title: &str, links: &Links<'_>) -> String {
    let mut html = Markup::default();
    head(title, &mut html);
    html.raw(
        "<body>\n<a class=\"skip\" href=\"#rules\">Skip to the rules</a>\n<header>\n<div class=\"bar\">\n",
    );
    html.element("h1", title);
    html.raw("\n<button type=\"button\" id=\"theme\" class=\"button\" hidden>Dark</button>\n</div>\n");
    tiles(survey, &mut html);
    html.raw("</header>\n<main>\n");
    matrix::write(survey, &mut html);
    rules(survey, links, &mut html);
    html.raw("</main>\n<footer><p>");
    html.text(&format!("Tactics and techniques are those of MITRE ATT&CK {ATTACK_RELEASE} for Enterprise. "));
    html.raw(
        "© The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE ",
    );
    html.raw("Corporation.</p></footer>\n<script>").raw(SCRIPT).raw("</script>\n</body>\n</html>\n");
    html.finish()
}

fn head(title: &str, html: &mut Markup) {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\"").attr("content", &policy).raw(">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
    html.element("title", title).raw("\n<style>").raw(STYLE).raw("</style>\n</head>\n");
}

/// The sums, one tile each.
fn tiles(survey: &Survey, html: &mut Markup) {
    let totals = survey.totals();
    html.raw("<dl class=\"tiles\">\n");
    let mut tile = |name: &'static str, value: String, more: String| {
        html.raw("<div class=\"tile\">").element("dt", name).element("dd", &value);
        html.raw("<dd class=\"more\">").text(&more).raw("</dd></div>\n");
    };
    let share = |part, whole| percent(part, whole).map_or("–".into(), |percent| format!("{percent} %"));
    let alerting = totals.rules - totals.hunts;
    tile("Rules", totals.rules.to_string(), format!("{alerting} alerting, {}", plural(totals.hunts, "hunt")));
    tile("Tactics", totals.tactics.to_string(), format!("of 14 in ATT&CK {ATTACK_RELEASE}"));
    tile("Techniques", totals.techniques.to_string(), format!("of {}", attack_techniques(None)));
    let failed = totals.cases - totals.passed;
    let more = if failed == 0 { "all pass".to_owned() } else { format!("{failed} do not pass") };
    tile("Fixtures", totals.cases.to_string(), more);
    let seen = format!("{} of {} seen", totals.covered, totals.clauses);
    tile("Clause coverage", share(totals.covered, totals.clauses), seen);
    let noticed = format!("{} of {} noticed", totals.killed, totals.mutants);
    tile("Mutants", share(totals.killed, totals.mutants), noticed);
    html.raw("</dl>\n");
}

fn rules(survey: &Survey, links: &Links<'_>, html: &mut Markup) {
    html.raw("<section id=\"rules\" aria-labelledby=\"rules-title\">\n<h2 id=\"rules-title\">Rules</h2>\n");
    html.raw("<div id=\"filters\" class=\"filters\" role=\"search\" aria-label=\"Rules\" hidden>\n");
    html.raw("<label class=\"wide\">Search<input type=\"search\" id=\"search\" autocomplete=\"off\" ");
    html.raw("placeholder=\"Name, event, field, technique …\"></label>\n");
    let tactics = survey.by_tactic().filter(|(_, rules)| !rules.is_empty());
    let tactics = tactics.map(|(tactic, _)| (tactic.id.to_owned(), tactic.name.to_owned()));
    select("Tactic", "tactic", tactics.collect(), html);
    let mut levels: Vec<_> = survey
        .entries
        .iter()
        .filter_map(|entry| Some(entry.rule.metadata.severity.as_ref()?.level))
        .collect();
    levels.sort_unstable();
    levels.dedup();
    let word = |level: &crate::ir::Level| (level.as_str().to_owned(), level.as_str().to_owned());
    select("Severity", "severity", levels.iter().rev().map(word).collect(), html);
    let mut folders: Vec<&str> = survey.entries.iter().map(|entry| entry.folder.as_str()).collect();
    folders.sort_unstable();
    folders.dedup();
    select("Folder", "folder", folders.iter().map(|name| ((*name).into(), (*name).into())).collect(), html);
    html.raw("<label class=\"check\"><input type=\"checkbox\" id=\"open\"> Only with gaps</label>\n");
    html.raw("<button type=\"button\" class=\"button\" id=\"reset\">Reset</button>\n");
    html.raw("<button type=\"button\" class=\"button\" id=\"expand\">Open all</button>\n</div>\n");
    html.raw("<p id=\"count\" class=\"count\" role=\"status\">");
    html.text(&plural(survey.entries.len(), "rule")).raw("</p>\n");
    survey.entries.iter().enumerate().for_each(|(number, entry)| card::write(entry, number, links, html));
    html.raw("<p id=\"none\" class=\"none\" hidden>No rule fits these filters.</p>\n</section>\n");
}

/// A list of values and names to choose from, the first of which is all of them.
fn select(label: &'static str, id: &'static str, options: Vec<(String, String)>, html: &mut Markup) {
    html.raw("<label>").raw(label).raw("<select").attr("id", id).raw("><option value=\"\">All</option>");
    for (value, name) in options {
        html.raw("<option").attr("value", &value).raw(">").text(&name).raw("</option>");
    }
    html.raw("</select></label>\n");
}

#[cfg(test)]
mod tests;
