//! What a supplement says of its writer beside what the letter said: what was missing is filled in, and what differs is for a
//! person. Nothing that is there is written over.

use super::{Earlier, Filing, Reply};
use crate::vocabulary::{Flag, ReviewReason, sender_key};

/// What the letter did not say of its writer, and the supplement says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// His name.
    pub name: Option<String>,
    /// One of the consultation's occupations.
    pub occupation: Option<String>,
    /// His telephone numbers; empty where the letter had some.
    pub phones: Vec<String>,
    /// It says something else of him than the letter did.
    pub differs: bool,
}

impl Given {
    /// Whether it fills anything in.
    pub fn fills(&self) -> bool {
        self.name.is_some() || self.occupation.is_some() || !self.phones.is_empty()
    }
}

/// What a supplement of the letter's own sender gives. Who asks for a correction is answered by a person, and another address
/// may be another person's.
pub fn given(of: &Earlier, filing: &Filing) -> Given {
    let (signer, details) = (&of.signer, &filing.reading.details);
    let sender = sender_key(&filing.from_address);
    let asks = !details.requests.is_empty() || filing.reading.reply != Reply::Content;
    if asks || sender.is_empty() || sender != sender_key(&signer.address) {
        return Given::default();
    }
    let missing = |had: &Option<String>, now: &Option<String>| now.clone().filter(|_| had.is_none());
    let others = |had: &Option<String>, now: &Option<String>| had.is_some() && now.is_some() && had != now;
    let no_phone = signer.phones.is_empty();
    let same_phone = details.phones.iter().any(|phone| signer.phones.contains(phone));
    // He did not say his name, but another surname than this: it may be another person's.
    let other_surname = signer.name.is_none() && details.name.is_some() && signer.has_other_surname(details);
    if other_surname {
        return Given { differs: true, ..Given::default() };
    }
    Given {
        name: missing(&signer.name, &details.name),
        occupation: missing(&signer.occupation, &details.occupation),
        phones: if no_phone { details.phones.clone() } else { Vec::new() },
        differs: others(&signer.occupation, &details.occupation)
            || !no_phone && !details.phones.is_empty() && !same_phone,
    }
}

/// The wishes of its writer that a supplement marks the whole letter with. A supplement that only wishes waits for a person, who decides.
pub fn wishes(of: &Earlier, filing: &Filing) -> Vec<Flag> {
    let sender = sender_key(&filing.from_address);
    let is_another = sender.is_empty() || sender != sender_key(&of.signer.address);
    if is_another || filing.review_reasons.contains(&ReviewReason::PublicationRequest) {
        return Vec::new();
    }
    [Flag::Anonymous, Flag::NoPublish, Flag::NoPublishDetails]
        .into_iter()
        .filter(|flag| filing.flags.contains(flag))
        .collect()
}

/// The flags of a letter with the wishes of a supplement: who wants what he wrote kept from the public wants no less because he asks
/// it for his name besides.
pub fn flags_with_wishes(flags: &[Flag], wishes: &[Flag]) -> Vec<Flag> {
    let hides = |flags: &[Flag]| flags.contains(&Flag::NoPublish) && !flags.contains(&Flag::NoPublishDetails);
    let is_hidden = hides(flags) || hides(wishes);
    let mut all: Vec<Flag> = flags
        .iter()
        .chain(wishes)
        .copied()
        .filter(|flag| !is_hidden || *flag != Flag::NoPublishDetails)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The flags of a letter whose writer gave his details later.
pub fn flags_with_details(flags: &[Flag]) -> Vec<Flag> {
    flags.iter().copied().filter(|flag| *flag != Flag::DetailsMissing).collect()
}
