//! What later mail will be compared with: the same sender's repetition, and the same letter from others.

use crate::charset::skeleton;
use crate::details::Details;
use crate::mail::{Flag, sha256_hex};
use crate::similarity::{self, Wording, comparable};

/// Markers of a draft at the end of a title: a letter may leave them out.
const DRAFT_MARKERS: [&str; 5] = ["征求意见稿", "意见征集稿", "草案", "送审稿", "讨论稿"];

/// What a message is compared by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Likeness {
    /// Digest of the whole comment and the attachments; `None` when there is neither.
    pub content_sha256: Option<String>,
    /// The same without salutation, labelled details, closing and signature: who repeats a letter often adds what was
    /// missing there. Falls back on the whole where there is no opinion part.
    pub opinion_sha256: Option<String>,
    /// The opinion part as other senders' letters are compared with it; `None` when it is empty.
    pub wording: Option<Wording>,
}

/// What a text with these attachments is compared by. `titles`: see [`titles`].
pub(super) fn likeness(
    comment: &str,
    details: &Details,
    attachments: &[&str],
    titles: &[String],
) -> Likeness {
    let mut digests = attachments.to_vec();
    digests.sort_unstable();
    let digest =
        |text: &str, kind: &str| sha256_hex(format!("{kind}{text}\n{}", digests.join("\n")).as_bytes());
    let whole = comparable(comment);
    let content_sha256 = (!whole.is_empty() || !digests.is_empty()).then(|| digest(&whole, ""));
    let opinion = comparable(&details.opinion_text);
    let opinion_sha256 =
        if opinion.is_empty() { content_sha256.clone() } else { Some(digest(&opinion, "opinion ")) };
    let points_to_attachment =
        !digests.is_empty() && (opinion.is_empty() || details.flags.contains(&Flag::AttachmentOnly));
    let wording = if points_to_attachment {
        Some(similarity::attached(&digests))
    } else {
        similarity::wording(&details.opinion_text, titles)
    };
    let wording = wording.map(|wording| {
        // 无意见 comes in a few forms that every agency uses: no campaign.
        if details.flags.contains(&Flag::NoObjection) {
            Wording { groupable: false, sketch: None, ..wording }
        } else {
            wording
        }
    });
    Likeness { content_sha256, opinion_sha256, wording }
}

/// The skeletons under which a title stands in letters, the longest first: with its draft marker and without, and the
/// marker.
pub(super) fn titles(title: &str) -> Vec<String> {
    let whole = skeleton(title);
    let marker = DRAFT_MARKERS.iter().copied().find(|marker| whole.ends_with(marker));
    let short = marker.and_then(|marker| whole.strip_suffix(marker)).map(ToOwned::to_owned);
    let marker = marker.map(ToOwned::to_owned);
    std::iter::once(whole).chain(short).chain(marker).collect()
}
