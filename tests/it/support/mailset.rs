//! Generated mail for a consultation, with what has to become of each. The same seed gives the same mail.

pub(crate) mod encode;

use std::sync::LazyLock;

use encode::{Charset, Transfer, Words, beijing, header_text, instant, multipart, part};

use super::{Random, hex};

/// The consultation's title as printed, full-width brackets.
pub(crate) const TITLE: &str =
    "辽宁省关于进一步优化政务服务提升行政效能推动“高效办成一件事”的工作方案（征求意见稿）";
/// The same as a writer of traditional characters types it.
const TITLE_TRADITIONAL: &str =
    "遼寧省關於進一步優化政務服務提升行政效能推動「高效辦成一件事」的工作方案（徵求意見稿）";

/// Folders by their Maildir name and by the name that people see.
pub(crate) const FOLDERS: [(&str, &str); 3] =
    [("INBOX", "INBOX"), ("Junk", "Junk"), ("&Xn9USpCuTvY-", "广告邮件")];

/// What has to become of one message.
#[derive(Debug, Clone)]
pub(crate) struct Expect {
    /// `mailbox_entry.disposition`
    pub(crate) disposition: &'static str,
    /// The submission, when one is to be filed.
    pub(crate) submission: Option<Filed>,
}

/// What the submission's row has to hold.
#[derive(Debug, Clone)]
pub(crate) struct Filed {
    pub(crate) status: &'static str,
    pub(crate) subject_match: &'static str,
    pub(crate) timeliness: &'static str,
    /// Seconds since 1970, and the clock they rest on.
    pub(crate) received_at: i64,
    pub(crate) received_basis: &'static str,
    /// Must be among `review_reasons`.
    pub(crate) review_reason: Option<&'static str>,
    /// Must be among `flags`.
    pub(crate) flag: Option<&'static str>,
    /// Must stand in `full_text`.
    pub(crate) texts: Vec<String>,
    /// `name`, `occupation` and the only one of `phones`, where the text gives them.
    pub(crate) details: Option<[String; 3]>,
    /// `attachment.filename` of the only attachment.
    pub(crate) attachment: Option<String>,
    /// The kind of the acknowledgement that has to be sent; `None` when it has to be withheld.
    pub(crate) answer: Option<&'static str>,
}

/// One message and where it stands in the mailbox.
#[derive(Debug, Clone)]
pub(crate) struct Specimen {
    /// What it is, for the messages of failing tests.
    pub(crate) what: String,
    /// Index into [`FOLDERS`].
    pub(crate) folder: usize,
    /// The Maildir file's base name; in the order of UIDs.
    pub(crate) file: String,
    /// Maildir flags.
    pub(crate) flags: &'static str,
    /// What the server gives as INTERNALDATE.
    pub(crate) internal_date: i64,
    pub(crate) raw: Vec<u8>,
    pub(crate) message_id: String,
    pub(crate) sender: String,
    pub(crate) expect: Expect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Match,
    NearMiss,
    /// The subject is not ours, the body names the document.
    Mentioned,
    Late,
    LateSentInTime,
    BeforeOpen,
    /// The text of an earlier match, from the same sender, in another encoding.
    Repeated,
    /// The very bytes of an earlier match in another folder.
    Copied,
    NotOurs,
    Automatic,
    List,
    Suppressed,
    AttachmentOnly,
    HeaderOnly,
    /// Raw 8-bit subject and a body without a label.
    Unlabelled,
}

