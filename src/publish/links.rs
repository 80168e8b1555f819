//! Addresses of source lines: relative to where a document lies, or below an address on the web.

use std::path::{Component, Path};

/// How a file named in a document is reached from it.
#[derive(Debug, Clone)]
pub enum Links<'a> {
    /// Files stand below this address: `https://example.org/rules/blob/main`.
    Web(&'a str),
    /// The document lies in a folder.
    Beside {
        /// That folder.
        folder: &'a Path,
        /// Where relative paths of files start; seen from the same place as `folder`.
        root: &'a Path,
    },
}

impl Links<'_> {
    /// The address of a line; forges show it, other programs open the file.
    pub fn to(&self, path: &str, line: usize) -> String {
        match self {
            Links::Web(base) => {
                let path = path.trim_start_matches("./");
                format!("{}/{}#L{line}", base.trim_end_matches('/'), percent(path))
            }
            Links::Beside { folder, root } => format!("{}#L{line}", relative(folder, &root.join(path))),
        }
    }
}

/// The way from a folder to a file as a relative address, both given from the same place.
pub fn relative(folder: &Path, file: &Path) -> String {
    let (folder, file) = (crate::testing::clean(folder), crate::testing::clean(file));
    let normal = |path: &Path| {
        path.components().filter(|c| *c != Component::CurDir).map(|c| text(c)).collect::<Vec<_>>()
    };
    let (from, to) = (normal(&folder), normal(&file));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut steps = vec!["..".to_owned(); from.len() - common];
    steps.extend(to[common..].iter().map(|step| percent(step)));
    steps.join("/")
}

fn text(component: Component<'_>) -> String {
    component.as_os_str().to_string_lossy().replace('\\', "/")
}

/// A path as part of an address: what could end it or begin a scheme is written as `%3A`.
fn percent(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte as char)
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_a_folder_to_a_file() {
        for (folder, file, expected) in [
            (".", "rules/a.yml", "rules/a.yml"),
            ("out/html", "rules/a.yml", "../../rules/a.yml"),
            ("rules/x", "rules/a b.yml", "../a%20b.yml"),
            ("/tmp", "/work/rules/a.yml", "../work/rules/a.yml"),
            ("", "javascript:alert(1).yml", "javascript%3Aalert%281%29.yml"),
        ] {
            assert_eq!(relative(Path::new(folder), Path::new(file)), expected);
        }
    }

    #[test]
    fn on_the_web() {
        let links = Links::Web("https://example.org/blob/main/");
        assert_eq!(links.to("./rules/a#b.yml", 7), "https://example.org/blob/main/rules/a%23b.yml#L7");
    }
}
