//! SHA-256 as it stands in the store: 64 hexadecimal digits in lower case.

use sha2::{Digest, Sha256};

/// The digest of some bytes.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The digest of text that comes in pieces: it is never held as a whole.
#[derive(Debug, Default)]
pub struct TextDigest {
    sha256: Sha256,
    /// Characters wait here, because a digest takes many bytes at a time.
    waiting: String,
}

impl TextDigest {
    const WAITING_BYTES: usize = 4096;

    /// The digest of everything that was pushed.
    pub fn finish(mut self) -> String {
        self.sha256.update(&self.waiting);
        hex(&self.sha256.finalize())
    }
}

impl Extend<char> for TextDigest {
    fn extend<T: IntoIterator<Item = char>>(&mut self, text: T) {
        for c in text {
            if self.waiting.len() >= Self::WAITING_BYTES {
                self.sha256.update(&self.waiting);
                self.waiting.clear();
            }
            self.waiting.push(c);
        }
    }
}

/// Bytes as hexadecimal digits in lower case.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_pieces_has_the_digest_of_the_whole() {
        let whole = "意见建议 ".repeat(2_000);
        let mut digest = TextDigest::default();
        for piece in whole.split_inclusive('建') {
            digest.extend(piece.chars());
        }
        assert_eq!(digest.finish(), sha256_hex(whole.as_bytes()));
    }
}
