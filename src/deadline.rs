//! Which instant counts, and on which side of the deadline it falls.
//!
//! 《电子签名法》 art. 11(2): where the recipient designated a system, a message is received when it enters that
//! system. So the moment counts at which the first host of the office took the message from a foreign one, not
//! the time a gateway released it from quarantine, and not `Date:`, which the sender writes.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};

use crate::parse::Received;
use crate::vocabulary::{ArrivalEvidence, EntryTime, ReceivedBasis, Timeliness, WrittenTime};

/// When a message arrived in the designated system (电子签名法 art. 11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The instant.
    pub at: Timestamp,
    /// Which clock it rests on.
    pub basis: ReceivedBasis,
    /// What it rests on.
    pub evidence: ArrivalEvidence,
    /// The first line beyond the boundary that bears a time; without a boundary, the topmost that does.
    pub first_foreign_hop: Option<Hop>,
    /// Of the lines of the office above the one that counts the latest: when the message went on inside the house.
    pub latest_own_hop: Option<Hop>,
}

/// A line beside the one that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The time in it.
    pub time: WrittenTime,
    /// Its beginning.
    pub line: String,
}

/// Most characters kept of such a line.
const HOP_LINE_CHARS: usize = 300;

impl Hop {
    fn of(line: &Received) -> Option<Self> {
        Some(Self { time: line.time?, line: line.line.chars().take(HOP_LINE_CHARS).collect() })
    }
}

impl Arrival {
    /// The line of the sender's side by which a message that arrived at the close or later was sent before it.
    pub fn claim_of_line(&self, closes: Timestamp) -> Option<&Hop> {
        self.first_foreign_hop.as_ref().filter(|hop| self.at >= closes && hop.time.instant < closes)
    }

    /// The line of the office itself that contradicts an arrival before the close: it took the message over after the close,
    /// and more than a day later. Where a gateway writes no line of its own, the one that is taken for the boundary's is the
    /// sender's; where it kept the letter so long, a person knows.
    pub fn contradiction(&self, closes: Timestamp) -> Option<&Hop> {
        self.latest_own_hop.as_ref().filter(|hop| {
            let later = hop.time.instant;
            self.at < closes && later >= closes && later.duration_since(self.at) > CLOCKS_APART
        })
    }
}

/// Establishes the arrival: the boundary `Received:` line, else the mailbox's own time; `None` when
/// there is neither.
///
/// The lines are read from the top while a trusted host wrote them. The first of them that names a foreign host
/// behind `from` is the boundary, and everything below it is the sender's word. Of internal mail, which crossed no
/// boundary, the lowest trusted line counts. A boundary line without a readable time lends its place to the
/// trusted line above it: that one is later by the office's own delay and cannot be forged either.
///
/// `trusted_hosts` holds names, domains with a leading dot, and addresses of relays that the office's servers
/// cannot look up.
pub fn arrival(
    received: &[Received],
    trusted_hosts: &[String],
    entry_time: Option<EntryTime>,
) -> Option<Arrival> {
    let trusted = TrustedHosts(trusted_hosts);
    let chain = trusted_chain(received, trusted);
    let own_lines = received.get(..chain.lines).unwrap_or_default();
    let foreign_lines = received.get(chain.lines..).unwrap_or_default();
    let first_foreign_hop = match chain.end {
        ChainEnd::Internal => None,
        ChainEnd::Boundary | ChainEnd::Broken => foreign_lines.iter().find_map(Hop::of),
    };
    if let Some((above, line, time)) =
        own_lines.iter().rev().enumerate().find_map(|(above, line)| Some((above, line, line.time?)))
    {
        let line = line.line.clone();
        let higher = own_lines.iter().rev().skip(above + 1);
        let latest_own_hop = higher.filter_map(Hop::of).max_by_key(|hop| hop.time.instant);
        let evidence = match (chain.end, above) {
            (ChainEnd::Boundary, 0) => ArrivalEvidence::BoundaryLine { line },
            (ChainEnd::Boundary, _) => ArrivalEvidence::LineAboveBoundary { line },
            (ChainEnd::Internal | ChainEnd::Broken, _) => ArrivalEvidence::LowestTrustedLine { line },
        };
        return Some(Arrival {
            at: time.instant,
            basis: ReceivedBasis::Received,
            evidence,
            first_foreign_hop,
            latest_own_hop,
        });
    }
    let (at, basis) = match entry_time? {
        EntryTime::InternalDate(time) => (time.instant, ReceivedBasis::Internaldate),
        EntryTime::File(instant) => (instant, ReceivedBasis::File),
    };
    let evidence = match (received.is_empty(), own_lines.is_empty()) {
        (true, _) => ArrivalEvidence::NoReceivedLine,
        (false, true) => ArrivalEvidence::NoTrustedLine,
        (false, false) => ArrivalEvidence::NoReadableTime,
    };
    Some(Arrival { at, basis, evidence, first_foreign_hop, latest_own_hop: None })
}

