//! Whether a letter says that its writer has no objection, and nothing else.
//!
//! Items are lost where that is told wrongly. So every clause has to be known: it says so itself, it belongs to how an answer is
//! written (`来函收悉，经研究，`), or it is too short to hold an opinion.

use crate::details::asking::asks_the_office;
use crate::details::form::label::{Field, Label};
use crate::details::opinion::departments;
use crate::details::person::organization;
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::details::text::sentences::{FLAGS, SENTENCE_BYTES};
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

word_list!(
    /// How a clause begins or ends that belongs to the answer and says nothing of the draft: 来函收悉, 经研究.
    ANSWERS, FLAGS, "around none"
);

pattern!(
    NO_OBJECTION,
    FLAGS,
    r"(?xi) ⟨before none⟩? ⟨none⟩ ⟨kind of opinion⟩{0,3} ⟨opinion⟩ (?:和|或|与|及|、)? (?:建议)?
      | ⟨no change⟩ | (?:未|不)提出?(?:任何|修改|不同|补充)?意见
      | (?-u:\b) no \x20 (?:further \x20)? (?:comments?|objections?|suggestions?) (?-u:\b)
      | (?:原则|完全|一致)上?(?:表示)?同意 | 同意(?:该|此|本|上述|贵局|印发|以上|这个)?《?(?:工作)?⟨draft⟩
      | 无(?:意见)?建议 | (?:意见|建议)\s?:\s?(?:暂?无|暂?没有)$ | ^\s*(?:暂?无|暂?没有|同意)\s*$"
);
pattern!(
    NEGATED,
    FLAGS,
    r"(?x) ⟨deemed⟩[^,。]{0,6}(?:没有|没|无) | (?:不是|并非|难免|不可能|不能说|怎么会)(?:完全)?(?:没有|无) | (?:没有|没|无)(?:意见|异议|建议)⟨channel⟩ | 无意见的
      | 不(?:太|完全|能|会)?同意(?:[^见]|$) | 说(?:无|没有|没)意见 | ⟨the public⟩(?:都|均|对[^,。]{1,12})?(?:没有|无|没)
      | (?:没有|没|无)意见(?:那?(?:是|才)?(?:假|怪)|是不可能|是骗)"
);
pattern!(
    PROPOSAL,
    FLAGS,
    r"⟨proposes⟩|对[^,。]{1,20}有(?:一?点|些|很?大|较大)?意见|意见(?:很|可|太|最)?大|^⟨begins an exception⟩|太⟨too⟩"
);
pattern!(
    TITLE,
    r"《[^》]{1,200}》(?:的?(?:征求意见稿|修改意见|意见建议|意见和建议|意见))?|\(?征求意见稿\)?|意见征集|征求意见"
);

/// What a clause ends in.
const ENDS: [char; 6] = ['。', '!', '?', ';', ',', ':'];

/// A clause of so many characters that is not known says something.
const OTHER_WORDS: usize = 5;

/// No objection is a whole answer: one sentence says so, and nothing else is said.
pub(super) fn evidence(body: &[Line<'_>], fields: &[Field], lines: &[Line<'_>]) -> Option<(usize, String)> {
    let mut said = None;
    if body.iter().map(|line| line.text.len()).sum::<usize>() > 4 * SENTENCE_BYTES {
        return None;
    }
    if departments::differ(body.iter().map(|line| line.text)) {
        return None;
    }
    for line in body {
        let plain = TITLE.replace_all(line.text, "");
        for piece in plain.split_inclusive(ENDS) {
            let clause = piece.trim_end_matches(ENDS);
            let says_none = NO_OBJECTION.is_match(clause) && !NEGATED.is_match(clause);
            if says_none {
                said.get_or_insert_with(|| {
                    (line.number, line.raw.trim().chars().take(80).collect::<String>())
                });
            }
            let without = NO_OBJECTION.replace_all(clause, "");
            if PROPOSAL.is_match(&without) && !is_noun_of_the_ask(&without) && !cheers(clause)
                || !says_none
                    && !cheers(clause)
                    && says_something(clause)
                    && !asks_the_office(piece.trim_end_matches('。'))
            {
                return None;
            }
        }
    }
    // 意见建议：无 leaves a body of one word, which the pattern knows; nothing else may stand there.
    said.filter(|_| {
        !fields.iter().any(|field| {
            field.label == Label::Opinion
                && PROPOSAL.is_match(&NO_OBJECTION.replace_all(field.text(lines), ""))
        })
    })
}

word_list!(CHEERS, FLAGS, "cheers");

/// `就是加油`: takes nothing back.
fn cheers(clause: &str) -> bool {
    let plain = clause.trim_matches(|c: char| !c.is_alphanumeric());
    let rest = ["就是", "只是"].iter().find_map(|word| plain.strip_prefix(word));
    rest.is_some_and(|rest| CHEERS.contains(rest))
}

/// Whether a clause says more than how an answer is written.
fn says_something(clause: &str) -> bool {
    let clause = clause.trim_matches(|c: char| !c.is_alphanumeric());
    clause.chars().filter(|c| is_han(*c)).take(OTHER_WORDS).count() == OTHER_WORDS
        && ANSWERS.at_start(clause).is_none()
        && ANSWERS.at_end(clause).is_none()
        && organization::read(clause.trim_end_matches(|c: char| !is_han(c)), "", true).is_none()
}

/// `对意见建议的…`, `征求意见建议的函收悉`: the words that name the matter, not a proposal.
fn is_noun_of_the_ask(clause: &str) -> bool {
    pattern!(ASK, r"意见(?:和|与|、)?建议");
    !PROPOSAL.is_match(&ASK.replace_all(clause, ""))
}
