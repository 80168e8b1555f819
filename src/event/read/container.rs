//! Finding the records in a text, whatever container they are delivered in, by content alone.
//!
//! Findings are told apart by `finding.rs`.
//!
//! Forms: "CloudTrail log file examples" and "log event reference" (S3 `Records`, digests, Insights),
//! EventBridge's envelope, CloudWatch Logs subscription (also base64 and gzip), the answer of
//! `lookup-events`, Elasticsearch hits, Filebeat and Agent documents, wrapper lines of corpora.

use std::borrow::Cow;
use std::io::Read;
use std::sync::LazyLock;

use base64::Engine;
use memchr::memmem::Finder;

use super::super::projection::scan::{self, space};
use super::finding::{self, Kind};
use super::kind::{Sign, is_parsed_event, sign};
use super::structure::Structure;
use crate::event::{JsonError, Layout};
use crate::ir::Service;

/// Something in a text.
#[derive(Debug)]
pub(super) enum Found<'t> {
    Record(Layout, &'t str),
    NotJson(String),
    Unknown(String),
    Digest,
    Insight,
    Finding,
}

/// Where a text begins in the block.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Exact(usize),
    /// Somewhere in the text that begins there: it had to be unescaped.
    Within(usize),
}

impl Place {
    fn start(self) -> usize {
        match self {
            Place::Exact(at) | Place::Within(at) => at,
        }
    }

    /// The place `by` bytes on.
    fn inside(self, by: usize) -> Place {
        match self {
            Place::Exact(at) => Place::Exact(at + by),
            Place::Within(at) => Place::Within(at),
        }
    }
}