/// One round of kinds; a set repeats it.
const ROUND: [Kind; 40] = {
    use Kind::{
        AttachmentOnly, Automatic, BeforeOpen, Copied, HeaderOnly, Late, LateSentInTime, List, Match,
        Mentioned, NearMiss, NotOurs, Repeated, Suppressed, Unlabelled,
    };
    [
        Match,
        NearMiss,
        NotOurs,
        Match,
        Automatic,
        Late,
        Match,
        NearMiss,
        NotOurs,
        Match,
        Automatic,
        Match,
        LateSentInTime,
        Match,
        Repeated,
        NotOurs,
        NearMiss,
        Match,
        AttachmentOnly,
        Automatic,
        Match,
        Late,
        List,
        Match,
        NotOurs,
        Mentioned,
        Match,
        BeforeOpen,
        Automatic,
        Match,
        NearMiss,
        Copied,
        Match,
        Suppressed,
        NotOurs,
        Late,
        Unlabelled,
        Automatic,
        HeaderOnly,
        NearMiss,
    ]
};

/// `count` messages.
pub(crate) fn generate(seed: u64, count: usize) -> Vec<Specimen> {
    let mut writer = Writer { random: Random::new(seed), letters: Vec::new() };
    let mut specimens: Vec<Specimen> = Vec::with_capacity(count);
    for number in 1..=count {
        let specimen = match ROUND[(number - 1) % ROUND.len()] {
            Kind::Copied => copy_of(last_filed(&specimens), number),
            kind => writer.write(kind, number),
        };
        specimens.push(specimen);
    }
    specimens
}

fn last_filed(specimens: &[Specimen]) -> &Specimen {
    specimens.iter().rfind(|s| s.folder == 0 && s.expect.disposition == "filed").unwrap()
}

/// The same bytes once more in the last folder.
fn copy_of(original: &Specimen, number: usize) -> Specimen {
    Specimen {
        what: format!("{number}: a copy of {}", original.what),
        folder: 2,
        file: file_name(number),
        expect: Expect { disposition: "duplicate", submission: None },
        ..original.clone()
    }
}

fn file_name(number: usize) -> String {
    format!("{}.M{number}P1.test", 1_700_000_000 + number)
}

/// What a citizen wrote, before it becomes a message.
#[derive(Debug, Clone)]
struct Letter {
    address: String,
    name: String,
    text: String,
    texts: Vec<String>,
    details: Option<[String; 3]>,
    arrival: i64,
}

struct Writer {
    random: Random,
    /// Matching letters in the inbox that can be repeated.
    letters: Vec<Letter>,
}

static OPENS: LazyLock<i64> = LazyLock::new(|| instant("2024-02-28T00:00:00"));
static CLOSES: LazyLock<i64> = LazyLock::new(|| instant("2024-03-14T00:00:00"));
const HOUR: i64 = 3600;

/// When a message was written, when it came in.
struct Times {
    date: i64,
    arrival: i64,
}

