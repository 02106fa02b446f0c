//! The table.

use std::time::Duration;

use super::{Row, letters, row};
use crate::imap::imap_server::{Act, Authority, Fake, Setup, fetch_response, say};
use crate::support::daemon::{Office, Running};
use crate::support::{holds_for, wait_until};

/// The fetch of all three letters together.
const TOGETHER: &str = "UID FETCH 10,20,30 ";
const LIST: &str = "UID FETCH 1:*";

pub(super) fn rows() -> Vec<Row> {
    [
        hangs(),
        ends(),
        refusals(),
        noise_without_end(),
        bodies(),
        numbers(),
        capabilities(),
        certificates(),
        idle(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn bad() -> Setup {
    letters(3)
}

/// Bodies that come together and the second alone, both as these acts.
fn second(together: impl Into<Vec<Act>>, alone: impl Into<Vec<Act>>) -> Setup {
    let alone = alone.into();
    // Whoever met it alone may ask for it with the one behind it.
    bad().on(TOGETHER, together).on("UID FETCH 20 ", alone.clone()).on("UID FETCH 20,", alone)
}

/// Every fetch of a body is answered so.
fn every_body(acts: &[Act]) -> Setup {
    let on = |setup: Setup, first: &str| setup.on(&format!("UID FETCH {first}"), acts);
    // Listings begin with `20:*` and the like.
    ["10 ", "10,", "20 ", "20,", "30 "].into_iter().fold(bad(), on)
}

fn hang() -> [Act; 1] {
    [Act::Hang]
}

fn bytes(parts: &[&[u8]]) -> [Act; 1] {
    [Act::Say(parts.concat())]
}

/// What a server in order sends of message `index`.
fn body(index: usize) -> Vec<u8> {
    fetch_response(index + 1, &bad().messages[index], None)
}

const DONE: &[u8] = b"$T OK done\r\n";

/// Silence, or nearly, at every stage.
fn hangs() -> Vec<Row> {
    let drip = |text: &[u8]| [Act::Drip(text.to_vec(), 300)];
    let listing = b"* 1 FETCH (UID 10 RFC822.SIZE 700)\r\n".repeat(20);
    let late = |text: &str| [Act::Pause(3000), say(text)];
    let stages = [
        ("hang in CAPABILITY", "CAPABILITY", "no answer in time while CAPABILITY"),
        ("hang in LOGIN", "LOGIN", "no answer in time while LOGIN"),
        ("hang in ID", "ID", "no answer in time while ID"),
        ("hang in EXAMINE", "EXAMINE", "no answer in time while EXAMINE"),
        ("hang in the listing", LIST, "no answer in time while listing"),
    ];
    let mut rows: Vec<Row> = stages
        .into_iter()
        .map(|(name, command, words)| row(name, bad().on(command, hang()), &[words]).hangs())
        .collect();
    rows.extend([
        row("no answer from the resolver", bad(), &["no answer in time while resolving"])
            .office(|office| {
                crate::matrix::hang_resolver(office);
                office.text("mailbox", "host", "localhost");
            })
            .also(|_, _, office| crate::matrix::mend_resolver(office)),
        row("SYN without an answer", bad().deaf(), &["no answer in time while connecting"]).hangs(),
        row("hang before the greeting", bad().greeting(hang()), &["while waiting for the greeting"]).hangs(),
        row(
            "hang in every body",
            every_body(&hang()),
            &["fetching broke off", "no answer in time while fetching", "session_ended"],
        )
        .hangs()
        .owed(&[10, 20, 30]),
        row("hang in one body", second(hang(), hang()), &["no answer in time while fetching"])
            .hangs()
            .recorded(&[10, 30])
            .owed(&[20]),
        row("hang in NOOP", bad().on("NOOP", hang()), &["pass finished"]).hangs().harmless().also(
            |server, daemon, _| {
                super::until("NOOP", Duration::from_secs(30), daemon, || {
                    let asked = server.commands().iter().any(|command| command == "NOOP");
                    if asked { Ok(()) } else { Err("not asked".to_owned()) }
                });
            },
        ),
        row("hang in LOGOUT", bad().on("LOGOUT", hang()), &["pass finished"])
            .hangs()
            .harmless()
            .good(letters(4).on("LOGOUT", hang())),
        row(
            "a greeting a byte at a time",
            bad().greeting(drip(&[b'x'; 2000])),
            &["no answer in time while waiting for the greeting"],
        )
        .hangs(),
        row(
            "a listing a byte at a time",
            bad().on(LIST, drip(&listing)),
            &["no answer in time while listing"],
        )
        .hangs(),
        row(
            "a body a byte at a time, beyond the deadline by its size",
            second(drip(&body(0)), drip(&body(1))),
            &["no answer in time while fetching"],
        )
        .hangs()
        .recorded(&[10, 30])
        .owed(&[20]),
        // A byte a second is allowed here: the deadline by its size lies far behind the end of the pass.
        row(
            "a body so slow that it would take longer than the pass",
            second(drip(&body(0)), drip(&body(1))),
            &["no answer in time while fetching"],
        )
        .office(|office| {
            office.text("limits", "step_timeout", "5s");
            office.text("limits", "pass_timeout", "12s");
            office.set("limits", "slowest_bytes_per_second", 1);
        })
        .recorded(&[10, 30])
        .owed(&[20]),
        row(
            "a pass of many steps, each within its deadline",
            bad()
                .on("CAPABILITY", late("* CAPABILITY IMAP4rev1\r\n$T OK\r\n"))
                .on("LOGIN", late("$T OK\r\n"))
                .on("EXAMINE", late("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n$T OK\r\n")),
            &["limits.pass_timeout", "cut off"],
        )
        .office(|office| {
            office.text("limits", "step_timeout", "5s");
            office.text("limits", "pass_timeout", "8s");
        }),
    ]);
    rows
}

/// The connection ends.
fn ends() -> Vec<Row> {
    let close = || [Act::Close];
    let bye = |words: &str| [say(format!("* BYE {words}\r\n")), Act::Close];
    let cut = |index: usize| {
        let mut cut = body(index);
        cut.truncate(cut.len() - 100);
        [Act::Say(cut), Act::Close]
    };
    vec![
        row("closed before the greeting", bad().greeting(close()), &["closed the connection", "greeting"]),
        row("BYE for a greeting", bad().greeting(bye("too many")), &["refused the connection: too many"]),
        row("closed in LOGIN", bad().on("LOGIN", close()), &["closed the connection during LOGIN"]),
        row("BYE in LOGIN", bad().on("LOGIN", bye("maintenance")), &["during LOGIN: maintenance"]),
        row("BYE in EXAMINE", bad().on("EXAMINE", bye("maintenance")), &["during EXAMINE: maintenance"]),
        row(
            "closed in mid-listing",
            bad().on(LIST, [say("* 1 FETCH (UID 10 RFC822.SIZE 7"), Act::Close]),
            &["closed the connection during listing"],
        ),
        row(
            "closed in mid-literal of one message, always",
            second(cut(0), cut(1)),
            &["closed the connection during fetching messages"],
        )
        .recorded(&[10, 30])
        .owed(&[20]),
        row(
            "closed in mid-literal of what is fetched together",
            bad().on(TOGETHER, cut(0)),
            &["closed the connection during fetching messages", "one by one"],
        )
        .harmless(),
        row("BYE in every body", every_body(&bye("bad disk")), &["bad disk", "session_ended"])
            .owed(&[10, 20, 30]),
        row(
            "BYE and OK in one breath",
            bad().on(LIST, [say("* BYE bye\r\n$T OK done\r\n")]),
            &["closed the connection during listing"],
        ),
    ]
}

/// NO and BAD to every command.
fn refusals() -> Vec<Row> {
    let no = || [say("$T NO not today\r\n")];
    let what = || [say("$T BAD what was that\r\n")];
    let gone = || [say("$T NO [NONEXISTENT] no such folder\r\n")];
    let unsafe_login = || [say("$T NO EXAMINE Unsafe Login. Please contact kefu@188.com for help\r\n")];
    vec![
        row("NO to CAPABILITY", bad().on("CAPABILITY", no()), &["refused CAPABILITY: not today"]),
        row("BAD to CAPABILITY", bad().on("CAPABILITY", what()), &["refused CAPABILITY: what was that"]),
        row("NO to LOGIN", bad().on("LOGIN", no()), &["refused the login", "not today"]),
        row("BAD to LOGIN", bad().on("LOGIN", what()), &["refused the login", "what was that"]),
        row(
            "LOGIN refused, with the password in the answer",
            bad().on("LOGIN", [say("$T NO secret is no password\r\n")]),
            &["refused the login", "is no password"],
        ),
        row("NO to ID", bad().on("ID", no()), &["pass finished"]).harmless(),
        row("BAD to ID", bad().on("ID", what()), &["pass finished"]).harmless(),
        row("NO to EXAMINE", bad().on("EXAMINE", no()), &["cannot be opened: not today"]),
        row("BAD to EXAMINE", bad().on("EXAMINE", what()), &["refused EXAMINE: what was that"]),
        row("NO to the listing", bad().on(LIST, no()), &["refused listing the folder: not today"]),
        row("BAD to the listing", bad().on(LIST, what()), &["refused listing the folder: what was that"]),
        row("NO to every body", every_body(&no()), &["refused: not today"]).owed(&[10, 20, 30]),
        row("BAD to every body", every_body(&what()), &["refused: what was that"]).owed(&[10, 20, 30]),
        row("NO to NOOP", bad().on("NOOP", no()), &["pass finished"]).harmless(),
        row(
            "the folder is gone",
            bad().on("EXAMINE", gone()),
            &["INBOX", "cannot be opened", "no such folder"],
        ),
        row(
            "another folder is gone",
            bad().on("EXAMINE \"Archive\"", gone()),
            &["Archive", "cannot be opened", "no such folder"],
        )
        .office(|office| office.set("mailbox", "folders", r#"["Archive", "INBOX"]"#))
        .harmless()
        .entries(8),
        row(
            "'Unsafe Login' until ID, which is not listed",
            bad().capabilities("IMAP4rev1").once("EXAMINE", unsafe_login()),
            &["pass finished"],
        )
        .also(|server, _, _| {
            assert!(server.commands().iter().any(|command| command.starts_with("ID (")), "no ID");
        })
        .harmless(),
        row("'Unsafe Login' in spite of ID", bad().on("EXAMINE", unsafe_login()), &["Unsafe Login"]),
    ]
}

/// Garbage, and what has no end.
fn noise_without_end() -> Vec<Row> {
    let flood = |bytes: &[u8]| [Act::Flood(bytes.to_vec())];
    let binary: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let body = [&b"* 1 FETCH (UID 10 BODY[] {100000}\r\n"[..], &vec![b'x'; 100_000], b")\r\n"].concat();
    let literal = || [say("* 1 FETCH (UID 10 BODY[] {4294967295}\r\n"), Act::Flood(vec![b'x'; 4096])];
    let brackets = [&b"* LIST "[..], &vec![b'('; 60_000], b"\r\n$T NO no\r\n"].concat();
    let noise = "* OK hello\r\n* 3 EXISTS\r\n* 1 RECENT\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 20 FLAGS ())\r\n\
                 * LIST () \"/\" x\r\n* SEARCH 1 2 3\r\n* STATUS INBOX (MESSAGES 3)\r\n* CAPABILITY IMAP4rev1\r\n\
                 * XFOO bar\r\n";
    vec![
        row(
            "garbage for a greeting",
            bad().greeting([say("HTTP/1.1 400 Bad Request\r\n\r\n")]),
            &["broke the protocol"],
        ),
        row(
            "binary garbage in the listing",
            bad().on(LIST, [Act::Say(binary), Act::Close]),
            &["during listing"],
        ),
        row(
            "a tagged answer to another command",
            bad().on("EXAMINE", [say("z999 OK done\r\n")]),
            &["an answer to a command that is not under way"],
        ),
        row(
            "an endless line",
            bad().on("EXAMINE", flood(&[b'x'; 4096])),
            &["a line of more than 65536 bytes"],
        ),
        row(
            "an endless greeting",
            bad().greeting(flood(&[b'x'; 4096])),
            &["a line of more than 65536 bytes"],
        ),
        row(
            "responses without end",
            bad().on("EXAMINE", flood(b"* OK still busy\r\n")),
            &["no answer in time while EXAMINE"],
        )
        .hangs(),
        row(
            "a listing without end",
            bad().on(LIST, flood(b"* 1 FETCH (UID 10 RFC822.SIZE 700)\r\n")),
            &["no answer in time while listing"],
        )
        .office(|office| {
            office.text("limits", "step_timeout", "1s");
            office.text("limits", "pass_timeout", "4s");
        }),
        row(
            "bodies without end",
            bad().on(TOGETHER, flood(&body)).on("UID FETCH 10 ", flood(&body)),
            &["no answer in time while fetching"],
        )
        .hangs()
        .recorded(&[20, 30])
        .owed(&[10]),
        row(
            "an endless literal",
            bad().on(TOGETHER, literal()).on("UID FETCH 10 ", literal()),
            &["a literal of 4294967295 bytes was announced"],
        )
        .recorded(&[20, 30])
        .owed(&[10]),
        row("brackets without end", bad().on("EXAMINE", [Act::Say(brackets)]), &["cannot be opened: no"]),
        row(
            "EXISTS of four thousand million",
            bad().noise(LIST, "* 4294967295 EXISTS\r\n"),
            &["4294967295 announced, 3 listed"],
        )
        .harmless(),
        row("unsolicited responses everywhere", bad().noise("", noise), &["pass finished"]).harmless(),
    ]
}

/// Bodies and sizes that are not what was announced.
fn bodies() -> Vec<Row> {
    // Message 20 with a literal of another length than its body.
    let misfit = |difference: i64| {
        let length = bad().messages[1].raw.len();
        let announced = i64::try_from(length).unwrap() + difference;
        let whole = String::from_utf8(body(1)).unwrap();
        [say(whole.replace(&format!("{{{length}}}"), &format!("{{{announced}}}")) + "$T OK done\r\n")]
    };
    let instead = |answer: &[u8]| second(bytes(&[&body(0), answer, &body(2), DONE]), bytes(&[answer, DONE]));
    let empty = b"* 2 FETCH (UID 20 RFC822.SIZE 700 BODY[] {0}\r\n)\r\n";
    let nil = b"* 2 FETCH (UID 20 RFC822.SIZE 700 BODY[] NIL)\r\n";
    let sized = |size: usize| {
        let was = format!("RFC822.SIZE {}", bad().messages[1].raw.len());
        String::from_utf8(body(1)).unwrap().replace(&was, &format!("RFC822.SIZE {size}"))
    };
    let listing = "* 1 FETCH (UID 10 RFC822.SIZE 700)\r\n* 2 FETCH (UID 20 RFC822.SIZE 25)\r\n\
                   * 3 FETCH (UID 30 RFC822.SIZE 700)\r\n$T OK\r\n";
    let sizeless = "* 1 FETCH (UID 10)\r\n* 2 FETCH (UID 20)\r\n* 3 FETCH (UID 30)\r\n$T OK\r\n";
    let nothing = || [say("$T OK done\r\n")];
    let expunged = bytes(&[&body(0), b"* 2 EXPUNGE\r\n", &body(2), DONE]);
    let foreign = [say("* 9 FETCH (UID 90 BODY[] {3}\r\nabc)\r\n$T OK done\r\n")];
    vec![
        row("a literal longer than the message", second(misfit(500), misfit(500)), &["fetching messages"])
            .hangs()
            .recorded(&[10, 30])
            .owed(&[20]),
        row("a literal shorter than the message", second(misfit(-60), misfit(-60)), &["fetching messages"])
            .recorded(&[10, 30])
            .owed(&[20]),
        row("an empty body after an announced size", instead(empty), &["empty_body"])
            .recorded(&[10, 30])
            .owed(&[20]),
        row("NIL for a body", instead(nil), &["empty_body"]).recorded(&[10, 30]).owed(&[20]),
        row("RFC822.SIZE too large, always", instead(sized(5000).as_bytes()), &["short_body"]).harmless(),
        row(
            "RFC822.SIZE far too small",
            large(3).on(LIST, [say(listing)]),
            &["was announced, more than was asked for", "one by one"],
        )
        .good(large(4))
        .office(patient)
        .harmless(),
        row("a large message in pieces", large(3), &["pass finished"])
            .good(large(4))
            .office(patient)
            .also(|server, _, _| {
                let next = |command: &String| command.contains("BODY.PEEK[]<1048576.1048576>");
                assert!(server.commands().iter().any(next), "not in pieces");
            })
            .harmless(),
        row("no RFC822.SIZE at all", bad().on(LIST, [say(sizeless)]), &["pass finished"]).harmless(),
        row("EXPUNGE during FETCH", second(expunged, nothing()), &["not_mentioned"])
            .recorded(&[10, 30])
            .owed(&[20]),
        row("bodies of other UIDs than asked for", every_body(&foreign), &["not_mentioned"])
            .owed(&[10, 20, 30]),
    ]
}

/// For what a loaded machine takes long over.
fn patient(office: &mut Office) {
    office.text("limits", "step_timeout", "30s");
    office.text("limits", "pass_timeout", "5m");
}

/// The second letter with 3 MB behind it.
fn large(count: usize) -> Setup {
    let mut setup = letters(count);
    let raw = &mut setup.messages[1].raw;
    raw.extend(b"-- \r\n");
    raw.extend(b"0123456789012345678901234567890123456789012345678\r\n".repeat(60_000));
    setup
}

/// UIDs, UIDNEXT and UIDVALIDITY.
fn numbers() -> Vec<Row> {
    let size = bad().messages[0].raw.len();
    let listed = |uids: &[u32]| {
        let line = |uid: &u32| format!("* {} FETCH (UID {uid} RFC822.SIZE {size})\r\n", uid / 10);
        [say(uids.iter().map(line).collect::<String>() + "$T OK done\r\n")]
    };
    let examined = |exists: u32, state: &str| [say(format!("* {exists} EXISTS\r\n{state}$T OK done\r\n"))];
    let renumbered = bytes(&[b"* OK [UIDVALIDITY 9] renumbered\r\n", &body(0), &body(1), &body(2), DONE]);
    vec![
        row("UIDs out of order", bad().on(LIST, listed(&[30, 10, 20])), &["pass finished"]).harmless(),
        row("UIDs repeated", bad().on(LIST, listed(&[10, 10, 20, 30, 30, 20])), &["pass finished"])
            .harmless(),
        row("UIDs going backwards", bad().on(LIST, listed(&[30, 20, 10])), &["pass finished"]).harmless(),
        row(
            "n:* answered with everything below n",
            bad().on("UID FETCH 31:*", listed(&[10, 20, 30])),
            &["pass finished"],
        )
        .also(second_pass)
        .harmless(),
        row(
            "UIDNEXT missing",
            bad().on("EXAMINE", examined(3, "* OK [UIDVALIDITY 7] ok\r\n")),
            &["pass finished"],
        )
        .harmless(),
        row(
            "UIDNEXT falling",
            bad().on("EXAMINE", examined(3, "* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok\r\n")),
            &["pass finished"],
        )
        .also(second_pass)
        .harmless(),
        row(
            "EXISTS of nought",
            bad().on("EXAMINE", examined(0, "* OK [UIDVALIDITY 7] ok\r\n")),
            &["pass finished"],
        )
        .harmless(),
        row(
            "no UIDVALIDITY",
            bad().on("EXAMINE", examined(3, "* OK [UIDNEXT 31] ok\r\n")),
            &["gives no UIDVALIDITY"],
        ),
        row(
            "UIDVALIDITY changing between passes",
            bad().once("EXAMINE", examined(3, "* OK [UIDVALIDITY 3] ok\r\n")),
            &["UIDVALIDITY changed", "before=3 after=7"],
        )
        .harmless()
        .entries(7),
        row(
            "UIDVALIDITY another one on every pass",
            bad().on("EXAMINE", examined(3, "* OK [UIDVALIDITY $N] ok\r\n")),
            &["UIDVALIDITY changed"],
        )
        .harmless()
        .any_entries(),
        row(
            "UIDVALIDITY changing in mid-pass",
            bad().on(TOGETHER, renumbered),
            &["UIDVALIDITY changed while the folder is open"],
        )
        .harmless(),
    ]
}

/// Waits until a second pass was made, which has nothing new.
fn second_pass(server: &Fake, daemon: &mut Running, _: &Office) {
    super::until("a second pass", Duration::from_secs(30), daemon, || {
        let passes =
            server.commands().iter().filter(|command| command.ends_with(" (UID RFC822.SIZE)")).count();
        if passes > 1 { Ok(()) } else { Err(format!("{passes} so far")) }
    });
}

/// Capabilities that are not what they seem.
fn capabilities() -> Vec<Row> {
    let refused = || [say("$T BAD Request not ending with CRLF\r\n")];
    let many =
        "IMAP4rev1 IDLE ID ENABLE CONDSTORE QRESYNC UTF8=ONLY XLIST COMPRESS=DEFLATE LITERAL+ NAMESPACE";
    vec![
        row(
            "SASL-IR and AUTH=PLAIN that fail",
            bad().capabilities("IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 ID").on("AUTHENTICATE", refused()),
            &["pass finished"],
        )
        .harmless(),
        row("LOGINDISABLED", bad().capabilities("IMAP4rev1 LOGINDISABLED"), &["does not allow LOGIN"]),
        row("IDLE listed and refused", bad().on("IDLE", refused()), &["IDLE refused; polling instead"])
            .office(|office| office.set("mailbox", "idle", true))
            .harmless(),
        row(
            "everything listed, nothing known",
            bad().capabilities(many).on("ENABLE", refused()).on("NAMESPACE", refused()),
            &["pass finished"],
        )
        .harmless(),
    ]
}

/// TLS.
fn certificates() -> Vec<Row> {
    type Misbehave = fn(&Authority, &std::path::Path) -> Setup;
    fn starttls() -> Setup {
        bad().capabilities("IMAP4rev1 STARTTLS ID IDLE")
    }
    fn expired(params: &mut rcgen::CertificateParams) {
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    }
    let rows: [(&str, bool, &str, Misbehave); 11] = [
        ("a certificate of an unknown authority", true, "signed by no authority we trust", |_, folder| {
            let other = folder.join("other");
            std::fs::create_dir(&other).unwrap();
            bad().tls(Authority::new(&other).certificate(true, |_| {}))
        }),
        ("a certificate that has expired", true, "the certificate has expired", |authority, _| {
            bad().tls(authority.certificate(true, expired))
        }),
        (
            "a certificate for another name",
            true,
            "made out for another name than localhost",
            |authority, _| {
                bad().tls(authority.certificate(true, |params| {
                    params.subject_alt_names =
                        vec![rcgen::SanType::DnsName("mail.example.cn".try_into().unwrap())];
                }))
            },
        ),
        ("hang in the TLS handshake", true, "no answer in time while the TLS handshake", |_, _| {
            bad().greeting(hang())
        }),
        ("closed in the TLS handshake", true, "TLS handshake: ", |_, _| {
            bad().greeting([Act::Pause(200), Act::Close])
        }),
        ("plaintext where TLS is due", true, "does not speak TLS on this port", |_, _| bad()),
        ("STARTTLS stripped", false, "offers no STARTTLS", |_, _| bad()),
        ("STARTTLS refused", false, "refused STARTTLS", |_, _| {
            starttls().on("STARTTLS", [say("$T NO not now\r\n")])
        }),
        ("hang in STARTTLS", false, "no answer in time while STARTTLS", |_, _| {
            starttls().on("STARTTLS", hang())
        }),
        (
            "plaintext slipped in behind STARTTLS",
            false,
            "more plaintext after the STARTTLS answer",
            |_, _| starttls().on("STARTTLS", [say("$T OK go ahead\r\n* CAPABILITY IMAP4rev1\r\n")]),
        ),
        ("an expired certificate behind STARTTLS", false, "the certificate has expired", |authority, _| {
            starttls().tls(authority.certificate(false, expired))
        }),
    ];
    let make = |(name, implicit, words, misbehave): (&'static str, bool, &'static str, Misbehave)| {
        let files = tempfile::tempdir().unwrap();
        let authority = Authority::new(files.path());
        let good = letters(4)
            .capabilities("IMAP4rev1 STARTTLS ID IDLE")
            .tls(authority.certificate(implicit, |_| {}));
        let row = row(name, misbehave(&authority, files.path()), &[words]).good(good).keeping(files);
        if name.starts_with("hang") { row.hangs() } else { row }
    };
    rows.into_iter().map(make).collect()
}

/// Waiting for news.
fn idle() -> Vec<Row> {
    let idling = |name, acts: Vec<Act>, words: &'static str| {
        row(name, bad().on("IDLE", acts), &[words]).harmless().office(|office| {
            office.set("mailbox", "idle", true);
            office.text("limits", "step_timeout", "1s");
        })
    };
    let plus = || say("+ idling\r\n");
    let bye = vec![plus(), say("* BYE idle too long\r\n"), Act::Close];
    let renumbered = vec![plus(), say("* OK [UIDVALIDITY 9] renumbered\r\n"), Act::Hang];
    let alarm = vec![plus(), say("* 999 EXISTS\r\n"), Act::ReadLine, say("$T OK done\r\n")];
    vec![
        idling("hang before IDLE's consent", vec![Act::Hang], "no answer in time while IDLE"),
        idling(
            "DONE without an answer",
            vec![plus(), Act::ReadLine, Act::Hang],
            "no answer in time while IDLE",
        ),
        idling("IDLE ended by the server", vec![plus(), say("$T OK enough\r\n")], "it ended IDLE by itself"),
        idling("BYE in IDLE", bye, "idle too long"),
        idling("closed in IDLE", vec![plus(), Act::Close], "waiting for news broke off"),
        idling("UIDVALIDITY changing in IDLE", renumbered, "UIDVALIDITY changed while the folder is open"),
        idling("news that is none, again and again", alarm, "pass finished")
            .office(|office| {
                office.set("mailbox", "idle", true);
                office.text("mailbox", "poll_interval", "10s");
            })
            .also(|server, _, _| {
                let idles = || server.commands().iter().filter(|command| *command == "IDLE").count();
                let before = idles();
                wait_until("another IDLE", || idles() > before);
                let most = before + 6;
                holds_for("six times at most in 8 s", Duration::from_secs(8), || idles() <= most);
            }),
    ]
}
