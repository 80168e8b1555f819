//! What a pipeline detects: its commands in order, each with what it does to the events, to the
//! names and to what was counted.

use trailsmith_grammar::Span;
use trailsmith_grammar::spl::{Arg, Command, CommandKind, Pipeline, Search, SearchKind, SearchOp};

use super::commands::{Effect, effect, formats_only, names_source};
use super::grouped::Grouped;
use super::scope::{Scope, computed};
use super::search::{is_source, is_time};
use super::value::{Fold, Leaf, always, constant, unknown_macro};
use super::{Lowerer, Problem, Reading, Result, codes, time};
use crate::ir::{Detection, Duration, Field, Input, Node, Schedule, Vocabulary};

/// Reads a pipeline.
pub(super) fn read(lowerer: &mut Lowerer<'_>, pipeline: &Pipeline) -> Reading {
    let mut walk = Walk {
        lowerer,
        scope: Scope::default(),
        filters: Vec::new(),
        search_part: None,
        phase: Phase::Events,
        bin: None,
        reporting: None,
        input: Input::CloudTrail,
        schedule: Schedule::default(),
        sourced: false,
    };
    let mut broken = false;
    let mut failed: Option<Problem> = None;
    for (index, command) in pipeline.commands.iter().enumerate() {
        // Later mistakes are reported although the meaning is lost already.
        if let CommandKind::Broken { error, .. } = &command.kind {
            walk.lowerer.syntax_error(error);
            broken |= failed.is_none();
            let name = command.name_span.of(&walk.lowerer.query.text).to_ascii_lowercase();
            let filter = matches!(name.as_str(), "" | "search" | "where");
            walk.end_of_search_part(failed.is_none() && !filter);
            failed = failed.or(Some(Problem::new(&codes::SPL_SYNTAX, crate::ir::UNREADABLE, command.span)));
        } else if failed.is_none()
            && let Err(problem) = walk.command(command, index)
        {
            walk.lowerer.problem(&problem);
            // A filter that is not understood leaves no search part, unless that had ended before.
            walk.end_of_search_part(!matches!(command.kind, CommandKind::Search(_) | CommandKind::Where(_)));
            failed = Some(problem);
        }
    }
    walk.finish(failed, broken)
}

/// What the rows are.
enum Phase {
    /// Events.
    Events,
    /// Groups of events.
    Grouped(Box<Grouped>, Span),
    /// Rows that no filter is followed on; what made them.
    Rows(String),
}

struct Walk<'w, 'a> {
    lowerer: &'w mut Lowerer<'a>,
    scope: Scope,
    filters: Vec<Node>,
    search_part: Option<Option<Node>>,
    phase: Phase,
    /// The stretches that `bin` cut the time into.
    bin: Option<Duration>,
    /// The first command that only reports.
    reporting: Option<Span>,
    input: Input,
    schedule: Schedule,
    /// Whether an index, a source type or a macro for them was named.
    sourced: bool,
}

impl Walk<'_, '_> {
    /// The filters so far are the search part, if there is none yet; `known`: and they are complete.
    fn end_of_search_part(&mut self, known: bool) {
        if self.search_part.is_none() {
            let part = || Node::all(self.filters.clone()).simplified();
            self.search_part = Some((known && !self.filters.is_empty()).then(part));
        }
    }

