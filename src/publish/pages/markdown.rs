//! Writing Markdown so that names and values stay text, and embedded Markdown keeps its place.

use crate::diagnostic::printable;

/// Text of any origin inside a line or a table cell: whatever would be markup is escaped.
pub(super) fn text(text: &str) -> String {
    let line = one_line(text);
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A value as code inside a line or a table cell.
pub(super) fn code(text: &str) -> String {
    let line = one_line(text).replace('|', "\\|");
    let fence = "`".repeat(longest_run(&line) + 1);
    let space = if line.starts_with('`') || line.ends_with('`') || line.is_empty() { " " } else { "" };
    format!("{fence}{space}{line}{space}{fence}")
}

/// A block of code.
pub(super) fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    let lines: Vec<String> =
        text.trim_end().lines().map(|line| printable(&line.replace('\t', "    ")).into_owned()).collect();
    format!("{fence}{language}\n{}\n{fence}\n", lines.join("\n"))
}

/// Markdown of an author, with its highest heading at `level`.
pub(super) fn below(markdown: &str, level: usize) -> String {
    let mut fenced = false;
    let mut depth = |line: &str| {
        let start = line.trim_start();
        fenced ^= start.starts_with("```") || start.starts_with("~~~");
        let marks = line.len() - line.trim_start_matches('#').len();
        let heading = !fenced && (1..=6).contains(&marks) && line[marks..].starts_with(' ');
        heading.then_some(marks)
    };
    let lines: Vec<(&str, Option<usize>)> = markdown.trim().lines().map(|line| (line, depth(line))).collect();
    let highest = lines.iter().filter_map(|(_, marks)| *marks).min().unwrap_or(level);
    let mut out = String::new();
    for (line, marks) in lines {
        match marks {
            Some(marks) => {
                let marks_now = (marks - highest + level).min(6);
                out.push_str(&"#".repeat(marks_now));
                out.push_str(&line[marks..]);
            }
            None => out.push_str(line.trim_end()),
        }
        out.push('\n');
    }
    out
}

fn one_line(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_text() {
        assert_eq!(text("a|b [x](y)\n<b> & *c*"), r"a\|b \[x\](y) \<b\> \& \*c\*");
        assert_eq!(code("a`b|c"), r"``a`b\|c``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(block("x", "a\n```\nb\n"), "````x\na\n```\nb\n````\n");
    }

    #[test]
    fn headings_move_and_code_does_not() {
        let guide = "## What\n\ntext\n\n### More\n```\n# comment\n```\n#tag";
        assert_eq!(below(guide, 3), "### What\n\ntext\n\n#### More\n```\n# comment\n```\n#tag\n");
        assert_eq!(below("plain", 3), "plain\n");
    }
}
