//! Rules that are carried without being understood: why, in words and as a finding.

use crate::diagnostic::{Severity, Span};
use crate::frontend::reader::{Reader, Table};
use crate::frontend::{codes, lower};
use crate::ir::{Detection, Language, Opaque, QueryText};

/// An opaque detection with its reason, reported at `span`.
pub(super) fn carried(
    reader: &mut Reader<'_>,
    table: &mut Table<'_>,
    kind: &str,
    query: Option<&QueryText>,
    span: Span,
) -> Detection {
    let (code, reason) = match kind {
        "machine_learning" => {
            for key in ["machine_learning_job_id", "anomaly_threshold"] {
                let present = table.has(key).then_some(());
                table.require(reader, key, present);
            }
            (
                &codes::TYPE_NOT_COMPILED,
                "its anomalies come from a machine-learning job of the cluster".to_owned(),
            )
        }
        "threat_match" => {
            for key in ["threat_query", "threat_index", "threat_mapping"] {
                let present = table.has(key).then_some(());
                table.require(reader, key, present);
            }
            (&codes::TYPE_NOT_COMPILED, "it joins events with an index of indicators".to_owned())
        }
        "saved_query" => {
            let present = table.has("saved_id").then_some(());
            table.require(reader, "saved_id", present);
            (&codes::TYPE_NOT_COMPILED, "its query is a saved object of Kibana's".to_owned())
        }
        _ => {
            let language = query.map_or("this language", |query| name(query.language));
            (&lower::codes::LANGUAGE_NOT_COMPILED, format!("{language} is carried as it is"))
        }
    };
    let title = format!("this rule cannot be compiled or run here: {reason}");
    reader.report(code, title, span).severity = Severity::Info;
    because(query, reason)
}

/// An opaque detection with its reason.
pub(super) fn because(query: Option<&QueryText>, reason: String) -> Detection {
    Detection::Opaque(Opaque {
        language: query.map(|query| query.language),
        text: query.map(|query| query.text.clone()),
        reason,
    })
}

fn name(language: Language) -> &'static str {
    match language {
        Language::Kuery => "KQL",
        Language::Lucene => "Lucene",
        Language::Eql => "EQL",
        Language::Esql => "ES|QL",
        Language::ThreatStack => "the Threat Stack filter language",
        Language::Spl => "SPL",
    }
}
