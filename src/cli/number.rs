//! Registration numbers as people type them: with any dash or blank, of any width and case.

use crate::ruling;

/// For arguments that are a number and nothing else.
pub(super) fn number(typed: &str) -> Result<String, &'static str> {
    let number = ruling::typed_number(typed);
    if number.is_empty() { Err("no number, like LNZX-2024-0001") } else { Ok(number) }
}
