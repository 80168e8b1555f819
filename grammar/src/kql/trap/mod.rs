//! Valid KQL that probably does not say what its author meant: habits from Lucene and other
//! languages, keywords that became text, text that became something else.
//!
//! Only what the text itself shows is reported; types of fields are not known here.

mod find;
mod literal;

use super::ast::Query;

/// A suspicious place in a query.
pub type Trap = crate::Trap<TrapKind>;

/// The traps in a query, in text order. `query` must have been read from `source`.
pub fn lints(source: &str, query: &Query) -> Vec<Trap> {
    let mut finder = find::Finder::new(source);
    if let Some(expr) = &query.expr {
        finder.expr(expr, false);
    }
    finder.finish()
}

/// Which trap it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrapKind {
    /// `a: [1 TO 5]` or `a: {1 TO 5}`: Lucene's range. KQL looks for the text `[1 TO 5]`, and
    /// takes braces as a nested field. Meant: `a >= 1 and a <= 5`.
    LuceneRange,
    /// `!a: b`, `-a: b`, `+a: b`: Lucene's signs. KQL looks for a field named `!a`. Meant: `not a: b`.
    LuceneSign,
    /// `a: b && c`, `a: b || c`: the sign is part of the value. Meant: `and`, `or`.
    LuceneOperator,
    /// `a: /re.*/`: KQL has no regular expressions; the slashes are part of the value.
    LuceneRegex,
    /// `_exists_: a`: KQL looks for a field named `_exists_`. Meant: `a: *`.
    LuceneExists,
    /// `a: b~2`: KQL has no fuzzy search; `~2` is part of the value.
    LuceneFuzzy,
    /// `a: b^2`: KQL has no boosts; `^2` is part of the value.
    LuceneBoost,
    /// `a: "foo*"`: inside quotes `*` is an asterisk. Meant: `a: foo*`.
    QuotedWildcard,
    /// `a: b?c`: `?` stands for itself. Meant, perhaps: any one character, which KQL cannot say.
    QuestionMark,
    /// `a: 'b c'`: single quotes are part of the value. Meant: `a: "b c"`.
    SingleQuotes,
    /// `a: "C:\temp"`: `\t` is a tab, even inside quotes. Meant: `"C:\\temp"`.
    ControlCharacter,
    /// `a: b \not c`: Kibana reads `\not` as a newline and `ot`, although its own escaping writes
    /// it. Meant: the word `not`.
    EscapedNot,
    /// `a or b and c`: Kibana reads `a or (b and c)`, Elasticsearch's own `kql` query groups from
    /// the right whatever the operator. Parentheses make both agree.
    MixedAndOr,
    /// `a: **`: not the test for existence that `*` is, but a pattern. Meant: `*`.
    DoubleStar,
    /// `a: b or`: without whitespace behind it the keyword is part of the value. Meant: a further
    /// condition, or nothing.
    TrailingKeyword,
    /// `a: (or b)`, `or a: b`: a keyword without an operand before it is part of what follows.
    LeadingKeyword,
    /// `a: or`: a value that is a keyword. Meant, perhaps: a condition that got lost.
    KeywordAsValue,
    /// `a: True`: text, because only lower-case `true`, `false` and `null` are typed.
    ConstantInOtherCase,
    /// `a: b // why`, `a: b # why`, `/* why */`: KQL has no comments; this is part of the value.
    Comment,
    /// `a: b c`: one value with a space in it, not two words. Meant: `"b c"` or `(b or c)`.
    AdjacentWords,
}

impl crate::TrapKind for TrapKind {
    fn explain(&self) -> &'static str {
        match self {
            Self::LuceneRange => {
                "KQL has no `[… TO …]`: brackets are part of the value and braces open a nested field; write two comparisons"
            }
            Self::LuceneSign => "KQL has no signs: this is part of the field's name; write `not` to exclude",
            Self::LuceneOperator => {
                "KQL has no `&&` and `||`: the sign is part of the value; write `and` or `or`"
            }
            Self::LuceneRegex => "KQL has no regular expressions: the slashes are part of the value",
            Self::LuceneExists => "KQL looks for a field named `_exists_`; write `field: *`",
            Self::LuceneFuzzy => "KQL has no fuzzy search: the `~` is part of the value",
            Self::LuceneBoost => "KQL has no boosts: the `^` is part of the value",
            Self::QuotedWildcard => {
                "inside quotes `*` is an ordinary asterisk; leave out the quotes for a wildcard"
            }
            Self::QuestionMark => {
                "`?` is an ordinary character; the only wildcard is `*`, which stands for any number of characters"
            }
            Self::SingleQuotes => "single quotes are part of the value; text is quoted with `\"`",
            Self::ControlCharacter => {
                "inside quotes this is one escaped character; write `\\\\` for a backslash"
            }
            Self::EscapedNot => "Kibana reads `\\not` as a newline followed by `ot`; put the value in quotes",
            Self::MixedAndOr => {
                "Kibana reads `and` before `or`, but Elasticsearch's own `kql` query does not; write the parentheses"
            }
            Self::DoubleStar => {
                "`**` is a pattern, not the test for existence that a lone `*` is; one star suffices"
            }
            Self::TrailingKeyword => {
                "without whitespace and a condition behind it this keyword is part of the value"
            }
            Self::LeadingKeyword => {
                "without a condition before it this keyword is part of the text that follows"
            }
            Self::KeywordAsValue => "this keyword is read as a value; quote it if that is meant",
            Self::ConstantInOtherCase => "only lower-case `true`, `false` and `null` are typed; this is text",
            Self::Comment => "KQL has no comments: this is part of the value",
            Self::AdjacentWords => {
                "words without quotes are one value, spaces included; quote it, or write `(a or b)`"
            }
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::LuceneRange => "lucene-range",
            Self::LuceneSign => "lucene-sign",
            Self::LuceneOperator => "lucene-operator",
            Self::LuceneRegex => "lucene-regex",
            Self::LuceneExists => "lucene-exists",
            Self::LuceneFuzzy => "lucene-fuzzy",
            Self::LuceneBoost => "lucene-boost",
            Self::QuotedWildcard => "quoted-wildcard",
            Self::QuestionMark => "question-mark",
            Self::SingleQuotes => "single-quotes",
            Self::ControlCharacter => "control-character",
            Self::EscapedNot => "escaped-not",
            Self::MixedAndOr => "mixed-and-or",
            Self::DoubleStar => "double-star",
            Self::TrailingKeyword => "trailing-keyword",
            Self::LeadingKeyword => "leading-keyword",
            Self::KeywordAsValue => "keyword-as-value",
            Self::ConstantInOtherCase => "constant-in-other-case",
            Self::Comment => "comment",
            Self::AdjacentWords => "adjacent-words",
        }
    }
}