impl Writer {
    fn write(&mut self, kind: Kind, number: usize) -> Specimen {
        // Every other match is written so plainly that its text can be sent once more.
        let repeatable = kind == Kind::Match && number.is_multiple_of(2);
        let charset = if repeatable { Charset::Gbk } else { self.charset(kind) };
        let mut times = self.times(kind);
        let mut letter = self.letter(kind, number, charset, times.arrival);
        let mut charset = charset;
        if kind == Kind::Repeated {
            letter = self.letters.remove(0);
            times = Times { date: letter.arrival + 60, arrival: letter.arrival + 65 };
            charset = Charset::Utf8;
        }
        let words = match kind {
            Kind::Unlabelled => Words::Raw,
            _ if charset == Charset::Big5 => Words::Base64,
            _ => self.random.choose(&[Words::Base64, Words::Base64, Words::Quoted, Words::CutAnywhere]),
        };
        let subject = self.subject(kind, number, charset);
        let message_id = format!("{number:05}.{:08x}@example.com", self.random.below(1 << 32));
        let traced = self.random.below(8) != 0;
        let attachment = match kind {
            Kind::AttachmentOnly => Some(format!("意见建议{number:04}.docx")),
            Kind::Match if !repeatable && self.random.below(4) == 0 => Some(format!("附件{number:04}.docx")),
            _ => None,
        };

        let mut raw = Vec::new();
        let mut field = |text: String| raw.extend(text.into_bytes());
        let reverse_path = if is_bounce(kind, number) { "" } else { &letter.address };
        field(format!("Return-Path: <{reverse_path}>\r\n"));
        if traced {
            let (arrival, hop) = (beijing(times.arrival), beijing(times.arrival - 2));
            if self.random.below(4) == 0 {
                // Handed on inside the office an hour later: the boundary line counts, not the topmost.
                let later = beijing(times.arrival + HOUR);
                field(format!(
                    "Received: from mx.ln.gov.cn (mx.ln.gov.cn [10.1.1.2])\r\n by store.ln.gov.cn (Coremail) with SMTP id S{number};\r\n {later} (CST)\r\n"
                ));
            }
            field(format!(
                "Received: from mail.example.com (unknown [203.0.113.7])\r\n by mx.ln.gov.cn (Coremail) with SMTP id A{number};\r\n {arrival} (CST)\r\n"
            ));
            field(format!(
                "Received: from [192.0.2.{}] by mail.example.com with ESMTPSA id B{number};\r\n {hop}\r\n",
                number % 250 + 1
            ));
        }
        field(format!(
            "Date: {}\r\nMessage-ID: <{message_id}>\r\nMIME-Version: 1.0\r\n",
            beijing(times.date)
        ));
        let name = header_text(&letter.name, charset, Words::Base64);
        raw.extend([b"From: ", &name[..], format!(" <{}>\r\n", letter.address).as_bytes()].concat());
        raw.extend(b"To: <zwfw@ln.gov.cn>\r\n");
        if let Some(subject) = &subject {
            raw.extend([b"Subject: ", &header_text(subject, charset, words)[..], b"\r\n"].concat());
        }
        raw.extend(marks(kind, number).as_bytes());
        raw.extend(self.body(kind, number, charset, &letter, attachment.as_deref()));

        if repeatable {
            self.letters.push(Letter { arrival: times.arrival, ..letter.clone() });
        }
        let moved = if traced && self.random.below(10) == 0 { 240 * HOUR } else { 0 };
        let in_inbox = matches!(kind, Kind::Match | Kind::Repeated) || self.random.below(2) == 0;
        let folder = if in_inbox { 0 } else { 1 + self.random.index(2) };
        Specimen {
            what: format!("{number}: {kind:?}, {}, subject {subject:?}", charset.label()),
            folder,
            file: file_name(number),
            flags: self.random.choose(&["", "S", "", "F", "RS"]),
            internal_date: match times.arrival {
                arrival if !traced => arrival,
                // The mailbox's clock may lag by days, but not over the close: such a letter waits for a person.
                arrival if arrival < *CLOSES => (arrival + 3 + moved).min(*CLOSES - 1),
                arrival => arrival + 3 + moved,
            },
            message_id,
            sender: letter.address.clone(),
            expect: expect(kind, &letter, &times, traced, attachment),
            raw,
        }
    }

    fn charset(&mut self, kind: Kind) -> Charset {
        match kind {
            Kind::Unlabelled => Charset::Gbk,
            Kind::Match | Kind::Late => self.random.choose(&[
                Charset::Utf8,
                Charset::Gb2312,
                Charset::Gbk,
                Charset::Gb18030,
                Charset::Big5,
            ]),
            _ => self.random.choose(&[Charset::Utf8, Charset::Gb2312, Charset::Gb18030]),
        }
    }

    fn times(&mut self, kind: Kind) -> Times {
        let window = (*CLOSES - *OPENS - 2 * HOUR).cast_unsigned();
        let somewhere = self.random.below(window).cast_signed();
        let delay = 3 + self.random.below(20).cast_signed();
        match kind {
            Kind::Late => {
                let arrival = *CLOSES + HOUR + somewhere / 4;
                Times { date: arrival - delay, arrival }
            }
            Kind::LateSentInTime => {
                let arrival = *CLOSES + 60 + somewhere % (6 * HOUR);
                Times { date: *CLOSES - 60 - somewhere % HOUR, arrival }
            }
            Kind::BeforeOpen => {
                let arrival = *OPENS - HOUR - somewhere / 4;
                Times { date: arrival - delay, arrival }
            }
            _ => {
                let arrival = *OPENS + HOUR + somewhere;
                Times { date: arrival - delay, arrival }
            }
        }
    }

