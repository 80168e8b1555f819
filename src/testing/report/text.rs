//! For people: failures with their reasons, cases still to do, coverage, the summary line.

use std::io::{self, Write};

use anstyle::{AnsiColor, Effects, Style};

use crate::testing::Survivor;
use crate::testing::coverage::RuleCoverage;
use crate::testing::mutate::RuleMutation;
use crate::testing::outcome::{CaseReport, Outcome, Report};

/// Width of the column that holds `FAIL` and `TODO`.
const INDENT: &str = "      ";

pub(super) fn full(report: &Report, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let paint = |colour_of: AnsiColor| match colour {
        true => Style::new().fg_color(Some(colour_of.into())).effects(Effects::BOLD),
        false => Style::new(),
    };
    for case in &report.cases {
        let CaseReport { rule_path, name, .. } = case;
        match &case.outcome {
            Outcome::Passed => {}
            Outcome::Todo(reason) => {
                let style = paint(AnsiColor::Yellow);
                writeln!(out, "{style}TODO{style:#}  {rule_path} › {name}")?;
                writeln!(out, "{INDENT}{reason}")?;
            }
            Outcome::Failed(failures) => {
                let style = paint(AnsiColor::BrightRed);
                writeln!(out, "{style}FAIL{style:#}  {rule_path} › {name}")?;
                for failure in failures {
                    writeln!(out, "{INDENT}{}", failure.message)?;
                    failure.detail.lines().try_for_each(|line| writeln!(out, "{INDENT}{line}"))?;
                }
            }
        }
    }
    report.coverage.iter().try_for_each(|rule| coverage(rule, out))?;
    mutation(report, out)?;
    writeln!(out, "{}", report.summary())
}

fn coverage(rule: &RuleCoverage, out: &mut dyn Write) -> io::Result<()> {
    let (path, percent) = (&rule.rule_path, rule.percent());
    writeln!(out, "{percent:>3} %  {path} › {} ({} of {})", rule.rule_name, rule.covered(), rule.total())?;
    for gap in rule.gaps() {
        writeln!(out, "{INDENT}{}:{}  {}: {}", gap.line, gap.column, gap.missing, gap.clause)?;
    }
    Ok(())
}

fn mutation(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for rule in report.mutation.iter().filter(|rule| !rule.survivors.is_empty()) {
        let (path, percent) = (&rule.rule_path, rule.percent());
        writeln!(
            out,
            "{percent:>3} %  {path} › {} ({} of {} mutants noticed)",
            rule.rule_name,
            rule.killed(),
            rule.mutants
        )?;
        for survivor in &rule.survivors {
            writeln!(
                out,
                "{INDENT}{}:{}  {}: {}",
                survivor.line, survivor.column, survivor.clause, survivor.change
            )?;
            writeln!(out, "{INDENT}{INDENT}{}", survivor.reason)?;
        }
    }
    totals(report, out)
}

/// One line over all rules, where mutants were asked for.
fn totals(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.mutation.is_empty() {
        return Ok(());
    }
    let mutants: usize = report.mutation.iter().map(|rule| rule.mutants).sum();
    let killed: usize = report.mutation.iter().map(RuleMutation::killed).sum();
    let percent = (1000 * killed).checked_div(mutants).unwrap_or(1000);
    let (whole, tenth) = (percent / 10, percent % 10);
    writeln!(out, "{mutants} mutants · {killed} killed · {} survived · {whole}.{tenth} %", mutants - killed)
}

pub(super) fn concise(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for case in &report.cases {
        let CaseReport { fixture, line, name, .. } = case;
        match &case.outcome {
            Outcome::Passed => {}
            Outcome::Todo(reason) => writeln!(out, "{fixture}:{line}: todo: {name}: {reason}")?,
            Outcome::Failed(failures) => {
                for failure in failures {
                    writeln!(out, "{fixture}:{line}: failed: {name}: {}", failure.message)?;
                }
            }
        }
    }
    for rule in &report.coverage {
        for gap in rule.gaps() {
            let path = &rule.rule_path;
            writeln!(out, "{path}:{}:{}: {}: {}", gap.line, gap.column, gap.missing, gap.clause)?;
        }
    }
    for rule in &report.mutation {
        for Survivor { line, column, clause, change, reason } in &rule.survivors {
            writeln!(out, "{}:{line}:{column}: survived: {clause}: {change}: {reason}", rule.rule_path)?;
        }
    }
    totals(report, out)?;
    writeln!(out, "{}", report.summary())
}
