//! Pipelines and their commands.

use super::{Eval, Search};
use crate::Span;
use crate::spl::SyntaxError;

/// A whole search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pipeline {
    /// The commands, in order. The first is a `search` unless the text begins with a `|`.
    pub commands: Vec<Command>,
}

/// A command.
#[derive(Clone, Debug)]
pub struct Command {
    /// What it says.
    pub kind: CommandKind,
    /// Its text without the `|` before it and without outer whitespace.
    pub span: Span,
    /// Its name; empty for a search whose name is left out, and for a macro. Not part of equality.
    pub name_span: Span,
}

/// The forms of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum CommandKind {
    /// `search …`, its name left out at the beginning; `None` without a condition.
    Search(Option<Search>),
    /// `where …`.
    Where(Eval),
    /// `eval a=…, b=…`.
    Eval(Vec<Assignment>),
    /// `stats … by …`.
    Stats(Stats),
    /// `rename a as b, c as d`.
    Rename(Vec<Renaming>),
    /// `bin _time span=5m`, `bucket …`, `spath …`: names and options.
    Args {
        /// The command: `bin`, `bucket` or `spath`.
        name: String,
        /// What follows it, in order.
        args: Vec<Arg>,
    },
    /// A command that consists of macros.
    Macro(Macro),
    /// Any other command.
    Other {
        /// Its name in lower case.
        name: String,
        /// What follows it, without outer whitespace.
        args: String,
    },
    /// A command that cannot be read. The rest of the pipeline is not affected.
    Broken {
        /// Its text.
        text: String,
        /// The first mistake.
        error: SyntaxError,
    },
}

/// `` `name(arguments)` ``.
#[derive(Clone, Debug)]
pub struct Macro {
    /// What stands between the backquotes.
    pub text: String,
    /// The backquotes included.
    pub span: Span,
}

/// A name in an argument list.
#[derive(Clone, Debug)]
pub struct Name {
    /// The content, unquoted and unescaped.
    pub text: String,
    /// Its text, quotes included.
    pub span: Span,
}

/// `name=expression`.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The field that is set.
    pub field: Name,
    /// Its new value.
    pub value: Eval,
}

/// `old as new`; either may hold `*`.
#[derive(Clone, Debug, PartialEq)]
pub struct Renaming {
    /// The name before.
    pub from: Name,
    /// The name after.
    pub to: Name,
}

/// A name or an option `key=value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// The option's key.
    pub key: Option<Name>,
    /// The name, or the option's value.
    pub value: Name,
}

/// Aggregations and the fields that make a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// At least one.
    pub aggregations: Vec<Aggregation>,
    /// Behind `by`; empty: one group over everything.
    pub by: Vec<Name>,
}

/// `count`, `dc(field) as name`.
#[derive(Clone, Debug)]
pub struct Aggregation {
    /// The function as written.
    pub function: String,
    /// The text between its parentheses, if there are any.
    pub argument: Option<String>,
    /// Behind `as`.
    pub alias: Option<Name>,
    /// Its text.
    pub span: Span,
}

impl Aggregation {
    /// The name of the column that it makes: the alias, or the text of the call.
    pub fn column(&self) -> String {
        match (&self.alias, &self.argument) {
            (Some(alias), _) => alias.text.clone(),
            (None, Some(argument)) => format!("{}({argument})", self.function),
            (None, None) => self.function.clone(),
        }
    }
}

impl Macro {
    /// A macro without a position.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), span: Span::default() }
    }

    /// The name without arguments.
    pub fn name(&self) -> &str {
        self.text.split('(').next().unwrap_or_default().trim()
    }
}

impl Name {
    /// A name without a position.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), span: Span::default() }
    }
}

impl Command {
    /// A command without a position.
    pub fn new(kind: CommandKind) -> Self {
        Self { kind, span: Span::default(), name_span: Span::default() }
    }

    /// The command's name in lower case; `macro` stands for none.
    pub fn name(&self) -> &str {
        match &self.kind {
            CommandKind::Search(_) => "search",
            CommandKind::Where(_) => "where",
            CommandKind::Eval(_) => "eval",
            CommandKind::Stats(_) => "stats",
            CommandKind::Rename(_) => "rename",
            CommandKind::Args { name, .. } | CommandKind::Other { name, .. } => name,
            CommandKind::Macro(_) => "macro",
            CommandKind::Broken { .. } => "",
        }
    }
}

impl From<CommandKind> for Command {
    fn from(kind: CommandKind) -> Self {
        Self::new(kind)
    }
}

// Equality leaves out spans; everything else is compared.

impl PartialEq for Command {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Macro {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl PartialEq for Aggregation {
    fn eq(&self, other: &Self) -> bool {
        self.function == other.function && self.argument == other.argument && self.alias == other.alias
    }
}
