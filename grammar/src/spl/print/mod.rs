//! Prints SPL trees on one line.
//!
//! Reading the output gives the same tree again, for every tree that [`super::parse()`] made and for
//! trees built by hand as far as SPL can say them: not a field in an expression whose name holds
//! one of `[ ] | "` or a backquote, which single quotes do not protect. `search` lets `OR` bind tighter than `AND`,
//! `where` the other way round: operands that are chains themselves always get parentheses, so
//! that the text means the same under both rules.

mod eval;
mod search;

use std::fmt::{self, Display, Write};

use super::ast::{
    Aggregation, Arg, Assignment, Command, CommandKind, Macro, Name, Pipeline, Renaming, Stats,
};

impl Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, command) in self.commands.iter().enumerate() {
            match &command.kind {
                // Nothing may be left out of a text that begins with `|`, nor an empty search.
                CommandKind::Search(Some(search)) if i == 0 => write!(f, "{search}")?,
                _ if i == 0 && !matches!(command.kind, CommandKind::Broken { .. }) => {
                    write!(f, "| {command}")?
                }
                _ if i == 0 => write!(f, "{command}")?,
                _ => write!(f, " | {command}")?,
            }
        }
        Ok(())
    }
}

impl Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            CommandKind::Search(None) => f.write_str("search"),
            CommandKind::Search(Some(search)) => write!(f, "search {search}"),
            CommandKind::Where(expr) => write!(f, "where {expr}"),
            CommandKind::Eval(list) => {
                f.write_str("eval ")?;
                joined(f, list, ", ")
            }
            CommandKind::Stats(stats) => write!(f, "stats {stats}"),
            CommandKind::Rename(list) => {
                f.write_str("rename ")?;
                joined(f, list, ", ")
            }
            CommandKind::Args { name, args } => {
                f.write_str(name)?;
                args.iter().try_for_each(|arg| write!(f, " {arg}"))
            }
            CommandKind::Macro(call) => call.fmt(f),
            CommandKind::Other { name, args } if args.is_empty() => f.write_str(name),
            CommandKind::Other { name, args } => write!(f, "{name} {args}"),
            CommandKind::Broken { text, .. } => f.write_str(text),
        }
    }
}

impl Display for Macro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.text)
    }
}

impl Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is set may have dots without quotes.
        let text = &self.field.text;
        match text.split('.').all(eval::is_bare) {
            true => f.write_str(text)?,
            false => quoted(f, text, '"')?,
        }
        write!(f, "={}", self.value)
    }
}

impl Display for Renaming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {}", self.from, self.to)
    }
}

impl Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => write!(f, "{key}={}", self.value),
            None => self.value.fmt(f),
        }
    }
}

impl Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        joined(f, &self.aggregations, " ")?;
        if !self.by.is_empty() {
            f.write_str(" by ")?;
            joined(f, &self.by, ", ")?;
        }
        Ok(())
    }
}

impl Display for Aggregation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.function)?;
        if let Some(argument) = &self.argument {
            write!(f, "({argument})")?;
        }
        match &self.alias {
            Some(alias) => write!(f, " as {alias}"),
            None => Ok(()),
        }
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| {
            c.is_ascii_alphanumeric()
                || matches!(c, '_' | '.' | ':' | '{' | '}' | '*' | '@' | '-' | '/' | '%')
        };
        let keyword = ["as", "by"].iter().any(|word| self.text.eq_ignore_ascii_case(word));
        if !self.text.is_empty() && self.text.chars().all(plain) && !keyword {
            return f.write_str(&self.text);
        }
        quoted(f, &self.text, '"')
    }
}

/// Text in quotation marks; these and the backslash are escaped.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str, mark: char) -> fmt::Result {
    f.write_char(mark)?;
    for c in text.chars() {
        if c == mark || c == '\\' {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char(mark)
}

fn joined<T: Display>(f: &mut fmt::Formatter<'_>, list: &[T], separator: &str) -> fmt::Result {
    for (i, item) in list.iter().enumerate() {
        if i > 0 {
            f.write_str(separator)?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

fn repeat(f: &mut fmt::Formatter<'_>, c: char, times: u32) -> fmt::Result {
    (0..times).try_for_each(|_| f.write_char(c))
}
