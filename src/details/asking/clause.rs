//! Which clauses are requests, by their signs (see `signs`): the act, what it is done to, and nothing else. A clause that says
//! more than that is a proposal, a story or a rule for others, and asks for nothing.

use super::signs::Signs;
use crate::details::found::Request;
use crate::vocabulary::{Regex, pattern};

/// A letter that the writer sent before: his own, an earlier one, one of a number or a day.
macro_rules! letter {
    () => {
        r"(?:[oentsh]*[oenth][oentsh]*(?:j.{1,24}?)?(?:l|PL)[lLn]*|[oeh]*n+(?:l|PL)*)"
    };
}

/// A letter that was sent before: of a day, of a number, or called an earlier one. One's own may be this one.
macro_rules! earlier_letter {
    () => {
        r"(?:[oPth]*[es][oesPth]*(?:l|PL)[lLn]*|o?e*n+(?:l|PL)*)"
    };
}

/// What the office holds of the writer: his own, or that in a letter of a number.
macro_rules! data {
    () => {
        r"(?:(?:[oentshlLP]*[on][oentshlLP]*|[es]*e[es]*[lL]+P?)[gdD]+)"
    };
}

// Whatever fits holds one of OF_REQUESTS.

pattern!(
    WITHDRAWS,
    concat!(r"^(?:o?[wk]+", letter!(), r"|", letter!(), r"[bB]?[wk]+|o?w+l+|l+w+|o?e+s+[wk]+|[oehlLPn]*W)$")
);
pattern!(
    /// `现申请撤回`, `请作废`: the letter stands in the clause before.
    TAKES_BACK, r"^o?w+$");
pattern!(DELETES, r"^k+$");
pattern!(
    REPLACES,
    concat!(
        r"^(?:[oenthslLPwbk]*yh[hlLP]*i|[yohHlsLP]*i",
        letter!(),
        r"h*|",
        letter!(),
        r"y?[hH]*[lL]*i|o?m+",
        letter!(),
        r"|",
        letter!(),
        r"[^Iqcx]{0,6}m+|",
        letter!(),
        r"c.*|[hH][lL]*I?[oe]*[KV]|K)$"
    )
);
pattern!(
    /// `以此为准`, `重新提交如下`, `现更正如下`: what is replaced stands before.
    REPLACES_THAT, r"^(?:yHi|R[hHlLoeP]*|m+)$");
pattern!(
    ABOUT_DATA,
    concat!(r"^(?:o?k+", data!(), r"|", data!(), r"[elLP]*k+|o?v+[oentshlLP]*[on][oentshlLP]*g+x{0,6})$")
);
pattern!(ABOUT_DATA_ASKED, r"^(?:[gdD]+k+|k+[gdD]+|G+[oentshlLP]*[on][oentshlLP]*g+)$");
pattern!(
    /// `把张某的个人信息发给我`: what nobody but the person himself may ask for.
    ABOUT_DATA_OF_ANOTHER, r"^[xlLsh]{1,8}[gdD]+[sG]+o$");
pattern!(
    CORRECTS,
    concat!(
        r"^(?:o?m+",
        data!(),
        r"(?:[Ic9].{0,30})?|",
        data!(),
        r"(?:m+|b*c.{0,30})|[gdD]+(?:c9|b+c).{0,30}|o?e*n+[q0x9tlLPsh]{1,24}c.{1,30})$"
    )
);
pattern!(
    /// `上封信第二条应改为三日`: words of an earlier letter. What they become may follow behind a colon.
    CORRECTS_WORDS, concat!("^", earlier_letter!(), r"[q0x9tLPsh]{1,24}c.{0,60}$"));
pattern!(
    /// `请把我意见中的“三天”改成“五天”`
    CORRECTS_OWN_WORDS, r"^o+P?l+P?q[^qc]{1,24}q[xL]{0,2}cq.{1,60}$");
pattern!(
    /// `我上次来信写错了`: what was meant stands in the next clause.
    SLIP_OF_LETTER, concat!("^", earlier_letter!(), r"[q0x9tLPsh]{0,24}b+$"));
pattern!(
    /// `昨天来信里我把第八条写成了第九条`: what was meant, and what was written.
    WROTE_ANOTHER, concat!("^", earlier_letter!(), r"o?[q0x9tLPsh]{1,24}b+[q0x9tLPsh]{1,24}$"));
