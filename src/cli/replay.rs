//! `match`: replays events against rules.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write, stderr};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::Format;
use super::exit::{Outcome, Stop};
use super::rules;
use super::session::Session;
use crate::diagnostic::{Diagnostic, Severity, printable};
use crate::event::{Inputs, Progress};
use crate::frontend::codes::EXCEPTION_LIST_ABSENT;
use crate::ir::{Purpose, date_math};
use crate::replay::{self, Found, Replay, Settings};
use crate::schema::Version;

/// Replay CloudTrail events against rules
#[derive(Debug, Args)]
pub(super) struct Match {
    /// Rule files and directories; may be given several times [default: the configuration's `rules`]
    #[arg(long, short, value_name = "RULES")]
    rules: Vec<PathBuf>,
    /// Event files and directories, any CloudTrail container, gzip or plain; `-` is standard input
    #[arg(value_name = "EVENTS", required = true)]
    events: Vec<PathBuf>,
    /// Print how often each rule hit: count, rule id and name, most first
    #[arg(long)]
    count: bool,
    /// Number of threads [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Count an event once that is delivered several times (by its id)
    #[arg(long)]
    dedup: bool,
    /// The present for date math [default: the newest event]
    #[arg(long, value_name = "INSTANT")]
    now: Option<String>,
    /// Run every rule by its schedule, from the first event to --now
    #[arg(long)]
    schedule: bool,
    /// Only rules of this purpose: alerting or hunting
    #[arg(long, value_name = "PURPOSE", value_parser = super::args::purpose)]
    purpose: Option<Purpose>,
    /// Exit with 1 when a rule hits; hits of hunts do not count
    #[arg(long)]
    fail_on_match: bool,
    /// The generation of ECS documents: legacy, 7.4 or 8.9
    #[arg(long, value_name = "VERSION", value_parser = super::args::version)]
    integration_version: Option<Version>,
}

impl Match {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(&[Format::Full, Format::Concise, Format::Json, Format::JsonLines])?;
        if self.rules.is_empty() && session.config.rules.is_empty() {
            return Err(Stop::usage("no rules: name them with --rules, or in trailsmith.toml"));
        }
        let now = match self.now.as_deref() {
            None => None,
            Some(text) => Some(date_math::parse_instant(text).ok_or_else(|| {
                Stop::usage(format!(
                    "--now: `{text}` is no instant; write something like 2024-05-01T12:00:00Z"
                ))
            })?),
        };
        let started = Instant::now();
        let paths = rules::paths(session, &self.rules);
        let mut loaded = rules::load(session, &paths);
        let mut outcome = rules::outcome(&loaded);
        let told = |finding: &Diagnostic| {
            finding.severity == Severity::Error || *finding.code == EXCEPTION_LIST_ABSENT
        };
        session.notes(loaded.diagnostics.into_iter().filter(told).collect())?;
        rules::note_if_none(session, &loaded.rules, &paths)?;
        loaded.rules.retain(|rule| self.purpose.is_none_or(|purpose| rule.metadata.purpose == purpose));
        let inputs = Inputs::find(&self.events);
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let settings = Settings {
            version: self.integration_version.or(session.config.integration_version).unwrap_or_default(),
            now,
            dedup: self.dedup,
            schedule: self.schedule,
            threads: self.threads.map_or_else(cores, usize::from),
        };
        let replay = Replay::new(&loaded.rules, &inputs, settings);
        let bar = progress_bar(session, &inputs);
        let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
        let mut all = Vec::new();
        let out = &mut session.out;
        let mut alerts = 0u64;
        let stats =
            replay.run(&inputs, &mut |done: Progress| bar.set_position(done.done), &mut |found: Found| {
                alerts += u64::from(!found.is_hunt());
                if self.count {
                    let rule = found.rule();
                    *counts.entry((rule.id.clone(), rule.name().to_owned())).or_default() += 1;
                    return Ok(());
                }
                match format {
                    Format::JsonLines => writeln!(out, "{}", replay::json(&found)),
                    Format::Json => {
                        all.push(replay::json(&found));
                        Ok(())
                    }
                    Format::Full => writeln!(out, "{}", replay::full(&found)),
                    _ => writeln!(out, "{}", replay::concise(&found)),
                }
            });
        bar.finish_and_clear();
        let mut stats = stats?;
        if self.count {
            let mut counts: Vec<((String, String), u64)> = counts.into_iter().collect();
            counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            print_counts(session, &counts, format)?;
        } else if format == Format::Json {
            let document = serde_json::json!({
                "schema_version": crate::diagnostic::render::SCHEMA_VERSION,
                "hits": all,
            });
            writeln!(session.out, "{document:#}")?;
        }
        outcome.unreadable |= stats.summary.loss;
        outcome.findings = self.fail_on_match && alerts > 0;
        session.notes(std::mem::take(&mut stats.findings))?;
        session.notes_in_order(stats.summary.diagnostics())?;
        let seconds = started.elapsed().as_secs_f64();
        let (events, hits, rules) = (stats.summary.records, stats.hits, loaded.rules.len());
        let repeated = match stats.repeated {
            0 => String::new(),
            repeated => format!(" · {repeated} repeated"),
        };
        let parts = [(events as usize, "event"), (rules, "rule"), (hits as usize, "hit")];
        let line = parts.map(|(number, what)| super::session::count(number, what)).join(" · ");
        // Logs and pipes get the same bytes every time.
        let time = if stderr().is_terminal() { format!(" · {seconds:.2} s") } else { String::new() };
        session.note(&format!("{line}{repeated}{time}"))?;
        Ok(outcome)
    }
}

fn print_counts(
    session: &mut Session,
    counts: &[((String, String), u64)],
    format: Format,
) -> Result<(), Stop> {
    let object = |((id, name), count): &((String, String), u64)| serde_json::json!({"count": count, "rule_id": id, "rule_name": name});
    match format {
        Format::Json => {
            let all: Vec<_> = counts.iter().map(object).collect();
            writeln!(session.out, "{:#}", serde_json::Value::from(all))?;
        }
        Format::JsonLines => counts.iter().try_for_each(|c| writeln!(session.out, "{}", object(c)))?,
        _ => {
            for ((id, name), count) in counts {
                writeln!(session.out, "{count}\t{}\t{}", printable(id), printable(name))?;
            }
        }
    }
    Ok(())
}

/// A bar on standard error, if that is a terminal.
fn progress_bar(session: &Session, inputs: &Inputs) -> ProgressBar {
    let bar = ProgressBar::new(inputs.total.unwrap_or(0));
    if session.global.quiet || !stderr().is_terminal() || inputs.total.is_none() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) =
        ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes} · {bytes_per_sec} · {eta}")
    {
        bar.set_style(style);
    }
    bar
}
