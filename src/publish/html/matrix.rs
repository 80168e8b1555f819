//! The matrix: a column for each tactic, in it the techniques that rules name.

use std::collections::BTreeMap;

use super::markup::Markup;
use crate::publish::table::{plural, techniques};
use crate::publish::{Entry, Survey};
use crate::schema::{AttackEntry, attack_techniques};

pub(super) fn write(survey: &Survey, html: &mut Markup) {
    html.raw(
        "<section aria-labelledby=\"matrix-title\">\n<h2 id=\"matrix-title\">Tactics and techniques</h2>\n",
    );
    html.raw("<p class=\"hint\">The number is that of the rules. A technique shows its rules below.</p>\n");
    html.raw("<div class=\"matrix\">\n");
    for (tactic, rules) in survey.by_tactic() {
        column(tactic, &rules, html);
    }
    html.raw("</div>\n");
    let without = survey.without_tactic();
    if !without.is_empty() {
        html.raw("<p class=\"hint\">").text(&plural(without.len(), "rule")).raw(" without a tactic.</p>\n");
    }
    html.raw("</section>\n");
}

fn column(tactic: &'static AttackEntry, rules: &[&Entry], html: &mut Markup) {
    html.raw(if rules.is_empty() { "<div class=\"tactic empty\">\n" } else { "<div class=\"tactic\">\n" });
    html.raw("<h3>").text(tactic.name).raw(" <small>").text(tactic.id).raw("</small></h3>\n<p>");
    let (named, all) = (techniques(tactic, rules), attack_techniques(Some(tactic.id)));
    html.text(&format!("{} · {named} of {all} techniques", plural(rules.len(), "rule"))).raw("</p>\n");
    let mut counts: BTreeMap<&str, (&AttackEntry, usize)> = BTreeMap::new();
    for entry in rules {
        for technique in entry.techniques(tactic) {
            counts.entry(technique.id).or_insert((technique, 0)).1 += 1;
        }
    }
    if !counts.is_empty() {
        html.raw("<ul>\n");
        for (id, (technique, count)) in counts {
            html.raw("<li><a href=\"#rules\"").attr("data-technique", id).attr("data-tactic", tactic.id);
            html.raw(">").raw("<span class=\"id\">").text(id).raw("</span> <span class=\"name\">");
            html.text(&technique.full_name()).raw("</span> <span").attr("class", heat(count)).raw(">");
            html.text(&count.to_string()).raw("<span class=\"sr\">");
            html.raw(if count == 1 { " rule" } else { " rules" }).raw("</span></span></a></li>\n");
        }
        html.raw("</ul>\n");
    }
    html.raw("</div>\n");
}

/// How strongly a count is shown.
fn heat(count: usize) -> &'static str {
    match count {
        0 | 1 => "heat h1",
        2 | 3 => "heat h2",
        4..=6 => "heat h3",
        _ => "heat h4",
    }
}
