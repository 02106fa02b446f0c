//! The required tag: match, near miss or not ours.
//!
//! The notice demands `《title》意见建议`, and hardly two writers spell it alike. What is compared is the core of
//! a subject: NFKC, without punctuation, blanks and invisible characters, traditional characters folded, reply
//! prefixes and gateway tags taken off the front, the draft marker taken out on both sides. The ask word must
//! stand outside the title, since titles end in 指导意见 and markers hold 意见 themselves.
//!
//! Approximate matching is safe only because the issuer must be exact: every province published a twin of the
//! same national document, and the nearest is two characters away.

mod ask;
mod beside;
mod distance;
mod draft_marker;
mod examples;
mod fold;
mod phrases;
mod slots;
mod verdict;

pub(crate) use draft_marker::{marker_at_end, without_marker};
pub use examples::Understood;
pub use verdict::{Carries, SubjectOutcome, SubjectVerdict};

use std::cmp::Reverse;
use std::ops::Range;

use crate::vocabulary::language::language_table;
use crate::vocabulary::markers::read_front;
use crate::vocabulary::{Consultation, SubjectEvidence, SubjectReason, disclosure};

use distance::{SHARED_RUN_CHARS, closest, find, least_run, longest_shared_run, text_of};
use fold::Fold;
use phrases::quoted_phrases;
use slots::Written;
use verdict::leading_marker_reason;

language_table!(
    /// The words that the rules of subjects go by.
    SUBJECT_WORDS, "language/subject_words.tsv");

