//! Registration numbers as people type them: with any dash or blank, of any width and case.

use std::convert::Infallible;

use crate::ruling;

/// For arguments that are a number and nothing else.
pub(super) fn number(typed: &str) -> Result<String, Infallible> {
    Ok(ruling::typed_number(typed))
}