    fn command(&mut self, command: &Command, index: usize) -> Result<()> {
        let filters = matches!(command.kind, CommandKind::Search(_) | CommandKind::Where(_));
        if !filters && !matches!(&command.kind, CommandKind::Macro(call) if call.name().ends_with("_filter"))
        {
            self.end_of_search_part(true);
        }
        match &command.kind {
            CommandKind::Search(None) => Ok(()),
            CommandKind::Search(Some(search)) => self.search(search, index),
            CommandKind::Where(eval) => match &mut self.phase {
                Phase::Events => {
                    let node = self.lowerer.condition(eval, &self.scope)?.truth;
                    self.filters.push(node);
                    Ok(())
                }
                Phase::Grouped(grouped, _) => grouped.bound_where(eval),
                Phase::Rows(maker) => Err(behind(maker, command.span)),
            },
            CommandKind::Eval(list) => {
                for assignment in list {
                    let name = &assignment.field.text;
                    match &mut self.phase {
                        Phase::Events => {
                            // What is never asked for need not be understood.
                            let said = self.lowerer.diagnostics.len();
                            let value = self.lowerer.value(&assignment.value, &self.scope);
                            if value.is_err() {
                                self.lowerer.diagnostics.truncate(said);
                            }
                            self.scope.bind(name, value);
                        }
                        Phase::Grouped(grouped, _) => grouped.change(name),
                        Phase::Rows(_) => {}
                    }
                }
                Ok(())
            }
            CommandKind::Rename(list) => {
                for renaming in list {
                    let (from, to) = (&renaming.from.text, &renaming.to.text);
                    match &mut self.phase {
                        Phase::Events => self.scope.rename(from, to, command.span),
                        Phase::Grouped(grouped, _) => grouped.rename(from, to, command.span),
                        Phase::Rows(_) => {}
                    }
                }
                Ok(())
            }
            CommandKind::Stats(stats) => {
                self.report(command.span);
                self.phase = match &self.phase {
                    Phase::Events => {
                        let grouped = Grouped::new(stats, &self.scope, self.bin, command.span);
                        Phase::Grouped(Box::new(grouped), command.span)
                    }
                    Phase::Grouped(grouped, _) if grouped.is_bounded() => {
                        return Err(not_followed("a second `stats`", command.span));
                    }
                    _ => Phase::Rows("a second `stats`".to_owned()),
                };
                Ok(())
            }
            CommandKind::Args { name, args } => self.args(name, args, command.span),
            CommandKind::Macro(call) if formats_only(call.name()) => {
                self.report(command.span);
                Ok(())
            }
            CommandKind::Macro(call) if call.name().ends_with("_filter") => {
                let title = "the filter macro is read as it is shipped: it keeps every event";
                self.lowerer.note(&codes::SPL_FILTER_MACRO, title, call.span);
                Ok(())
            }
            CommandKind::Macro(call) => Err(unknown_macro(call)),
            CommandKind::Other { name, args } if index == 0 || name.is_empty() => {
                let name = if name.is_empty() { args } else { name };
                Err(not_followed(&format!("`{name}` at the beginning"), command.name_span))
            }
            CommandKind::Other { name, args } => self.other(name, args, command),
            // Reported by the caller.
            CommandKind::Broken { .. } => Ok(()),
        }
    }

    fn report(&mut self, span: Span) {
        self.reporting = self.reporting.or(Some(span));
    }

    fn search(&mut self, search: &Search, index: usize) -> Result<()> {
        match &mut self.phase {
            Phase::Events => {
                let conjuncts = match &search.kind {
                    SearchKind::And(list) => list.as_slice(),
                    _ => std::slice::from_ref(search),
                };
                let mut nodes = Vec::new();
                for conjunct in conjuncts {
                    if index == 0 && self.set_aside(conjunct)? {
                        continue;
                    }
                    nodes.push(self.lowerer.search(conjunct, &self.scope)?);
                }
                let origin = Some(self.lowerer.span(search.span));
                let node = if nodes.is_empty() { constant(true) } else { Node::all(nodes) };
                self.filters.push(Node { origin, ..node });
                Ok(())
            }
            Phase::Grouped(grouped, _) => grouped.bound_search(search),
            Phase::Rows(maker) => Err(behind(maker, search.span)),
        }
    }

    /// Whether a condition of the first search says where events come from or over which range.
    fn set_aside(&mut self, search: &Search) -> Result<bool> {
        if let SearchKind::Compare { field, op: SearchOp::Eq, value } = &search.kind {
            if field.text == "sourcetype" && !is_cloudtrail(&value.text) {
                self.input = Input::Other(value.text.clone());
            }
            if is_time(&field.text) {
                let math = time::date_math(&value.text);
                let title = match (&math, field.text.as_str()) {
                    (Some(_), "earliest" | "latest") => "this is read as the range of the rule's schedule",
                    _ => "this range is kept with the text only",
                };
                match field.text.as_str() {
                    "earliest" => self.schedule.from = math,
                    "latest" => self.schedule.to = math,
                    _ => {}
                }
                self.lowerer.note(&codes::SPL_TIME_RANGE, title, search.span);
                return Ok(true);
            }
        }
        let source = is_source_only(search);
        self.sourced |= source;
        Ok(source)
    }