    fn letter(&mut self, kind: Kind, number: usize, charset: Charset, arrival: i64) -> Letter {
        let surname = self.random.choose(&["王", "李", "陈", "杨", "周", "吴", "孙", "高"]);
        let given = self.random.choose(&["明", "小丽", "建", "海波", "文", "志远", "雪", "晓东"]);
        let name =
            if charset == Charset::Big5 { "王小明".to_owned() } else { format!("{surname}{given}") };
        let address = match kind {
            Kind::Automatic if is_bounce(kind, number) => format!("postmaster@c{number:05}.example.com"),
            _ => format!("c{number:05}@example.com"),
        };
        let (text, texts, details) = self.text(kind, number, charset, &name);
        Letter { address, name, text, texts, details, arrival }
    }

    /// The text, what has to be found in it again, and name, occupation and phone.
    fn text(
        &mut self,
        kind: Kind,
        number: usize,
        charset: Charset,
        name: &str,
    ) -> (String, Vec<String>, Option<[String; 3]>) {
        if charset == Charset::Big5 {
            let marker = format!("標記{number:05}號");
            let text = format!("您好：\r\n建議增加夜間服務窗口，方便上班族辦理業務。{marker}\r\n謝謝！\r\n");
            return (text, vec![marker, "夜間服務窗口".to_owned()], None);
        }
        let marker = format!("标记{number:05}号");
        match kind {
            Kind::NotOurs => {
                let text = format!("我家暖气今年一直不热，已经联系物业多次。{marker}\r\n请尽快处理。\r\n");
                return (text, vec![marker], None);
            }
            Kind::Mentioned => {
                let text = format!("附上我对《{TITLE}》的看法：网上办理应当少填表。{marker}\r\n");
                return (text, vec![marker], None);
            }
            Kind::AttachmentOnly => {
                return ("意见详见附件。\r\n".to_owned(), vec!["见附件".to_owned()], None);
            }
            Kind::Automatic => {
                let text = format!("您好，我正在休假，来信已收到，回来后尽快答复。{marker}\r\n");
                return (text, vec![marker], None);
            }
            _ => {}
        }
        let rare = match charset {
            // Beyond GB 2312 but in GBK; beyond GBK in four bytes.
            Charset::Gb2312 | Charset::Gbk => "朱镕社区",
            Charset::Utf8 | Charset::Gb18030 => "𠮷祥社区",
            Charset::Big5 => "",
        };
        let wish = self.random.choose(&[
            "建议政务大厅在午间也安排值班人员，方便上班族办理业务",
            "希望跨省办理的事项能够一次告知全部材料，不要让群众来回跑",
            "水电气网联合报装的进度应当能在手机上查询",
            "新生儿出生后落户和医保参保最好在医院一次完成",
            "残疾人服务事项建议提供上门帮办",
        ]);
        let occupation = self.random.choose(&["教师", "农民", "工人", "医生", "律师", "学生", "公务员"]);
        let text = format!(
            "您好：\r\n我住在{rare}，{wish}。{marker}\r\n\r\n姓名：{name}\r\n职业：{occupation}\r\n\
             联系电话：13800138000\r\n\r\n此致\r\n敬礼！\r\n"
        );
        let texts = vec![marker, rare.to_owned(), wish.to_owned()];
        (text, texts, Some([name.to_owned(), occupation.to_owned(), "13800138000".to_owned()]))
    }

