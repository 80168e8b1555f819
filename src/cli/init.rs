//! `init`: a repository of rules to start from.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::exit::{Outcome, Stop};
use super::scaffold;
use super::session::Session;
use crate::frontend;
use crate::testing::{DraftOptions, draft};

/// Start a repository of rules: configuration, an example with fixtures, a CI workflow
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The directory to write into
    #[arg(value_name = "DIRECTORY", default_value = ".")]
    directory: PathBuf,
}

impl Init {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let at = |path: &str| self.directory.join(path);
        let rule_path = at("rules/aws/iam/user-created.yml");
        let rule = scaffold::rule(scaffold::Template::Kuery, "IAM user created");
        let files = [
            (at("trailsmith.toml"), scaffold::CONFIGURATION.to_owned()),
            (rule_path.clone(), rule),
            (at(".github/workflows/rules.yml"), scaffold::WORKFLOW.to_owned()),
        ];
        let fixtures = at("rules/aws/iam/user-created.test.yml");
        if fixtures.exists() {
            return Err(scaffold::exists(&fixtures));
        }
        scaffold::write(&files)?;
        // The fixtures are those that `new --fixtures` gives for the example.
        let loaded = frontend::load(&[rule_path], &frontend::Options::default());
        let mut written: Vec<PathBuf> = files.into_iter().map(|(path, _)| path).collect();
        if let [rule] = loaded.rules.as_slice() {
            let text = draft(&Arc::clone(rule), &DraftOptions::default()).text;
            scaffold::write(&[(fixtures.clone(), text)])?;
            written.insert(2, fixtures);
        }
        for path in written {
            writeln!(session.out, "wrote {}", path.display())?;
        }
        session.note("next: `trailsmith check` and `trailsmith test`")?;
        Ok(Outcome::default())
    }
}
