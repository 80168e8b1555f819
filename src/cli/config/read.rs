//! From the text of the configuration file to its values, with positions for what is wrong.

use std::path::PathBuf;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Config, SeverityOf};
use crate::backend::spl::Base;
use crate::cli::codes;
use crate::diagnostic::{Diagnostic, Severity, Source, Span};
use crate::schema::Version;

/// The keys that exist.
const KEYS: [&str; 7] =
    ["rules", "exclude", "ignore", "fail-on", "integration-version", "splunk-index", "splunk-macro"];

type Read<T> = Result<T, Box<Diagnostic>>;

pub(super) fn read(source: &Arc<Source>, severity_of: SeverityOf<'_>) -> Read<Config> {
    let table = DeTable::parse(source.text()).map_err(|error| {
        let span = error.span().map_or(Span::default(), Span::from);
        invalid(source, span, format!("not TOML: {}", error.message()))
    })?;
    let mut config = Config::default();
    for (key, value) in table.get_ref() {
        let key_span = Span::from(key.span());
        match key.get_ref().as_ref() {
            "rules" => {
                config.rules = texts(source, value)?.into_iter().map(|(path, _)| path.into()).collect()
            }
            "exclude" => {
                config.exclude =
                    texts(source, value)?.into_iter().map(|(path, _)| PathBuf::from(path)).collect();
            }
            "ignore" => {
                for (code, span) in texts(source, value)? {
                    let title = match severity_of(&code) {
                        None => format!("there is no code `{code}`"),
                        Some(Severity::Error) => format!("`{code}` is an error and cannot be ignored"),
                        Some(_) => {
                            config.ignore.push(code);
                            continue;
                        }
                    };
                    let help = "`trailsmith list lints` prints every code and its severity";
                    return Err(Box::new(invalid(source, span, title).help(help)));
                }
            }
            "fail-on" => config.fail_on = Some(severity(source, value)?),
            "integration-version" => {
                let (version, span) = text(source, value)?;
                let known = Version::ALL.map(Version::as_str).join(", ");
                config.integration_version = Some(Version::parse(&version).ok_or_else(|| {
                    let title = format!("`{version}` is no version of the integration's documents");
                    Box::new(invalid(source, span, title).help(format!("one of: {known}")))
                })?);
            }
            key @ ("splunk-index" | "splunk-macro") => {
                let (name, span) = text(source, value)?;
                let is_index = key == "splunk-index";
                let base = if is_index { Base::index(&name) } else { Base::from_macro(&name) };
                if config.splunk.is_some() {
                    let title = "`splunk-index` and `splunk-macro` both say where the events are";
                    return Err(Box::new(invalid(source, key_span, title)));
                }
                config.splunk = Some(base.ok_or_else(|| {
                    let what = if is_index { "index" } else { "macro" };
                    Box::new(invalid(source, span, format!("`{name}` is no name of a Splunk {what}")))
                })?);
            }
            unknown => {
                let known = format!("known keys: {}", KEYS.join(", "));
                let title = format!("unknown key `{unknown}`");
                let diagnostic = Diagnostic::new(&codes::UNKNOWN_CONFIG_KEY, title);
                return Err(Box::new(diagnostic.at(source, key_span, "").help(known)));
            }
        }
    }
    Ok(config)
}

fn invalid(source: &Arc<Source>, span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::INVALID_CONFIG, title).at(source, span, "")
}

fn text(source: &Arc<Source>, value: &Spanned<DeValue<'_>>) -> Read<(String, Span)> {
    let span = Span::from(value.span());
    match value.get_ref() {
        DeValue::String(text) => Ok((text.to_string(), span)),
        other => Err(Box::new(invalid(source, span, format!("expected a string, not {}", other.type_str())))),
    }
}

fn texts(source: &Arc<Source>, value: &Spanned<DeValue<'_>>) -> Read<Vec<(String, Span)>> {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().map(|item| text(source, item)).collect(),
        other => {
            let title = format!("expected a list of strings, not {}", other.type_str());
            Err(Box::new(invalid(source, value.span().into(), title)))
        }
    }
}

fn severity(source: &Arc<Source>, value: &Spanned<DeValue<'_>>) -> Read<Severity> {
    let (word, span) = text(source, value)?;
    [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .find(|severity| severity.as_str() == word)
        .ok_or_else(|| {
            let title = format!("`{word}` is no severity");
            Box::new(invalid(source, span, title).help("one of: error, warning, info"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Read<Config> {
        read(&Arc::new(Source::new("trailsmith.toml", text)), &|code| match code {
            "known-code" => Some(Severity::Warning),
            "error-code" => Some(Severity::Error),
            _ => None,
        })
    }

    #[test]
    fn every_key() {
        let config = read_text(
            "rules = ['a', 'b']\nexclude = ['c']\nignore = ['known-code']\nfail-on = 'error'\n\
             integration-version = '7.4'\nsplunk-macro = 'cloudtrail'\n",
        );
        let config = config.expect("the file is right");
        assert_eq!(config.rules, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(config.exclude, [PathBuf::from("c")]);
        assert_eq!(config.ignore, ["known-code"]);
        assert_eq!(config.fail_on, Some(Severity::Error));
        assert_eq!(config.integration_version, Some(Version::V7_4));
        assert_eq!(config.splunk, Base::from_macro("cloudtrail"));
    }

    #[test]
    fn what_is_wrong_is_named_at_its_place() {
        for (text, code, place) in [
            ("rules = 'a'", "invalid-config", "'a'"),
            ("rules = ['a', 1]", "invalid-config", "1"),
            ("fail-on = 'never'", "invalid-config", "'never'"),
            ("ignore = ['x']", "invalid-config", "'x'"),
            ("ignore = ['known-code', 'error-code']", "invalid-config", "'error-code'"),
            ("integration-version = '1'", "invalid-config", "'1'"),
            ("splunk-index = 'a b'", "invalid-config", "'a b'"),
            ("splunk-index = 'a'\nsplunk-macro = 'b'", "invalid-config", "splunk-macro"),
            ("rule = ['a']", "unknown-config-key", "rule"),
        ] {
            let error = read_text(text).expect_err(text);
            let source = error.source.as_ref().expect("errors know their file");
            let span = error.span().expect("errors have a place");
            assert_eq!((error.code.name, source.slice(span)), (code, place), "{text}");
        }
        assert_eq!(read_text("rules = [").expect_err("not TOML").code.name, "invalid-config");
    }
}
