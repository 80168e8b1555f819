//! A condition of Sigma: selections joined by `and`, `or` and `not`.

use indexmap::IndexMap;

use crate::ir::Value;

/// A condition whose selections have no names yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    /// All of these keys, each with its modifiers.
    Selection(IndexMap<String, Value>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
}

impl Expr {
    /// One key.
    pub(super) fn item(key: String, value: Value) -> Self {
        Expr::Selection(IndexMap::from([(key, value)]))
    }

    /// The opposite.
    pub(super) fn negate(self) -> Self {
        let negations = |exprs: &[Expr]| exprs.iter().all(|expr| matches!(expr, Expr::Not(_)));
        match self {
            Expr::Not(inner) => *inner,
            // De Morgan, where it saves a `not`.
            Expr::And(exprs) if negations(&exprs) => Expr::any(exprs.into_iter().map(Expr::negate).collect()),
            Expr::Or(exprs) if negations(&exprs) => Expr::all(exprs.into_iter().map(Expr::negate).collect()),
            other => Expr::Not(Box::new(other)),
        }
    }

    /// All of these; what stands together in one selection is put there.
    pub(super) fn all(exprs: Vec<Expr>) -> Self {
        let mut selections: Vec<IndexMap<String, Value>> = Vec::new();
        let mut others = Vec::new();
        for expr in exprs {
            match expr {
                Expr::Selection(map) if !has_null(&map) => join(&mut selections, map),
                Expr::And(inner) => others.extend(inner),
                other => others.push(other),
            }
        }
        let mut exprs: Vec<Expr> = selections.into_iter().map(Expr::Selection).chain(others).collect();
        if exprs.len() == 1 { exprs.remove(0) } else { Expr::And(exprs) }
    }

    /// Any of these; values of one key become a list.
    pub(super) fn any(exprs: Vec<Expr>) -> Self {
        let mut lists: IndexMap<String, Vec<Value>> = IndexMap::new();
        let mut others = Vec::new();
        for expr in exprs {
            match expr {
                Expr::Selection(map) if map.len() == 1 && !has_null(&map) && !has_all(&map) => {
                    for (key, value) in map {
                        let list = lists.entry(key).or_default();
                        match value {
                            Value::List(values) => list.extend(values),
                            value => list.push(value),
                        }
                    }
                }
                Expr::Or(inner) => others.extend(inner),
                other => others.push(other),
            }
        }
        let one = |(key, mut values): (String, Vec<Value>)| {
            let value = if values.len() == 1 { values.remove(0) } else { Value::List(values) };
            Expr::item(key, value)
        };
        let mut exprs: Vec<Expr> = lists.into_iter().map(one).chain(others).collect();
        if exprs.len() == 1 { exprs.remove(0) } else { Expr::Or(exprs) }
    }

    /// Names the selections, below `detection`, and writes the condition.
    pub(super) fn detection(&self) -> IndexMap<String, Value> {
        let mut named = IndexMap::new();
        let condition = self.text(false, true, &mut named);
        named.insert("condition".into(), condition.into());
        named
    }

    fn text(&self, negated: bool, outermost: bool, named: &mut IndexMap<String, Value>) -> String {
        let mut joined = |exprs: &[Expr], word: &str| {
            let parts: Vec<String> = exprs.iter().map(|expr| expr.text(negated, false, named)).collect();
            let text = parts.join(&format!(" {word} "));
            if outermost { text } else { format!("({text})") }
        };
        match self {
            Expr::And(exprs) => joined(exprs, "and"),
            Expr::Or(exprs) => joined(exprs, "or"),
            Expr::Not(inner) => format!("not {}", inner.text(!negated, false, named)),
            Expr::Selection(map) => name(map, negated, named),
        }
    }
}

