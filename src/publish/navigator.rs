//! A layer of the ATT&CK Navigator: on each technique how many rules name it, and which.
//!
//! The form is version 4.5 of the layer format (attack-navigator, `layers/spec/v4.5/layerformat.md`).
//! A rule counts for the techniques and sub-techniques that it names, under the tactic under which it
//! names them; for a technique also if it names a sub-technique only, so that a matrix with the
//! sub-techniques folded shows it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Entry, Survey};
use crate::diagnostic::printable;
use crate::schema::{ATTACK_RELEASE, AttackEntry};

/// Colours of the lowest and of the highest score.
const COLOURS: [[u8; 3]; 2] = [[0xe4, 0xf1, 0xf1], [0x0b, 0x74, 0x7a]];

/// The layer.
pub fn layer(survey: &Survey, name: &str) -> Value {
    let mut rows: BTreeMap<(&str, &str), (&AttackEntry, Vec<&Entry>)> = BTreeMap::new();
    for entry in &survey.entries {
        for (tactic, technique) in &entry.attack {
            let parent = technique.and_then(AttackEntry::parent);
            let parent = parent.filter(|parent| parent.tactics.contains(&tactic.id));
            for technique in technique.iter().copied().chain(parent) {
                let (_, rules) = rows.entry((technique.id, tactic.id)).or_insert((tactic, Vec::new()));
                if !rules.iter().any(|known| std::ptr::eq(*known, entry)) {
                    rules.push(entry);
                }
            }
        }
    }
    let most = rows.values().map(|(_, rules)| rules.len()).max().unwrap_or(1);
    let has_parts =
        |id: &str| rows.keys().any(|(own, _)| own.split_once('.').is_some_and(|(parent, _)| parent == id));
    let technique = |(&(id, _), (tactic, rules)): (&(&str, &str), &(&AttackEntry, Vec<&Entry>))| {
        json!({
            "techniqueID": id,
            "tactic": tactic.short_name(),
            "score": rules.len(),
            "comment": rules.iter().map(|entry| comment(entry)).collect::<Vec<_>>().join("\n"),
            "enabled": true,
            "showSubtechniques": has_parts(id),
        })
    };
    let techniques: Vec<Value> = rows.iter().map(technique).collect();
    let totals = survey.totals();
    json!({
        "name": name,
        "versions": {
            "attack": ATTACK_RELEASE.split('.').next().unwrap_or(ATTACK_RELEASE),
            "navigator": "5.2.0",
            "layer": "4.5",
        },
        "domain": "enterprise-attack",
        "description": format!(
            "Rules per technique, of {} rules. The ids are those of ATT&CK {ATTACK_RELEASE}.",
            totals.rules
        ),
        "sorting": 3,
        "layout": {"layout": "side", "showID": true, "showName": true, "expandedSubtechniques": "annotated"},
        "hideDisabled": false,
        "techniques": techniques,
        "gradient": {"colors": [hex(COLOURS[0]), hex(COLOURS[1])], "minValue": 0, "maxValue": most},
        "legendItems": legend(most),
        "selectTechniquesAcrossTactics": true,
        "selectSubtechniquesWithParent": false,
        "metadata": [
            {"name": "ATT&CK release", "value": ATTACK_RELEASE},
            {"name": "rules", "value": totals.rules.to_string()},
            {"name": "of these hunts", "value": totals.hunts.to_string()},
        ],
    })
}

/// A rule on a line of its own.
fn comment(entry: &Entry) -> String {
    let rule = &entry.rule;
    let mut words: Vec<&str> = Vec::new();
    if entry.is_hunt() {
        words.push("hunt");
    }
    words.extend([rule.severity()].into_iter().filter(|word| !word.is_empty()));
    let words = if words.is_empty() { String::new() } else { format!("[{}] ", words.join(", ")) };
    format!("{words}{} ({})", printable(rule.name()), printable(rule.source.path()))
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// One rule, half of the most, and the most, in the colours that the gradient gives them.
fn legend(most: usize) -> Vec<Value> {
    let mut scores = vec![1, most.div_ceil(2), most];
    scores.dedup();
    let colour = |score: usize| {
        let mix = |part: usize| {
            let (low, high) = (f64::from(COLOURS[0][part]), f64::from(COLOURS[1][part]));
            (low + (high - low) * score as f64 / most as f64).round() as u8
        };
        hex([mix(0), mix(1), mix(2)])
    };
    let label = |score: usize| format!("{score} rule{}", if score == 1 { "" } else { "s" });
    scores.into_iter().map(|score| json!({"label": label(score), "color": colour(score)})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Report;

    fn of(rules: &[&str]) -> Value {
        let rule = |(at, mitre): (usize, &&str)| {
            let text = format!(
                "trailsmith: 1\nname: r{at}\nseverity: low\nlanguage: kuery\nquery: 'event.action: x'\nmitre:\n{mitre}"
            );
            crate::frontend::load_text(&format!("{at}.yml"), &text).rules
        };
        let rules: Vec<_> = rules.iter().enumerate().flat_map(rule).collect();
        layer(&Survey::new(&rules, &Report::default()), "test")
    }

    const KEYS: &str = "  - tactic: {id: TA0003, name: a}\n    techniques:\n      - {id: T1098, name: b, subtechniques: [{id: T1098.001, name: c}]}\n";
    const ROLE: &str = "  - tactic: {id: TA0003, name: a}\n    techniques:\n      - {id: T1098, name: b, subtechniques: [{id: T1098.003, name: c}]}\n";

    #[test]
    fn scores_count_rules_and_comments_name_them() {
        let layer = of(&[KEYS, ROLE]);
        let rows = layer["techniques"].as_array().unwrap();
        let row = |id: &str| rows.iter().find(|row| row["techniqueID"] == id).unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!((&row("T1098")["score"], &row("T1098.001")["score"]), (&json!(2), &json!(1)));
        assert_eq!(row("T1098")["comment"], "[low] r0 (0.yml)\n[low] r1 (1.yml)");
        assert_eq!(
            (&row("T1098")["showSubtechniques"], &row("T1098")["tactic"]),
            (&json!(true), &json!("persistence"))
        );
        assert_eq!(layer["gradient"]["maxValue"], 2);
        assert_eq!(layer["legendItems"][1], json!({"label": "2 rules", "color": "#0b747a"}));
    }

    #[test]
    fn a_layer_without_rules_is_still_a_layer() {
        let layer = of(&[]);
        // The format asks for a highest score above the lowest.
        assert_eq!((&layer["gradient"]["minValue"], &layer["gradient"]["maxValue"]), (&json!(0), &json!(1)));
        assert_eq!(layer["techniques"], json!([]));
    }
}
