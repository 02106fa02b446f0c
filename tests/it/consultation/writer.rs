//! Letters of a whole consultation, with what has to become of each. The same seed gives the same letters. What people write
//! stands in `tests/cases/consultation`: people, places and numbers are invented.

use std::collections::VecDeque;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::Value;

use super::mail::{Mail, Outgoing};
use crate::support::Random;
use crate::support::mailset::TITLE;
use crate::support::mailset::encode::instant;

/// The consultation that asks for a subject, and the one that asks for none.
pub(crate) const FIRST: &str = "liaoning-2024-gxbc";
pub(crate) const SECOND: &str = "yunling-2024-heating";

/// The second one's file.
pub(crate) const SECOND_FILE: &str = r#"
id = "yunling-2024-heating"
title = "云岭市城市供热管理办法（征求意见稿）"
subject_tag = ""
issuer = "云岭"
office_name = "云岭市城市管理局"
opens = "2024-03-09"
deadline = "2024-04-08"
number_prefix = "YLGR-2024"
office_phones = ["0419-5220011"]
occupations = ["公务员", "事业单位工作人员", "专业技术人员", "企业管理人员", "工人", "农民", "学生", "教师",
    "医生", "律师", "文体人员", "现役军人", "自由职业者", "个人经营者", "无业人员", "退(离)休人员", "其他"]
clauses = [{ code = "第八条", name = "供热设施" }, { code = "第十条", name = "室内温度" }, { code = "第十五条", name = "停供退费" },
    { code = "第二十二条", name = "应急抢修" }]
"#;

static SLOT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\{(\w+?)(?::(\d+))?\}").unwrap());
const HAN: [&str; 21] = [
    "零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五",
    "十六", "十七", "十八", "十九", "二十",
];
const CIRCLES: [char; 12] = ['①', '②', '③', '④', '⑤', '⑥', '⑦', '⑧', '⑨', '⑩', '⑪', '⑫'];

/// What a letter says of its writer, and its opinions with the clause each speaks of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) name: Option<String>,
    /// Where only that is said: 我姓赵.
    pub(crate) surname: Option<String>,
    pub(crate) phones: Vec<String>,
    pub(crate) occupation: Option<String>,
    /// Text and clause; empty: none of the list.
    pub(crate) items: Vec<(String, String)>,
}

/// What has to become of a letter.
#[derive(Debug, Clone)]
pub(crate) struct Truth {
    pub(crate) kind: String,
    pub(crate) consultation: &'static str,
    /// `mailbox_entry.disposition`
    pub(crate) disposition: &'static str,
    pub(crate) status: &'static str,
    /// One of `review_reasons`; empty: there must be none.
    pub(crate) reason: String,
    pub(crate) organization: Option<String>,
    pub(crate) signatories: usize,
    /// How many items it makes; other than `said.items` where opinions are written as no item of their own.
    pub(crate) items: usize,
    /// Whether an answer may leave; `None`: a matter of taste.
    pub(crate) answered: Option<bool>,
    /// Its writer must not be asked who he is.
    pub(crate) silent: bool,
    /// One name is not certain: a joint letter, a contact of an office.
    pub(crate) names_open: bool,
    /// A flag it must have; empty: no matter.
    pub(crate) flag: &'static str,
    pub(crate) said: Said,
}