/// How many lines at the top hosts of ours wrote. The last of them took the message over from outside, or is the oldest of
/// internal mail; 0: nobody knows where the sender's part begins.
pub fn trusted_lines(received: &[Received], trusted_hosts: &[String]) -> usize {
    trusted_chain(received, TrustedHosts(trusted_hosts)).lines
}

/// Judges an arrival against the consultation's window `[opens, closes)`. `sent` is `Date:`, which can only make
/// a late message `late_sent_in_time`, never an early one.
///
/// How far `Date:` lies back does not matter here: mail imported days later bears a true one, and whether an old
/// one is a broken clock is for the person who is shown both times.
pub fn judge(
    arrival: &Arrival,
    sent: Option<WrittenTime>,
    opens: Option<Timestamp>,
    closes: Timestamp,
) -> Timeliness {
    if opens.is_some_and(|opens| arrival.at < opens) {
        return Timeliness::BeforeOpen;
    }
    if arrival.at < closes {
        return Timeliness::OnTime;
    }
    if sent.is_some_and(|sent| sent.instant < closes) || arrival.claim_of_line(closes).is_some() {
        Timeliness::LateSentInTime
    } else {
        Timeliness::Late
    }
}

/// How far two clocks of the office may be apart before they contradict each other, where a delay inside the house explains less.
const CLOCKS_APART: SignedDuration = SignedDuration::from_hours(24);

/// Whether another clock of the office contradicts an arrival by `Received:` on the one question that matters, or would not let
/// it be late: a line above it, or IMAP's INTERNALDATE. A file's time is no such clock: it is whatever somebody's copying left.
pub fn is_disputed(arrival: &Arrival, entry_time: Option<EntryTime>, closes: Timestamp) -> bool {
    if arrival.contradiction(closes).is_some() {
        return true;
    }
    let (Some(EntryTime::InternalDate(kept)), ReceivedBasis::Received) = (entry_time, arrival.basis) else {
        return false;
    };
    let kept = kept.instant;
    if arrival.at < closes {
        kept >= closes
    } else {
        kept < closes && arrival.at.duration_since(kept) > CLOCKS_APART
    }
}

/// The topmost lines that trusted hosts wrote.
struct Chain {
    /// How many.
    lines: usize,
    end: ChainEnd,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ChainEnd {
    /// The last line took the message from a foreign host.
    Boundary,
    /// All lines are trusted: the message never left the house.
    Internal,
    /// The line below was written by a foreign host although a trusted one is named above it.
    Broken,
}

fn trusted_chain(received: &[Received], trusted: TrustedHosts<'_>) -> Chain {
    for (above, line) in received.iter().enumerate() {
        if line.by.is_empty() {
            // qmail and local filters write lines without `by`; between trusted lines they are the office's own.
            if line.from.is_none() && above > 0 {
                continue;
            }
            return Chain { lines: above, end: ChainEnd::Broken };
        }
        // A sender who got a second `by` into our line must not make it look like a stranger's.
        if !line.by.iter().any(|by| trusted.names(by)) {
            return Chain { lines: above, end: ChainEnd::Broken };
        }
        if !trusted.handed_over(line) {
            return Chain { lines: above + 1, end: ChainEnd::Boundary };
        }
    }
    let end = if received.is_empty() { ChainEnd::Broken } else { ChainEnd::Internal };
    Chain { lines: received.len(), end }
}

/// The configured hosts whose `Received:` lines are believed.
#[derive(Clone, Copy)]
struct TrustedHosts<'a>(&'a [String]);