type Out<'o> = &'o mut dyn FnMut(Found<'_>, usize);

/// Containers in containers that are opened; `Records` of Kinesis of CloudWatch are five.
const LEVELS: u32 = 12;

/// Unpacked bytes of a base64 text that are read at most: CloudWatch sends a megabyte.
const UNPACKED: u64 = 64 << 20;

/// Whether a text begins as CloudTrail writes its records: decided without reading on.
#[inline]
pub(super) fn is_plain_record(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("{\"eventVersion\":\"") else { return false };
    let rest = rest.as_bytes();
    let quote = rest.iter().take(8).position(|&byte| byte == b'"');
    // Insights records have no identity; nothing else begins so.
    quote.is_some_and(|quote| rest[quote..].starts_with(b"\",\"userIdentity\":"))
}

/// Hands everything in `text` to `out`.
pub(super) fn unwrap(text: &str, place: Place, out: Out<'_>) {
    level(text, place, 0, out);
}

fn level(text: &str, place: Place, levels: u32, out: Out<'_>) {
    let place = place.inside(text.len() - text.trim_ascii_start().len());
    let text = text.trim_ascii();
    if levels > LEVELS {
        return out(Found::Unknown("containers are nested too deep".into()), place.start());
    }
    match text.as_bytes().first() {
        None => {}
        Some(b'{') => object(text, place, levels, out),
        Some(b'[') => list(text, place, levels, out),
        Some(b'"') => match serde_json::from_str::<String>(text) {
            Ok(inner) => embedded(&inner, place, levels, out),
            Err(error) => out(Found::NotJson(error.to_string()), place.start()),
        },
        Some(_) if is_packed(text) => packed(text, place, levels, out),
        Some(_) => out(
            match serde_json::from_str::<serde::de::IgnoredAny>(text) {
                Ok(_) => Found::Unknown("a bare value is no CloudTrail record".into()),
                Err(_) => Found::NotJson(JsonError::of(text).to_string()),
            },
            place.start(),
        ),
    }
}

/// The elements of an array, or of the list that an object begins with. A damaged element leaves
/// the others whole.
fn list(text: &str, place: Place, levels: u32, out: Out<'_>) {
    let mut structure = Structure::new();
    structure.feed(text.as_bytes(), true);
    for element in &structure.texts {
        level(&text[element.start..element.end], place.inside(element.start), levels + 1, out);
    }
    for fault in &structure.faults {
        out(Found::NotJson(fault.message.into()), place.inside(fault.at).start());
    }
}

/// A text that was found inside a text, unescaped.
fn embedded(text: &str, place: Place, levels: u32, out: Out<'_>) {
    let place = Place::Within(place.start());
    if text.trim_ascii_start().starts_with(['{', '[']) || is_packed(text) {
        level(text, place, levels + 1, out);
    } else {
        out(Found::Unknown("a text that holds no CloudTrail record".into()), place.start());
    }
}

/// The beginning of gzip in base64.
fn is_packed(text: &str) -> bool {
    text.starts_with("H4sI")
}

fn packed(text: &str, place: Place, levels: u32, out: Out<'_>) {
    let place = Place::Within(place.start());
    let unpacked =
        base64::engine::general_purpose::STANDARD.decode(text.trim_ascii()).ok().and_then(|bytes| {
            let mut unpacked = String::new();
            let read =
                flate2::read::MultiGzDecoder::new(&*bytes).take(UNPACKED + 1).read_to_string(&mut unpacked);
            read.is_ok_and(|read| read as u64 <= UNPACKED).then_some(unpacked)
        });
    match unpacked {
        // Several messages may follow one another.
        Some(text) if text.trim_ascii_start().starts_with('{') => list(&text, place, levels, out),
        Some(text) => level(&text, place, levels + 1, out),
        None => out(Found::NotJson("base64 that does not hold gzip of text".into()), place.start()),
    }
}

/// What was noticed on the way through the keys of an object.
#[derive(Default)]
struct Noticed<'t> {
    wrapper: Option<(usize, &'t str)>,
    text: Option<(usize, &'t str)>,
    packed: Option<(usize, &'t str)>,
    event: Option<(usize, &'t str)>,
    parsed: bool,
    ecs: bool,
    perhaps: bool,
    finding: bool,
}

fn object(text: &str, place: Place, levels: u32, out: Out<'_>) {
    let mut noticed = Noticed::default();
    let mut members = Members::new(text);
    for (key, at, value) in members.by_ref() {
        match sign(&key) {
            Sign::CloudTrail if !is_insight(text) => {
                return out(Found::Record(Layout::CloudTrail, text), place.start());
            }
            Sign::CloudTrail | Sign::PerhapsCloudTrail => noticed.perhaps = true,
            // Checked last: the list is found even when something behind it is damaged.
            Sign::List if value.starts_with('[') => return list(value, place.inside(at), levels, out),
            Sign::Wrapper if value.starts_with(['{', '[']) => noticed.wrapper = Some((at, value)),
            Sign::Text if value.starts_with('"') => noticed.text = Some((at, value)),
            Sign::PerhapsText if value.starts_with('"') => {
                if noticed.text.is_none() || key == "event.original" {
                    noticed.text = Some((at, value));
                }
                noticed.ecs |= key == "event.original";
            }
            Sign::Packed if is_packed(value.trim_start_matches('"')) => noticed.packed = Some((at, value)),
            Sign::Event => noticed.event = Some((at, value)),
            Sign::Parsed => noticed.parsed = true,
            Sign::Ecs => {
                noticed.ecs = true;
                noticed.parsed |= key == "aws" && has_key(value, |key| key.starts_with("cloudtrail"));
            }
            Sign::Digest => return out(Found::Digest, place.start()),
            Sign::Insight => return out(Found::Insight, place.start()),
            Sign::Finding => noticed.finding = true,
            Sign::PerhapsFinding => noticed.finding |= finding::is_type(value),
            _ => {}
        }
    }
    if members.broken {
        // A list at the front may hold whole records still.
        return match super::structure::list_prefix(text.as_bytes()) {
            super::structure::Prefix::List(_) => list(text, place, levels, out),
            _ => out(Found::NotJson(JsonError::of(text).to_string()), place.start()),
        };
    }
    noticed.decide(text, place, levels, out);
}

impl Noticed<'_> {
    fn decide(mut self, text: &str, place: Place, levels: u32, out: Out<'_>) {
        let ecs = |out: Out<'_>| out(Found::Record(Layout::Ecs, text), place.start());
        if let Some((at, value)) = self.event {
            if has_key(value, |key| sign(key) == Sign::CloudTrail) {
                return level(value, place.inside(at), levels + 1, out);
            }
            // A line of a corpus around an event of EventBridge, or around a finding. In ECS no kind of event is a type of findings.
            if value.starts_with('{')
                && (has_key(value, |key| key == "detail-type")
                    || matches!(finding::kind(value), Some(Kind::Known(_) | Kind::Capitalised)))
            {
                return level(value, place.inside(at), levels + 1, out);
            }
            self.parsed |= has_key(value, is_parsed_event);
            self.ecs |= value.starts_with('{');
        }
        if self.parsed {
            return ecs(out);
        }
        if let Some((at, value)) = self.wrapper.or(self.packed) {
            return level(value, place.inside(at), levels + 1, out);
        }
        // Unparsed documents: the record is the text of `message`, `event.original` or `event`.
        let original = self.event.and_then(|(at, value)| match value.as_bytes()[0] {
            b'"' => Some((at, value)),
            _ => Members::new(value)
                .find(|member| member.0 == "original")
                .map(|member| (at + member.1, member.2)),
        });
        for (at, value) in original.into_iter().chain(self.text) {
            let inner: Option<String> = serde_json::from_str(value).ok();
            if let Some(inner) =
                inner.filter(|inner| inner.trim_ascii_start().starts_with(['{', '[']) || is_packed(inner))
            {
                return level(&inner, Place::Within(place.inside(at).start()), levels + 1, out);
            }
        }
        if self.finding {
            out_finding(text, place, out);
        } else if self.ecs {
            ecs(out);
        } else if self.perhaps {
            out(Found::Record(Layout::CloudTrail, text), place.start());
        } else {
            out(Found::Unknown("no CloudTrail record and no known container of one".into()), place.start());
        }
    }
}

/// A finding under the keys that rules know.
fn out_finding(text: &str, place: Place, out: Out<'_>) {
    match finding::kind(text) {
        Some(Kind::Known(service)) => out(Found::Record(Layout::Finding(service), text), place.start()),
        Some(Kind::Capitalised) => {
            let layout = Layout::Finding(Service::GuardDuty);
            match finding::uncapitalised(text) {
                Some(text) => out(Found::Record(layout, &text), place.start()),
                None => out(Found::NotJson(JsonError::of(text).to_string()), place.start()),
            }
        }
        Some(Kind::Other) | None => out(Found::Finding, place.start()),
    }
}

/// Insights records have the same keys as others, and one more.
fn is_insight(text: &str) -> bool {
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"insightDetails\""));
    FINDER.find(text.as_bytes()).is_some() && has_key(text, |key| key == "insightDetails")
}

fn has_key(text: &str, test: impl Fn(&str) -> bool) -> bool {
    text.starts_with('{') && Members::new(text).any(|(key, ..)| test(&key))
}

/// The members of an object: key, place of the value, value. Ends early at damage.
pub(super) struct Members<'t> {
    text: &'t str,
    at: usize,
    broken: bool,
}

