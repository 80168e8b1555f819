//! JUnit XML: one suite a rule, one case a case.

use std::io::{self, Write};

use crate::diagnostic::render::xml_escape;
use crate::testing::outcome::{CaseReport, Outcome, Report};

pub(super) fn document(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let summary = report.summary();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="trailsmith test" tests="{}" failures="{}" skipped="{}">"#,
        summary.fixtures, summary.failed, summary.todo
    )?;
    for suite in report.cases.chunk_by(|a, b| (&a.rule_path, &a.rule_id) == (&b.rule_path, &b.rule_id)) {
        let failed = suite.iter().filter(|case| matches!(case.outcome, Outcome::Failed(_))).count();
        let todo = suite.iter().filter(|case| matches!(case.outcome, Outcome::Todo(_))).count();
        writeln!(
            out,
            r#"  <testsuite name="{}" tests="{}" failures="{failed}" skipped="{todo}">"#,
            xml_escape(&suite[0].rule_path),
            suite.len()
        )?;
        suite.iter().try_for_each(|case| one(case, out))?;
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn one(case: &CaseReport, out: &mut dyn Write) -> io::Result<()> {
    let (name, class) = (xml_escape(&case.name), xml_escape(&case.rule_name));
    let (file, line) = (xml_escape(&case.fixture), case.line);
    write!(out, r#"    <testcase name="{name}" classname="{class}" file="{file}" line="{line}""#)?;
    match &case.outcome {
        Outcome::Passed => writeln!(out, "/>"),
        Outcome::Todo(reason) => {
            writeln!(out, ">\n      <skipped message=\"{}\"/>\n    </testcase>", xml_escape(reason))
        }
        Outcome::Failed(failures) => {
            writeln!(out, ">")?;
            for failure in failures {
                let (message, detail) = (xml_escape(&failure.message), xml_escape(&failure.detail));
                writeln!(out, "      <failure message=\"{message}\">{detail}</failure>")?;
            }
            writeln!(out, "    </testcase>")
        }
    }
}
