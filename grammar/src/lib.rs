//! Lexers, grammars, syntax trees and printers.
