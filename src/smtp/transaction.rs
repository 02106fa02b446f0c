//! One mail transaction (RFC 5321 section 3.3), command by command, so that the step is known at which it ended.
//!
//! lettre's `send` does the same in one call, but then the end of the stream looks the same before and after
//! the final dot, and the first is to be retried while the second may be a delivery.

use lettre::Address;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Severity;

use super::session::{Failure, Target};
use crate::net::Stage;
use crate::schedule::{Concern, Trouble, concern};
use crate::vocabulary::{Breakage, LiveFault, OutboundMessage, SendOutcome, Silence};

/// How many steps' time the reply to the final dot may take: content filters run before it. RFC 5321
/// section 4.5.3.2.6 asks for patience here above all (10 minutes), because giving up too early makes
/// duplicates (RFC 1047).
const FINAL_DOT_STEPS: u32 = 10;

/// What an operator can do about a refused `MAIL FROM:<>`.
/// A message that can travel: envelope and content (RFC 5321 section 2.3.1).
pub(super) struct MailObject<'a> {
    from: Option<Address>,
    to: Address,
    octets: &'a [u8],
}

/// What is left of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// Fit for the next message.
    AtRest,
    /// Fit after RSET: the transaction was given up half-way.
    NeedsReset,
    /// Not fit.
    Dead,
}

/// What a transaction came to.
pub(super) struct TransactionEnd {
    pub(super) outcome: SendOutcome,
    pub(super) connection: Connection,
    /// The session turned out dead at its first command, before the server took anything of the message.
    pub(super) stale: bool,
}

impl<'a> MailObject<'a> {
    /// # Errors
    /// In words, when no server can take it.
    pub(super) fn new(message: &'a OutboundMessage) -> Result<Self, String> {
        let from = message.envelope_from.as_deref().map(|from| parse(from, "sender")).transpose()?;
        let to = parse(&message.envelope_to, "recipient")?;
        if !has_clean_lines(&message.octets) {
            // A bare CR or LF around a dot ends the message for some servers and not for others: what
            // follows would be read as commands ("SMTP smuggling").
            return Err("the message has a bare CR or LF, or a line over 998 octets".into());
        }
        // lettre begins the final dot with a line end of its own.
        let octets = message.octets.strip_suffix(b"\r\n").unwrap_or(&message.octets);
        Ok(Self { from, to, octets })
    }

    /// The MAIL parameters that the message needs.
    ///
    /// # Errors
    /// In words, when the server does not offer one.
    fn parameters(&self, connection: &AsyncSmtpConnection) -> Result<Vec<MailParameter>, &'static str> {
        let ascii_addresses =
            self.from.iter().chain([&self.to]).all(|address| AsRef::<str>::as_ref(address).is_ascii());
        // First, for it is the reason of the other: RFC 6531 section 3.2.
        if !ascii_addresses && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err("5.6.7 the address has characters beyond ASCII and the server offers no SMTPUTF8");
        }
        let mut parameters = Vec::new();
        if !self.octets.is_ascii() {
            if !connection.server_info().supports_feature(Extension::EightBitMime) {
                return Err("5.6.1 the message has 8-bit content and the server offers no 8BITMIME");
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        // Only when needed: RFC 6531 section 3.4.
        if !ascii_addresses {
            parameters.push(MailParameter::SmtpUtfEight);
        }
        Ok(parameters)
    }
}

/// Sends one message over an open session.
pub(super) async fn run(
    target: &Target,
    connection: &mut AsyncSmtpConnection,
    mail: &MailObject<'_>,
) -> TransactionEnd {
    let parameters = match mail.parameters(connection) {
        Ok(parameters) => parameters,
        Err(reply) => {
            let outcome = SendOutcome::Permanent { code: 550, reply: reply.into() };
            return TransactionEnd { outcome, connection: Connection::AtRest, stale: false };
        }
    };
    let steps = async {
        let sender = Mail::new(mail.from.clone(), parameters);
        step(target, connection, Stage::MailFrom, sender, Severity::PositiveCompletion).await?;
        let rcpt = Rcpt::new(mail.to.clone(), Vec::new());
        step(target, connection, Stage::Recipient, rcpt, Severity::PositiveCompletion).await?;
        step(target, connection, Stage::Data, Data, Severity::PositiveIntermediate).await
    };
    if let Err((stage, failure)) = steps.await {
        return refused(target, stage, with_remedy(stage, mail.from.is_none(), failure));
    }
    content(target, connection, mail).await
}

async fn step(
    target: &Target,
    connection: &mut AsyncSmtpConnection,
    stage: Stage,
    command: impl std::fmt::Display,
    kind: Severity,
) -> Result<(), (Stage, Failure)> {
    let answer = target.command(target.step, connection.command(command)).await;
    answer.and_then(|response| target.positive(&response, kind)).map_err(|failure| (stage, failure))
}

/// The failure of MAIL, RCPT or DATA: the server has accepted nothing.
fn refused(target: &Target, stage: Stage, failure: Failure) -> TransactionEnd {
    let retried =
        stage == Stage::MailFrom && !matches!(failure, Failure::Refused { code, .. } if code != 421);
    let left = left_by(&failure);
    TransactionEnd { outcome: outcome(target, stage, failure, false), connection: left, stale: retried }
}

