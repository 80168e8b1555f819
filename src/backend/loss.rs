//! What a target cannot say, and what came out in spite of it.

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Severity, Source, Span};

/// Something of a rule that an artefact does not say, or says differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    /// What kind of loss.
    pub code: &'static Code,
    /// What is lost: a clause (`detection.and[2].not`), or a key of the rule (`playbook`).
    pub path: String,
    /// What was meant, why the target cannot say it, and what the artefact says instead.
    pub message: String,
    /// [`Severity::Error`]: without leave there is no artefact. [`Severity::Info`]: worth knowing; the
    /// artefact is made all the same.
    pub severity: Severity,
    /// The clause in the rule's file.
    pub origin: Option<Span>,
}

impl Loss {
    /// A loss of its code's own severity.
    pub fn new(code: &'static Code, path: impl Into<String>, message: impl Into<String>) -> Self {
        let (path, message) = (path.into(), message.into());
        Loss { code, path, message, severity: code.severity, origin: None }
    }

    /// Points at the clause.
    pub fn at(mut self, origin: Option<Span>) -> Self {
        self.origin = origin;
        self
    }

    /// Whether it needs leave.
    pub fn is_refused(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The loss as a finding in the rule's file; an allowed one is a warning.
    pub fn diagnostic(&self, source: &std::sync::Arc<Source>, whole: Span, allowed: bool) -> Diagnostic {
        let severity = match self.severity {
            Severity::Error if allowed => Severity::Warning,
            severity => severity,
        };
        let at = self.origin.unwrap_or(Span::new(whole.start, whole.start));
        Diagnostic::new(self.code, self.message.clone()).severity(severity).at(source, at, "")
    }

    /// `{code, path, message, severity}`; the place is added by whoever knows the file.
    pub fn to_json(&self) -> Value {
        json!({
            "code": self.code.name,
            "path": self.path,
            "message": self.message,
            "severity": self.severity.as_str(),
        })
    }
}

/// What a target makes of a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Artefact {
    /// A JSON document.
    Json(Value),
    /// Text in the target's own syntax.
    Text(String),
}

impl Artefact {
    /// As one JSON value.
    pub fn to_json(&self) -> Value {
        match self {
            Artefact::Json(value) => value.clone(),
            Artefact::Text(text) => Value::from(text.as_str()),
        }
    }
}

/// The outcome for one rule and one target.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compiled {
    /// What came out; `None`: [`error`](Self::error) or a refused loss says why.
    pub artefact: Option<Artefact>,
    /// What the artefact does not say, in order of the rule.
    pub losses: Vec<Loss>,
    /// Why nothing can come out, whatever is allowed.
    pub error: Option<Loss>,
}

/// How well a target can say a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fidelity {
    /// Everything is said.
    Exact,
    /// With leave, and listed losses.
    Lossy,
    /// Not at all.
    Impossible,
}

impl Fidelity {
    /// The word in matrices.
    pub fn as_str(self) -> &'static str {
        match self {
            Fidelity::Exact => "exact",
            Fidelity::Lossy => "lossy",
            Fidelity::Impossible => "impossible",
        }
    }
}

impl Compiled {
    /// Nothing can come out.
    pub fn impossible(error: Loss) -> Self {
        Compiled { artefact: None, losses: Vec::new(), error: Some(error) }
    }

    /// How well the rule was said, whether or not losses are allowed.
    pub fn fidelity(&self) -> Fidelity {
        match &self.error {
            Some(_) => Fidelity::Impossible,
            None if self.losses.iter().any(Loss::is_refused) => Fidelity::Lossy,
            None => Fidelity::Exact,
        }
    }

    /// Takes the artefact away where losses that need leave have none.
    pub fn refuse_losses(mut self) -> Self {
        if self.fidelity() == Fidelity::Lossy {
            self.artefact = None;
        }
        self
    }
}
