//! What letters are judged by, as far as the office configures it: told apart by a digest.

use jiff::Timestamp;

use crate::vocabulary::{Consultation, rfc3339_utc, sha256_hex};

/// Characters of the digest that are kept with each entry.
const DIGEST_CHARS: usize = 16;

/// The consultations of now. An entry that was not ours under others may be ours under these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedBy {
    digest: String,
    since: Option<Timestamp>,
}

impl JudgedBy {
    /// Of these consultations, in whatever order.
    pub fn new(consultations: &[Consultation]) -> Self {
        let mut each: Vec<String> = consultations
            .iter()
            .map(|of| {
                let Consultation { title, subject_tag, issuer, number_prefix, anchors, .. } = of;
                let opens = of.opens.map(rfc3339_utc);
                let closes = rfc3339_utc(of.closes);
                format!("{:?}", (title, subject_tag, issuer, number_prefix, anchors, opens, closes))
            })
            .collect();
        each.sort_unstable();
        let mut digest = sha256_hex(each.join("\n").as_bytes());
        digest.truncate(DIGEST_CHARS);
        let all_open = consultations.iter().all(|consultation| consultation.opens.is_some());
        let first = consultations.iter().filter_map(|consultation| consultation.opens).min();
        Self { digest, since: first.filter(|_| all_open) }
    }

    /// What is kept with an entry that was judged by them.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What arrived earlier is for none of them; `None`: one of them names no beginning.
    pub const fn since(&self) -> Option<Timestamp> {
        self.since
    }
}