/// The name of a selection: the one it has already, or a new one.
fn name(map: &IndexMap<String, Value>, negated: bool, named: &mut IndexMap<String, Value>) -> String {
    let value = Value::Map(map.clone());
    if let Some((name, _)) = named.iter().find(|(_, known)| **known == value) {
        return name.clone();
    }
    let stem = if negated { "filter" } else { "selection" };
    let numbered = (2..).map(|n| format!("{stem}_{n}"));
    let mut names = std::iter::once(stem.to_owned()).chain(numbered);
    // The numbers do not end.
    let name = names.find(|name| !named.contains_key(name)).unwrap_or_default();
    named.insert(name.clone(), value);
    name
}

/// A test for `null` has to be a selection of its own (`sigma.md` §2).
fn has_null(map: &IndexMap<String, Value>) -> bool {
    map.values().any(|value| *value == Value::Null)
}

fn has_all(map: &IndexMap<String, Value>) -> bool {
    map.keys().any(|key| key.ends_with("|all"))
}

/// Puts the keys of a selection into the first that has room for them. Two single values of one key
/// become a list that has to hold as a whole.
fn join(selections: &mut Vec<IndexMap<String, Value>>, map: IndexMap<String, Value>) {
    for (key, value) in map {
        let all = format!("{key}|all");
        let free = |one: &&mut IndexMap<String, Value>| !one.contains_key(&key) && !one.contains_key(&all);
        if let Some(one) = selections.iter_mut().find(free) {
            one.insert(key, value);
            continue;
        }
        let single = |value: Option<&Value>| value.is_some_and(|value| !matches!(value, Value::List(_)));
        let other = |one: &IndexMap<String, Value>| one.contains_key(&all) || single(one.get(&key));
        let Some(one) = selections.iter_mut().find(|one| single(Some(&value)) && other(one)) else {
            selections.push(IndexMap::from([(key, value)]));
            continue;
        };
        if let Some((at, _, first)) = one.shift_remove_full(&key) {
            one.shift_insert(at, all.clone(), Value::List(vec![first]));
        }
        if let Some(Value::List(values)) = one.get_mut(&all) {
            values.push(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, value: &str) -> Expr {
        Expr::item(key.into(), value.into())
    }

    fn written(expr: &Expr) -> String {
        crate::backend::yaml::document(&expr.detection())
    }

    #[test]
    fn keys_share_a_selection_and_values_a_list() {
        let any = Expr::any(vec![item("b|cased", "v"), item("b|cased", "w")]);
        let expr = Expr::all(vec![item("a", "1x"), any, item("c", "z").negate()]);
        let selection = "selection:\n  a: 1x\n  b|cased:\n    - v\n    - w\n";
        let expected = format!("{selection}filter:\n  c: z\ncondition: selection and not filter\n");
        assert_eq!(written(&expr), expected);
    }

    #[test]
    fn one_key_twice_has_to_hold_twice() {
        let both = Expr::all(vec![item("a|contains", "x"), item("a|contains", "y"), item("a|contains", "z")]);
        assert_eq!(both, {
            let list = Value::List(vec!["x".into(), "y".into(), "z".into()]);
            Expr::item("a|contains|all".into(), list)
        });
        let list = Expr::any(vec![item("a", "x"), item("a", "y")]);
        let expr = Expr::all(vec![item("a", "w"), list]);
        assert!(written(&expr).ends_with("condition: selection and selection_2\n"), "{}", written(&expr));
    }

    #[test]
    fn parentheses_and_null() {
        let null = || Expr::item("e".into(), Value::Null);
        let inner = Expr::all(vec![item("a", "x"), null()]);
        let expr =
            Expr::any(vec![inner, item("b", "y"), Expr::all(vec![item("c", "x"), item("d", "y")]).negate()]);
        let text = written(&expr);
        assert!(
            text.ends_with("condition: selection or (selection_2 and selection_3) or not filter\n"),
            "{text}"
        );
        let expr = Expr::all(vec![Expr::any(vec![item("a", "x"), item("b", "y")]).negate(), null().negate()]);
        assert!(
            written(&expr).ends_with("condition: not (filter or filter_2) and not filter_3\n"),
            "{}",
            written(&expr)
        );
    }
}
