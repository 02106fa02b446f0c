//! What later mail will be compared with: the same sender's repetition, and the same letter from others.

use std::sync::LazyLock;

use crate::charset::skeleton;
use crate::details::Details;
use crate::similarity::{self, Wording, comparable_into};
use crate::vocabulary::language::Table;
use crate::vocabulary::{Flag, TextDigest};

/// Markers of a draft at the end of a title: a letter may leave them out.
static DRAFT_MARKERS: LazyLock<Table> = LazyLock::new(|| {
    Table::parse(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", "language/draft_markers.tsv")))
});

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
    let behind = format!("\n{}", digests.join("\n"));
    let (whole, any) = Letters::of("", comment, &behind);
    let content_sha256 = (any || !digests.is_empty()).then_some(whole);
    let (opinion, any_opinion) = Letters::of("opinion ", &details.opinion_text, &behind);
    let opinion_sha256 = if any_opinion { Some(opinion) } else { content_sha256.clone() };
    let points_to_attachment =
        !digests.is_empty() && (!any_opinion || details.flags.contains(&Flag::AttachmentOnly));
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
    let marker = DRAFT_MARKERS.words("end of a title").find(|marker| whole.ends_with(marker));
    let short = marker.and_then(|marker| whole.strip_suffix(marker)).map(ToOwned::to_owned);
    let marker = marker.map(ToOwned::to_owned);
    std::iter::once(whole).chain(short).chain(marker).collect()
}

/// The digest of a text as it is compared, and whether anything of it is.
#[derive(Default)]
struct Letters {
    digest: TextDigest,
    any: bool,
}

impl Letters {
    fn of(before: &str, text: &str, behind: &str) -> (String, bool) {
        let mut letters = Self::default();
        letters.digest.extend(before.chars());
        comparable_into(text, &mut letters);
        letters.digest.extend(behind.chars());
        (letters.digest.finish(), letters.any)
    }
}

impl Extend<char> for Letters {
    fn extend<T: IntoIterator<Item = char>>(&mut self, text: T) {
        self.digest.extend(text.into_iter().inspect(|_| self.any = true));
    }
}
