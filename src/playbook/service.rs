//! What is known of services beside their names: how the command line and CloudTrail call them and
//! their actions, what a waiter asks, what a call needs to be allowed. The facts stand in `data/`.

use std::sync::LazyLock;

/// The lines of a table, comments left out.
fn rows(text: &'static str) -> Vec<Vec<&'static str>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split('\t').collect()).collect()
}

type Table = LazyLock<Vec<Vec<&'static str>>>;

static SERVICES: Table = LazyLock::new(|| rows(include_str!("data/services.tsv")));
static WAITERS: Table = LazyLock::new(|| rows(include_str!("data/waiters.tsv")));
static PERMISSIONS: Table = LazyLock::new(|| rows(include_str!("data/permissions.tsv")));
static EVENT_NAMES: Table = LazyLock::new(|| rows(include_str!("data/event_names.tsv")));
static REQUESTS: Table = LazyLock::new(|| rows(include_str!("data/requests.tsv")));

fn named(service: &str, column: usize) -> Option<&'static str> {
    let row = SERVICES.iter().find(|row| row[0] == service)?;
    (row[column] != "-").then_some(row[column])
}

/// The command of a service: `s3api` for `s3`.
pub fn command(service: &str) -> &str {
    named(service, 1).unwrap_or(service)
}

/// The `eventSource` of a service's records.
pub fn event_source(service: &str) -> String {
    format!("{}.amazonaws.com", named(service, 2).unwrap_or(service))
}

/// The `eventName` of an action's records.
pub fn event_name<'a>(service: &str, action: &'a str) -> &'a str {
    let row = EVENT_NAMES.iter().find(|row| row[0] == service && row[1] == action);
    row.map_or(action, |row| row[2])
}

/// The action that a waiter repeats, if there is such a waiter.
pub fn waiter(service: &str, state: &str) -> Option<&'static str> {
    WAITERS.iter().find(|row| row[0] == service && row[1] == state).map(|row| row[2])
}

/// The waiters of a service.
pub fn waiters(service: &str) -> Vec<&'static str> {
    WAITERS.iter().filter(|row| row[0] == service).map(|row| row[1]).collect()
}

/// The IAM actions that a call needs.
pub fn iam_actions<'p>(
    service: &str,
    action: &str,
    parameters: impl Iterator<Item = &'p str> + Clone,
) -> Vec<String> {
    let prefix = if service == "sesv2" || service == "email" { "ses" } else { service };
    let mut own = vec![format!("{prefix}:{action}")];
    let mut more = Vec::new();
    for row in PERMISSIONS.iter().filter(|row| row[0] == service && row[1] == action) {
        if row[2] != "-" && !parameters.clone().any(|parameter| parameter == row[2]) {
            continue;
        }
        match row[3].strip_prefix('+') {
            Some(besides) => more.extend(besides.split(' ').map(str::to_owned)),
            None => own = row[3].split(' ').map(str::to_owned).collect(),
        }
    }
    own.extend(more);
    own
}

/// Under which key CloudTrail writes a parameter, and under which one each item of a list.
pub(super) fn request_key(service: &str, parameter: &str) -> Option<(&'static str, Option<&'static str>)> {
    let row = REQUESTS.iter().find(|row| row[0] == service && row[1] == parameter)?;
    Some((row[2], (row[3] != "-").then_some(row[3])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        for (table, columns) in
            [(&SERVICES, 3), (&WAITERS, 3), (&PERMISSIONS, 4), (&EVENT_NAMES, 3), (&REQUESTS, 4)]
        {
            assert!(!table.is_empty());
            assert!(table.iter().all(|row| row.len() == columns), "{table:?}");
        }
        for row in PERMISSIONS.iter() {
            assert!(row[3].trim_start_matches('+').split(' ').all(|action| action.contains(':')), "{row:?}");
        }
    }

    #[test]
    fn an_action_of_the_api_is_not_always_one_of_iam() {
        let none = || std::iter::empty();
        assert_eq!(iam_actions("iam", "UpdateAccessKey", none()), ["iam:UpdateAccessKey"]);
        assert_eq!(iam_actions("s3", "PutPublicAccessBlock", none()), ["s3:PutBucketPublicAccessBlock"]);
        let with = ["ImageId", "IamInstanceProfile"];
        assert_eq!(
            iam_actions("ec2", "RunInstances", with.into_iter()),
            ["ec2:RunInstances", "iam:PassRole"]
        );
        assert_eq!(iam_actions("ec2", "RunInstances", none()), ["ec2:RunInstances"]);
    }
}