    fn subject(&mut self, kind: Kind, number: usize, charset: Charset) -> Option<String> {
        let traditional = charset == Charset::Big5;
        let tag = format!("《{TITLE}》意见建议");
        Some(match kind {
            _ if traditional => format!("《{TITLE_TRADITIONAL}》意見建議"),
            Kind::NearMiss => match self.random.below(6) {
                0 => format!("《{TITLE}》"),
                1 => "关于高效办成一件事工作方案的建议".to_owned(),
                2 => tag.replace("辽宁省", "吉林省"),
                3 => "意见建议".to_owned(),
                4 => format!("关于公开征求《{TITLE}》意见的公告"),
                _ => return None,
            },
            Kind::Mentioned => "情况反映".to_owned(),
            Kind::NotOurs => self
                .random
                .choose(&[
                    "《辽宁省优化营商环境条例（修订草案征求意见稿）》意见建议",
                    "政府信息公开申请",
                    "关于沈阳市供暖问题的投诉",
                    "关于召开工作例会的通知",
                ])
                .to_owned(),
            Kind::Automatic => match automatic_kind(number) {
                AutomaticKind::Field(_) if number.is_multiple_of(2) => tag,
                AutomaticKind::Field(_) => format!("自动回复: {tag}"),
                AutomaticKind::Subject(prefix) => format!("{prefix}{tag}"),
                AutomaticKind::Bounce => "系统退信/The email is returned".to_owned(),
            },
            _ => match self.random.below(7) {
                0 => tag.replace(['（', '）'], ""),
                1 => tag.replace('（', "(").replace('）', ")").replace(['“', '”'], "\""),
                2 => format!("关于{}", tag.replace("意见建议", "的几点建议")),
                3 => format!("[外部邮件] Fw: {tag}"),
                4 => format!("{tag}——沈阳市某某科技有限公司"),
                _ => tag,
            },
        })
    }

    fn body(
        &mut self,
        kind: Kind,
        number: usize,
        charset: Charset,
        letter: &Letter,
        attachment: Option<&str>,
    ) -> Vec<u8> {
        let boundary = format!("----=_Part_{number}_x");
        if kind == Kind::HeaderOnly {
            return b"Content-Type: text/plain; charset=utf-8\r\n\r\n".to_vec();
        }
        if is_bounce(kind, number) {
            return report(&boundary, charset, letter);
        }
        let bytes = charset.encode(&letter.text);
        if kind == Kind::Unlabelled {
            return part("text/plain", Transfer::EightBit, &bytes);
        }
        let transfer = self.random.choose(&[Transfer::Base64, Transfer::QuotedPrintable, Transfer::EightBit]);
        let label = charset.label();
        let plain = || part(&format!("text/plain; charset=\"{label}\""), transfer, &bytes);
        let html = || {
            let lines = letter.text.replace("\r\n", "</div>\r\n<div>");
            let page =
                format!("<html><head><title></title></head><body><div>{lines}</div></body></html>\r\n");
            part(&format!("text/html; charset={label}"), transfer, &charset.encode(&page))
        };
        if let Some(name) = attachment {
            let escaped = hex(name.as_bytes(), "%");
            let word = String::from_utf8(header_text(name, Charset::Gb18030, Words::Base64)).unwrap();
            let filename = match number % 2 {
                0 => format!("filename*=UTF-8''{escaped}"),
                _ => format!("filename=\"{word}\""),
            };
            let mut file = format!("Content-Disposition: attachment;\r\n {filename}\r\n").into_bytes();
            let content: Vec<u8> = (0..2000).map(|_| self.random.next().to_le_bytes()[7]).collect();
            file.extend(part("application/octet-stream", Transfer::Base64, &content));
            return multipart("mixed", &boundary, &[plain(), file]);
        }
        // A repeated text must come out the same, so its original is plain too.
        match self.random.below(5) {
            _ if kind == Kind::Repeated || (kind == Kind::Match && number.is_multiple_of(2)) => plain(),
            0 => html(),
            1 => multipart("alternative", &boundary, &[plain(), html()]),
            _ => plain(),
        }
    }
}

