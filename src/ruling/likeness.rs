//! What later mail will be compared with: the same sender's repetition, and the same letter from others.

use crate::charset::skeleton;
use crate::details::Details;
use crate::similarity::{self, Wording, comparable_into};
use crate::subject::marker_at_end;
use crate::vocabulary::{Flag, TextDigest};

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
    let marker = marker_at_end(&whole).map(ToOwned::to_owned);
    let short = marker.as_deref().and_then(|marker| whole.strip_suffix(marker)).map(ToOwned::to_owned);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_known_with_its_marker_without_it_and_by_the_marker() {
        for marker in ["征求意见稿", "意见征集稿", "征集意见稿", "草案", "讨论稿", "送审稿", "意见稿"]
        {
            let whole = format!("江右市停车条例{marker}");
            let titles = titles(&format!("江右市停车条例（{marker}）"));
            assert_eq!(titles, [whole.as_str(), "江右市停车条例", marker]);
        }
        assert_eq!(titles("江右市停车条例"), ["江右市停车条例"]);
    }
}
