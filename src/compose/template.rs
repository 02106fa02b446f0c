//! Renders the office's texts.

use std::sync::LazyLock;

use jiff::Timestamp;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use super::text::{ASKS_WHETHER_LATE, attachment_names, body, phones, plain, printed, salutation};
use super::{ComposeError, Content, Letter};
use crate::vocabulary::{AcknowledgementKind, Consultation, chinese_date, chinese_minute};

/// What one rendering may cost: about as many instructions, or as many times 64 bytes. The built-in texts need a few hundred.
const FUEL: u64 = 50_000;
/// Longest body in bytes; an answer is a page.
const BODY_BYTES: usize = 64 * 1024;
/// Longest subject in characters.
const SUBJECT_CHARACTERS: usize = 200;

/// Declares the texts that go with the product, `rules/receipts/NAME.txt` each.
macro_rules! receipts {
    ($($name:literal),* $(,)?) => {
        /// The texts that go with the product, by the name under which an office may replace them.
        const BUILT_IN: &[(&str, &str)] = &[$((
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/receipts/", $name, ".txt")),
        )),*];
    };
}

receipts!(
    "accepted",
    "near_miss",
    "late",
    "late_sent_in_time",
    "duplicate",
    "supplement",
    "review",
    "requests",
    "attachments",
    "details",
    "unreadable",
    "closing",
);

/// The names of the texts that an office may replace.
pub fn template_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The built-in templates, read once: most offices have no others.
static OF_THE_PRODUCT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = empty();
    for (name, source) in BUILT_IN {
        environment.add_template(name, source).expect("a constant template that the tests render");
    }
    environment
});

/// A letter's text.
#[derive(Debug)]
pub(super) struct Rendered {
    /// One line.
    pub(super) subject: String,
    /// Lines ending in LF, the last one too.
    pub(super) body: String,
}

/// Renders the template of the letter's kind.
pub(super) fn render(letter: &Letter<'_>, consultation: &Consultation) -> Result<Rendered, ComposeError> {
    let kind = letter.kind.as_str();
    let wrong = |problem: String| ComposeError::new(kind, consultation, problem);
    let own;
    let environment = if consultation.templates.by_kind.is_empty() {
        &*OF_THE_PRODUCT
    } else {
        own = environment(
            consultation,
            &[kind, "requests", "attachments", "details", "unreadable", "closing"],
        )?;
        &own
    };
    let text = environment
        .get_template(kind)
        .and_then(|template| template.render(variables(letter, consultation)))
        .map_err(|error| describe(kind, consultation, &error))?;
    let (first, rest) = text.trim_start().split_once('\n').unwrap_or((text.trim(), ""));
    let subject = plain(first);
    let subject = subject.strip_prefix("主题：").map_or(subject.as_str(), str::trim);
    let number = plain(letter.number);
    let earlier = plain(letter.earlier_number.unwrap_or_default());
    let named = subject.contains(&number) || (!earlier.is_empty() && subject.contains(&earlier));
    // The number in the subject is how an answer to this letter finds its submission when a client drops the
    // threading fields.
    let subject = if named { subject.to_owned() } else { format!("自动回执〔{number}〕{subject}") };
    let body = body(rest);
    if subject.is_empty() || body.trim().is_empty() {
        return Err(wrong("the text is empty (the first line is the subject, the rest the body)".to_owned()));
    }
    if subject.chars().count() > SUBJECT_CHARACTERS {
        return Err(wrong(format!("the first line (the subject) is over {SUBJECT_CHARACTERS} characters")));
    }
    if body.len() > BODY_BYTES {
        return Err(wrong(format!("the body is over {BODY_BYTES} bytes")));
    }
    Ok(Rendered { subject, body })
}

