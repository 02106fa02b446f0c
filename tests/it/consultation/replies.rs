//! What people write after the first letter: answers to the receipts that the program really sent, quoted as programs quote them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::mail::{Mail, Outgoing};
use super::writer::{FIRST, Said, Truth, Writer, text_of};
use crate::support::sql::Row;

/// A reply, and the letter whose receipt it answers (its place among the letters).
pub(crate) struct Replied {
    pub(crate) mail: Mail,
    pub(crate) parent: usize,
}

/// The receipt of a letter: number, Message-ID, subject, text.
pub(crate) struct Receipt {
    number: String,
    id: Option<String>,
    subject: String,
    text: String,
}

/// Text and subject of an answer.
pub(crate) fn read(octets: &[u8]) -> (String, String) {
    let parsed = mail_parser::MessageParser::default().parse(octets).unwrap();
    let text = parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n");
    (parsed.subject().unwrap_or_default().to_owned(), text)
}

impl Receipt {
    pub(crate) fn of(row: &Row) -> Self {
        let (subject, text) = row.get("octets").map(|octets| read(octets.as_bytes())).unwrap_or_default();
        Self { number: row["number"].clone(), id: row.get("id").cloned(), subject, text }
    }

    /// A reply to it, as one of several programs writes it: subject, text, whether it threads.
    fn answered(&self, way: usize, said: &str) -> (String, String, bool) {
        let re = format!("Re: {}", self.subject);
        let lines = |sign: &str| {
            let lines = self.text.lines().map(|line| format!("{sign}{line}"));
            lines.collect::<Vec<_>>().join("\n")
        };
        let text = match way {
            1 => format!("{said}\n\n在 2024/3/9 9:12, 辽宁省营商环境建设局 写道:\n{}", lines("> ")),
            2 => format!(
                "{said}\n\n\n------------------ 原始邮件 ------------------\n发件人: \"zwfw\" <zwfw@ln.gov.cn>;\n发送时间: 2024年3月9日(星期六) 上午9:12\n\
                 收件人: \"我\" <me@example.com>;\n主题: {}\n\n{}",
                self.subject,
                lines("")
            ),
            3 => format!(
                "{said}\n\n发件人: 辽宁省营商环境建设局 <zwfw@ln.gov.cn>\n发送时间: 2024年3月9日 9:12\n收件人: me@example.com\n主题: {}\n\n{}",
                self.subject,
                lines("")
            ),
            5 => format!(
                "{said}\n\n\n\n\nAt 2024-03-09 09:12:05, \"辽宁省营商环境建设局\" <zwfw@ln.gov.cn> wrote:\n{}",
                lines(">")
            ),
            6 => format!("{said}\n\n发自我的iPhone"),
            _ => said.to_owned(),
        };
        let subject = if way == 3 { format!("答复: {}", self.subject) } else { re };
        (subject, text, way != 4)
    }
}

/// What is expected of the replies of one kind.
struct Rule {
    kind: &'static str,
    count: usize,
    /// Which letters are answered.
    of: fn(&Truth) -> bool,
    reason: &'static str,
    answered: Option<bool>,
}

fn plain(truth: &Truth) -> bool {
    truth.status == "accepted"
        && matches!(truth.kind.as_str(), "citizen" | "long" | "second" | "campaign" | "enterprise")
}

fn unnamed(truth: &Truth) -> bool {
    let said = &truth.said;
    truth.status == "accepted"
        && matches!(truth.kind.as_str(), "citizen" | "second")
        && said.name.is_none()
        && said.phones.is_empty()
        && said.occupation.is_none()
}

const RULES: &[Rule] = &[
    Rule { kind: "details", count: 14, of: unnamed, reason: "", answered: Some(true) },
    Rule { kind: "details_and_opinion", count: 3, of: unnamed, reason: "", answered: Some(true) },
    Rule { kind: "opinion", count: 22, of: plain, reason: "", answered: Some(true) },
    Rule {
        kind: "differ",
        count: 6,
        of: |truth| {
            plain(truth)
                && truth.said.occupation.is_some()
                && truth.said.name.is_some()
                && truth.kind != "enterprise"
        },
        reason: "details_differ",
        answered: None,
    },
    Rule {
        kind: "courtesy",
        count: 18,
        of: |truth| plain(truth) || truth.kind == "near_miss",
        reason: "",
        answered: Some(false),
    },
    Rule {
        kind: "question",
        count: 16,
        of: |truth| plain(truth) || truth.kind == "near_miss",
        reason: "question",
        answered: Some(false),
    },
    Rule {
        kind: "dispute",
        count: 8,
        of: |truth| truth.kind == "late",
        reason: "late_disputed",
        answered: Some(false),
    },
    Rule { kind: "withdraw", count: 7, of: plain, reason: "withdraw", answered: Some(false) },
    Rule {
        kind: "personal_data",
        count: 7,
        of: |truth| plain(truth) && truth.said.name.is_some() && !truth.said.phones.is_empty(),
        reason: "personal_data",
        answered: Some(false),
    },
    Rule {
        kind: "publication_request",
        count: 6,
        of: |truth| plain(truth) && truth.said.name.is_some(),
        reason: "publication_request",
        answered: Some(false),
    },
    Rule {
        kind: "correction_request",
        count: 7,
        of: |truth| plain(truth) && truth.said.name.is_some() && truth.said.occupation.is_some(),
        reason: "correction_request",
        answered: Some(false),
    },
    Rule { kind: "info_disclosure", count: 2, of: plain, reason: "info_disclosure", answered: Some(false) },
    Rule { kind: "nothing", count: 4, of: plain, reason: "", answered: Some(false) },
    Rule { kind: "automatic", count: 4, of: plain, reason: "", answered: Some(false) },
];

