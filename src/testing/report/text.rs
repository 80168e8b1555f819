//! For people: failures with their reasons, cases still to do, coverage, the summary line.

use std::io::{self, Write};

use anstyle::{AnsiColor, Effects, Style};

use crate::testing::coverage::RuleCoverage;
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
    writeln!(out, "{}", report.summary())
}
