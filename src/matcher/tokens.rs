//! The words of a text as Elasticsearch's standard analyser has them: Unicode's word borders (UAX #29)
//! of Unicode 12, each ideograph and each emoji a word, nothing longer than 255 UTF-16 units. So
//! `a.b`, `a:b` and `10.1.2.3` are one word each, and `a,b` is two (measured on 8.19.21).
//!
//! Classes of characters outside ASCII are those of the standard library and short tables: what no
//! log holds (marks of rare scripts, Hebrew with quotes) may be cut elsewhere.

/// The longest word, in UTF-16 units.
const LONGEST: usize = 255;

#[derive(Clone, Copy, PartialEq)]
enum Class {
    Letter,
    Digit,
    Katakana,
    /// `_`: joins whatever it touches.
    Joiner,
    /// A word of its own.
    Single,
    Emoji,
    /// Belongs to the character before it.
    Mark,
    /// `:`: joins letters.
    MidLetter,
    /// `,`: joins digits.
    MidDigit,
    /// `.`: joins letters with letters and digits with digits.
    Mid,
    Other,
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' => Class::Letter,
        '0'..='9' => Class::Digit,
        '_'
        | '\u{203f}'
        | '\u{2040}'
        | '\u{2054}'
        | '\u{fe33}'
        | '\u{fe34}'
        | '\u{fe4d}'..='\u{fe4f}'
        | '\u{ff3f}'
        | '\u{202f}' => Class::Joiner,
        ':' | '·' | '\u{387}' | '\u{2027}' | '\u{fe13}' | '\u{fe55}' | '\u{ff1a}' => Class::MidLetter,
        ',' | ';' | '\u{37e}' | '\u{589}' | '\u{60c}' | '\u{60d}' | '\u{66c}' | '\u{2044}' | '\u{fe10}'
        | '\u{fe14}' | '\u{fe50}' | '\u{fe54}' | '\u{ff0c}' | '\u{ff1b}' => Class::MidDigit,
        '.' | '\'' | '\u{2018}' | '\u{2019}' | '\u{2024}' | '\u{fe52}' | '\u{ff07}' | '\u{ff0e}' => {
            Class::Mid
        }
        c if c.is_ascii() => Class::Other,
        '\u{300}'..='\u{36f}'
        | '\u{483}'..='\u{489}'
        | '\u{ad}'
        | '\u{200c}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}'
        | '\u{feff}'
        | '\u{1f3fb}'..='\u{1f3ff}' => Class::Mark,
        '\u{3041}'..='\u{3096}'
        | '\u{309d}'..='\u{309f}'
        | '\u{3005}'
        | '\u{3007}'
        | '\u{3021}'..='\u{3029}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Class::Single,
        '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{ff66}'..='\u{ff9d}' => Class::Katakana,
        '©'
        | '®'
        | '\u{203c}'
        | '\u{2049}'
        | '™'
        | '\u{2139}'
        | '\u{2194}'..='\u{2199}'
        | '\u{21a9}'
        | '\u{21aa}'
        | '\u{231a}'
        | '\u{231b}'
        | '\u{23e9}'..='\u{23f3}'
        | '\u{2600}'..='\u{2767}'
        | '\u{2795}'..='\u{2797}'
        | '\u{27a1}'
        | '\u{2b05}'..='\u{2b07}'
        | '\u{2b50}'
        | '\u{2b55}'
        | '\u{1f000}'..='\u{1f0ff}'
        | '\u{1f1e6}'..='\u{1faff}' => Class::Emoji,
        c if c.is_alphabetic() => Class::Letter,
        // Signs for numbers that are no digits.
        '\u{b2}'..='\u{be}'
        | '\u{2070}'..='\u{2189}'
        | '\u{2460}'..='\u{2793}'
        | '\u{3192}'..='\u{33ff}'
        | '\u{1f100}'..='\u{1f10c}' => Class::Other,
        c if c.is_numeric() => Class::Digit,
        _ => Class::Other,
    }
}

/// The words of a text in order, as written.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut long = "";
    std::iter::from_fn(move || {
        if long.is_empty() {
            long = next(&mut rest)?;
        }
        let (head, tail) = long.split_at(cut(long));
        long = tail;
        Some(head)
    })
}

/// Where a word that is too long is cut.
fn cut(word: &str) -> usize {
    if word.len() <= LONGEST {
        return word.len();
    }
    let mut units = 0;
    let over = word.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > LONGEST
    });
    over.map_or(word.len(), |(at, _)| at)
}

