//! A rule on the page: a line that tells how it stands, and behind it everything else.

use super::markup::Markup;
use crate::publish::table::plural;
use crate::publish::{Entry, Links, kind};
use crate::testing::{CaseReport, Expect, Outcome, RuleCoverage, RuleMutation};

pub(super) fn write(entry: &Entry, number: usize, links: &Links<'_>, html: &mut Markup) {
    let rule = &entry.rule;
    html.raw("<details class=\"rule\"").attr("id", &format!("rule-{}", number + 1));
    html.attr("data-severity", rule.severity()).attr("data-folder", &entry.folder);
    html.attr("data-tactics", &entry.tactics().map(|tactic| tactic.id).collect::<Vec<_>>().join(" "));
    // With its tactic, since a technique may serve several.
    let pairs = entry.attack.iter().filter_map(|(tactic, technique)| Some((tactic, (*technique)?)));
    let pairs: Vec<String> = pairs.map(|(tactic, one)| format!("{}/{}", tactic.id, one.id)).collect();
    html.attr("data-techniques", &pairs.join(" "));
    html.raw(if entry.wants_work() { " data-gaps>\n<summary>" } else { ">\n<summary>" });
    let severity = if rule.severity().is_empty() { "none" } else { rule.severity() };
    html.raw("<span").attr("class", &format!("severity {severity}")).raw(">").text(severity).raw("</span> ");
    html.raw("<span class=\"title\">").text(rule.name()).raw("</span> ");
    if entry.is_hunt() {
        html.raw("<span class=\"chip\">hunt</span> ");
    }
    html.raw("<span class=\"figures\">");
    fixtures_figure(entry, html);
    figure("clauses", entry.coverage.as_ref().map(|one| (one.covered(), one.total())), html);
    figure("mutants", entry.mutation.as_ref().map(|one| (one.killed(), one.mutants)), html);
    html.raw("</span></summary>\n<div class=\"body\">\n");
    if let Some(description) = &rule.metadata.description {
        html.element("p", description.trim()).raw("\n");
    }
    facts(entry, links, html);
    if let Some(query) = &rule.query {
        html.raw("<h4>Query <small>").text(query.language.as_str()).raw("</small></h4>\n");
        html.raw("<pre tabindex=\"0\"><code>").text(query.text.trim_end()).raw("</code></pre>\n");
    }
    fixtures(entry, links, html);
    if let Some(coverage) = &entry.coverage {
        clauses(coverage, links, html);
    }
    if let Some(mutation) = &entry.mutation {
        mutants(mutation, links, html);
    }
    html.raw("</div>\n</details>\n");
}

fn fixtures_figure(entry: &Entry, html: &mut Markup) {
    let (all, passed) = (entry.cases.len(), entry.passed());
    html.raw("<span")
        .attr("class", if all == 0 || passed < all { "figure low" } else { "figure" })
        .raw("><b>");
    match passed == all {
        true => html.text(&all.to_string()),
        false => html.text(&format!("{passed}/{all}")),
    };
    html.raw("</b> ").raw(if all == 1 { "fixture" } else { "fixtures" }).raw("</span> ");
}

