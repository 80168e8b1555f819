//! Rule by target: exact, lossy or impossible, with the reasons.

use std::io::Write;

use serde_json::{Value, json};

use super::Row;
use crate::backend::{Fidelity, Loss, Target};
use crate::cli::args::Format;
use crate::cli::exit::Stop;
use crate::cli::session::Session;

/// Prints the matrix; `rows` are ordered by rule, then by target.
pub(super) fn print(
    rows: &[Row],
    targets: &[&'static dyn Target],
    format: Format,
    session: &mut Session,
) -> Result<(), Stop> {
    match format {
        Format::Json => {
            let all: Vec<Value> = rows.iter().map(object).collect();
            writeln!(session.out, "{:#}", Value::from(all))?;
        }
        Format::JsonLines => {
            for row in rows {
                writeln!(session.out, "{}", object(row))?;
            }
        }
        _ => table(rows, targets, session)?,
    }
    Ok(())
}

/// The losses that keep a rule from being exact, each code once.
fn reasons(row: &Row) -> Vec<&Loss> {
    let mut reasons: Vec<&Loss> = Vec::new();
    let refused = row.compiled.losses.iter().filter(|loss| loss.is_refused());
    for loss in row.compiled.error.iter().chain(refused) {
        if !reasons.iter().any(|known| known.code == loss.code) {
            reasons.push(loss);
        }
    }
    reasons
}

fn object(row: &Row) -> Value {
    json!({
        "rule_id": row.rule.id,
        "rule_name": row.rule.name(),
        "target": row.target.name(),
        "fidelity": row.compiled.fidelity().as_str(),
        "reasons": reasons(row).into_iter().map(Loss::to_json).collect::<Vec<_>>(),
    })
}

fn table(rows: &[Row], targets: &[&'static dyn Target], session: &mut Session) -> Result<(), Stop> {
    let mut cells = Vec::with_capacity(rows.len());
    let mut totals = vec![[0usize; 3]; targets.len()];
    for row in rows {
        let fidelity = row.compiled.fidelity();
        if let Some(total) = targets
            .iter()
            .position(|target| target.name() == row.target.name())
            .and_then(|index| totals.get_mut(index))
        {
            total[fidelity as usize] += 1;
        }
        let codes: Vec<&str> = reasons(row).iter().map(|loss| loss.code.name).collect();
        cells.push([
            row.rule.name().to_owned(),
            row.target.name().to_owned(),
            fidelity.as_str().to_owned(),
            codes.join(", "),
        ]);
    }
    let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (name, target, word) = (width(0), width(1), Fidelity::Impossible.as_str().len());
    for [rule, on, fidelity, codes] in &cells {
        let line = format!("{rule:name$}  {on:target$}  {fidelity:word$}  {codes}");
        writeln!(session.out, "{}", line.trim_end())?;
    }
    writeln!(session.out)?;
    for (known, [exact, lossy, impossible]) in targets.iter().zip(&totals) {
        writeln!(
            session.out,
            "{:target$}  {exact} exact, {lossy} lossy, {impossible} impossible",
            known.name()
        )?;
    }
    Ok(())
}
