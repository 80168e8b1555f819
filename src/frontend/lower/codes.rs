//! What can be wrong with a query.
//!
//! The grammar crate names every mistake and trap of a language; [`find`] leads from that name to
//! the code `LANGUAGE-NAME` declared here.

use crate::diagnostic::Code;

crate::codes! {
    /// The rule's query is in a language that trailsmith carries but does not understand yet. All
    /// metadata of the rule is kept; the query itself is neither checked nor run.
    pub LANGUAGE_NOT_COMPILED = info "query-language-not-compiled": "the query's language is carried, not understood";
    /// A clause under `filters` of an Elastic rule is a query that trailsmith does not understand.
    /// Kibana ANDs filters to the query; leaving one out would make the rule match more than it says,
    /// so the rule is not run.
    pub FILTER_NOT_UNDERSTOOD = error "filter-not-understood": "a Query DSL filter of the rule is not understood";

    /// The query is not KQL. The message says what was found and what was expected there.
    pub KQL_SYNTAX = error "kql-syntax": "the query is not KQL";
    /// Something stands where KQL allows nothing of the kind.
    pub KQL_UNEXPECTED = error "kql-unexpected": "unexpected text in a query";
    /// The query ends in the middle of a condition.
    pub KQL_UNEXPECTED_END = error "kql-unexpected-end": "the query ends too early";
    /// Kibana recognises the operator `not` followed by white space anywhere, even in the middle of a
    /// word: `a: cannot open` is refused. Put such values in quotes: `a: "cannot open"`.
    pub KQL_NOT_IN_TEXT = error "kql-not-in-text": "`not ` inside unquoted text";
    /// `not` needs white space behind it: `not (a: b)`. Directly before a parenthesis it is an ordinary
    /// word, and Kibana refuses the query. (Elasticsearch's own `kql` query accepts it.)
    pub KQL_NOT_WITHOUT_SPACE = error "kql-not-without-space": "`not(` without a space";
    /// `a: not b` is refused; write `not a: b` or `a: (not b)`.
    pub KQL_NOT_AFTER_COLON = error "kql-not-after-colon": "`not` directly behind a colon";
    /// `not not a` is refused; write `a`, or `not (not a)`.
    pub KQL_DOUBLE_NOT = error "kql-double-not": "`not not`";
    /// `and` and `or` are operators only with white space on both sides.
    pub KQL_KEYWORD_WITHOUT_SPACE = error "kql-keyword-without-space": "a keyword without white space";
    /// An operator has nothing behind it to combine.
    pub KQL_MISSING_OPERAND = error "kql-missing-operand": "nothing follows an operator";
    /// Two conditions stand side by side. KQL has no implicit `and`.
    pub KQL_MISSING_OPERATOR = error "kql-missing-operator": "two conditions without `and` or `or`";
    /// `\ ( ) : < > " * { }` must be escaped with a backslash in unquoted text, or the value put in
    /// quotes: `a: "arn:aws:iam::123456789012:root"`.
    pub KQL_UNESCAPED_SPECIAL = error "kql-unescaped-special": "a special character in unquoted text";
    /// In unquoted text a backslash may only stand before a special character, `t`, `r`, `n`, `uXXXX`,
    /// `and` and `or`.
    pub KQL_BAD_ESCAPE = error "kql-bad-escape": "a backslash that starts no escape";
    /// A quotation mark has no partner. Inside quotes write `\"` for a quotation mark and `\\` for a
    /// final backslash.
    pub KQL_UNTERMINATED_QUOTE = error "kql-unterminated-quote": "a quote is never closed";
    /// Parentheses must hold something.
    pub KQL_EMPTY_PARENTHESES = error "kql-empty-parentheses": "empty parentheses";
    /// A bracket is opened and never closed.
    pub KQL_UNCLOSED = error "kql-unclosed": "a bracket is never closed";
    /// A bracket is closed that was never opened.
    pub KQL_UNOPENED = error "kql-unopened": "a bracket was never opened";
    /// Ranges have no colon: `bytes > 5`, not `bytes: > 5`.
    pub KQL_RANGE_AFTER_COLON = error "kql-range-after-colon": "a range behind a colon";
    /// A list of values holds values only; write a range of its own.
    pub KQL_RANGE_IN_VALUE_LIST = error "kql-range-in-value-list": "a range inside a value list";
    /// A list of values holds values only: `a: (b or c)`, not `a: (b: c)`.
    pub KQL_FIELD_IN_VALUE_LIST = error "kql-field-in-value-list": "a field inside a value list";
    /// More brackets are open at once than any real query has; the limit protects every reader of the
    /// query from running out of stack.
    pub KQL_TOO_DEEP = error "kql-too-deep": "too many open brackets";

    /// The value does not fit the field's type: `integer_field: foo`. Elasticsearch refuses the whole
    /// query, so the rule would fail on every run.
    pub KQL_VALUE_TYPE = error "kql-value-type": "a value that does not fit the field's type";
    /// Only keyword and text fields have wildcards. Elasticsearch refuses the whole query.
    pub KQL_WILDCARD_TYPE = error "kql-wildcard-type": "a wildcard on a field without text";
    /// Unquoted `null` is typed as null, and a query for null is an error in Elasticsearch. For a missing
    /// field write `not field: *`.
    pub KQL_NULL = error "kql-null": "unquoted `null`";
    /// Inside `path: { }` Kibana reads a term without a field as the field `path.null`, which exists in
    /// no document.
    pub KQL_BARE_TERM_IN_NESTED = error "kql-bare-term-in-nested": "free text inside a nested group";
    /// The group `path: { }` is for fields of type `nested`; on any other Elasticsearch refuses the query
    /// or finds nothing.
    pub KQL_NOT_NESTED = warning "kql-not-nested": "a nested group on a field that is not nested";
    /// No known field matches the pattern. Kibana then sends the pattern itself as a field name, which no
    /// document has.
    pub KQL_FIELD_PATTERN = warning "kql-field-pattern": "a field pattern that matches no field";
    /// Elasticsearch has no wildcards on a key of a `flattened` field: the query is accepted, but the key is
    /// forgotten and every value of the object is searched (measured on 8.19). Use whole values, or the
    /// text copy (`aws.cloudtrail.request_parameters`). The native matcher tests the key as written.
    pub KQL_WILDCARD_ON_FLATTENED = warning "kql-wildcard-on-flattened": "a wildcard on a key of a flattened field";
    /// Values below a `flattened` field are text, numbers included: `"10"` comes before `"9"`. Elasticsearch
    /// refuses a range with a single end there.
    pub KQL_RANGE_ON_FLATTENED = warning "kql-range-on-flattened": "a range on a key of a flattened field";

    /// `a: [1 TO 5]` is Lucene. KQL looks for the text `[1 TO 5]`. Write `a >= 1 and a <= 5`.
    pub KQL_LUCENE_RANGE = warning "kql-lucene-range": "a Lucene range, read as text";
    /// `!a: b`, `-a: b` and `+a: b` are Lucene. KQL looks for a field whose name begins with the sign, which no
    /// document has. Write `not a: b`.
    pub KQL_LUCENE_SIGN = warning "kql-lucene-sign": "a Lucene sign, read as part of the field's name";
    /// `&&`, `||` and `!` are ordinary characters in KQL; the text around them becomes one value. Write `and`,
    /// `or` and `not`.
    pub KQL_LUCENE_OPERATOR = warning "kql-lucene-operator": "a Lucene operator, read as text";
    /// KQL has no regular expressions; the slashes are part of the value.
    pub KQL_LUCENE_REGEX = warning "kql-lucene-regex": "a Lucene regular expression, read as text";
    /// KQL looks for a field named `_exists_`. Write `field: *`.
    pub KQL_LUCENE_EXISTS = warning "kql-lucene-exists": "`_exists_:`, read as a field";
    /// KQL has no fuzzy search; `~` and what follows are part of the value.
    pub KQL_LUCENE_FUZZY = warning "kql-lucene-fuzzy": "a Lucene fuzzy search, read as text";
    /// KQL has no boosts; `^` and what follows are part of the value.
    pub KQL_LUCENE_BOOST = warning "kql-lucene-boost": "a Lucene boost, read as text";
    /// Inside quotes `*` is an asterisk, no wildcard: `a: "foo*"` finds only the value `foo*`. Write
    /// `a: foo*`.
    pub KQL_QUOTED_WILDCARD = warning "kql-quoted-wildcard": "a wildcard inside quotes, read as text";
    /// `?` is an ordinary character in KQL. The only wildcard is `*`.
    pub KQL_QUESTION_MARK = warning "kql-question-mark": "`?` in a value, read as text";
    /// Single quotes are part of the value. Text is quoted with `"`.
    pub KQL_SINGLE_QUOTES = warning "kql-single-quotes": "single quotes, read as text";
    /// Inside quotes `\t`, `\r`, `\n` and `\uXXXX` are control or other characters, also in a path such as
    /// `"C:\temp"`. Double the backslash.
    pub KQL_CONTROL_CHARACTER = warning "kql-control-character": "a backslash that makes another character";
    /// `\not` is read as a newline and `ot`, although Kibana's own escaper writes it. Put the value in quotes.
    pub KQL_ESCAPED_NOT = warning "kql-escaped-not": "`\\not`, read as a newline";
    /// Kibana reads `and` before `or`; Elasticsearch's own `kql` query reads both from the right without
    /// precedence. Parentheses make every reader agree.
    pub KQL_MIXED_AND_OR = warning "kql-mixed-and-or": "`and` and `or` without parentheses";
    /// `**` is no test for existence but a pattern that Kibana sends on as a query string. Write `field: *`.
    pub KQL_DOUBLE_STAR = warning "kql-double-star": "`**` as a value";
    /// `and` and `or` need an operand behind them; at the end of a value they are text: `a: b or` looks for
    /// the value `b or`.
    pub KQL_TRAILING_KEYWORD = warning "kql-trailing-keyword": "a keyword at the end, read as text";
    /// `and` and `or` need an operand before them; elsewhere they are text: `a: or b` looks for the value
    /// `or b`.
    pub KQL_LEADING_KEYWORD = warning "kql-leading-keyword": "a keyword at the beginning, read as text";
    /// `a: or` looks for the value `or`. Quote it if that is meant.
    pub KQL_KEYWORD_AS_VALUE = warning "kql-keyword-as-value": "a keyword as a value";
    /// Only `true`, `false` and `null` in lower case are constants; in another case they are text.
    pub KQL_CONSTANT_IN_OTHER_CASE = warning "kql-constant-in-other-case": "a constant in another case, read as text";
    /// KQL has no comments; the text becomes part of a value.
    pub KQL_COMMENT = warning "kql-comment": "a comment, read as text";
    /// Words side by side are one value, spaces included: `a: b c` looks for `b c`. Quote it to say so, or write
    /// `a: (b or c)`.
    pub KQL_ADJACENT_WORDS = info "kql-adjacent-words": "several words are one value";

    /// The filter is not in Threat Stack's language.
    pub THREAT_STACK_SYNTAX = error "threat-stack-syntax": "the filter cannot be read";
    /// The filter is blank. Only file-integrity rules may leave it out.
    pub THREAT_STACK_EMPTY = error "threat-stack-empty": "an empty filter";
    /// Something stands where the filter language allows nothing of the kind.
    pub THREAT_STACK_UNEXPECTED = error "threat-stack-unexpected": "unexpected text in a filter";
    /// The filter ends in the middle of a condition.
    pub THREAT_STACK_UNEXPECTED_END = error "threat-stack-unexpected-end": "the filter ends too early";
    /// Typographic quotation marks came with the text from a web page or a word processor. The product
    /// rejects them; use straight ones.
    pub THREAT_STACK_TYPOGRAPHIC_QUOTES = error "threat-stack-typographic-quotes": "typographic quotation marks";
    /// The quotation marks around a text are of two kinds.
    pub THREAT_STACK_MISMATCHED_QUOTES = warning "threat-stack-mismatched-quotes": "quotation marks that do not match";
    /// A machine-translated page turned a keyword into a word of another language (`und`, `oder`).
    pub THREAT_STACK_LOCALISED_KEYWORD = error "threat-stack-localised-keyword": "a translated keyword";
    /// Text values stand in quotation marks.
    pub THREAT_STACK_BARE_VALUE = error "threat-stack-bare-value": "a text value without quotes";
    /// A quotation mark has no partner.
    pub THREAT_STACK_UNTERMINATED_STRING = error "threat-stack-unterminated-string": "a quote is never closed";
    /// An operator of another language. Threat Stack has `=`, `!=`, `>`, `starts_with`, `ends_with` and
    /// `like`.
    pub THREAT_STACK_FOREIGN_OPERATOR = error "threat-stack-foreign-operator": "an operator of another language";
    /// An operator sign of another language.
    pub THREAT_STACK_FOREIGN_SYMBOL = error "threat-stack-foreign-symbol": "an operator sign of another language";
    /// An operator has nothing behind it to combine.
    pub THREAT_STACK_MISSING_OPERAND = error "threat-stack-missing-operand": "nothing follows an operator";
    /// Two conditions stand side by side without `and` or `or`.
    pub THREAT_STACK_MISSING_CONNECTIVE = error "threat-stack-missing-connective": "two conditions without `and` or `or`";
    /// `not not a`: leave out both.
    pub THREAT_STACK_DOUBLE_NOT = error "threat-stack-double-not": "`not not`";
    /// Parentheses must hold something.
    pub THREAT_STACK_EMPTY_PARENTHESES = error "threat-stack-empty-parentheses": "empty parentheses";
    /// A parenthesis is opened and never closed.
    pub THREAT_STACK_UNCLOSED = error "threat-stack-unclosed": "a parenthesis is never closed";
    /// A parenthesis is closed that was never opened.
    pub THREAT_STACK_UNOPENED = error "threat-stack-unopened": "a parenthesis was never opened";
    /// Order operators compare with a number.
    pub THREAT_STACK_ORDER_NEEDS_NUMBER = error "threat-stack-order-needs-number": "an order operator without a number";
    /// `starts_with`, `ends_with` and `like` compare with text.
    pub THREAT_STACK_MATCHING_NEEDS_TEXT = error "threat-stack-matching-needs-text": "a text operator without a text";
    /// The key stands on the left.
    pub THREAT_STACK_VALUE_BEFORE_KEY = error "threat-stack-value-before-key": "a value where the key belongs";
    /// More parentheses are open at once than any real filter has.
    pub THREAT_STACK_TOO_DEEP = error "threat-stack-too-deep": "too many open parentheses";
    /// Order operators compare numbers; text that is no number makes the condition false for every event.
    pub THREAT_STACK_ORDER_OF_TEXT = warning "threat-stack-order-of-text": "an order operator with text";
    /// Threat Stack documents no precedence of `and` and `or`. trailsmith reads `and` first; parentheses make
    /// the reading certain.
    pub THREAT_STACK_MIXED_AND_OR = warning "threat-stack-mixed-and-or": "`and` and `or` without parentheses";
    /// `like` tests for contained text. `%`, `*`, `?` and `_` stand for themselves.
    pub THREAT_STACK_PATTERN_IN_LIKE = warning "threat-stack-pattern-in-like": "wildcard signs behind `like`";
    /// No operator has wildcards; the sign stands for itself.
    pub THREAT_STACK_PATTERN_IN_TEXT = warning "threat-stack-pattern-in-text": "wildcard signs in a text";
    /// A backslash before anything but a quotation mark or a backslash stands for itself. Other readers may
    /// take it as an escape.
    pub THREAT_STACK_LONE_BACKSLASH = warning "threat-stack-lone-backslash": "a backslash that escapes nothing";
    /// The text ends in a backslash.
    pub THREAT_STACK_TRAILING_BACKSLASH = warning "threat-stack-trailing-backslash": "a text that ends in a backslash";
    /// An address range is compared as text and equals no address. Test prefixes with `starts_with`.
    pub THREAT_STACK_ADDRESS_RANGE = warning "threat-stack-address-range": "an address range compared as text";
    /// `not` is not known to exist in Threat Stack; trailsmith reads it as negation.
    pub THREAT_STACK_EXTENSION_NOT = info "threat-stack-extension-not": "`not`, an extension";
    /// Of the order operators only `>` is known to exist in Threat Stack.
    pub THREAT_STACK_EXTENSION_ORDER = info "threat-stack-extension-order-operator": "an order operator, an extension";
    /// Booleans without quotation marks are not known to exist in Threat Stack.
    pub THREAT_STACK_EXTENSION_BOOLEAN = info "threat-stack-extension-boolean": "a boolean, an extension";
    /// Keys with `-` or `@` are not known to exist in Threat Stack.
    pub THREAT_STACK_EXTENSION_KEY = info "threat-stack-extension-key-character": "an unusual key, an extension";
    /// Escape sequences are not known to exist in Threat Stack.
    pub THREAT_STACK_EXTENSION_ESCAPE = info "threat-stack-extension-escape": "an escape sequence, an extension";
    /// Negative numbers and fractions are not known to exist in Threat Stack.
    pub THREAT_STACK_EXTENSION_NUMBER = info "threat-stack-extension-number": "an unusual number, an extension";
}

/// The code `LANGUAGE-NAME`; the language's general code if a newer grammar has a name that is not
/// declared (a test keeps the two in step).
pub fn find(language: &str, name: &str) -> &'static Code {
    let found = ALL.iter().find(|code| {
        code.name
            .strip_prefix(language)
            .and_then(|rest| rest.strip_prefix('-'))
            .is_some_and(|rest| rest == name)
    });
    found.copied().unwrap_or(if language == "kql" { &KQL_SYNTAX } else { &THREAT_STACK_SYNTAX })
}
