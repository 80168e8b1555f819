//! The whole program on small inputs: what it prints and how it exits. One `.trycmd` file a command
//! under `tests/cli/`.

#[test]
fn commands() {
    trycmd::TestCases::new().default_bin_name("trailsmith").case("tests/cli/*.trycmd");
}
