//! Tests on ECS documents as tests on raw records. Derived fields are written out where their
//! definition is a condition on the record (cloudtrail_to_ecs.md §3).

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::Said;
use super::{Fitted, Refusal, all, any, equals, folded, not, test};
use crate::backend::codes;
use crate::ir::{
    Bound, Comparison, DateBound, Field, NumberOp, Predicate, Service, Test, TextMatch, Vocabulary,
};
use crate::schema::{Derived, Reach, Shape, Version, finding_source, reach, types};

/// The test on raw fields, named as `vocabulary` does.
pub fn to_raw(of: &Test, vocabulary: Vocabulary, version: Version) -> Fitted {
    let raw = Raw { vocabulary, of };
    if of.field.vocabulary != Vocabulary::Ecs {
        return raw.between_raw(version);
    }
    match reach(&of.field, Shape::of(vocabulary), version) {
        Reach::Never => Ok(Predicate::Constant(false).into()),
        Reach::Constant(value) => match folded(&of.comparison, value) {
            Some(truth) => Ok(Predicate::Constant(truth).into()),
            None => raw.refuse("is the same in every event, and this comparison is not about texts"),
        },
        Reach::Path { path, prune } => Ok(raw.copied(&path, prune)),
        Reach::Flattened { path, prune, .. } => Ok(raw.copied(&path, prune)),
        Reach::Derived(derived) => raw.derived(derived),
        Reach::Document(path) if matches!(vocabulary, Vocabulary::Finding(_)) => raw.finding(&path),
        Reach::Document(_) => raw.refuse("is made by the ingest pipeline; no raw field holds it"),
        Reach::Enrichment(_) => raw.refuse("is added by the cluster; raw records do not have it"),
    }
}

struct Raw<'a> {
    vocabulary: Vocabulary,
    of: &'a Test,
}