pattern!(
    /// What was meant: `应为“附件十三”`, `“一周”应为“一个月”`.
    MEANT, r"^[q0x9tlLPsh]{0,24}c.+$");
pattern!(
    /// `有个错字`: what is to be corrected where nothing else is said.
    SLIP, r"^[oeshHlLn]*x{0,2}b+$");
pattern!(
    /// `写错了一个字`, `上封信打错了`: the right words follow beside the wrong ones.
    SLIP_OF_A_WORD, r"^[oeshHlLn]*x{0,2}b+x{0,2}$");
pattern!(IS_TO_BE_MENDED, r"^o?m+$");
pattern!(CORRECTS_ASKED, r"^(?:D+cx{2,4}|m+[gdD]+(?:[Ic9].{0,30})?|[gdD]+m+)$");
pattern!(
    /// `我的电话写错了`: a request where nothing else is said.
    NAMES_A_MISTAKE, concat!(r"^(?:", data!(), r"|[gdD]+)I?b+$"));
pattern!(
    /// What follows `更正：`.
    CORRECTED, r"^(?:[gdD]+[cI]?[x9].{0,30}|[gdD]+q.{1,24}c.{1,24}|[oe]*s.*c.*)$");
pattern!(
    /// `那封信里我电话写少了一位，请更正`: what the sentence named.
    IS_TO_BE_CORRECTED, r"^o?m+$");
pattern!(BECOMES, r"^[gdD]+c$");
pattern!(NEW_NUMBER, r"^c9$");
pattern!(NAMES_DATA, r"[gdD]");
pattern!(
    PUBLICATION,
    concat!(
        r"^(?:o?zu(?:",
        data!(),
        r"|",
        letter!(),
        r"|[gdD]+|[lL]+)|(?:",
        data!(),
        r"|",
        letter!(),
        r"|[gdD]+)zu|z",
        data!(),
        r"u)$"
    )
);
pattern!(
    /// The clause names an earlier letter and goes on about it: `昨晚发的意见附错了表`.
    SPEAKS_OF_LETTER, concat!("^", letter!(), r"(?:$|[^I])"));
pattern!(NAMES_LETTER, concat!("^", letter!(), r"[bB]?$"));

/// The signs of which each request has one: an act, or whose data it is done to.
const OF_REQUESTS: [char; 17] =
    ['w', 'W', 'k', 'v', 'G', 'c', 'm', 'b', 'i', 'R', 'K', 'V', 'z', 'u', 'g', 'd', 'D'];

/// How much it takes for a clause to be a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// It is one, whatever stands beside it.
    Whole,
    /// It is one, and what follows in its sentence, or in the next one, is the text that it asks for.
    WithRest,
    /// It is one in a letter that has no opinion.
    Alone,
}

/// What stands around a clause.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// Clauses before it in its sentence, and those of the sentence before.
    pub(super) before: &'a [Signs],
    /// The clause behind it.
    pub(super) behind: Option<&'a Signs>,
}

impl Around<'_> {
    fn any_before(&self, wanted: &Regex) -> bool {
        self.before.iter().any(|clause| wanted.is_match(&clause.row))
    }
}

/// `撤回，谢谢`: nothing stands around the one word.
fn says_no_more(around: Around<'_>) -> bool {
    around.before.iter().chain(around.behind).all(|clause| clause.row.is_empty())
}

/// Whether a clause corrects what its writer wrote: that withdraws nothing, whatever is put in its place.
fn corrects_words(clause: &Signs, around: Around<'_>) -> Option<Weight> {
    let row = clause.row.as_str();
    let is_meant = |clause: &Signs| MEANT.is_match(&clause.row);
    let follows = around.behind.is_some_and(is_meant);
    let told = around.any_before(&SLIP_OF_LETTER) && around.before.iter().any(is_meant)
        || around.any_before(&WROTE_ANOTHER);
    match () {
        () if CORRECTS_WORDS.is_match(row) && row.ends_with('c') => Some(Weight::WithRest),
        () if CORRECTS_WORDS.is_match(row) => Some(Weight::Whole),
        () if CORRECTS_OWN_WORDS.is_match(row) && clause.asks_office => Some(Weight::Whole),
        () if WROTE_ANOTHER.is_match(row) => Some(Weight::Whole),
        () if SLIP_OF_LETTER.is_match(row) && follows => Some(Weight::Whole),
        () if is_meant(clause) && around.any_before(&SLIP_OF_LETTER) => Some(Weight::Whole),
        () if IS_TO_BE_CORRECTED.is_match(row) && told => Some(Weight::Whole),
        () if SLIP.is_match(row) && follows => Some(Weight::Alone),
        () if is_meant(clause) && around.any_before(&SLIP) => Some(Weight::Alone),
        () if SLIP_OF_A_WORD.is_match(row) && around.behind.is_some_and(is_swap) => Some(Weight::Alone),
        () if is_swap(clause)
            && around.before.last().is_some_and(|told| SLIP_OF_A_WORD.is_match(&told.row)) =>
        {
            Some(Weight::Alone)
        }
        () => None,
    }
}

