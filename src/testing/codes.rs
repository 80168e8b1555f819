//! Codes of findings about fixture files and about what they say of rules.

crate::codes! {
    /// A fixture file (`NAME.test.yml`) does not have the shape of one: a key that does not exist,
    /// a value of the wrong kind, a case without a name.
    ///
    /// ```yaml
    /// rule: NAME.toml            # may be left out: the rule file of the same name
    /// tests:
    ///   - name: key created by an administrator
    ///     expect: match          # match, no-match or {alerts: 1, group: {user.name: alice}}
    ///     events:
    ///       - file: ../events/create-access-key.json
    ///         select: $.Records[2]
    ///       - eventName: CreateAccessKey
    ///         eventSource: iam.amazonaws.com
    ///     with: {source.geo.country_iso_code: NL}
    /// ```
    ///
    /// Unknown keys are errors because a misspelt `expect` would otherwise test nothing.
    /// `docs/fixtures.md` describes every key.
    pub INVALID_FIXTURE = error "invalid-fixture": "a fixture file does not have the shape of one";

    /// The rule that a fixture file is for was not found: no rule file of that name lies beside it,
    /// or the file holds no rule of the id after `#`, or it holds several and none is named.
    ///
    /// Write `rule: FILE` or `rule: FILE#RULE_ID`; the path is relative to the fixture file.
    pub FIXTURE_WITHOUT_RULE = error "fixture-without-rule": "a fixture file's rule was not found";

    /// A file that a fixture reads its events from does not exist, cannot be read, or holds no
    /// event; or `select` picks none.
    ///
    /// Paths are relative to the fixture file. `select: $.Records[2]` picks from a container,
    /// without it every event of the file belongs to the case.
    pub FIXTURE_EVENTS = error "fixture-events": "a fixture's events cannot be read";

    /// `with` names a field that Elastic Common Schema and the AWS integration do not have. The document of the case gets it, but
    /// no cluster would add it: a misspelt name supplies nothing to the rule.
    ///
    /// `trailsmith list fields NAME` prints the fields of a name.
    pub FIXTURE_UNKNOWN_FIELD = warning "fixture-unknown-field": "a fixture supplies a field that does not exist";

    /// A rule has no fixture: nothing shows that it fires on what it is for, or that it stays quiet
    /// on what it is not for.
    ///
    /// Put `NAME.test.yml` beside the rule's file with at least one case that matches and one that
    /// does not. `trailsmith test --fail-on-missing` makes this an error in CI.
    pub MISSING_FIXTURE = info "missing-fixture": "a rule has no fixture";
}