impl Raw<'_> {
    fn field(&self, path: &str) -> Field {
        Field::new(self.vocabulary, path, types(self.vocabulary).field_type(path))
    }

    fn test(&self, path: &str, comparison: Comparison) -> Predicate {
        test(&self.field(path), comparison)
    }

    fn exists(&self, path: &str) -> Predicate {
        self.test(path, Comparison::Exists)
    }

    fn refuse(&self, why: &str) -> Fitted {
        let message = format!("`{}` {why}", self.of.field);
        Err(Box::new(Refusal::new(&codes::LOSS_FIELD, message)))
    }

    /// A field that the pipeline converts, or the whole part of GuardDuty's severity.
    fn finding(&self, path: &str) -> Fitted {
        let Vocabulary::Finding(service) = self.vocabulary else { return self.form() };
        if service == Service::GuardDuty && path == "event.severity" {
            return self.whole("severity");
        }
        let source = match (service, path) {
            (Service::SecurityHub, "event.severity") => Some("Severity.Normalized".to_owned()),
            _ => finding_source(service, path),
        };
        match (source, &self.of.comparison) {
            (Some(raw), Comparison::Date { .. }) => {
                self.refuse(&format!("is the date in `{raw}`, and a date has no comparison there"))
            }
            (Some(raw), comparison) => Ok(self.test(&raw, comparison.clone()).into()),
            (None, _) => self.refuse("is made by the ingest pipeline; no key of the finding holds it"),
        }
    }

    /// A comparison with the whole part of a number that is not negative.
    fn whole(&self, raw: &str) -> Fitted {
        let number = |op, value| self.test(raw, Comparison::Number { op, value });
        let Comparison::Number { op, value } = self.of.comparison else {
            return match self.of.comparison {
                Comparison::Exists => Ok(self.exists(raw).into()),
                _ => self.form(),
            };
        };
        let (floor, is_whole) = (value.floor(), value.fract() == 0.0);
        Ok(match op {
            NumberOp::Ge => number(NumberOp::Ge, value.ceil()),
            NumberOp::Gt => number(NumberOp::Ge, floor + 1.0),
            NumberOp::Lt => number(NumberOp::Lt, value.ceil()),
            NumberOp::Le => number(NumberOp::Lt, floor + 1.0),
            NumberOp::Eq if is_whole => all([number(NumberOp::Ge, floor), number(NumberOp::Lt, floor + 1.0)]),
            NumberOp::Eq => Predicate::Constant(false),
        }
        .into())
    }

    fn form(&self) -> Fitted {
        let message =
            format!("`{}` is computed from the record; this comparison has no form there", self.of.field);
        Err(Box::new(Refusal::new(&codes::LOSS_FIELD_FORM, message)))
    }

    fn copied(&self, path: &str, prune: bool) -> Said {
        let exists = self.of.comparison == Comparison::Exists;
        let note = (prune && exists).then(|| {
            let message = format!(
                "`{path}` may be there with \"\", \"-\" or \"none\", where the document has no `{}`",
                self.of.field
            );
            (&codes::LOSS_EMPTY_EXISTS, message)
        });
        Said { predicate: self.test(path, self.of.comparison.clone()), note }
    }

    /// Between two names of raw fields.
    fn between_raw(&self, version: Version) -> Fitted {
        match reach(&self.of.field, Shape::CloudTrail, version) {
            Reach::Path { path, .. } => Ok(self.test(&path, self.of.comparison.clone()).into()),
            Reach::Never => Ok(Predicate::Constant(false).into()),
            Reach::Constant(value) => match folded(&self.of.comparison, value) {
                Some(truth) => Ok(Predicate::Constant(truth).into()),
                None => self.form(),
            },
            _ => self.refuse("is computed and has no name there"),
        }
    }

    fn derived(&self, derived: Derived) -> Fitted {
        let comparison = &self.of.comparison;
        match derived {
            Derived::Outcome => self.outcome(),
            Derived::AccountId => {
                let paths = ["userIdentity.accountId", "recipientAccountId"];
                Ok(self.first_of(&paths).into())
            }
            Derived::CloudServiceName => match comparison {
                Comparison::Text { matcher: TextMatch::Equals(name), case } => {
                    let matcher = TextMatch::Equals(format!("{name}.amazonaws.com"));
                    Ok(self.test("eventSource", Comparison::Text { matcher, case: *case }).into())
                }
                _ => self.form(),
            },
            Derived::SourceIp => match comparison {
                Comparison::Ip(network) if network.prefix_len() == 32 && network.addr().is_ipv4() => {
                    Ok(self.test("sourceIPAddress", equals(network.addr().to_string())).into())
                }
                Comparison::Ip(_) | Comparison::IpRange { .. } => {
                    Ok(self.test("sourceIPAddress", comparison.clone()).into())
                }
                Comparison::Exists => {
                    let every = [IpNet::V4(Ipv4Net::default()), IpNet::V6(Ipv6Net::default())];
                    let address = |net| self.test("sourceIPAddress", Comparison::Ip(net));
                    Ok(any(every.map(address)).into())
                }
                _ => self.form(),
            },
            Derived::Timestamp if *comparison == Comparison::Exists => Ok(self.exists("eventTime").into()),
            Derived::Timestamp if self.vocabulary == Vocabulary::ThreatStack => self.time(),
            Derived::Timestamp => match comparison {
                Comparison::Date { .. } => Ok(self.test("eventTime", comparison.clone()).into()),
                _ => self.form(),
            },
            _ => self.refuse("is computed by the ingest pipeline; no raw field holds it"),
        }
    }

    /// `failure` with an error, else `success`; a console sign-in says so itself, with `Success` or
    /// `Failure` (cloudtrail_facts.md).
    fn outcome(&self) -> Fitted {
        let holds = |word| folded(&self.of.comparison, word);
        let (Some(success), Some(failure)) = (holds("success"), holds("failure")) else { return self.form() };
        const RESULT: &str = "responseElements.ConsoleLogin";
        let sign_in = all([self.test("eventName", equals("ConsoleLogin")), self.exists(RESULT)]);
        let failed = any([self.exists("errorCode"), self.exists("errorMessage")]);
        let result = |word: &str| self.test(RESULT, equals(word));
        let words = [(success, "Success"), (failure, "Failure")];
        let said = any(words.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| result(word)));
        let otherwise = match (success, failure) {
            (true, true) => Predicate::Constant(true),
            (true, false) => not(failed),
            (false, true) => failed,
            (false, false) => Predicate::Constant(false),
        };
        let signed_in = all([self.test("eventName", equals("ConsoleLogin")), said]);
        Ok(any([signed_in, all([not(sign_in), otherwise])]).into())
    }

    /// The comparison on the first of the paths that has a value.
    fn first_of(&self, paths: &[&str]) -> Predicate {
        any(paths.iter().enumerate().map(|(index, path)| {
            let missing = paths[..index].iter().map(|path| not(self.exists(path)));
            all(missing.chain([self.test(path, self.of.comparison.clone())]))
        }))
    }

    /// `@timestamp` as Threat Stack's `eventTime` in milliseconds.
    fn time(&self) -> Fitted {
        let Comparison::Date { lower, upper } = &self.of.comparison else { return self.form() };
        let number =
            |op, millis: i64| self.test("eventTime", Comparison::Number { op, value: millis as f64 });
        let end = |bound: &Bound<DateBound>, inclusive, exclusive| match &bound.limit {
            None => Ok(None),
            Some(limit) => match limit.value {
                DateBound::Millis(millis) => {
                    Ok(Some(number(if limit.inclusive { inclusive } else { exclusive }, millis)))
                }
                DateBound::Math(_) => Err(()),
            },
        };
        match (end(lower, NumberOp::Ge, NumberOp::Gt), end(upper, NumberOp::Le, NumberOp::Lt)) {
            (Ok(lower), Ok(upper)) => Ok(all(lower.into_iter().chain(upper)).into()),
            _ => self.form(),
        }
    }
}