/// A share with a bar.
fn figure(name: &'static str, share: Option<(usize, usize)>, html: &mut Markup) {
    let Some((part, whole)) = share else { return };
    let percent = (100 * part).checked_div(whole).unwrap_or(100);
    html.raw("<span").attr("class", if percent < 100 { "figure low" } else { "figure" });
    html.attr("title", &format!("{part} of {whole} {name}")).raw("><b>").text(&percent.to_string());
    html.raw(" %</b> ").raw(name);
    html.raw("<svg viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
    html.raw("<rect class=\"track\" width=\"100\" height=\"4\"/><rect class=\"fill\" height=\"4\"");
    html.attr("width", &percent.to_string()).raw("/></svg></span> ");
}

fn facts(entry: &Entry, links: &Links<'_>, html: &mut Markup) {
    let (rule, path) = (&entry.rule, entry.rule.source.path());
    html.raw("<dl>\n<dt>Source</dt><dd>");
    html.link(&links.to(path, entry.line()), &format!("{path}:{}", entry.line()))
        .raw("</dd>\n<dt>Id</dt><dd><code>");
    html.text(&rule.id).raw("</code></dd>\n<dt>Detects</dt><dd>");
    html.text(&format!("{} on {}", kind(rule), rule.input.as_str())).raw("</dd>\n");
    if let Some(severity) = &rule.metadata.severity {
        html.raw("<dt>Severity</dt><dd>").text(severity.level.as_str());
        if let Some(original) = &severity.original {
            let original = crate::backend::kibana::json(original);
            let original = original.as_str().map_or_else(|| original.to_string(), str::to_owned);
            html.text(&format!(" (at its source: {original})"));
        }
        if let Some(score) = rule.metadata.risk_score {
            html.text(&format!(", risk score {score}"));
        }
        html.raw("</dd>\n");
    }
    if !entry.attack.is_empty() {
        html.raw("<dt>ATT&amp;CK</dt><dd><ul class=\"plain\">");
        for tactic in entry.tactics() {
            html.raw("<li>").link(&tactic.url(), tactic.name);
            for (at, technique) in entry.techniques(tactic).into_iter().enumerate() {
                html.raw(if at == 0 { " › " } else { ", " });
                html.link(&technique.url(), &format!("{} {}", technique.id, technique.full_name()));
            }
            html.raw("</li>");
        }
        html.raw("</ul></dd>\n");
    }
    let tags = rule.metadata.tags.as_deref().unwrap_or_default();
    if !tags.is_empty() {
        html.raw("<dt>Tags</dt><dd>").text(&tags.join(" · ")).raw("</dd>\n");
    }
    html.raw("</dl>\n");
}

fn fixtures(entry: &Entry, links: &Links<'_>, html: &mut Markup) {
    html.raw("<h4>Fixtures</h4>\n");
    if entry.cases.is_empty() {
        html.raw("<p class=\"bad\">The rule has no fixture.</p>\n");
        return;
    }
    html.raw("<ul class=\"cases\">\n");
    entry.cases.iter().for_each(|case| one_case(case, links, html));
    html.raw("</ul>\n");
}

fn one_case(case: &CaseReport, links: &Links<'_>, html: &mut Markup) {
    let expect = match &case.expect {
        Some(Expect::Match) => "match".to_owned(),
        Some(Expect::NoMatch) => "no match".to_owned(),
        Some(Expect::Alerts { count, .. }) => {
            format!("{count} alert{}", if *count == 1 { "" } else { "s" })
        }
        None => "open".to_owned(),
    };
    let (mark, class, word) = match &case.outcome {
        Outcome::Passed => ("✓", "good", "passed"),
        Outcome::Failed(_) => ("✗", "bad", "failed"),
        Outcome::Todo(_) => ("…", "todo", "to do"),
    };
    html.raw("<li><span").attr("class", class).raw(" aria-hidden=\"true\">").text(mark);
    html.raw("</span><span class=\"sr\">").text(word).raw(": </span> ");
    html.link(&links.to(&case.fixture, case.line), &case.name);
    html.raw(" <span class=\"chip\">").text(&expect).raw("</span>");
    match &case.outcome {
        Outcome::Passed => {}
        Outcome::Todo(reason) => _ = html.raw("<p>").text(reason).raw("</p>"),
        Outcome::Failed(failures) => {
            for failure in failures {
                html.element("p", &failure.message);
                if !failure.detail.is_empty() {
                    html.raw("<pre tabindex=\"0\">").text(&failure.detail).raw("</pre>");
                }
            }
        }
    }
    html.raw("</li>\n");
}

fn clauses(coverage: &RuleCoverage, links: &Links<'_>, html: &mut Markup) {
    let gaps: Vec<_> = coverage.gaps().collect();
    if gaps.is_empty() {
        return;
    }
    html.raw("<h4>Clauses not seen both ways</h4>\n<ul class=\"cases\">\n");
    for gap in gaps {
        html.raw("<li><code>")
            .link(&links.to(&coverage.rule_path, gap.line), &gap.clause)
            .raw("</code> <span class=\"chip low\">");
        html.text(gap.missing).raw("</span></li>\n");
    }
    html.raw("</ul>\n");
}

fn mutants(mutation: &RuleMutation, links: &Links<'_>, html: &mut Markup) {
    if mutation.survivors.is_empty() {
        return;
    }
    let survived = plural(mutation.survivors.len(), "change");
    html.raw("<h4>").text(&format!("{survived} of {} that no fixture noticed", mutation.mutants));
    html.raw("</h4>\n<ul class=\"cases\">\n");
    for survivor in &mutation.survivors {
        html.raw("<li><code>").link(&links.to(&mutation.rule_path, survivor.line), &survivor.clause);
        html.raw("</code> ").text(&survivor.change);
        if !survivor.reason.is_empty() {
            html.raw("<p>").text(&survivor.reason).raw("</p>");
        }
        html.raw("</li>\n");
    }
    html.raw("</ul>\n");
}