/// How an automatic message shows what it is.
enum AutomaticKind {
    /// A header field proves it.
    Field(&'static str),
    /// Only what its subject begins with.
    Subject(&'static str),
    /// A delivery report.
    Bounce,
}

fn automatic_kind(number: usize) -> AutomaticKind {
    match (number % 4, number / ROUND.len() % 3) {
        (0, _) => AutomaticKind::Field("Auto-Submitted: auto-replied\r\n"),
        (1, 0) => AutomaticKind::Field("X-QQ-AUTO-REPLY: true\r\n"),
        (1, 1) => AutomaticKind::Subject("已读: "),
        (1, _) => AutomaticKind::Subject("发信方已撤回邮件："),
        (2, _) => AutomaticKind::Field("Auto-Submitted: auto-generated\r\n"),
        _ => AutomaticKind::Bounce,
    }
}

fn is_bounce(kind: Kind, number: usize) -> bool {
    kind == Kind::Automatic && matches!(automatic_kind(number), AutomaticKind::Bounce)
}

/// Header fields that say what kind of sender this is.
fn marks(kind: Kind, number: usize) -> &'static str {
    match kind {
        Kind::List => "List-Id: <news.example.com>\r\n",
        Kind::Suppressed => "X-Auto-Response-Suppress: All\r\n",
        Kind::Automatic => match automatic_kind(number) {
            AutomaticKind::Field(field) => field,
            _ => "",
        },
        _ => "",
    }
}

/// A delivery report (RFC 3464).
fn report(boundary: &str, charset: Charset, letter: &Letter) -> Vec<u8> {
    let text = charset.encode(&letter.text);
    let words = part(&format!("text/plain; charset={}", charset.label()), Transfer::Base64, &text);
    let status = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.com\r\n\r\n\
        Final-Recipient: rfc822; someone@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        .to_vec();
    multipart("report; report-type=delivery-status", boundary, &[words, status])
}

fn expect(kind: Kind, letter: &Letter, times: &Times, traced: bool, attachment: Option<String>) -> Expect {
    let filed = Filed {
        status: "accepted",
        subject_match: "match",
        timeliness: "on_time",
        received_at: times.arrival,
        received_basis: if traced { "received" } else { "internaldate" },
        review_reason: None,
        flag: None,
        texts: letter.texts.clone(),
        details: letter.details.clone(),
        attachment,
        answer: Some("accepted"),
    };
    let review = |reason, filed: Filed| Filed {
        status: "review",
        review_reason: Some(reason),
        answer: Some("review"),
        ..filed
    };
    let submission = match kind {
        Kind::NotOurs => return Expect { disposition: "not_ours", submission: None },
        Kind::Automatic => return Expect { disposition: "automatic", submission: None },
        Kind::Copied => unreachable!("copies are made from their originals"),
        Kind::Match => filed,
        Kind::NearMiss | Kind::Mentioned => {
            let near = Filed { subject_match: "near_miss", ..filed };
            Filed { answer: Some("near_miss"), ..review("near_miss", near) }
        }
        Kind::Late => Filed { status: "late", timeliness: "late", answer: Some("late"), ..filed },
        Kind::LateSentInTime => {
            let sent_in_time =
                Filed { timeliness: "late_sent_in_time", ..review("late_sent_in_time", filed) };
            Filed { answer: Some("late_sent_in_time"), ..sent_in_time }
        }
        Kind::BeforeOpen => Filed { timeliness: "before_open", ..review("before_open", filed) },
        Kind::Repeated => {
            let repeated = Filed { status: "duplicate", answer: Some("duplicate"), ..filed };
            return Expect { disposition: "duplicate", submission: Some(repeated) };
        }
        Kind::List => Filed { answer: None, ..review("machine_suspected", filed) },
        Kind::Suppressed => Filed { answer: None, ..filed },
        Kind::AttachmentOnly => Filed { flag: Some("attachment_only"), ..filed },
        Kind::HeaderOnly => Filed { texts: Vec::new(), details: None, ..review("empty_body", filed) },
        Kind::Unlabelled => Filed { flag: Some("charset_repaired"), ..filed },
    };
    Expect { disposition: "filed", submission: Some(submission) }
}