/// `水店过户是水电过户`: one word for another of as many characters. 结果是多跑两趟 tells.
fn is_swap(clause: &Signs) -> bool {
    const FEWEST: usize = 2;
    clause.row.split_once('I').is_some_and(|(wrong, right)| {
        wrong.len() >= FEWEST
            && wrong.len() == right.len()
            && [wrong, right]
                .iter()
                .all(|word| word.chars().all(|sign| matches!(sign, 'x' | 'q' | 't' | '0' | 'L' | 's')))
    })
}

/// What a clause asks for.
pub(super) fn read(clause: &Signs, around: Around<'_>) -> Option<(Request, Weight)> {
    use Request::{Corrects, PersonalData, Publication, Replaces, Withdraws};
    let row = clause.row.as_str();
    if !row.contains(OF_REQUESTS) {
        return None;
    }
    let whole: [(Request, &Regex, bool); 8] = [
        (PersonalData, &ABOUT_DATA, true),
        (PersonalData, &ABOUT_DATA_OF_ANOTHER, clause.asks_office),
        (PersonalData, &ABOUT_DATA_ASKED, clause.asks_office),
        (Corrects, &CORRECTS, true),
        (Corrects, &CORRECTS_ASKED, clause.asks_office),
        (Replaces, &REPLACES, true),
        (Withdraws, &WITHDRAWS, true),
        (Publication, &PUBLICATION, true),
    ];
    let found = whole.iter().find(|(_, wanted, may)| *may && wanted.is_match(row));
    if let Some((request, ..)) = found {
        return Some((*request, Weight::Whole));
    }
    if let Some(weight) = corrects_words(clause, around) {
        return Some((Corrects, weight));
    }
    let correcting = || {
        around.before.iter().any(|before| !before.row.is_empty() && before.row.trim_matches('m').is_empty())
    };
    let digits_follow = || around.behind.is_some_and(|behind| behind.row.starts_with('9'));
    let is_told = || around.behind.is_some_and(|behind| behind.row.starts_with('c'));
    let rest: [(Request, bool, Weight); 13] = [
        (Withdraws, TAKES_BACK.is_match(row) && around.any_before(&SPEAKS_OF_LETTER), Weight::Whole),
        (Withdraws, DELETES.is_match(row) && clause.asks && around.any_before(&NAMES_LETTER), Weight::Whole),
        (
            Corrects,
            IS_TO_BE_CORRECTED.is_match(row)
                && around.any_before(&SPEAKS_OF_LETTER)
                && around.any_before(&NAMES_DATA),
            Weight::Whole,
        ),
        (Replaces, REPLACES_THAT.is_match(row) && around.any_before(&SPEAKS_OF_LETTER), Weight::Whole),
        (Corrects, CORRECTED.is_match(row) && correcting(), Weight::Whole),
        (Corrects, NEW_NUMBER.is_match(row) && around.any_before(&NAMES_DATA), Weight::Whole),
        (Corrects, BECOMES.is_match(row) && digits_follow(), Weight::Whole),
        (Corrects, NAMES_A_MISTAKE.is_match(row) && is_told(), Weight::Whole),
        (Corrects, NAMES_A_MISTAKE.is_match(row), Weight::Alone),
        (Withdraws, TAKES_BACK.is_match(row) && clause.asks, Weight::Alone),
        (Withdraws, TAKES_BACK.is_match(row) && says_no_more(around), Weight::Alone),
        (PersonalData, ABOUT_DATA_ASKED.is_match(row), Weight::Alone),
        (Corrects, IS_TO_BE_MENDED.is_match(row) && clause.asks && around.any_before(&SLIP), Weight::Alone),
    ];
    rest.iter().find(|(_, fits, _)| *fits).map(|(request, _, weight)| (*request, *weight))
}
