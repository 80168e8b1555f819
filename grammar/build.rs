//! Generates the LALR(1) parsers from every `.lalrpop` file below `src/`.
//! The lexers are written with `logos`; LALRPOP's own lexer is switched off in `Cargo.toml`.

fn main() {
    // The whole folder, so that a new grammar is noticed; unchanged ones are not generated again.
    println!("cargo::rerun-if-changed=src");
    lalrpop::Configuration::new()
        .use_cargo_dir_conventions()
        .process()
        .expect("the grammars below src/ are valid LALR(1) grammars");
}
