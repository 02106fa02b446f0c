//! What the writer does, by the first rule that finds it: a label, a sentence about himself, what stands beside his name.

use std::ops::Range;

use crate::details::contact::whose;
use crate::details::form::label::{Certainty, Label};
use crate::details::found::Details;
use crate::details::lexicon::name_words::NO_OCCUPATIONS;
use crate::details::lexicon::occupations::{self, Known, Occupations};
use crate::details::lexicon::roles::{self, without_article};
use crate::details::person::announced::{Announced, announced};
use crate::details::person::card::Card;
use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::person::labelled::{labelled, name_in};
use crate::details::person::name::Reading;
use crate::details::person::part::Part;
use crate::details::person::{
    beside_label, described, glued, joint, oneself, organization, presentation, represented, run_on,
    self_told, trades,
};
use crate::details::text::fold::{fold, is_han};
use crate::details::text::line::Line;
use crate::details::text::sentences::FLAGS;
use crate::details::text::topics::Topic;
use crate::vocabulary::language::word_list;

/// Words of a form that stand where an occupation should.
fn is_occupation_text(value: &str) -> bool {
    value.chars().any(char::is_alphanumeric)
        && value.chars().count() <= 40
        && !(NO_OCCUPATIONS.contains(fold(value).trim_matches(|c: char| !c.is_alphanumeric()))
            || value.starts_with("自动"))
}

/// `职业是幼儿园园长`: few words that somebody calls his occupation, whatever they are.
fn is_said_to_be_one(text: &str, place: &Range<usize>, raw: &str) -> bool {
    const CHARS: usize = 10;
    const WORDS: usize = 4;
    let few = if raw.is_ascii() { raw.split(' ').count() <= WORDS } else { raw.chars().count() <= CHARS };
    few && is_occupation_text(raw) && described::is_called_occupation(text, place.start)
}

/// `在大厅做综合窗口受理员`, `我是一名玉雕师`: what a list need not know, where the verb says that somebody works so.
fn is_worked_as(text: &str, place: &Range<usize>) -> bool {
    const VERBS: [&str; 12] =
        ["做", "当", "任", "担任", "从事", "是", "是一名", "是一个", "是一位", "是名", "是个", "系"];
    let before = text.get(..place.start).unwrap_or_default();
    let what = text.get(place.clone()).unwrap_or_default();
    let what = what.rsplit_once('的').map_or(what, |(_, last)| last);
    let counted = ["一名", "一个", "一位", "名", "个"];
    let what = counted.iter().find_map(|word| what.strip_prefix(word)).unwrap_or(what);
    VERBS.iter().any(|verb| before.ends_with(verb)) && trades::has_the_form(what)
}

/// `俺是山里采山货的，叫关铁柱`: what a list need not know, where he who lives by it says his name behind it.
fn names_himself_behind(text: &str, place: &Range<usize>) -> bool {
    let behind = text.get(place.end..).and_then(|rest| rest.strip_prefix(',')).unwrap_or_default();
    let clause = behind.split([',', '。', '!', ';', '(', ' ']).next().unwrap_or_default();
    let what = text.get(place.clone()).unwrap_or_default().trim();
    presentation::is_trade(what) && oneself::names(clause)
}

/// In so many lines somebody says what he is, if he says it at all.
const MAX_DESCRIPTIONS: usize = 400;

/// What somebody does, where he says so.
struct Found {
    /// The line, as evidence states it.
    line: usize,
    rule: &'static str,
    as_written: String,
    /// What it is known as.
    mapped: Option<Known>,
}

/// A letter's part with what is known of its writer so far.
struct Seen<'s, 'l, 'a> {
    details: &'s Details,
    occupations: &'s Occupations,
    part: &'s Part<'l, 'a>,
}

/// Fills the occupation by the first rule that finds one.
pub(super) fn fill(details: &mut Details, occupations: &Occupations, part: &Part<'_, '_>) {
    let seen = Seen { details, occupations, part };
    let found = seen
        .of_represented()
        .or_else(|| seen.labelled())
        .or_else(|| seen.presented())
        .or_else(|| seen.described())
        .or_else(|| seen.in_other_tongues())
        .or_else(|| seen.beside_label())
        .or_else(|| seen.on_card())
        .or_else(|| seen.announced())
        .or_else(|| seen.behind_name())
        .or_else(|| seen.signed())
        .or_else(|| seen.of_all())
        .or_else(|| seen.who_has_to_say())
        .or_else(|| seen.told_in_passing());
    if let Some(found) = found {
        details.note("occupation", found.rule, found.line, &found.as_written);
        details.occupation = found.mapped.and_then(|known| known.value);
        // The form's words stay as they stand; in a sentence more is said than what one is.
        let is_said = matches!(found.rule, "self_introduction" | "behind_name");
        let what = if is_said { shortened(&found.as_written) } else { &found.as_written };
        details.occupation_as_written = Some(what.to_owned());
    }
}

