//! Renderers of diagnostics, one a file.
