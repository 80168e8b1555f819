//! The name of an API action on AWS's command line: `ListMFADevices` is `list-mfa-devices`.
//!
//! The rules are those of botocore's `xform_name`: a plural of capitals (`ARNs`) is one word, a word
//! begins at a capital that small letters follow, and at a capital behind a small letter or digit.

/// Words whose capitals are no beginnings of words (botocore's list of exceptions).
const WORDS: &[(&str, &str)] =
    &[("WhatsApp", "Whatsapp"), ("OTel", "Otel"), ("iSCSI", "Iscsi"), ("HITs", "Hits")];

/// The command of an action.
pub fn kebab(action: &str) -> String {
    let action = WORDS.iter().fold(action.to_owned(), |name, (word, spelt)| name.replace(word, spelt));
    let chars: Vec<char> = action.chars().collect();
    let mut plain = chars.clone();
    let mut tail = String::new();
    // Capitals and a final `s`: an acronym in the plural.
    if chars.last() == Some(&'s') {
        let capitals = chars[..chars.len() - 1].iter().rev().take_while(|c| c.is_ascii_uppercase()).count();
        if capitals >= 2 {
            let at = chars.len() - 1 - capitals;
            tail = format!("-{}", chars[at..].iter().collect::<String>().to_ascii_lowercase());
            plain.truncate(at);
        }
    }
    let mut out = String::with_capacity(action.len() + 8);
    for (at, &c) in plain.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| plain[at]);
        let after_small = before.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let before_small = plain.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if c.is_ascii_uppercase() && before.is_some_and(|c| c != '-') && (after_small || before_small) {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out + &tail
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn actions_are_spelt_as_botocore_spells_them() {
        for (action, command) in [
            ("ModifyInstanceAttribute", "modify-instance-attribute"),
            ("ListMFADevices", "list-mfa-devices"),
            ("DescribeDBInstances", "describe-db-instances"),
            ("ListObjectsV2", "list-objects-v2"),
            ("DescribeVpcs", "describe-vpcs"),
            ("ListResourceARNs", "list-resource-arns"),
            ("DescribeCachediSCSIVolumes", "describe-cached-iscsi-volumes"),
            ("ListHITsForQualificationType", "list-hits-for-qualification-type"),
            ("GetEC2Recommendations", "get-ec2-recommendations"),
        ] {
            assert_eq!(kebab(action), command);
        }
    }
}