/// `芜溪市镜湖街道的一名退休教师`, `社区卫生服务中心的护士`, `现在是小区楼栋长`: what somebody is, without where and since when. What he
/// says of his trade stays: 开小饭店的个体户.
fn shortened(written: &str) -> &str {
    let plain = LEADS.iter().find_map(|lead| written.strip_prefix(lead)).unwrap_or(written);
    let plain = without_article(plain);
    let Some((front, counted)) = plain.rsplit_once('的') else { return plain };
    let what = without_article(counted);
    let place = WHERE.iter().find_map(|word| front.strip_prefix(word)).unwrap_or(front);
    // 在镇上开小超市
    let is_place = roles::is_place(place) && !occupations::keeps_a_shop(&format!("{front}的"));
    let is_elsewhere = is_place || RETICENT.inside(front);
    let is_unit = || {
        what.len() < counted.len()
            || organization::read(front, "", true).is_some()
            || organization::is_kind(front)
    };
    let says_less = is_elsewhere || !describes_trade(front) && is_unit();
    if says_less && occupations::is_whole(what) { what } else { plain }
}

/// 开小饭店, 种大棚, 跑运输: what somebody does, before what that is called.
fn describes_trade(front: &str) -> bool {
    let done = format!("{front}的");
    EARNS.at_start(front).is_some() || occupations::keeps_a_shop(&done) || presentation::is_trade(&done)
}

word_list!(
    /// What says that its writer does not say who he is: 不愿透露姓名的….
    RETICENT, FLAGS, "does not say"
);
word_list!(EARNS, SELF_DESCRIPTIONS, "earns");

/// What stands before where somebody is.
const WHERE: [&str; 4] = ["来自", "家住", "住在", "在"];

/// How a phrase begins that says since when.
const LEADS: [&str; 6] = ["现在是", "目前是", "现为", "现是", "如今是", "现任"];

