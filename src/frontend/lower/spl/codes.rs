//! What can be wrong, surprising or not understood in an SPL search.
//!
//! The grammar crate names every mistake and trap of the language; [`find`] leads from that name to
//! the code `spl-NAME` declared here.

use crate::diagnostic::Code;

crate::codes! {
    /// The search is not SPL. The message says what was found there.
    pub SPL_SYNTAX = error "spl-syntax": "the search is not SPL";
    /// The search has no command at all.
    pub SPL_EMPTY = error "spl-empty": "there is no search";
    /// Two `|` with nothing between them, or one at the end.
    pub SPL_EMPTY_COMMAND = error "spl-empty-command": "a `|` without a command";
    /// A quotation mark has no partner. Inside quotes write `\"` for a quotation mark and `\\` for a
    /// final backslash.
    pub SPL_UNTERMINATED_QUOTE = error "spl-unterminated-quote": "a quote is never closed";
    /// A macro stands between two backquotes; one of them is missing.
    pub SPL_UNTERMINATED_MACRO = error "spl-unterminated-macro": "a backquote is never closed";
    /// A bracket is opened and never closed. Outside quotes `[` begins a subsearch.
    pub SPL_UNCLOSED = error "spl-unclosed": "a bracket is never closed";
    /// A bracket is closed that was never opened.
    pub SPL_UNOPENED = error "spl-unopened": "a bracket was never opened";
    /// An operator has nothing to combine, or a comparison has no value.
    pub SPL_MISSING_OPERAND = error "spl-missing-operand": "an operator lacks an operand";
    /// `search` compares with `=`. `==` belongs to `where` and `eval`.
    pub SPL_DOUBLE_EQUALS = error "spl-double-equals": "`==` in `search`";
    /// Operators of `search` are in upper case: `eventName IN (CreateUser, DeleteUser)`.
    pub SPL_LOWERCASE_IN = error "spl-lowercase-in": "`in` in lower case";
    /// `field=(a OR b)` is not documented. Write `field IN (a, b)`.
    pub SPL_VALUE_LIST = error "spl-value-list": "a list of values behind `=`";
    /// In `where` and `eval` a field whose name holds `{}` stands in single quotes:
    /// `'requestParameters.ipPermissions.items{}.toPort' = 22`.
    pub SPL_UNQUOTED_BRACES = error "spl-unquoted-braces": "`{}` in an expression without single quotes";
    /// More brackets are open at once than any real search has; the limit protects every reader of the
    /// search from running out of stack.
    pub SPL_TOO_DEEP = error "spl-too-deep": "too many open brackets";
    /// A command ends in the middle of a condition.
    pub SPL_UNEXPECTED_END = error "spl-unexpected-end": "a command ends too early";
    /// Something stands where SPL allows nothing of the kind.
    pub SPL_UNEXPECTED = error "spl-unexpected": "unexpected text in a search";

    /// In `search` only `AND`, `OR` and `NOT` in upper case are operators. In lower case they are words
    /// that every event must hold, so the search finds next to nothing.
    ///
    /// ```text
    /// eventName=CreateUser and readOnly=false     also looks for the word "and"
    /// eventName=CreateUser AND readOnly=false
    /// ```
    pub SPL_LOWERCASE_OPERATOR = warning "spl-lowercase-operator": "`and`, `or` or `not` is searched as a word";
    /// `eventName=A OR B OR C` compares the field with `A` only; `B` and `C` are words that are looked for
    /// anywhere in the event, so events that merely mention them match.
    ///
    /// ```text
    /// eventName=StopLogging OR DeleteTrail
    /// eventName IN (StopLogging, DeleteTrail)
    /// ```
    pub SPL_BARE_ALTERNATIVE = warning "spl-bare-alternative": "a value without its field is free text";
    /// `search` evaluates `OR` before `AND`, and the `AND` between neighbours counts:
    /// `a=1 b=2 OR c=3` is `a=1 AND (b=2 OR c=3)`. `where` does the opposite. Parentheses say what is
    /// meant in both.
    pub SPL_MIXED_AND_OR = warning "spl-mixed-and-or": "AND and OR without parentheses in `search`";
    /// `field!=value` asks for events that have the field with another value. Events without the field do
    /// not match; `NOT field=value` matches them too. Choose on purpose.
    pub SPL_NOT_EQUALS = info "spl-not-equals": "`!=` drops events without the field";
    /// `field!=*` asks for a field with a value that is not a value: no event matches. For a missing field
    /// write `NOT field=*`.
    pub SPL_NOT_EQUALS_STAR = warning "spl-not-equals-star": "`!=*` matches nothing";
    /// `search` has no escape for `*`: `\*` is still a wildcard. To compare with an asterisk use
    /// `where 'field' = "…*…"`.
    pub SPL_ESCAPED_STAR = warning "spl-escaped-star": "`*` cannot be escaped in `search`";
    /// The only wildcard of `search` is `*`. `?` stands for itself; for one character of any kind use
    /// `where like(field, "a_c")`.
    pub SPL_QUESTION_MARK = info "spl-question-mark": "`?` is no wildcard";
    /// In `search`, values are quoted with `"`. Single quotes are part of the value, and spaces inside
    /// them end it.
    pub SPL_SINGLE_QUOTES = warning "spl-single-quotes": "single quotes in `search`";
    /// `field=null` compares with the text `null`, which is what Splunk makes of a JSON null. A missing
    /// field is `NOT field=*`, or `isnull(field)` in `where`.
    pub SPL_NULL = info "spl-null": "a comparison with the text `null`";
    /// In `where` and `eval` double quotes make a text. A field stands bare, or in single quotes if its
    /// name holds dots: `where 'userIdentity.type' = "Root"`.
    pub SPL_QUOTED_FIELD = warning "spl-quoted-field": "a text where a field was probably meant";
    /// In `where` and `eval`, `userIdentity.type` joins the values of the fields `userIdentity` and `type`.
    /// A name with dots stands in single quotes.
    pub SPL_DOTTED_FIELD = warning "spl-dotted-field": "a name with dots without single quotes";
    /// `where field = "a*"` compares with an asterisk. Use `like(field, "a%")`, or `search`.
    pub SPL_STAR_IN_EXPRESSION = warning "spl-star-in-expression": "`*` in an expression is no wildcard";
    /// The wildcards of `like` are `%` (any characters) and `_` (one).
    pub SPL_STAR_IN_LIKE = warning "spl-star-in-like": "`*` in a pattern of `like`";

    /// What a macro stands for is part of the Splunk installation, not of the search. Known are the macros
    /// that name the data source (`cloudtrail`, `aws_cloudtrail`), the output macros of Splunk's security
    /// content (`security_content_ctime`) and its filter macros (names that end in `_filter`). A search with
    /// another one is carried as it is; write the macro out to have it understood.
    pub SPL_MACRO = warning "spl-macro": "a macro whose meaning is not known";
    /// Splunk's security content ends every search with a macro `…_filter`, which is `search *` as shipped
    /// and may have been changed in the installation. It is read as shipped.
    pub SPL_FILTER_MACRO = info "spl-filter-macro": "a filter macro, read as shipped: it keeps every event";
    /// What a subsearch returns depends on other events. The search is carried as it is.
    pub SPL_SUBSEARCH = warning "spl-subsearch": "a subsearch depends on other events";
    /// The command changes which events or rows remain, in a way that trailsmith does not follow. The
    /// search is carried as it is, and can be matched and compiled only when the command goes.
    pub SPL_COMMAND = warning "spl-command": "a command that is not followed";
    /// The commands behind the last filter lay out what was found (`table`, `stats` without a bound, `sort`).
    /// The rule detects the events themselves; the layout is kept with its text.
    pub SPL_REPORT_ONLY = info "spl-report-only": "commands that only lay out the result";
    /// A filter behind `stats` that is not a count, a distinct count or a combination of these with a lower
    /// bound.
    pub SPL_BOUND = warning "spl-bound": "a condition on aggregates that is not followed";
    /// A filter on a field that the search itself computes with a command that is not followed (`rex`,
    /// `lookup`, `eventstats`, `spath` on another field).
    pub SPL_COMPUTED_FIELD = warning "spl-computed-field": "a filter on a computed field";
    /// The regular expression uses more than text, `.`, `.*`, `.+`, small groups, `^` and `$`.
    pub SPL_REGEX = warning "spl-regex": "a regular expression that is not followed";
    /// The condition compares two fields of the event with each other.
    pub SPL_FIELD_COMPARISON = warning "spl-field-comparison": "two fields are compared";
    /// In `where` a bare word is a field. `where eventName = CreateUser` compares two fields, and no event
    /// has the second; a text stands in double quotes.
    pub SPL_BARE_VALUE = warning "spl-bare-value": "a bare word that is probably a text";
    /// A function, or arithmetic, that trailsmith does not follow.
    pub SPL_FUNCTION = warning "spl-function": "an expression that is not followed";
    /// `search` looks for a field name as it stands: wildcards in it find nothing.
    pub SPL_FIELD_PATTERN = warning "spl-field-pattern": "a wildcard in a field name";
    /// A field of Splunk's own (`_raw`, `_time`) or the place where events come from (`index`, `sourcetype`)
    /// stands where it cannot be set aside: under `OR` or `NOT` together with conditions on the event.
    pub SPL_NOT_IN_RECORD = warning "spl-not-in-record": "a condition on something that is not in the record";
    /// `field!=value` on a plain array asks for an element that differs, which cannot be said here.
    pub SPL_NOT_EQUALS_ON_ARRAY = warning "spl-not-equals-on-array": "`!=` on an array";
    /// `where` on a field with several values is unreliable. Use `isnotnull(mvfind('field', "^value$"))`, or
    /// `search`. It is read as: any of the values.
    pub SPL_MULTIVALUE = warning "spl-multivalue": "`where` on a field with several values";
    /// `<` and `>` with a text compare by the order of characters: `"10"` comes before `"9"`.
    pub SPL_TEXT_ORDER = warning "spl-text-order": "an order of texts";
    /// `TERM(…)` demands that the term stands between major breakers in the raw event. It is read as a
    /// phrase, which is the same or more. `CASE(…)` is not followed.
    pub SPL_TERM = warning "spl-term": "`TERM` or `CASE`";
    /// Splunk's JSON extraction gives fields to values, not to objects: a comparison with an object never
    /// holds.
    pub SPL_OBJECT_FIELD = warning "spl-object-field": "a field that is an object in the record";
    /// Splunk's JSON extraction marks every array with `{}` in the names below it:
    /// `requestParameters.launchPermission.add.items{}.group`. Without it no event has the field.
    pub SPL_MISSING_BRACES = warning "spl-missing-braces": "an array without `{}`";
    /// `earliest` and `latest` say over which range the search runs. They are read as the rule's schedule and
    /// do not change which events match.
    pub SPL_TIME_RANGE = info "spl-time-range": "the range that the search runs over";
    /// Neither an index nor a source type nor a macro for them is named, so what is searched depends on the
    /// default indexes of whoever runs it.
    pub SPL_NO_SOURCE = info "spl-no-source": "no index and no source type";
}

/// The code `spl-NAME`; the general one if a newer grammar has a name that is not declared (a test
/// keeps the two in step).
pub fn find(name: &str) -> &'static Code {
    let found = ALL.iter().find(|code| code.name.strip_prefix("spl-").is_some_and(|rest| rest == name));
    found.copied().unwrap_or(&SPL_SYNTAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use trailsmith_grammar::TrapKind as _;
    use trailsmith_grammar::spl::TrapKind;

    #[test]
    fn every_trap_has_a_page() {
        for trap in TrapKind::ALL {
            assert_ne!(find(trap.name()).name, SPL_SYNTAX.name, "{}", trap.name());
        }
    }
}