impl<'t> Members<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let at = space(text.as_bytes(), 1);
        // An empty object has no member; anything else that is no key is found below.
        let end = text.as_bytes().get(at) == Some(&b'}');
        Members { text, at: if end { text.len() } else { at }, broken: false }
    }

    fn read(&mut self) -> Option<(Cow<'t, str>, usize, &'t str)> {
        let bytes = self.text.as_bytes();
        let member = scan::member(bytes, self.at)?;
        let end = scan::value(bytes, member.value, 1)?;
        let next = space(bytes, end);
        self.at = match *bytes.get(next)? {
            b',' => space(bytes, next + 1),
            b'}' if space(bytes, next + 1) == bytes.len() => bytes.len(),
            _ => return None,
        };
        let key = &self.text[member.start..member.end];
        let key = match member.escaped {
            true => {
                serde_json::from_str(&self.text[member.start - 1..=member.end]).map_or(key.into(), Cow::Owned)
            }
            false => Cow::Borrowed(key),
        };
        Some((key, member.value, &self.text[member.value..end]))
    }
}

impl<'t> Iterator for Members<'t> {
    type Item = (Cow<'t, str>, usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.text.len() || self.broken {
            return None;
        }
        let member = self.read();
        self.broken = member.is_none();
        member
    }
}
