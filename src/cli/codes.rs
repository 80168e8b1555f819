//! Codes of the command line's own findings: the configuration file.

crate::codes! {
    /// `trailsmith.toml` is not TOML, or a value in it is of the wrong type or not one of those
    /// allowed.
    ///
    /// The file is looked for in the working directory and then upwards; `--config FILE` names
    /// another. These keys exist:
    ///
    /// ```toml
    /// rules = ["rules"]              # where rules are read when a command names no path
    /// exclude = ["rules/drafts"]     # files and directories that are never read from directories
    /// ignore = ["missing-fixture"]   # codes that are not reported; errors always are
    /// fail-on = "warning"            # error, warning or info: what makes the exit code 1
    /// integration-version = "8.9"    # legacy, 7.4 or 8.9: the field layout of Elastic's integration
    /// splunk-index = "cloudtrail"     # where Splunk keeps the events; or splunk-macro, the name of a macro that finds them
    /// ```
    pub INVALID_CONFIG = error "invalid-config": "the configuration file cannot be used";

    /// `trailsmith.toml` holds a key that does not exist.
    ///
    /// An unknown key is an error because a misspelt one would otherwise change nothing, silently.
    /// `trailsmith explain invalid-config` lists the keys.
    pub UNKNOWN_CONFIG_KEY = error "unknown-config-key": "the configuration file has an unknown key";
}
