//! Generates the LALR(1) parsers from every `.lalrpop` file below `src/`.
//! The lexers are written with `logos`; LALRPOP's own lexer is switched off in `Cargo.toml`.

fn main() {
    lalrpop::Configuration::new()
        .use_cargo_dir_conventions()
        .emit_rerun_directives(true)
        .process()
        .expect("the grammars below src/ are valid LALR(1) grammars");
}
