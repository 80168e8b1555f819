//! Findings about rule files: syntax, keys, values.

crate::codes! {
    /// The file is no TOML. Rules of elastic/detection-rules are TOML files with the tables
    /// `[metadata]` and `[rule]`. Mend the place that the caret shows; nothing else of the file was read.
    pub TOML_SYNTAX = error "toml-syntax": "the file is not TOML";
    /// The text is no JSON (RFC 8259): no comments, no trailing commas, double quotes only. In a
    /// file with one JSON value a line (NDJSON), the other lines are read all the same.
    pub JSON_SYNTAX = error "json-syntax": "the text is not JSON";
    /// The document is no YAML, or uses a key that is no text. Other documents of the same file
    /// (after `---`) are read all the same.
    pub YAML_SYNTAX = error "yaml-syntax": "the document is not YAML";
    /// A key stands twice in one table. Readers disagree on which one counts, so a rule could mean
    /// one thing here and another elsewhere. Remove one of them.
    pub DUPLICATE_KEY = error "duplicate-key": "a key stands twice in one table";
    /// Lists and tables lie deeper in each other than any rule needs. Such files are usually
    /// broken or hostile; flatten the value.
    pub NESTING_TOO_DEEP = error "nesting-too-deep": "values lie too deep in each other";
    /// YAML aliases (`*name`) that stand for too many values or for a value that holds the alias
    /// itself. Write the values out.
    pub YAML_ALIAS = error "yaml-alias": "aliases expand without bound";
    /// `<<:` is no part of YAML 1.2, and readers disagree on it. Write the keys out.
    pub YAML_MERGE_KEY = error "yaml-merge-key": "merge keys are not read";
    /// A tag such as `!env` asks for a meaning that only some tools give it. Remove the tag.
    pub YAML_TAG = error "yaml-tag": "tags are not read";
    /// YAML forbids tabs in indentation; tools that accept them see different structures. Indent
    /// with spaces.
    pub YAML_TAB = error "yaml-tab": "a tab in the indentation";
    /// A value is not of the type that its key asks for. The value is kept as it is; if the detection
    /// depends on it, the rule cannot be compiled or run until it is mended.
    pub WRONG_TYPE = error "wrong-type": "a value is not of the type that its key asks for";
    /// A number lies outside the range that the target accepts; an import would refuse the rule.
    pub OUT_OF_RANGE = error "out-of-range": "a number is outside the accepted range";
    /// A key that every rule of this format must have is not there.
    pub MISSING_KEY = error "missing-key": "a required key is missing";
    /// A key that no rule of this format has. It is kept, but has no effect: often it is a slip for
    /// a key that would have had one.
    pub UNKNOWN_KEY = warning "unknown-key": "a key that the format does not know";
    /// A word outside the list that the key accepts.
    pub UNKNOWN_WORD = error "unknown-word": "a word that the key does not accept";
    /// A length of time or a point of date math that is not written as the format demands
    /// (`5m`, `now-9m`).
    pub BAD_TIME = error "bad-time": "a time is not written as the format demands";
    /// More items, or fewer, than the target accepts: new_terms has one to three fields, a
    /// threshold up to five, a suppression one to three.
    pub BAD_COUNT = error "bad-count": "too many or too few items";
    /// Keys that exclude or demand each other: `timeline_id` without `timeline_title`, `index` beside
    /// `data_view_id`, a cardinality over one of the group fields.
    pub KEYS_DISAGREE = warning "keys-disagree": "keys that exclude or demand each other";
    /// The rule's type needs something outside the rule (a machine-learning job, an indicator
    /// index, a saved query). The rule is carried as it is; it cannot be compiled to another
    /// language, tested or matched here.
    pub TYPE_NOT_COMPILED = info "rule-type-not-compiled": "the rule's type is carried, not understood";
    /// The rule names actions (notifications). They are kept for Kibana and have no effect here.
    pub ACTIONS_KEPT = info "actions-kept": "actions are kept, not carried out";
    /// A value that has none of the keys of a rule. In a directory that is a note, because other
    /// JSON and YAML files lie beside rules; a file that was named, or a line of an export, should
    /// be a rule.
    pub NOT_A_RULE = info "not-a-rule": "no rule is recognised here";
    /// An exception item that cannot be expressed: it refers to a value list of the cluster, or has
    /// no entries. Its rules are carried as they are and cannot be compiled to another language,
    /// tested or matched here, because without the item they would alert on more.
    pub EXCEPTION_NOT_READ = warning "exception-not-read": "an exception item cannot be expressed";
    /// An exception item has an expiry. Kibana drops it in runs that start later; here it excepts the
    /// events before that instant, by their own time. Remove the item when it has expired.
    pub EXCEPTION_EXPIRES = info "exception-expires": "an exception item has an expiry";
    /// An exception item whose list no rule of the export names. It is kept, and has no effect.
    pub EXCEPTION_UNUSED = info "exception-unused": "no rule names the list of an exception item";
    /// The rule names an exception list that its file does not hold. Whatever the list excepts in the
    /// cluster still alerts in `match` and `test` here.
    ///
    /// Export the rule together with its lists (Kibana's export writes them beside the rules, in one
    /// file), or judge its hits with that in mind.
    pub EXCEPTION_LIST_ABSENT = warning "exception-list-absent": "a rule's exception list is not in its file";
    /// The file cannot be opened: it does not exist, or permissions forbid it.
    pub FILE_UNREADABLE = error "file-unreadable": "a file cannot be read";
    /// Rule files are UTF-8 text. Save the file in that encoding; UTF-16 from Windows editors is the
    /// usual cause.
    pub NOT_UTF8 = error "not-utf8": "a file is not UTF-8 text";
    /// The file is larger than any rule file should be (20 MB), so it was not read. Exports of that
    /// size can be split: one rule a line.
    pub FILE_TOO_LARGE = error "file-too-large": "a file is too large to be a rule file";
    /// Two rules have the same id. Targets key rules by id: one of them would overwrite the other.
    pub DUPLICATE_ID = error "duplicate-rule-id": "two rules have one id";
    /// A Sigma rule. They are recognised, and not read.
    pub SIGMA_NOT_READ = warning "sigma-not-read": "Sigma rules are not read";
    /// A rule type that no public Threat Stack source names. The rule is kept and switched off,
    /// because it is not known which events it is meant for.
    pub THREAT_STACK_TYPE = warning "threat-stack-type": "a rule type that Threat Stack does not document";
    /// The filter demands an `event_type` that the rule's type never sees, so the rule never fires.
    pub THREAT_STACK_EVENT_TYPE = error "threat-stack-event-type": "event_type and the rule's type disagree";
    /// CloudTrail rules of Threat Stack aggregate on `user`, `eventName`, `eventSource`, `ip` and
    /// `accountId` only; the product ignores or refuses other fields.
    pub THREAT_STACK_AGGREGATE = warning "threat-stack-aggregate-field": "an aggregate field that the rule type does not have";
    /// Threat Stack's API demands a description of 1 to 300 characters when a rule is written.
    pub THREAT_STACK_DESCRIPTION = warning "threat-stack-description": "the alert description is empty or too long";
    /// A placeholder in the alert title that is not among the aggregate fields prints `undefined` or
    /// the value of any one of the events.
    pub THREAT_STACK_TITLE = warning "threat-stack-title": "a placeholder of the title is no aggregate field";
    /// A ruleset lists the ids of its rules, not the rules. Export the rules themselves:
    /// `GET /v2/rulesets/{id}/rules`.
    pub THREAT_STACK_RULESET = info "threat-stack-ruleset": "a ruleset without its rules";
}