/// Every word of the rules, so that its traditional spelling can be folded.
fn vocabulary<'a>() -> impl Iterator<Item = &'a str> {
    SUBJECT_WORDS.rows().iter().map(|row| -> &'a str { row.word })
}

/// Characters of a subject that are read; the longest real ones have about three hundred.
const MAX_SUBJECT_CHARS: usize = 2_000;

/// Characters of another text that [`Tag::mentioned_in`] reads.
const MAX_TEXT_CHARS: usize = 200_000;

/// Edits allowed for a match, in per cent of the title's characters, rounded up.
const MATCH_EDIT_PERCENT: usize = 5;

/// Edits allowed for a near miss, in per cent of the title's characters, rounded up.
const NEAR_EDIT_PERCENT: usize = 15;

/// An anchor of so many characters speaks for itself; a shorter one (`一件事`) needs an ask word beside it.
const SELF_EVIDENT_ANCHOR_CHARS: usize = 4;

/// An anchor of so many characters also counts in a body, where any letter to the office may hold a short one.
const BODY_ANCHOR_CHARS: usize = 6;

/// The shortest title without its issuer that is looked for in a body.
const BODY_TITLE_CHARS: usize = 10;

/// So many characters that tag and title share tell which document is meant.
const MIN_TELLING_CHARS: usize = 4;

/// What a writer puts into a slot, in characters: a name, the name of a firm.
const MOST_SLOT_CHARS: usize = 24;

/// The shortest tag that is looked for with slips.
const MIN_CLOSE_TAG_CHARS: usize = 6;

/// A consultation's tag, compiled from its title: compare many subjects with one.
#[derive(Debug, Clone)]
pub struct Tag {
    fold: Fold,
    /// The title's core without its draft marker.
    title: Vec<char>,
    /// The marker stands inside the title, not behind it: 关于《…条例（草案）》的说明.
    marker_inside: bool,
    /// Where the issuer stands in `title`; empty when the title does not name it.
    issuer_in_title: Range<usize>,
    /// The issuer's core.
    issuer: Vec<char>,
    /// What the tag adds to the title: 意见建议.
    own_ask: Option<String>,
    /// The cores of what the tag demands, without its marker and between its slots, the longest first.
    demanded: Vec<Vec<char>>,
    /// The tag holds nothing but ask words, or hardly anything.
    is_bare: bool,
    /// The tag as printed.
    written: Written,
    /// The notice demands no tag: the title alone is enough.
    demands_nothing: bool,
    /// Longest first.
    anchors: Vec<Vec<char>>,
    /// The kind of document that the title ends in (工作方案), which says nothing of its own.
    kind: Option<&'static str>,
}

/// Whether a forward prefix (`转发：`, `Fw:`) stands in front: the text below may be somebody else's.
pub fn is_forward(subject: &str) -> bool {
    read_front(subject).is_forward()
}

impl Tag {
    /// Derives title, draft marker, fold table and anchors from the consultation.
    pub fn new(consultation: &Consultation) -> Self {
        let fold = Fold::for_words(
            vocabulary()
                .chain([&*consultation.title, &consultation.subject_tag, &consultation.issuer])
                .chain(consultation.anchors.iter().map(String::as_str)),
        );
        let compiled =
            |text: &str| draft_marker::without_markers(&fold.glyphs(text, MAX_SUBJECT_CHARS), None);
        let title = compiled(&consultation.title);
        let marker_inside = find(&title, &fold.core(&consultation.title, MAX_SUBJECT_CHARS)).is_none();
        let issuer = fold.core(&consultation.issuer, MAX_SUBJECT_CHARS);
        let whole = text_of(fold.core(&consultation.title, MAX_SUBJECT_CHARS));
        let written = slots::read(&consultation.subject_tag, |word| {
            whole.contains(&text_of(fold.core(word, MAX_SUBJECT_CHARS)))
        });
        let mut demanded: Vec<Vec<char>> = written
            .pieces
            .iter()
            .map(|piece| draft_marker::without_markers(&fold.glyphs(piece, MAX_SUBJECT_CHARS), Some(&title)))
            .filter(|piece| !piece.is_empty())
            .collect();
        demanded.sort_by_key(|piece| Reverse(piece.len()));
        let own_ask = demanded.iter().find_map(|piece| {
            let behind = piece.get(find(&title, piece)?.end..).map(text_of).unwrap_or_default();
            let behind = behind.trim_start_matches('的').to_owned();
            (2..=12).contains(&behind.chars().count()).then_some(behind)
        });
        let tag = demanded.concat();
        let is_bare = tag.len() < MIN_TELLING_CHARS || ask::is_bare_ask(&text_of(tag), None);
        let mut anchors: Vec<Vec<char>> = if consultation.anchors.is_empty() {
            quoted_phrases(&fold.glyphs(&consultation.title, MAX_SUBJECT_CHARS), &title)
        } else {
            consultation.anchors.iter().map(|anchor| fold.core(anchor, MAX_SUBJECT_CHARS)).collect()
        };
        anchors.retain(|anchor| anchor.len() >= 2);
        anchors.sort_by_key(|anchor| std::cmp::Reverse(anchor.len()));
        let issuer_in_title = find(&issuer, &title).unwrap_or(0..0);
        let kind = ask::document_kind(&text_of(&title));
        let demands_nothing = consultation.subject_tag.trim().is_empty();
        Self {
            fold,
            title,
            marker_inside,
            issuer_in_title,
            issuer,
            own_ask,
            demanded,
            is_bare,
            written,
            demands_nothing,
            anchors,
            kind,
        }
    }

    /// Whether the notice demands no tag: title, anchors, body and names of attachments decide.
    pub const fn demands_nothing(&self) -> bool {
        self.demands_nothing
    }

    /// Whether the tag says nothing of the document (`征求意见反馈`): where several drafts share a mailbox, it does not tell
    /// which of them is meant.
    pub fn is_generic(&self) -> bool {
        let tag = self.demanded.concat();
        !tag.is_empty()
            && longest_shared_run(&self.title, &tag).len() < MIN_TELLING_CHARS.min(self.title.len())
    }

    /// How the tag was understood, with three subjects that match where there are so many.
    pub fn understood(&self, title: &str) -> Understood {
        let mut examples = examples::candidates(&self.written, title);
        examples.retain(|example| self.judge(Some(example)).outcome == SubjectOutcome::Match);
        examples.truncate(3);
        let Written { pieces, slots } = &self.written;
        Understood {
            demanded: pieces.iter().map(|piece| examples::trimmed(piece).to_owned()).collect(),
            slots: slots.clone(),
            examples,
        }
    }

    /// Judges a decoded subject; `None` when the message has no subject field.
    pub fn judge(&self, subject: Option<&str>) -> SubjectVerdict {
        let front = read_front(subject.unwrap_or_default());
        let verdict = match front.marker {
            Some(kind) => {
                let marker = front.marker_written().unwrap_or_default().to_owned();
                SubjectVerdict::not_ours(leading_marker_reason(kind), SubjectEvidence::Marker { marker })
            }
            None => self.find_in(&self.fold.glyphs(front.rest, MAX_SUBJECT_CHARS)),
        };
        let stripped = front.prefixes.into_iter().map(|prefix| prefix.written).collect();
        SubjectVerdict { stripped, ..verdict }
    }

    /// Whether another text (a body's first lines, an attachment's name) contains the title or an anchor; the
    /// evidence when it does. Such a message with a subject that is not ours is a near miss.
    ///
    /// In a body the whole title counts, with or without its issuer and whatever its draft marker, and an anchor
    /// of six characters or more. Shorter anchors are everyday words of the office's other letters.
    pub fn mentioned_in(&self, text: &str) -> Option<SubjectEvidence> {
        let glyphs = self.fold.glyphs(text, MAX_TEXT_CHARS);
        let core: String = if self.marker_inside {
            text_of(draft_marker::without_markers(&glyphs, Some(&self.title)))
        } else {
            glyphs.into_iter().filter(|c| c.is_alphanumeric()).collect()
        };
        let whole = text_of(&self.title);
        if !whole.is_empty() && core.contains(&whole) {
            return Some(title(0, None));
        }
        if let Some(shorter) = self.title_without_issuer()
            && core.contains(&shorter)
        {
            return Some(SubjectEvidence::TitleWithoutIssuer { text: shorter });
        }
        let mut long = self.anchors.iter().filter(|anchor| anchor.len() >= BODY_ANCHOR_CHARS).map(text_of);
        long.find(|anchor| core.contains(anchor)).map(|text| SubjectEvidence::Anchor { text })
    }

    /// The rules in the order of their strength.
    fn find_in(&self, glyphs: &[char]) -> SubjectVerdict {
        let plain: String = glyphs.iter().filter(|c| c.is_alphanumeric()).collect();
        if ask::is_empty_form(&plain) {
            return SubjectVerdict::near(
                SubjectReason::EmptySubject,
                Carries::AskWords(false),
                SubjectEvidence::NoSubject,
            );
        }
        let core = draft_marker::without_markers(glyphs, Some(&self.title));
        self.whole_title(&core)
            .or_else(|| self.tag_itself(&core))
            .or_else(|| self.close_title(&core))
            .or_else(|| self.close_tag(&core))
            .or_else(|| self.shared_run(&core, SHARED_RUN_CHARS))
            .or_else(|| self.anchor(&core))
            .or_else(|| self.shared_run(&core, self.least_run(&core)))
            .or_else(|| self.bare_ask_words(glyphs))
            .or_else(|| self.ask_words_beside(glyphs))
            .unwrap_or_else(|| {
                if disclosure::is_application(&plain) {
                    SubjectVerdict::not_ours(SubjectReason::InfoDisclosure, SubjectEvidence::Disclosure)
                } else {
                    SubjectVerdict::not_ours(SubjectReason::NoTag, SubjectEvidence::Nothing)
                }
            })
    }

    fn whole_title(&self, core: &[char]) -> Option<SubjectVerdict> {
        let span = find(&self.title, core)?;
        let around = ask::around(core, &span);
        let length = self.title.len();
        let (weak, strong) = (Carries::Title(length), Carries::Exact(length));
        if ask::is_notice(&around) {
            return Some(SubjectVerdict::near(SubjectReason::Notice, weak, title(0, None)));
        }
        let ask = ask::beside_title(&around, self.own_ask.as_deref());
        Some(if ask.is_some() || self.demands_nothing {
            SubjectVerdict::matching(SubjectReason::ExactTitle, strong, title(0, ask.as_deref()))
        } else if self.demanded_in(core).is_some() {
            // The notice demands no ask word that the rules know, or none at all.
            SubjectVerdict::matching(SubjectReason::ExactTag, strong, SubjectEvidence::Tag)
        } else {
            SubjectVerdict::near(SubjectReason::TitleWithoutAskWord, weak, title(0, None))
        })
    }

    /// A notice may demand a tag that does not repeat the title; then the tag itself is what must be there. Beside ask words
    /// there may stand as much as a slot holds.
    fn tag_itself(&self, core: &[char]) -> Option<SubjectVerdict> {
        let rest = self.demanded_in(core)?;
        let length = self.demanded.iter().map(Vec::len).sum();
        if self.is_bare && core.len() > length + MOST_SLOT_CHARS {
            return None;
        }
        Some(if ask::is_notice(&text_of(rest)) {
            SubjectVerdict::near(SubjectReason::Notice, Carries::Title(length), SubjectEvidence::Tag)
        } else {
            SubjectVerdict::matching(SubjectReason::ExactTag, Carries::Exact(length), SubjectEvidence::Tag)
        })
    }

    /// The subject with one sign for each piece of the tag; `None` where one of them is not there.
    fn demanded_in(&self, core: &[char]) -> Option<Vec<char>> {
        if self.demanded.is_empty() {
            return None;
        }
        let mut rest = core.to_vec();
        for piece in &self.demanded {
            let span = find(piece, &rest)?;
            rest.splice(span, [ask::TITLE]);
        }
        Some(rest)
    }

    /// The longest piece of a tag of its own, with slips, or without the others.
    fn close_tag(&self, core: &[char]) -> Option<SubjectVerdict> {
        let piece =
            self.demanded.first().filter(|piece| !self.is_bare && piece.len() >= MIN_CLOSE_TAG_CHARS)?;
        let edits = closest(piece, &(0..0), core)?.edits;
        let is_near = edits <= (piece.len() * NEAR_EDIT_PERCENT).div_ceil(100);
        is_near.then(|| {
            SubjectVerdict::near(
                SubjectReason::NearTag,
                Carries::Near(Reverse(edits)),
                SubjectEvidence::NearTag { edits },
            )
        })
    }

    fn close_title(&self, core: &[char]) -> Option<SubjectVerdict> {
        let length = self.title.len();
        if length == 0 {
            return None;
        }
        let within = |percent: usize| (length * percent).div_ceil(100);
        // Each character that is missing costs an edit at least: most other mail need not be aligned at all.
        if length - self.characters_in(core) > within(NEAR_EDIT_PERCENT) {
            return None;
        }
        let free =
            closest(&self.title, &(0..0), core).filter(|free| free.edits <= within(NEAR_EDIT_PERCENT))?;
        let issued_by_us = !self.issuer_in_title.is_empty() || find(&self.issuer, core).is_some();
        let exact_issuer = (issued_by_us && free.edits <= within(MATCH_EDIT_PERCENT))
            .then(|| closest(&self.title, &self.issuer_in_title, core))
            .flatten()
            .filter(|exact| exact.edits <= within(MATCH_EDIT_PERCENT));
        let edits = exact_issuer.as_ref().map_or(free.edits, |exact| exact.edits);
        let Some(exact) = exact_issuer else {
            let reason = if edits <= within(MATCH_EDIT_PERCENT) {
                SubjectReason::OtherIssuer
            } else {
                SubjectReason::TitleWithin15Percent
            };
            return Some(SubjectVerdict::near(reason, Carries::Near(Reverse(edits)), title(edits, None)));
        };
        let around = ask::around(core, &exact.span);
        let reason = if ask::is_notice(&around) {
            SubjectReason::Notice
        } else if let Some(ask) = ask::beside_title(&around, self.own_ask.as_deref()) {
            return Some(SubjectVerdict::matching(
                SubjectReason::TitleWithin5Percent,
                Carries::NearlyAll(Reverse(edits)),
                title(edits, Some(&ask)),
            ));
        } else {
            SubjectReason::TitleWithoutAskWord
        };
        Some(SubjectVerdict::near(reason, Carries::NearTitle(Reverse(edits)), title(edits, None)))
    }

    fn least_run(&self, core: &[char]) -> usize {
        let asks = ask::ask_word(&text_of(core), self.own_ask.as_deref()).is_some();
        least_run(self.title.len(), self.issuer_in_title.end, asks)
    }

    fn shared_run(&self, core: &[char], least: usize) -> Option<SubjectVerdict> {
        if self.characters_in(core) < least {
            return None;
        }
        let run = longest_shared_run(&self.title, core);
        let text = core.get(run.clone()).map(text_of).unwrap_or_default();
        let evidence = SubjectEvidence::Run { characters: run.len(), text };
        let near = SubjectVerdict::near(SubjectReason::SharedRun, Carries::Run(run.len()), evidence);
        (run.len() >= least).then_some(near)
    }

    /// How many of the title's characters stand somewhere in a text.
    fn characters_in(&self, core: &[char]) -> usize {
        self.title.iter().filter(|c| core.contains(c)).count()
    }

    fn anchor(&self, core: &[char]) -> Option<SubjectVerdict> {
        let text = text_of(core);
        let asks = ask::ask_word(&text, self.own_ask.as_deref()).is_some();
        let found = self.anchors.iter().find(|anchor| {
            find(anchor, core).is_some() && (asks || anchor.len() >= SELF_EVIDENT_ANCHOR_CHARS)
        })?;
        let reason = if found.len() >= SELF_EVIDENT_ANCHOR_CHARS {
            SubjectReason::Anchor
        } else {
            SubjectReason::AnchorAndAskWord
        };
        let evidence = SubjectEvidence::Anchor { text: text_of(found) };
        Some(SubjectVerdict::near(reason, Carries::Anchor(found.len()), evidence))
    }

    fn bare_ask_words(&self, glyphs: &[char]) -> Option<SubjectVerdict> {
        let mut text = draft_marker::without_marker_words(glyphs);
        if let Some(kind) = self.kind {
            text = text.replace(kind, "");
        }
        (ask::holds_ask_word(glyphs, self.own_ask.as_deref())
            && ask::is_bare_ask(&text, self.own_ask.as_deref()))
        .then(|| {
            SubjectVerdict::near(
                SubjectReason::BareAskWords,
                Carries::AskWords(true),
                SubjectEvidence::AskWords,
            )
        })
    }

    fn ask_words_beside(&self, glyphs: &[char]) -> Option<SubjectVerdict> {
        beside::is_ask(glyphs, &self.title, self.own_ask.as_deref()).then(|| {
            SubjectVerdict::near(
                SubjectReason::AskWordsBeside,
                Carries::AskWords(true),
                SubjectEvidence::AskWordsBeside,
            )
        })
    }

    /// Whether a subject holds an ask word, whatever else it says.
    pub fn asks(&self, subject: &str) -> bool {
        ask::holds_ask_word(&self.fold.glyphs(subject, MAX_SUBJECT_CHARS), self.own_ask.as_deref())
    }

    /// Whether nothing but the title and the tag tells its mail from other mail: there is no key word.
    pub const fn lacks_anchors(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The title behind its province or city, when enough of it remains to be told from others.
    fn title_without_issuer(&self) -> Option<String> {
        if self.issuer_in_title.is_empty() || self.issuer_in_title.start != 0 {
            return None;
        }
        let behind = text_of(self.title.get(self.issuer_in_title.end..)?);
        let behind = behind.trim_start_matches(['省', '市', '县', '区']).to_owned();
        (behind.chars().count() >= BODY_TITLE_CHARS).then_some(behind)
    }
}

fn title(edits: usize, ask: Option<&str>) -> SubjectEvidence {
    let ask = ask.unwrap_or_default().to_owned();
    if edits == 0 { SubjectEvidence::Title { ask } } else { SubjectEvidence::NearTitle { edits, ask } }
}