impl Seen<'_, '_, '_> {
    /// Words that the consultation has a value for.
    fn mapped(&self, rule: &'static str, line: usize, raw: &str) -> Option<Found> {
        let mapped = Some(self.occupations.known(raw)?);
        Some(Found { line, rule, as_written: raw.to_owned(), mapped })
    }

    /// `我替我父亲写的` … `父亲：李凤山，78岁，农民`
    fn of_represented(&self) -> Option<Found> {
        let found = self.part.represented.as_ref()?;
        let line = self.part.lines.get(found.line)?;
        let mut said = line.text.get(found.about.clone())?.split([',', '、', ';']).map(represented::what);
        let words = said.find(|words| occupations::is_whole(words))?;
        let mapped = self.occupations.known(words)?;
        let as_written = line.spelled(words);
        Some(Found { line: line.number, rule: "self_introduction", as_written, mapped: Some(mapped) })
    }

    /// `职业：教师`, whatever the consultation makes of it.
    fn labelled(&self) -> Option<Found> {
        let lines = self.part.lines;
        labelled(&self.part.fields, &[Label::Occupation, Label::Position]).find_map(|field| {
            let raw = first_word(first_clause(self.occupations.chosen(field.raw(lines))?), self.occupations);
            let mapped = self.occupations.known(raw);
            let must_map = field.label == Label::Position || field.certainty == Certainty::Bare;
            let counts = is_occupation_text(raw) && !(must_map && mapped.is_none());
            let line = self.part.number(field.line);
            counts.then(|| Found { line, rule: field.rule, as_written: raw.to_owned(), mapped })
        })
    }

    /// A sentence that tells who wrote and nothing else.
    fn presented(&self) -> Option<Found> {
        self.part.presentations.iter().find_map(|found| {
            let line = self.part.lines.get(found.line)?;
            let words = found.told.what.iter().map(|what| what.start + found.start..what.end + found.start);
            let mut said: Vec<_> =
                words.filter_map(|range| Some((range.clone(), line.text.get(range)?))).collect();
            // 宝妈 谭丽娜，小学老师: a trade says more than whose mother one is.
            said.sort_by_key(|(_, text)| roles::is_parent(text));
            let known = said.iter().find_map(|(range, text)| Some((range, self.occupations.known(text)?)));
            let known = known.map(|(range, mapped)| (range, Some(mapped)));
            let by_form = || said.iter().find(|(_, text)| trades::has_the_form(text));
            let (range, mapped) = known.or_else(|| Some((&by_form()?.0, None)))?;
            let as_written = line.raw_of(range.clone()).to_owned();
            Some(Found { line: line.number, rule: "self_introduction", as_written, mapped })
        })
    }

    /// `我是…`, `作为一名…`
    fn described(&self) -> Option<Found> {
        let tells =
            |line: &&Line<'_>| line.topics.has(Topic::Description) || line.topics.has(Topic::Introduction);
        let name = self.details.name.as_deref();
        let found = |line: &Line<'_>, as_written: String, mapped: Option<Known>| Found {
            line: line.number,
            rule: "self_introduction",
            as_written,
            mapped,
        };
        self.part.lines.iter().filter(tells).take(MAX_DESCRIPTIONS).find_map(|line| {
            let run_on =
                run_on::read(line.text).and_then(|said| said.occupation(line.text, self.occupations));
            if let Some((said, mapped)) = run_on {
                return Some(found(line, line.spelled(&said), Some(mapped)));
            }
            described::self_descriptions(line.text).into_iter().find_map(|range| {
                let raw = line.raw_of(range.clone()).trim();
                let mapped = described::map_described(raw, self.occupations, name);
                let is_one = || {
                    is_said_to_be_one(line.text, &range, raw)
                        || names_himself_behind(line.text, &range)
                        || is_worked_as(line.text, &range)
                };
                // 我是韶关的乡村兽医计福来: without his name.
                let insisted = glued::without_oneself(raw);
                let without = name.and_then(|name| insisted.strip_suffix(name)).map(str::trim_end);
                let written = without.filter(|what| !what.is_empty()).unwrap_or(raw);
                (mapped.is_some() || is_one()).then(|| found(line, written.to_owned(), mapped))
            })
        })
    }

    fn in_other_tongues(&self) -> Option<Found> {
        let introduces = |line: &&Line<'_>| line.topics.has(Topic::Introduction);
        self.part.lines.iter().filter(introduces).take(MAX_DESCRIPTIONS).find_map(|line| {
            let mut said = described::in_other_tongues(line.text).into_iter();
            said.find_map(|range| {
                let raw = line.raw_of(range.clone());
                let stated = || {
                    let (line, as_written) = (line.number, raw.to_owned());
                    Found { line, rule: "self_introduction", as_written, mapped: None }
                };
                self.mapped("self_introduction", line.number, raw)
                    .or_else(|| is_said_to_be_one(line.text, &range, raw).then(stated))
            })
        })
    }

    /// `姓名：张三（教师）`
    fn beside_label(&self) -> Option<Found> {
        let lines = self.part.lines;
        labelled(&self.part.fields, &[Label::Name, Label::Contact]).find_map(|field| {
            let names =
                field.certainty == Certainty::Marked && matches!(name_in(field, lines), Reading::Name(_));
            let said = names.then(|| beside_label::occupation(field.raw(lines), self.occupations)).flatten();
            let (raw, mapped) = said?;
            let line = self.part.number(field.line);
            Some(Found { line, rule: "behind_name", as_written: raw.to_owned(), mapped: Some(mapped) })
        })
    }

    /// What stands beside the writer's name among other words.
    fn on_card(&self) -> Option<Found> {
        let part = self.part;
        let is_own = |card: &&Card| {
            card.name
                .as_ref()
                .is_none_or(|name| self.details.name.as_ref() == Some(&part.spelled(card.line, name)))
        };
        part.cards.iter().filter(is_own).find_map(|card| {
            let line = part.lines.get(card.line)?;
            let mut said = card.what.iter();
            let known = said
                .find_map(|what| self.mapped("self_introduction", line.number, line.raw_of(what.clone())));
            // 做平面设计的: no list need know what somebody says that he does.
            known.or_else(|| {
                let is_one = |what: &&Range<usize>| {
                    let what = line.text.get((*what).clone()).unwrap_or_default();
                    what.ends_with('的') && presentation::is_trade(what) || trades::has_the_form(what)
                };
                let what = card.what.iter().find(is_one)?;
                let as_written = line.raw_of(what.clone()).to_owned();
                Some(Found { line: line.number, rule: "self_introduction", as_written, mapped: None })
            })
        })
    }

    /// `龙国庆（开小饭店的个体户）：`
    fn announced(&self) -> Option<Found> {
        let (line, Announced { what, .. }) = announced(self.part)?;
        let raw = line.raw_of(what?);
        let mapped = described::map_described(raw, self.occupations, None)?;
        Some(Found {
            line: line.number,
            rule: "behind_name",
            as_written: raw.to_owned(),
            mapped: Some(mapped),
        })
    }

    /// What stands in brackets behind the writer's name: `公孙长贵（种地的）口述`.
    fn behind_name(&self) -> Option<Found> {
        const LINES: usize = 40;
        let name = fold(self.details.name.as_deref()?);
        let said = self.part.lines.iter().filter(|line| !line.text.trim().is_empty());
        said.take(LINES).find_map(|line| {
            let start = line.text.find(&name)? + name.len();
            let inside = line.text.get(start..)?.strip_prefix('(')?;
            let end = inside.find([')', ',', '、', ' '])?;
            let words = inside.get(..end).filter(|words| occupations::is_whole(words))?;
            // （儿子是军人）, （不是歌手）
            let of_another = whose::is_another(words) && words.ends_with(['人', '子', '女']);
            if words.contains(['是', '不']) || of_another {
                return None;
            }
            self.mapped("behind_name", line.number, line.raw_of(start + 1..start + 1 + words.len()))
        })
    }

    /// `二十名货车司机联名：`: what all are who sign together.
    fn of_all(&self) -> Option<Found> {
        let joint = self.part.lines.iter().filter(|line| line.topics.has(Topic::Joint));
        joint.take(MAX_DESCRIPTIONS).find_map(|line| {
            let range = joint::trade_of_all(line.text)?;
            self.mapped("self_introduction", line.number, line.raw_of(range))
        })
    }

    /// `婚礼司仪刘子杰有话说。`
    fn who_has_to_say(&self) -> Option<Found> {
        let said = self.part.has_to_say.as_ref()?;
        let line = self.part.lines.get(said.line)?;
        let as_written = line.raw_of(said.what.clone()?).to_owned();
        let mapped = self.occupations.known(&as_written);
        Some(Found { line: line.number, rule: "self_introduction", as_written, mapped })
    }

    /// `温泉酒店前台，天天给客人登记。`
    fn told_in_passing(&self) -> Option<Found> {
        if self.details.organization.is_some() {
            return None;
        }
        let name = self.details.name.as_deref().map(fold);
        let (index, range) = self_told::find(self.part.lines, &self.part.fields, name.as_deref())?;
        let line = self.part.lines.get(index)?;
        let as_written = line.raw_of(range).to_owned();
        let mapped = self.occupations.known(&as_written);
        Some(Found { line: line.number, rule: "self_introduction", as_written, mapped })
    }

    /// What stands with who signs. 村书记电话：… below a unit's letter is whom to call there.
    fn signed(&self) -> Option<Found> {
        let is_units = self.details.organization.is_some() && self.details.name.is_none();
        let (index, words) = self.part.signature.occupation.as_ref().filter(|_| !is_units)?;
        // 秘书处联系人 is to be called, and that is no trade.
        if words.ends_with("联系人") {
            return None;
        }
        if is_another_signers(self.details, self.part, *index) {
            return None;
        }
        let mapped = self.occupations.known(words);
        if mapped.is_none() && !trades::has_the_form(words) {
            return None;
        }
        let as_written = self.part.spelled(*index, words);
        Some(Found { line: self.part.number(*index), rule: "signature_line", as_written, mapped })
    }
}