pub(crate) struct Writer {
    pub(crate) random: Random,
    data: Value,
    writers: Value,
    opinions: [Vec<[String; 2]>; 2],
    /// Opinions that come next, so that each is written before one comes again.
    waiting: [VecDeque<usize>; 2],
    /// Of whoever writes again.
    pub(crate) surname: Option<String>,
    written: usize,
    pub(crate) mails: Vec<Mail>,
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

pub(crate) fn text_of(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

impl Writer {
    pub(crate) fn new(seed: u64) -> Self {
        let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let list = |text: &str| serde_json::from_str::<Vec<[String; 2]>>(text).unwrap();
        Self {
            random: Random::new(seed),
            data: parse(include_str!("../../cases/consultation/letters.json")),
            writers: parse(include_str!("../../cases/consultation/writers.json")),
            opinions: [
                list(include_str!("../../cases/consultation/opinions.json")),
                list(include_str!("../../cases/consultation/opinions_heating.json")),
            ],
            waiting: [VecDeque::new(), VecDeque::new()],
            surname: None,
            written: 0,
            mails: Vec::new(),
        }
    }

    fn pick(&mut self, list: &str) -> String {
        let words = texts(&self.writers[list]);
        words[self.random.index(words.len())].clone()
    }

    pub(crate) fn name(&mut self) -> String {
        self.pick("surnames") + &self.pick("given")
    }

    /// A number as written, and as it has to be stored.
    fn phone(&mut self) -> (String, String) {
        let last = 1000 + self.random.below(9000);
        if self.random.below(8) == 0 {
            let middle = 2300 + self.random.below(6000);
            let stored = format!("024-{middle}{last}");
            let written = match self.random.below(3) {
                0 => format!("（024）{middle}{last}"),
                1 => format!("024 {middle}{last}"),
                _ => stored.clone(),
            };
            return (written, stored);
        }
        let head = self.random.choose(&["138", "139", "150", "186", "177", "155", "133"]);
        let middle = format!("00{:02}", self.random.below(100));
        let written = match self.random.below(6) {
            0 => format!("{head}-{middle}-{last}"),
            1 => format!("{head} {middle} {last}"),
            2 => format!("+86 {head}{middle}{last}"),
            _ => format!("{head}{middle}{last}"),
        };
        (written, format!("{head}{middle}{last}"))
    }

    fn opinion(&mut self, consultation: &str) -> (String, String) {
        let which = usize::from(consultation == SECOND);
        if self.waiting[which].is_empty() {
            let mut all: Vec<usize> = (0..self.opinions[which].len()).collect();
            for at in (1..all.len()).rev() {
                all.swap(at, self.random.index(at + 1));
            }
            self.waiting[which].extend(all);
        }
        let next = self.waiting[which].pop_front().unwrap();
        let [clause, text] = &self.opinions[which][next];
        (text.clone(), clause.clone())
    }

    /// `count` opinions as a list of this style, or of any.
    fn list(&mut self, style: &str, count: usize, consultation: &str, said: &mut Said) -> String {
        let styles = ["num", "comma", "han", "bracket", "circle", "first", "half"];
        let style = if style == "list" { self.random.choose(&styles) } else { style };
        let mut lines = Vec::new();
        for n in 1..=count {
            let (text, clause) = self.opinion(consultation);
            let sign = match style {
                "comma" => format!("{n}、"),
                "han" => format!("{}、", HAN[n]),
                "bracket" => format!("（{n}）"),
                "sub" => format!("（{}）", HAN[n]),
                "circle" => CIRCLES[n - 1].to_string(),
                "first" => format!("第{}，", HAN[n]),
                "half" => format!("{n}) "),
                _ => format!("{n}."),
            };
            lines.push(format!("{sign}{text}"));
            said.items.push((text, clause));
        }
        lines.join("\n")
    }

    fn edits(&mut self, count: usize, said: &mut Said) -> String {
        let edits: Vec<Vec<String>> = self.data["edits"].as_array().unwrap().iter().map(texts).collect();
        let mut blocks = Vec::new();
        for edit in edits.iter().take(count) {
            blocks.push(format!("原文：{}\n修改为：{}\n理由：{}", edit[0], edit[1], edit[2]));
            said.items.push((edit[1].clone(), String::new()));
        }
        blocks.join("\n\n")
    }

    /// A template with its slots filled.
    pub(crate) fn fill(&mut self, template: &str, consultation: &str) -> Said {
        let mut said = Said::default();
        let mut text = String::new();
        let mut end = 0;
        let slots: Vec<Captures<'_>> = SLOT.captures_iter(template).collect();
        for slot in slots {
            let whole = slot.get(0).unwrap();
            text.push_str(template.get(end..whole.start()).unwrap());
            end = whole.end();
            let count = slot.get(2).map(|count| count.as_str().parse::<usize>().unwrap());
            let filled = match &slot[1] {
                "name" => {
                    let (surname, given) = (self.pick("surnames"), self.pick("given"));
                    let name = self.surname.clone().unwrap_or(surname) + &given;
                    said.name = Some(name.clone());
                    name
                }
                "n" => self.name(),
                "sur" => said.surname.insert(self.pick("surnames")).clone(),
                "phone" => {
                    let (written, stored) = self.phone();
                    said.phones.push(stored);
                    written
                }
                "job" => {
                    let jobs = self.writers["jobs"].as_array().unwrap().clone();
                    let job = texts(&jobs[self.random.index(jobs.len())]);
                    said.occupation = Some(job[1].clone());
                    job[0].clone()
                }
                "place" => self.pick("places"),
                "mail" => format!("someone{}@example.com", self.random.below(10_000)),
                "d4" => (1000 + self.random.below(9000)).to_string(),
                "title" => TITLE.to_owned(),
                "tag" => format!("《{TITLE}》意见建议"),
                "one" => {
                    let (text, clause) = self.opinion(consultation);
                    said.items.push((text.clone(), clause));
                    text
                }
                "edit" => self.edits(count.unwrap(), &mut said),
                style => {
                    let any = 2 + self.random.index(4);
                    self.list(style, count.unwrap_or(any), consultation, &mut said)
                }
            };
            text.push_str(&filled);
        }
        text.push_str(template.get(end..).unwrap());
        said.text = text;
        said
    }

    fn address(&mut self) -> String {
        let provider = self.pick("providers");
        let n = self.written;
        match (self.random.below(4), provider.as_str()) {
            (_, "qq.com") => format!("{}{n:03}@qq.com", 100_000 + self.random.below(900_000)),
            (0, _) => format!("xiaoyu_{n}@{provider}"),
            (1, _) => format!("lj{n}88@{provider}"),
            (2, _) => format!("a{n}.work@{provider}"),
            _ => format!("happy{n}@{provider}"),
        }
    }

    /// A subject as people copy the tag.
    fn subject(&mut self, consultation: &str) -> String {
        if consultation == SECOND {
            let subjects = texts(&self.data["heating_subjects"]);
            return subjects[self.random.index(subjects.len())].clone();
        }
        let tag = format!("《{TITLE}》意见建议");
        match self.random.below(9) {
            0 => tag.replace('（', "(").replace('）', ")"),
            1 => format!("关于{}", tag.replace("意见建议", "的几点建议")),
            2 => format!("“{tag}”"),
            3 => tag.replace("（征求意见稿）", ""),
            4 => format!("对{}", tag.replace("意见建议", "的修改意见")),
            _ => tag,
        }
    }

    /// An instant between two days in Beijing.
    fn between(&mut self, from: &str, to: &str) -> i64 {
        let (from, to) = (instant(&format!("{from}T07:00:00")), instant(&format!("{to}T22:30:00")));
        from + i64::try_from(self.random.below(u64::try_from(to - from).unwrap())).unwrap()
    }

    fn truth(kind: &str, consultation: &'static str, said: Said) -> Truth {
        Truth {
            kind: kind.to_owned(),
            consultation,
            disposition: "filed",
            status: "accepted",
            reason: String::new(),
            organization: None,
            signatories: 1,
            items: said.items.len(),
            answered: Some(true),
            silent: false,
            names_open: false,
            flag: "",
            said,
        }
    }

    fn put(&mut self, truth: Truth, subject: &str, arrival: i64, file: Option<&str>) -> usize {
        let from = self.address();
        self.put_from(truth, subject, arrival, &from, file)
    }

    fn put_from(
        &mut self,
        truth: Truth,
        subject: &str,
        arrival: i64,
        from: &str,
        file: Option<&str>,
    ) -> usize {
        let said = Outgoing {
            number: self.written,
            from: from.to_owned(),
            subject: subject.to_owned(),
            text: truth.said.text.clone(),
            arrival,
            sent: arrival - 40,
            file: file.map(ToOwned::to_owned),
            answers: None,
            automatic: truth.disposition == "automatic",
        };
        self.written += 1;
        self.mails.push(Mail::new(said, truth, &mut self.random));
        self.mails.len() - 1
    }

    fn forms(&self, kind: &str) -> Vec<String> {
        texts(&self.data[kind])
    }

    /// The letters of the first delivery: four hundred and some.
    pub(crate) fn letters(&mut self) {
        self.citizens();
        self.copies();
        self.offices();
        self.joint();
        self.near_misses();
        self.out_of_time();
        self.with_files();
        self.the_rest();
        self.second();
    }

    fn citizens(&mut self) {
        let forms = self.forms("citizen");
        for n in 0..150 {
            let said = self.fill(&forms[n % forms.len()], FIRST);
            let (subject, at) = (self.subject(FIRST), self.between("2024-02-28", "2024-03-13"));
            self.put(Self::truth("citizen", FIRST, said), &subject, at, None);
        }
        for (kind, count) in [("anonymous", 15), ("long", 14), ("no_objection", 3)] {
            let forms = self.forms(kind);
            for n in 0..count {
                let said = self.fill(&forms[n % forms.len()], FIRST);
                let (subject, at) = (self.subject(FIRST), self.between("2024-02-29", "2024-03-12"));
                let truth = Truth { silent: kind == "anonymous", ..Self::truth(kind, FIRST, said) };
                self.put(truth, &subject, at, None);
            }
        }
    }

    fn copies(&mut self) {
        let frames = self.forms("campaign_frames");
        let campaign = text_of(&self.data, "campaign");
        for n in 0..60 {
            let frame = frames[n % frames.len()].replace("{campaign}", &campaign);
            let mut said = self.fill(&frame, FIRST);
            said.items.push((campaign.clone(), String::new()));
            let (subject, at) = (self.subject(FIRST), self.between("2024-03-05", "2024-03-12"));
            self.put(Self::truth("campaign", FIRST, said), &subject, at, None);
        }
    }

    fn offices(&mut self) {
        for (list, consultation, last) in
            [("agency", FIRST, "2024-03-12"), ("heating_agency", SECOND, "2024-04-02")]
        {
            for office in self.data[list].as_array().unwrap().clone() {
                let said = self.fill(&text_of(&office, "text"), consultation);
                let subject = self.fill(&text_of(&office, "subject"), consultation).text;
                let near = office["near"] == true;
                let plain = Self::truth("agency", consultation, said);
                let truth = Truth {
                    status: if near { "review" } else { "accepted" },
                    reason: if near { "near_miss".to_owned() } else { String::new() },
                    organization: Some(text_of(&office, "unit")),
                    items: office["items"]
                        .as_u64()
                        .map_or(plain.items, |items| usize::try_from(items).unwrap()),
                    answered: Some(false),
                    names_open: true,
                    ..plain
                };
                let at = self.between(
                    if near { "2024-02-29" } else { "2024-03-01" },
                    if near { "2024-03-08" } else { last },
                );
                let at = if consultation == SECOND { self.between("2024-03-18", last) } else { at };
                self.put_from(truth, &subject, at, &text_of(&office, "from"), office["file"].as_str());
            }
        }
        for kind in ["enterprise", "association"] {
            for form in self.data[kind].as_array().unwrap().clone() {
                let unit = form[1].as_str().unwrap().to_owned();
                let said = self.fill(&form[0].as_str().unwrap().replace("{unit}", &unit), FIRST);
                let (subject, at) = (self.subject(FIRST), self.between("2024-02-29", "2024-03-12"));
                let plain = Self::truth(kind, FIRST, said);
                self.put(Truth { organization: Some(unit), names_open: true, ..plain }, &subject, at, None);
            }
        }
    }

    fn joint(&mut self) {
        for form in self.data["joint"].as_array().unwrap().clone() {
            let said = self.fill(form[0].as_str().unwrap(), FIRST);
            let signatories = usize::try_from(form[1].as_u64().unwrap()).unwrap();
            let (subject, at) = (self.subject(FIRST), self.between("2024-02-29", "2024-03-12"));
            let plain = Self::truth("joint", FIRST, said);
            self.put(
                Truth { signatories, names_open: true, flag: "joint", ..plain },
                &subject,
                at,
                form[2].as_str(),
            );
        }
    }

    fn near_misses(&mut self) {
        for form in self.data["near_miss"].as_array().unwrap().clone() {
            let subject = self.fill(form[0].as_str().unwrap(), FIRST).text;
            let said = self.fill(form[1].as_str().unwrap(), FIRST);
            // While the other consultation is not open: afterwards nobody could tell which one is meant.
            let at = self.between("2024-02-29", "2024-03-08");
            let plain = Self::truth("near_miss", FIRST, said);
            self.put(Truth { status: "review", reason: "near_miss".to_owned(), ..plain }, &subject, at, None);
        }
    }

    fn out_of_time(&mut self) {
        let forms = self.forms("citizen");
        for n in 0..19 {
            let said = self.fill(&forms[(n * 7 + 3) % forms.len()], FIRST);
            let subject = self.subject(FIRST);
            if n < 14 {
                let at = self.between("2024-03-14", "2024-03-18");
                let plain = Self::truth("late", FIRST, said);
                self.put(Truth { status: "late", ..plain }, &subject, at, None);
            } else {
                let at = instant("2024-03-14T00:20:00") + i64::try_from(n).unwrap() * 600;
                let plain = Self::truth("late_sent_in_time", FIRST, said);
                let truth = Truth { status: "review", reason: "late_sent_in_time".to_owned(), ..plain };
                let put = self.put(truth, &subject, at, None);
                self.mails[put].sent_at(instant("2024-03-13T23:10:00"));
            }
        }
    }

    fn with_files(&mut self) {
        for form in self.data["attachment"].as_array().unwrap().clone() {
            let said = self.fill(form[0].as_str().unwrap(), FIRST);
            let (subject, at) = (self.subject(FIRST), self.between("2024-02-29", "2024-03-12"));
            let plain = Self::truth("attachment", FIRST, said);
            self.put(
                Truth { flag: "attachment_only", silent: true, ..plain },
                &subject,
                at,
                form[1].as_str(),
            );
        }
        for form in self.forms("cloud") {
            let said = self.fill(&form, FIRST);
            let (subject, at) = (self.subject(FIRST), self.between("2024-02-29", "2024-03-12"));
            let plain = Self::truth("cloud", FIRST, said);
            self.put(Truth { flag: "cloud_attachment", ..plain }, &subject, at, None);
        }
    }

    fn the_rest(&mut self) {
        for form in self.forms("disclosure") {
            let said = self.fill(&form, FIRST);
            let (subject, at) = (self.subject(FIRST), self.between("2024-02-29", "2024-03-12"));
            let plain = Self::truth("disclosure", FIRST, said);
            let truth =
                Truth { status: "review", reason: "info_disclosure".to_owned(), answered: None, ..plain };
            self.put(truth, &subject, at, None);
        }
        for pair in self.data["not_ours"].as_array().unwrap().clone() {
            let said = self.fill(pair[1].as_str().unwrap(), FIRST);
            let at = self.between("2024-02-29", "2024-03-12");
            let plain = Self::truth("not_ours", FIRST, said);
            let truth = Truth { disposition: "not_ours", answered: Some(false), ..plain };
            self.put(truth, pair[0].as_str().unwrap(), at, None);
        }
        for text in ["本人外出，有急事请电话联系。", "您好，来信已收到。"] {
            let said = Said { text: text.to_owned(), ..Said::default() };
            let at = self.between("2024-02-29", "2024-03-12");
            let plain = Self::truth("automatic", FIRST, said);
            let truth = Truth { disposition: "automatic", answered: Some(false), ..plain };
            self.put(truth, "自动回复：关于征求意见的通知", at, None);
        }
        // The same again, from the same address: one that counts is enough.
        let again: Vec<usize> = (0..self.mails.len())
            .filter(|&at| self.mails[at].truth.kind == "citizen" && at % 23 == 5)
            .take(6)
            .collect();
        for at in again {
            let (truth, said) = (self.mails[at].truth.clone(), self.mails[at].said.clone());
            let plain = Self::truth("again", FIRST, truth.said);
            let truth = Truth { disposition: "duplicate", status: "duplicate", ..plain };
            self.put_from(truth, &said.subject, said.arrival + 7200, &said.from, None);
        }
    }

    fn second(&mut self) {
        let forms = self.forms("citizen");
        for n in 0..62 {
            let said = self.fill(&forms[(n * 3 + 1) % forms.len()], SECOND);
            let subject = self.subject(SECOND);
            let plain = Self::truth("second", SECOND, said);
            if n < 57 {
                let at = self.between("2024-03-09", "2024-04-08");
                self.put(plain, &subject, at, None);
            } else {
                let at = self.between("2024-04-09", "2024-04-12");
                let late = Self::truth("second, late", SECOND, plain.said);
                self.put(Truth { status: "late", ..late }, &subject, at, None);
            }
        }
    }
}
