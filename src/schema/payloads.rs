//! Which keys of CloudTrail payloads hold lists, and with that the names under which Splunk's
//! extraction of JSON shows the values at a raw path: every list is written `{}` (splunk.md,
//! "Fields").

use std::collections::HashMap;
use std::sync::LazyLock;

/// Most names of one path. Each key of unknown form doubles them.
const MOST_NAMES: usize = 8;

/// What a key was seen to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    One,
    List,
    Either,
}

#[derive(Debug)]
struct Key {
    form: Form,
    below: HashMap<&'static str, Key>,
}

static PAYLOADS: LazyLock<HashMap<&'static str, Key>> = LazyLock::new(|| {
    let mut lines = include_str!("data/payloads.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| (line.len() - line.trim_start().len(), line.trim_start()))
        .peekable();
    keys(&mut lines, 0)
});

/// The keys at a depth, each with what stands below it.
fn keys(
    lines: &mut std::iter::Peekable<impl Iterator<Item = (usize, &'static str)>>,
    depth: usize,
) -> HashMap<&'static str, Key> {
    let mut found = HashMap::new();
    while let Some((_, text)) = lines.next_if(|(at, _)| *at == depth) {
        let (name, form) = match (text.strip_suffix("{}"), text.strip_suffix("{}?")) {
            (Some(name), _) => (name, Form::List),
            (_, Some(name)) => (name, Form::Either),
            _ => (text, Form::One),
        };
        found.insert(name, Key { form, below: keys(lines, depth + 1) });
    }
    found
}

/// The names under which Splunk shows the values at a path of a raw record. `None`: whether the
/// keys on the way hold lists is not known, and there are too many ways to spell that out.
pub fn splunk_names(path: &str) -> Option<Vec<String>> {
    let mut keys = path.split('.');
    let root = keys.next().unwrap_or_default();
    // Of the keys that every record may have only `resources` is a list.
    if root == "resources" {
        return Some(vec![path.replacen("resources", "resources{}", 1)]);
    }
    let mut names = vec![root.to_owned()];
    let known = PAYLOADS.get(root);
    if known.is_none() && !is_open(path) {
        return Some(vec![path.to_owned()]);
    }
    let mut known = known.map(|key| &key.below);
    for name in keys {
        let key = known.and_then(|below| below.get(name));
        let form = key.map_or(Form::Either, |key| key.form);
        known = key.map(|key| &key.below);
        let spell = |mark: &'static str| names.iter().map(move |known| format!("{known}.{name}{mark}"));
        names = match form {
            Form::One => spell("").collect(),
            Form::List => spell("{}").collect(),
            Form::Either => spell("").chain(spell("{}")).collect(),
        };
        if names.len() > MOST_NAMES {
            return None;
        }
    }
    Some(names)
}

/// Whether a path was seen to hold an object, which has keys but no value of its own.
pub fn is_object(path: &str) -> bool {
    let mut keys = path.split('.');
    let Some(mut key) = keys.next().and_then(|root| PAYLOADS.get(root)) else { return false };
    for name in keys {
        match key.below.get(name) {
            Some(below) => key = below,
            None => return false,
        }
    }
    !key.below.is_empty()
}

/// Whether a path lies below a key of a record whose own keys differ from service to service.
pub fn is_open(path: &str) -> bool {
    use crate::ir::FieldType;
    let Some((root, _)) = path.split_once('.') else { return false };
    super::cloudtrail().field_type(&format!("{root}.?")) == FieldType::Json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_marked() {
        let names = |path| splunk_names(path).expect("few names");
        assert_eq!(names("eventName"), ["eventName"]);
        assert_eq!(names("userIdentity.sessionContext.sessionIssuer.arn").len(), 1);
        assert_eq!(names("resources.ARN"), ["resources{}.ARN"]);
        // Both stand in splunk_fields.json.
        assert_eq!(
            names("requestParameters.createVolumePermission.add.items.userId"),
            ["requestParameters.createVolumePermission.add.items{}.userId"]
        );
        assert_eq!(
            names("requestParameters.tagSpecificationSet.items.tags.key"),
            ["requestParameters.tagSpecificationSet.items{}.tags{}.key"]
        );
        // As a map of tags, and as a list of keys and values.
        assert_eq!(names("requestParameters.tags"), ["requestParameters.tags", "requestParameters.tags{}"]);
        assert_eq!(names("requestParameters.neverSeen").len(), 2);
        assert_eq!(splunk_names("requestParameters.never.seen.before.anywhere"), None);
        assert_eq!(names("responseElements.imageScanFindings.findingSeverityCounts.HIGH").len(), 1);
    }

    #[test]
    fn objects_and_open_keys() {
        assert!(is_object("requestParameters"));
        assert!(is_object("requestParameters.ipPermissions"));
        assert!(!is_object("requestParameters.policyArn"));
        assert!(!is_object("eventName"));
        assert!(
            is_open("requestParameters.x") && !is_open("requestParameters") && !is_open("userIdentity.x")
        );
    }
}
