//! What the example shares with the tests.

use std::fmt::Write as _;

#[expect(dead_code, reason = "the tests write in more ways")]
#[path = "../../tests/it/support/mailset/encode.rs"]
pub(crate) mod encode;

/// Bytes as hexadecimal digits, each with this before it.
pub(crate) fn hex(bytes: &[u8], prefix: &str) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{prefix}{byte:02X}");
        text
    })
}
