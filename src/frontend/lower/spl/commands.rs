//! What is known of Splunk's commands, by what they do to the events that a search found.

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It orders, formats or stores what is there.
    Nothing,
    /// It leaves the fields that it names and drops the others (`table`, `fields`).
    Keep,
    /// It makes fields, or changes those that its text names.
    Make,
    /// It may change every field.
    ChangeAll,
    /// It replaces events by rows of a report.
    Report,
    /// It drops, adds or joins events.
    Events,
}

/// The effect of a command that is not read by itself; an unknown one may do anything.
/// Source: Splunk's Search Reference, "Command types".
pub(super) fn effect(name: &str, args: &str) -> Effect {
    let holds = |word: &str| args.split_whitespace().any(|part| part.eq_ignore_ascii_case(word));
    match name {
        "abstract" | "addinfo" | "collect" | "convert" | "fieldformat" | "highlight" | "iconify"
        | "localop" | "outputcsv" | "outputlookup" | "outputtext" | "redistribute" | "reverse"
        | "sendalert" | "sendemail" | "sort" | "tags" | "nomv" | "makemv" | "fieldsummary" => Effect::Nothing,
        "fields" if args.trim_start().starts_with('-') => Effect::Make,
        "fields" | "table" => Effect::Keep,
        // With OUTPUT a lookup names what it sets; without, it sets whatever the table has.
        "lookup" if holds("output") || holds("outputnew") => Effect::Make,
        "lookup" | "extract" | "kv" | "xmlkv" | "multikv" | "autoregress" | "foreach" | "replace" => {
            Effect::ChangeAll
        }
        "fillnull" | "filldown" => {
            let named = args.split_whitespace().any(|part| !part.starts_with("value"));
            if named { Effect::Make } else { Effect::ChangeAll }
        }
        "rex" | "eventstats" | "streamstats" | "accum" | "delta" | "addtotals" | "strcat" | "mvexpand"
        | "mvcombine" | "rangemap" | "relevancy" | "geomfilter" | "iplocation" | "reltime" => Effect::Make,
        "chart" | "timechart" | "top" | "rare" | "geostats" | "contingency" | "sistats" | "tstats"
        | "xyseries" | "untable" | "transpose" | "cluster" | "kmeans" => Effect::Report,
        _ => Effect::Events,
    }
}

/// A macro of Splunk's security content that formats and drops nothing
/// (`splunk_macros.json` of security_content).
pub(super) fn formats_only(name: &str) -> bool {
    matches!(name, "security_content_ctime" | "security_content_summariesonly" | "drop_dm_object_name")
}

/// A macro that stands for the data source.
pub(super) fn names_source(name: &str) -> bool {
    matches!(name, "cloudtrail" | "aws_cloudtrail" | "aws-cloudtrail")
}
