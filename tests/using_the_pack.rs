//! `docs/using-the-pack.md`: every command of the page runs and prints what the page shows.

#[test]
fn the_page_tells_the_truth() {
    trycmd::TestCases::new().default_bin_name("trailsmith").case("docs/using-the-pack.md");
}