/// What a failure means for the message; `final_dot`: the server may have accepted it all the same.
fn outcome(target: &Target, stage: Stage, failure: Failure, final_dot: bool) -> SendOutcome {
    match failure {
        Failure::Refused { code: code @ 500.., ref words, .. } if concerns_us(stage, code, words) => {
            SendOutcome::Unavailable { reply: target.no_session(stage, failure).to_string() }
        }
        Failure::Refused { code: code @ 500.., words, .. } => SendOutcome::Permanent { code, reply: words },
        Failure::Refused { code, words, .. } => SendOutcome::Transient { code, reply: words },
        Failure::Broken { seen } => broken(target, stage, seen, final_dot),
        Failure::Timeout { limit } => {
            let limit_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
            broken(target, stage, Silence::NoAnswer { limit_ms }, final_dot)
        }
    }
}

fn broken(target: &Target, stage: Stage, seen: Silence, final_dot: bool) -> SendOutcome {
    let breakage = Breakage { server: format!("SMTP {}", target.server()), step: stage.to_string(), seen };
    if final_dot { SendOutcome::Unknown(breakage) } else { SendOutcome::Broken(breakage) }
}

/// Whether a final refusal is certainly about us and not about this message: it would fail every answer alike, so they
/// wait until the settings are mended. What the words alone say, the acknowledgement lane weighs.
///
/// MAIL FROM names our own address only: `553 Mail from must equal authorized user` (163), `501 mail from address
/// must be same as authorization user` (QQ). 530 asks for a login, whatever the command. A server that does
/// not relay for us says so at RCPT TO.
fn concerns_us(stage: Stage, code: u16, words: &str) -> bool {
    stage == Stage::MailFrom || code == 530 || concern(words) == Concern::Us(Trouble::Login)
}

/// What a final refusal has against us, as far as it tells.
fn about_us(stage: Stage, null_sender: bool, code: u16, words: &str) -> Option<LiveFault> {
    match concern(words) {
        _ if stage == Stage::MailFrom && null_sender => Some(LiveFault::SendingNullSender),
        _ if code == 530 => Some(LiveFault::SendingLogin),
        Concern::Us(trouble) => Some(trouble.fault()),
        _ if stage == Stage::MailFrom => Some(LiveFault::SendingSender),
        Concern::Recipient | Concern::Unclear => None,
    }
}

/// The same for a probe, which goes to the office's own address: nobody else's letter is weighed.
pub(super) fn with_any_remedy(stage: Stage, null_sender: bool, failure: Failure) -> Failure {
    let Failure::Refused { code: code @ 500.., words, .. } = &failure else { return failure };
    let about = about_us(stage, null_sender, *code, words);
    failure.hinting(about)
}

/// A failure with what an operator can do, where it is about us.
pub(super) fn with_remedy(stage: Stage, null_sender: bool, failure: Failure) -> Failure {
    let Failure::Refused { code: code @ 500.., words, .. } = &failure else { return failure };
    let about = about_us(stage, null_sender, *code, words);
    // The lane adds its own to what it weighs.
    let certain = concerns_us(stage, *code, words);
    failure.hinting(about.filter(|_| certain))
}

async fn content(
    target: &Target,
    connection: &mut AsyncSmtpConnection,
    mail: &MailObject<'_>,
) -> TransactionEnd {
    let bytes = u64::try_from(mail.octets.len()).unwrap_or(u64::MAX);
    let transfer = std::time::Duration::from_secs(bytes / target.slowest_bytes_per_second);
    let limit = target.step * FINAL_DOT_STEPS + transfer;
    // lettre doubles leading dots (RFC 5321 section 4.5.2), then asks the iterator for more; when there is no
    // more, it writes the final dot. From then on the server may have accepted the message.
    let mut final_dot = false;
    let chunks = std::iter::once(mail.octets).chain(std::iter::from_fn(|| {
        final_dot = true;
        None
    }));
    let answer = target.command(limit, connection.message_iter(chunks)).await;
    let answer = answer.and_then(|response| {
        target.positive(&response, Severity::PositiveCompletion)?;
        let said = response.message().collect::<Vec<_>>().join(" ");
        Ok(format!("{} {said}", response.code()))
    });
    let (outcome, left) = match answer {
        Ok(said) => (SendOutcome::Accepted { reply: target.endpoint.words(&said) }, Connection::AtRest),
        Err(failure) => {
            let left = left_by(&failure);
            (outcome(target, Stage::Content, failure, final_dot), left)
        }
    };
    TransactionEnd { outcome, connection: left, stale: false }
}

/// 421 announces that the server closes (RFC 5321 section 3.8), whatever it answers.
fn left_by(failure: &Failure) -> Connection {
    match failure {
        Failure::Refused { code, .. } if *code != 421 => Connection::NeedsReset,
        _ => Connection::Dead,
    }
}

fn parse(address: &str, whose: &str) -> Result<Address, String> {
    if address.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>')) {
        return Err(format!("5.1.3 the {whose}'s address is malformed"));
    }
    address.parse().map_err(|error| format!("5.1.3 the {whose}'s address is malformed: {error}"))
}

/// CRLF line ends only, no line over 998 octets (RFC 5322 section 2.1.1).
fn has_clean_lines(octets: &[u8]) -> bool {
    octets.split(|byte| *byte == b'\n').all(|line| line.len() <= 999)
        && octets.iter().zip(octets.iter().skip(1)).all(|(left, right)| (*left == b'\r') == (*right == b'\n'))
        && octets.first() != Some(&b'\n')
        && octets.last() != Some(&b'\r')
}