impl TrustedHosts<'_> {
    /// Whether a host is on the list, by its name or as a member of a domain written with a leading dot.
    fn names(self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_lowercase();
        self.0.iter().map(|pattern| pattern.trim().to_lowercase()).any(|pattern| {
            if let Some(domain) = pattern.strip_prefix('.') {
                !domain.is_empty() && (host == domain || host.ends_with(&pattern))
            } else {
                !pattern.is_empty() && host == pattern
            }
        })
    }

    /// Whether a line by a trusted host says that another trusted one, or the host itself, handed the message over.
    ///
    /// The name behind `from` is what the client said in HELO, so anyone can say `mx.ln.gov.cn`. What the server recorded
    /// stands in the groups behind it, and every group that names a host must name one of ours: which of them
    /// the server wrote, a HELO with parentheses in it leaves open.
    fn handed_over(self, line: &Received) -> bool {
        let Some(said) = line.from.as_deref() else {
            // Local delivery: `by mx with LMTP`, pickup by uid.
            return true;
        };
        if !line.is_sound || line.line.contains("may be forged") {
            return false;
        }
        let mut peers: Vec<Peer<'_>> = line.recorded.iter().filter_map(|group| Peer::of(group)).collect();
        // Exim without a name: `from [192.0.2.1] (helo=mail.example.com)`.
        if peers.is_empty() && line.recorded.iter().any(|group| group.contains("helo=")) {
            peers.extend(address_of(said).map(|address| Peer { name: None, address: Some(address) }));
        }
        // A name without an address is one that the client's own zone may give it.
        peers.iter().any(|peer| peer.address.is_some())
            && peers.iter().all(|peer| self.is_ours(peer, said, confirms_names(line)))
    }

    fn is_ours(self, peer: &Peer<'_>, said: &str, confirmed: bool) -> bool {
        let named = peer.name.map(|name| self.names(name));
        match peer.address {
            Some(address) if address.is_loopback() || self.names(&address.to_string()) => true,
            // Where the server looked up nothing, a name is believed from inside the house only.
            Some(address) if is_private(address) => named.unwrap_or_else(|| self.names(said)),
            // Whoever owns an address writes its name; whether the name leads back is for the server to ask.
            Some(_) => confirmed && named == Some(true),
            None => named == Some(true),
        }
    }
}

/// Whether the writer gives a client's name only where it leads back to its address: Postfix writes `unknown`
/// instead, Sendmail adds `may be forged`.
fn confirms_names(line: &Received) -> bool {
    line.software
        .as_deref()
        .is_some_and(|software| software.starts_with("postfix") || software.starts_with("8."))
}

/// The host that handed over, as one group in parentheses records it.
struct Peer<'a> {
    name: Option<&'a str>,
    address: Option<IpAddr>,
}

impl<'a> Peer<'a> {
    /// `None`: the group is about something else (the connection's cipher, who logged in), or repeats what the client said.
    fn of(group: &'a str) -> Option<Self> {
        if group.starts_with("helo ") || group.starts_with("ehlo ") {
            return None;
        }
        let recorded = group.find("helo=").map_or(group, |end| group.get(..end).unwrap_or_default()).trim();
        // The server writes the address last; before it stands what a client's ident server or zone may say.
        let in_brackets =
            recorded.split('[').skip(1).filter_map(|rest| address_of(rest.split(']').next()?)).last();
        let address = in_brackets.or_else(|| recorded.split([' ', ',']).find_map(address_of));
        let first = recorded.split([' ', '[']).next().unwrap_or_default();
        // `user@host` is an answer of the client's ident server.
        let name = Some(first.rsplit('@').next().unwrap_or(first))
            .filter(|name| !matches!(*name, "" | "unknown") && address_of(name).is_none());
        let is_host_alone = first == recorded && first.contains('.') && !first.contains('=');
        (address.is_some() || name.is_some() && is_host_alone).then_some(Self { name, address })
    }
}

fn address_of(word: &str) -> Option<IpAddr> {
    let word = word.trim_matches(['[', ']']);
    let word = word.strip_prefix("ipv6:").unwrap_or(word);
    // A link-local address bears its zone behind `%`.
    word.split('%').next()?.parse().ok()
}

/// Addresses that reach a server from inside the house only (RFC 1918, RFC 4193, RFC 6598, link-local).
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}
