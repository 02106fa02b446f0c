//! What our own mail system found out about the sender (`Authentication-Results`, RFC 8601; `Received-SPF`, RFC 7208).
//!
//! Only fields above the boundary `Received:` line count: what stands below it came with the message, whoever it
//! claims to be by. Of several results the worst stands, and no pass undoes a DMARC fail.

mod results;

use crate::parse::Message;
pub use crate::vocabulary::Verdict;
use crate::vocabulary::{domain_key, domain_of, same_organisation};

use results::{Line, MethodResult};

/// Most results kept as evidence, and the most characters of one.
const MOST_RESULTS: usize = 8;
const RESULT_CHARS: usize = 160;

/// The verdict on the sender and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The verdict.
    pub verdict: Verdict,
    /// The believed results, each with the name of the host that gave it.
    pub results: Vec<String>,
}

impl Default for Sender {
    fn default() -> Self {
        Self { verdict: Verdict::Silent, results: Vec::new() }
    }
}

/// Whether a trusted host's results stand where they are not believed: its server writes them below its own
/// `Received:` line.
pub fn has_results_below(message: &Message, trusted_lines: usize, trusted_ids: &[String]) -> bool {
    let above = above_boundary(message, trusted_lines).count();
    let is_result = |(name, value): &&(String, String)| {
        name == "authentication-results" && is_trusted(&results::read(value).id, trusted_ids)
    };
    let (above, below) = message.headers.split_at_checked(above).unwrap_or_default();
    !above.iter().any(|field| is_result(&field)) && below.iter().any(|field| is_result(&field))
}

/// Judges the author by the results that trusted hosts wrote.
///
/// `trusted_lines` is the number of `Received:` lines at the top that hosts of ours wrote; the last of them is the
/// boundary. Where there is none, nobody knows where the sender's part begins: a fail is heard, a pass is not.
pub fn judge(message: &Message, trusted_lines: usize, trusted_ids: &[String]) -> Sender {
    let mut heard = Heard::default();
    let from_domain = message.author().map(|author| domain_of(&author.address)).unwrap_or_default();
    // A Return-Path below the boundary is the sender's word.
    let has_path = above_boundary(message, trusted_lines).any(|(name, _)| name == "return-path");
    let envelope = message.envelope_sender().filter(|_| has_path).map(domain_of);
    for (name, value) in above_boundary(message, trusted_lines) {
        match name.as_str() {
            "authentication-results" => {
                let line = results::read(value);
                if is_trusted(&line.id, trusted_ids) {
                    heard.line(&line, &from_domain, envelope.as_deref());
                }
            }
            // RFC 7208 section 9.1. It names its host in a comment only; that it stands above the boundary tells whose it is.
            "received-spf" => {
                let result = results::received_spf(value);
                heard.spf(&result, "received-spf", &from_domain, envelope.as_deref());
            }
            _ => {}
        }
    }
    // With several authors a pass speaks of one of them, and nobody can say of which.
    let one_author = message.from.len() == 1 && message.from_fields <= 1;
    heard.sender(one_author && trusted_lines > 0)
}

/// The fields above the last trusted `Received:` line; without one, those above the first line.
fn above_boundary(message: &Message, trusted_lines: usize) -> impl Iterator<Item = &(String, String)> {
    let mut lines_left = trusted_lines.max(1);
    message.headers.iter().take_while(move |(name, _)| {
        lines_left -= usize::from(name == "received" && lines_left > 0);
        lines_left > 0
    })
}

/// What the results said so far.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings")]
struct Heard {
    dmarc_fail: bool,
    dmarc_pass: bool,
    /// A DMARC result that is no pass for the author's domain.
    dmarc_other: bool,
    dkim_pass: bool,
    spf_pass: bool,
    spf_fail: bool,
    spf_softfail: bool,
    results: Vec<String>,
}

impl Heard {
    fn line(&mut self, line: &Line, from_domain: &str, envelope: Option<&str>) {
        for result in &line.results {
            // A line that breaks the grammar was bent by something that the sender chose: only the bad in it is heard.
            let may_pass = line.is_whole || result.outcome != "pass";
            match result.method.as_str() {
                "dmarc" => {
                    self.note(&line.id, result);
                    let of_author = |domain: &String| domain_key(domain) == domain_key(from_domain);
                    match result.outcome.as_str() {
                        "fail" => self.dmarc_fail = true,
                        "pass"
                            if may_pass
                                && result.domain(&["header.from"]).as_ref().is_some_and(of_author) =>
                        {
                            self.dmarc_pass = true;
                        }
                        _ => self.dmarc_other = true,
                    }
                }
                "dkim" if may_pass && result.outcome == "pass" => {
                    let signer = result.domain(&["header.d"]).or_else(|| result.domain(&["header.i"]));
                    if signer.is_some_and(|signer| same_organisation(&signer, from_domain)) {
                        self.note(&line.id, result);
                        self.dkim_pass = true;
                    }
                }
                "spf" if may_pass => self.spf(result, &line.id, from_domain, envelope),
                _ => {}
            }
        }
    }

    /// SPF speaks of the reverse-path; it concerns the author where both are of one house.
    fn spf(&mut self, result: &MethodResult, id: &str, from_domain: &str, envelope: Option<&str>) {
        let named = result.domain(&["smtp.mailfrom", "smtp.mail", "smtp.envelope-from", "envelope-from"]);
        let domain = match named {
            Some(domain) => domain,
            None if result.outcome == "pass" || result.is_about_helo() => return,
            None => envelope.unwrap_or_default().to_owned(),
        };
        if !same_organisation(&domain, from_domain) {
            return;
        }
        self.note(id, result);
        match result.outcome.as_str() {
            // The word of older servers.
            "fail" | "hardfail" => self.spf_fail = true,
            "softfail" => self.spf_softfail = true,
            "pass" if id != "received-spf" => self.spf_pass = true,
            _ => {}
        }
    }

    fn note(&mut self, id: &str, result: &MethodResult) {
        if self.results.len() < MOST_RESULTS {
            let text = format!("{id}: {result}");
            self.results.push(text.chars().take(RESULT_CHARS).collect());
        }
    }

    fn sender(self, may_pass: bool) -> Sender {
        // A forwarder breaks SPF and leaves DKIM whole.
        let vouched = may_pass && (self.dmarc_pass && !self.dmarc_other || self.dkim_pass);
        let verdict = match () {
            () if self.dmarc_fail || self.spf_fail && !vouched => Verdict::Fail,
            () if vouched || may_pass && self.spf_pass && !self.spf_softfail => Verdict::Pass,
            () => Verdict::Silent,
        };
        Sender { verdict, results: self.results }
    }
}

fn is_trusted(id: &str, trusted: &[String]) -> bool {
    trusted.iter().any(|host| {
        *host == id || (host.starts_with('.') && (id.ends_with(host.as_str()) || host.get(1..) == Some(id)))
    })
}