    fn args(&mut self, name: &str, args: &[Arg], span: Span) -> Result<()> {
        let option = |key: &str| {
            let named = |arg: &&Arg| arg.key.as_ref().is_some_and(|k| k.text.eq_ignore_ascii_case(key));
            args.iter().find(named).map(|arg| arg.value.text.as_str())
        };
        let plain: Vec<&str> =
            args.iter().filter(|arg| arg.key.is_none()).map(|arg| arg.value.text.as_str()).collect();
        if !matches!(self.phase, Phase::Events) {
            if let Phase::Grouped(grouped, _) = &mut self.phase {
                grouped.change_all(computed(name, span));
            }
            return Ok(());
        }
        if name == "spath" {
            let (input, path) = (option("input"), option("path").or(plain.first().copied()));
            match (input, path, option("output").or(path)) {
                (None | Some("_raw"), Some(path), Some(output)) => {
                    let leaf = super::field::leaf(path);
                    self.scope.bind(output, Ok(always(leaf)));
                }
                // Of the whole event: what Splunk does by itself.
                (None | Some("_raw"), ..) => {}
                (Some(_), _, Some(output)) => self.scope.bind(output, Err(computed("spath", span))),
                (Some(_), _, None) => self.scope.change_all(computed("spath", span)),
            }
            return Ok(());
        }
        // `bin` and `bucket`.
        match plain.first() {
            Some(&"_time") => {
                self.bin = option("span").and_then(time::span);
                if self.bin.is_none() {
                    return Err(not_followed("`bin _time` without a fixed span", span));
                }
            }
            _ => plain.iter().for_each(|field| self.scope.bind(field, Err(computed(name, span)))),
        }
        Ok(())
    }

    fn other(&mut self, name: &str, args: &str, command: &Command) -> Result<()> {
        let span = command.name_span;
        let what = effect(name, args);
        if what == Effect::Events {
            return Err(not_followed(&format!("`{name}`"), span));
        }
        self.report(command.span);
        match (&mut self.phase, what) {
            (_, Effect::Nothing | Effect::Events) | (Phase::Rows(_), _) => {}
            (Phase::Events, Effect::Keep) => {
                let words = args.split([',', ' ', '\t', '\n']).map(|word| word.trim_matches('"'));
                let names: Vec<&str> = words.filter(|word| !word.is_empty() && *word != "+").collect();
                match names.iter().any(|name| name.contains('*')) {
                    true => self.scope.change_all(computed(name, span)),
                    false => self.scope.keep(names.into_iter().map(str::to_owned).collect()),
                }
            }
            (Phase::Events, Effect::Make) if name == "iplocation" => self.geo(args, span),
            (Phase::Events, Effect::Make) if name == "fillnull" => {
                let words = args.split([' ', ',', '\t', '\n']).filter(|word| !word.is_empty());
                let names: Vec<&str> = words.filter(|word| !word.starts_with("value=")).collect();
                match args.contains("value =") || names.iter().any(|name| name.contains(['*', '"', '='])) {
                    true => self.scope.change_all(computed(name, span)),
                    false => self.scope.fill(&names, span),
                }
            }
            (Phase::Events, Effect::Make) => self.scope.make(name, args, span),
            (Phase::Events, Effect::ChangeAll) => self.scope.change_all(computed(name, span)),
            (Phase::Events, Effect::Report) => self.phase = Phase::Rows(format!("`{name}`")),
            (Phase::Grouped(grouped, _), Effect::Report) if grouped.is_bounded() => {
                return Err(not_followed(&format!("`{name}` behind a bound"), span));
            }
            (Phase::Grouped(..), Effect::Report) => self.phase = Phase::Rows(format!("`{name}`")),
            (Phase::Grouped(grouped, _), Effect::Make | Effect::ChangeAll) => {
                grouped.change_all(computed(name, span));
            }
            (Phase::Grouped(..), Effect::Keep) => {}
        }
        Ok(())
    }