/// Whether a line of the signature names somebody else than the writer: `法定代表人：…` above `联系人：…`.
fn is_another_signers(details: &Details, part: &Part<'_, '_>, index: usize) -> bool {
    let names: Vec<String> = part
        .signature
        .names
        .iter()
        .filter(|signer| signer.line == index)
        .map(|signer| part.spelled(index, &signer.name))
        .collect();
    !names.is_empty() && details.name.as_ref().is_some_and(|name| !names.contains(name))
}

/// The value up to its first blank, where that says what somebody is: 教师 我建议…
fn first_word<'a>(value: &'a str, list: &Occupations) -> &'a str {
    let first = value.split([' ', '\u{3000}']).next().unwrap_or(value);
    let says = first.len() < value.len() && first.chars().any(is_han) && list.known(first).is_some();
    // 退休 教师, 大学 老师: the second word says more of the same.
    let whole: String = value.split_whitespace().collect();
    if says && !occupations::is_whole(&fold(&whole)) { first } else { value }
}

/// A value up to where its sentence ends; an occupation may hold commas (教师、作家).
fn first_clause(raw: &str) -> &str {
    let raw = raw.trim();
    let end = raw.find(['。', '；', ';', '！', '!', '？', '?', '\t', '|']).unwrap_or(raw.len());
    let value =
        raw.get(..end).unwrap_or(raw).trim().trim_end_matches([',', '，', '、', '/', '】']).trim_end();
    // 文职干部（军） keeps its bracket; that of a label list （姓名：…，职业：教师） goes.
    let value = if value.contains(['(', '（']) { value } else { value.trim_end_matches([')', '）']) };
    value.trim_end_matches(['(', '（']).trim()
}
