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
}