impl Writer {
    /// The replies, a hundred and some.
    pub(crate) fn replies(&mut self, receipts: &BTreeMap<usize, Receipt>) -> Vec<Replied> {
        let data: Value =
            serde_json::from_str(include_str!("../../cases/consultation/replies.json")).unwrap();
        let mut free: Vec<usize> = receipts.keys().copied().collect();
        let mut replies = Vec::new();
        for rule in RULES {
            for n in 0..rule.count {
                let texts = data[rule.kind].as_array().unwrap();
                let text = texts[n % texts.len()].as_str().unwrap().to_owned();
                replies.push(self.reply(rule, n, &text, receipts, &mut free));
            }
        }
        for (n, case) in data["opinion_and_request"].as_array().unwrap().iter().enumerate() {
            // Beside an opinion the wish not to be named is a flag: nothing is published without a person.
            let reason: &'static str = ["", "personal_data", "question"][n];
            assert_eq!(case[1], reason);
            let rule = Rule {
                kind: "opinion_and_request",
                count: 1,
                of: |truth| plain(truth) && !truth.said.phones.is_empty(),
                reason,
                answered: None,
            };
            replies.push(self.reply(&rule, n, case[0].as_str().unwrap(), receipts, &mut free));
        }
        for case in data["own_letter"].as_array().unwrap() {
            let parent = self.take(&mut free, |truth| plain(truth) && !truth.said.phones.is_empty());
            let said = self.fill(case[1].as_str().unwrap(), FIRST);
            let reason = case[2].as_str().unwrap();
            let truth = Truth {
                status: "review",
                answered: Some(false),
                ..self.follows("own_letter", parent, reason, said.clone())
            };
            let truth = Truth { disposition: "filed", ..truth };
            replies.push(self.send(parent, truth, case[0].as_str().unwrap().to_owned(), said.text, None));
        }
        for (n, case) in data["agency"].as_array().unwrap().iter().enumerate() {
            let of = |truth: &Truth| {
                truth.kind == "agency" && truth.status == "accepted" && truth.consultation == FIRST
            };
            let parents: Vec<usize> = (0..self.mails.len()).filter(|&at| of(&self.mails[at].truth)).collect();
            let parent = parents[n * 3 + 1];
            let unit = self.mails[parent].truth.organization.clone().unwrap();
            let said = self.fill(&text_of(case, "0").replace("{unit}", &unit), FIRST);
            let said = if said.text.is_empty() {
                self.fill(&case[0].as_str().unwrap().replace("{unit}", &unit), FIRST)
            } else {
                said
            };
            let plain = self.follows("agency, again", parent, "", said.clone());
            let truth =
                Truth { disposition: "filed", organization: Some(unit), answered: Some(false), ..plain };
            let subject = self.fill("关于《{title}》的补充反馈意见", FIRST).text;
            replies.push(self.send(parent, truth, subject, said.text, None));
        }
        replies
    }

    fn take(&mut self, free: &mut Vec<usize>, of: impl Fn(&Truth) -> bool) -> usize {
        let fitting: Vec<usize> = (0..free.len()).filter(|&at| of(&self.mails[free[at]].truth)).collect();
        assert!(!fitting.is_empty(), "more letters are needed that can be answered");
        free.remove(fitting[self.random.index(fitting.len())])
    }

    fn follows(&self, kind: &str, parent: usize, reason: &str, said: Said) -> Truth {
        let parent = &self.mails[parent].truth;
        Truth {
            kind: format!("re: {kind}"),
            disposition: "supplement",
            status: if reason.is_empty() { parent.status } else { "review" },
            reason: reason.to_owned(),
            organization: None,
            signatories: 1,
            items: said.items.len(),
            silent: false,
            names_open: true,
            flag: "",
            said,
            ..parent.clone()
        }
    }

    fn reply(
        &mut self,
        rule: &Rule,
        n: usize,
        text: &str,
        receipts: &BTreeMap<usize, Receipt>,
        free: &mut Vec<usize>,
    ) -> Replied {
        let parent = self.take(free, rule.of);
        let before = self.mails[parent].truth.clone();
        self.surname.clone_from(&before.said.surname);
        let mut said = self.fill(text, before.consultation);
        while rule.kind == "differ" && said.occupation == before.said.occupation {
            said = self.fill(text, before.consultation);
        }
        self.surname = None;
        let receipt = &receipts[&parent];
        // Nothing but the quotation: it has to be quoted.
        let way = if rule.kind == "nothing" { [1, 2, 5, 3][n % 4] } else { n % 7 };
        let (subject, text, threads) = receipt.answered(way, &said.text);
        let automatic = rule.kind == "automatic";
        let plain = self.follows(rule.kind, parent, rule.reason, said);
        let truth = Truth {
            disposition: if automatic { "automatic" } else { "supplement" },
            answered: rule.answered,
            ..plain
        };
        let subject = if automatic { format!("自动回复：{}", receipt.subject) } else { subject };
        assert!(subject.contains(&receipt.number), "{subject}");
        let id = receipt.id.clone().filter(|_| threads);
        self.send(parent, truth, subject, text, id)
    }

    fn send(
        &mut self,
        parent: usize,
        truth: Truth,
        subject: String,
        text: String,
        answers: Option<String>,
    ) -> Replied {
        let first = &self.mails[parent].said;
        let arrival = first.arrival + 1800;
        let said = Outgoing {
            number: 5000 + self.random.index(900_000),
            from: first.from.clone(),
            subject,
            text,
            arrival,
            sent: arrival - 30,
            file: None,
            answers,
            automatic: truth.disposition == "automatic",
        };
        Replied { mail: Mail::new(said, truth, &mut self.random), parent }
    }
}
