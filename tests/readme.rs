//! The README's console blocks: what they show is what the program prints.

#[test]
fn the_readme_tells_the_truth() {
    trycmd::TestCases::new().default_bin_name("trailsmith").case("README.md");
}