/// Every template of the consultation rendered with sample values: all that is wrong, for the
/// configuration check.
pub fn check_templates(consultation: &Consultation) -> Vec<ComposeError> {
    let wrong = |kind: &str, problem: String| ComposeError::new(kind, consultation, problem);
    let mut problems: Vec<ComposeError> = consultation
        .templates
        .by_kind
        .iter()
        .filter(|(name, _)| !BUILT_IN.iter().any(|(known, _)| known == name))
        .map(|(name, _)| {
            let known: Vec<_> = template_names().collect();
            wrong(name, format!("there is no such template; there are {}", known.join(", ")))
        })
        .collect();
    let every: Vec<_> = template_names().collect();
    if let Err(problem) = environment(consultation, &every) {
        problems.push(problem);
        return problems;
    }
    let sample_names = ["意见.docx".to_owned()];
    for kind in AcknowledgementKind::ALL {
        let rich = Letter {
            kind: *kind,
            recipient: "citizen@example.com",
            from: "office@example.com",
            envelope_from: None,
            number: "N-0002",
            earlier_number: Some("N-0001"),
            name: Some("张三"),
            organization: None,
            writes_for_unit: false,
            wishes: &["不署名"],
            received_at: Timestamp::UNIX_EPOCH,
            in_reply_to: None,
            references: &[],
            missing_details: &["姓名", "职业", "联系电话"],
            attachments: &sample_names,
            vouched: true,
            cloud_attachment: true,
            requests: &["处理个人信息", ASKS_WHETHER_LATE],
            content: Content::Unreadable,
            now: Timestamp::UNIX_EPOCH,
            message_id: "sample@example.com",
        };
        let poor = Letter {
            earlier_number: None,
            name: None,
            organization: Some("某某有限公司"),
            writes_for_unit: true,
            wishes: &[],
            missing_details: &[],
            attachments: &[],
            cloud_attachment: false,
            requests: &[],
            content: Content::Readable,
            ..rich.clone()
        };
        for letter in [rich, poor] {
            match render(&letter, consultation) {
                Err(problem) if problems.contains(&problem) => {}
                Err(problem) => problems.push(problem),
                Ok(rendered) => {
                    let tags = [&consultation.title, &consultation.subject_tag];
                    let tags = tags.into_iter().flat_map(|tag| [tag.clone(), printed(tag)]);
                    if tags.into_iter().any(|tag| !tag.is_empty() && rendered.subject.contains(&tag)) {
                        let problem = "the subject holds the consultation's title: answers to it would look \
                                       like new submissions";
                        problems.push(wrong(kind.as_str(), problem.to_owned()));
                    }
                }
            }
        }
    }
    problems.dedup();
    problems
}

/// Where templates are rendered. Plain text: nothing is escaped. An undefined variable is an error, because a receipt with a hole
/// in it is worse than a message in the log.
fn empty<'a>() -> Environment<'a> {
    let mut environment = Environment::new();
    // A loop without end is a fault of the template, not of the program that waits for it.
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.expect("the delimiters are the default ones"));
    environment
}

/// The named templates: the consultation's, else the built-in ones.
fn environment<'a>(consultation: &'a Consultation, names: &[&str]) -> Result<Environment<'a>, ComposeError> {
    let mut environment = empty();
    for (name, built_in) in BUILT_IN.iter().filter(|(name, _)| names.contains(name)) {
        let own = consultation.templates.by_kind.iter().find(|(kind, _)| kind == name);
        let source = own.map_or(*built_in, |(_, text)| text.trim_start_matches('\u{feff}'));
        environment.add_template(name, source).map_err(|error| describe(name, consultation, &error))?;
    }
    Ok(environment)
}

fn variables(letter: &Letter<'_>, consultation: &Consultation) -> Value {
    let title = consultation.title.trim();
    let title = title.strip_prefix('《').and_then(|title| title.strip_suffix('》')).unwrap_or(title);
    let details = match letter.kind {
        AcknowledgementKind::Accepted => letter.missing_details,
        _ => &[],
    };
    context! {
        number => plain(letter.number),
        earlier_number => letter.earlier_number.map(plain).unwrap_or_default(),
        kind => letter.kind.as_str(),
        salutation => {
            salutation(letter.name, letter.organization.filter(|_| letter.vouched), letter.writes_for_unit)
        },
        you => if letter.writes_for_unit { "贵单位" } else { "您" },
        wish => letter.wishes.join("、"),
        title => printed(title),
        subject_tag => printed(&consultation.subject_tag),
        office_name => plain(&consultation.office_name),
        received_at => chinese_minute(letter.received_at),
        deadline => plain(&consultation.closes_in_words),
        date => chinese_date(letter.now),
        phones => phones(&consultation.office_phones),
        missing_details => details.join("、"),
        asks_occupation => details.contains(&"职业"),
        occupations => printed(&consultation.occupation_names().join("、")),
        attachment_count => letter.attachments.len(),
        attachments => attachment_names(if letter.vouched { letter.attachments } else { &[] }),
        cloud_attachment => letter.cloud_attachment,
        requests => letter.requests.join("、"),
        not_late => letter.requests.contains(&ASKS_WHETHER_LATE),
        unreadable => letter.content == Content::Unreadable,
        empty => letter.content == Content::Empty,
        attachment_missing => letter.content == Content::AttachmentMissing,
    }
}

/// The innermost error in one line (a wrong include reads as a wrong `closing`): place, what is wrong, and the
/// details minijinja keeps apart.
fn describe(kind: &str, consultation: &Consultation, error: &minijinja::Error) -> ComposeError {
    let mut error = error;
    while let Some(inner) = std::error::Error::source(error).and_then(|source| source.downcast_ref()) {
        error = inner;
    }
    let place = error.line().map(|line| format!("line {line}: ")).unwrap_or_default();
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    let problem = match error.kind() {
        minijinja::ErrorKind::OutOfFuel => format!(
            "{place}it runs on and on, or writes far too much; an answer is a page: take the loop out"
        ),
        error @ minijinja::ErrorKind::UndefinedError => {
            format!("{place}{error}{detail}; docs/receipts.zh-CN.md lists the variables")
        }
        error => format!("{place}{error}{detail}"),
    };
    ComposeError::new(error.name().unwrap_or(kind), consultation, problem)
}