/// Takes the next word from the head of a text.
fn next<'t>(rest: &mut &'t str) -> Option<&'t str> {
    loop {
        let text = *rest;
        let first = text.chars().next()?;
        let (end, is_word) = match class(first) {
            Class::Single => (marks(text, first.len_utf8()), true),
            Class::Emoji => (emoji(text, first), true),
            kind @ (Class::Letter | Class::Digit | Class::Katakana | Class::Joiner) => run(text, first, kind),
            _ => (first.len_utf8(), false),
        };
        *rest = &text[end..];
        if is_word {
            return Some(&text[..end]);
        }
    }
}

/// The end of the marks that stand at an offset.
fn marks(text: &str, at: usize) -> usize {
    let marked = text[at..].chars().take_while(|c| class(*c) == Class::Mark);
    at + marked.map(char::len_utf8).sum::<usize>()
}

/// The end of an emoji with what is joined to it; two letters of a flag are one.
fn emoji(text: &str, first: char) -> usize {
    let flag = |c: char| ('\u{1f1e6}'..='\u{1f1ff}').contains(&c);
    let mut end = first.len_utf8();
    if flag(first)
        && let Some(second) = text[end..].chars().next().filter(|c| flag(*c))
    {
        end += second.len_utf8();
    }
    end = marks(text, end);
    while text[..end].ends_with('\u{200d}')
        && let Some(joined) = text[end..].chars().next().filter(|c| class(*c) == Class::Emoji)
    {
        end = marks(text, end + joined.len_utf8());
    }
    end
}

/// The end of a run of letters and digits, and whether it has any.
fn run(text: &str, first: char, kind: Class) -> (usize, bool) {
    let (mut last, mut end) = (kind, marks(text, first.len_utf8()));
    let mut is_word = kind != Class::Joiner;
    while let Some(c) = text[end..].chars().next() {
        let (next, after) = (class(c), marks(text, end + c.len_utf8()));
        let joins = match (last, next) {
            (Class::Letter | Class::Digit, Class::Letter | Class::Digit | Class::Joiner)
            | (Class::Katakana, Class::Katakana | Class::Joiner)
            | (Class::Joiner, Class::Letter | Class::Digit | Class::Katakana | Class::Joiner) => true,
            (Class::Letter, Class::MidLetter | Class::Mid) | (Class::Digit, Class::MidDigit | Class::Mid) => {
                text[after..].chars().next().is_some_and(|c| class(c) == last)
            }
            _ => false,
        };
        if !joins {
            break;
        }
        end = after;
        // A sign between two letters leaves a letter on its left.
        if matches!(next, Class::Letter | Class::Digit | Class::Katakana | Class::Joiner) {
            last = next;
            is_word |= next != Class::Joiner;
        }
    }
    (end, is_word)
}

/// A text in lower case, character by character as Lucene does it: `İ` becomes `i` without a dot.
pub(crate) fn lower(text: &str) -> String {
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of `_analyze` with the standard analyser of Elasticsearch 8.19.21.
    #[test]
    fn as_the_standard_analyser_has_them() {
        for (text, expected) in [
            ("a:b a.b a,b", "a:b|a.b|a|b"),
            ("1,2 3;4 1.2 1:2 1'2", "1,2|3;4|1.2|1|2|1'2"),
            ("a'b a\u{2019}b", "a'b|a\u{2019}b"),
            ("a_b _ __ _a a__", "a_b|_a|a__"),
            ("s3.amazonaws.com ec2a.b 1a.2b a1.b2 a.1", "s3|amazonaws.com|ec2a.b|1a|2b|a1|b2|a|1"),
            ("arn:aws:iam::123456789012:role/x", "arn:aws:iam|123456789012|role|x"),
            ("é É e\u{301} İ", "é|é|e\u{301}|i"),
            ("🙂x 👍🏽 🇫🇷 ™ © # 1", "🙂|x|👍🏽|🇫🇷|™|©|1"),
            ("日本語 ひら カター 한국", "日|本|語|ひ|ら|カター|한국"),
            ("a\u{200b}b \u{feff}a a\u{ad}b ª ² ½ Ⅰ ٠١", "a|b|a|a\u{ad}b|ª|ⅰ|٠١"),
            ("1.,2 a..b a.b. .a", "1|2|a|b|a.b|a"),
            ("{a=[2, 2], d={e=x.y@z.com}}, http://x.y/z?q=1&r=-2", "a|2|2|d|e|x.y|z.com|http|x.y|z|q|1|r|2"),
            ("Ⓐ ❶ µ ʰ ⁰", "ⓐ|µ|ʰ"),
        ] {
            let found: Vec<String> = words(text).map(lower).collect();
            assert_eq!(found.join("|"), expected, "{text}");
        }
        let lengths: Vec<usize> = words(&"a".repeat(600)).map(str::len).collect();
        assert_eq!(lengths, [255, 255, 90]);
    }
}