    /// `iplocation` adds what the cluster adds to documents: the place of the caller's address.
    fn geo(&mut self, args: &str, span: Span) {
        let mut prefix = "";
        let mut address = None;
        for word in args.split_whitespace() {
            match word.split_once('=') {
                Some(("prefix", value)) => prefix = value,
                Some(_) => {}
                None => address = Some(word),
            }
        }
        let caller = address.and_then(|name| self.scope.value(name, span).ok()).is_some_and(|value| {
            matches!(value.as_slice(), [one] if one.guard.is_none() && matches!(
                &one.leaf,
                Leaf::Field(field, _) if matches!(field.path.as_str(), "sourceIPAddress" | "src" | "src_ip")
            ))
        });
        for (name, path) in [
            ("City", "source.geo.city_name"),
            ("Country", "source.geo.country_name"),
            ("Region", "source.geo.region_name"),
            ("lat", ""),
            ("lon", ""),
        ] {
            let field = || Field::new(Vocabulary::Ecs, path, crate::schema::ecs().field_type(path));
            let value = match caller && !path.is_empty() {
                true => Ok(always(Leaf::Field(field(), Fold::None))),
                false => Err(computed("iplocation", span)),
            };
            self.scope.bind(&format!("{prefix}{name}"), value);
        }
    }

    fn finish(mut self, failed: Option<Problem>, broken: bool) -> Reading {
        self.end_of_search_part(failed.is_none());
        if !self.sourced && !self.filters.is_empty() && failed.is_none() {
            let title = "no index and no source type: the search runs over the default indexes";
            self.lowerer.note(&codes::SPL_NO_SOURCE, title, Span::at(0));
        }
        let filter = Node::all(std::mem::take(&mut self.filters)).simplified();
        let mut opaque = failed.map(|problem| match broken {
            true => crate::ir::UNREADABLE.to_owned(),
            false => problem.title,
        });
        let mut detection = None;
        if opaque.is_none() {
            match self.phase {
                Phase::Grouped(grouped, span) if grouped.is_bounded() => {
                    match grouped.threshold(filter, span) {
                        Ok(threshold) => detection = Some(Detection::Threshold(threshold)),
                        Err(problem) => {
                            self.lowerer.problem(&problem);
                            opaque = Some(problem.title);
                        }
                    }
                }
                _ => {
                    if let Some(span) = self.reporting {
                        let title =
                            "from here on the search lays out what it found; the rule detects the events";
                        self.lowerer.note(&codes::SPL_REPORT_ONLY, title, span);
                    }
                    detection = Some(Detection::Event(filter));
                }
            }
        }
        Reading {
            search_part: self.search_part.flatten(),
            detection,
            opaque,
            input: self.input,
            schedule: self.schedule,
            diagnostics: Vec::new(),
        }
    }
}

/// Whether everything in a condition says where events come from.
fn is_source_only(search: &Search) -> bool {
    match &search.kind {
        SearchKind::And(list) | SearchKind::Or(list) => list.iter().all(is_source_only),
        SearchKind::Not(inner) => is_source_only(inner),
        SearchKind::Compare { field, .. } | SearchKind::In { field, .. } => is_source(&field.text),
        SearchKind::Macro(call) => names_source(call.name()),
        SearchKind::Text(_) | SearchKind::Term { .. } | SearchKind::Subsearch(_) => false,
    }
}

/// Whether a source type is CloudTrail's, or a pattern that may be.
fn is_cloudtrail(text: &str) -> bool {
    text.contains('*') || text.to_ascii_lowercase().starts_with("aws:cloudtrail")
}

fn not_followed(what: &str, span: Span) -> Problem {
    Problem::new(&codes::SPL_COMMAND, format!("{what} is not followed"), span)
}

fn behind(maker: &str, span: Span) -> Problem {
    Problem::new(&codes::SPL_BOUND, format!("a filter behind {maker} is not followed"), span)
}
