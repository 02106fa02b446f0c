//! From layers as written to settings as relied on; every problem at once.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::access::Credentials;
use super::file::Layers;
use super::problem::Problems;
use super::section::Section;
use super::server::server;
use super::settings::{
    AcknowledgementSettings, AfterFiling, Caps, ImapSettings, Limits, MailboxSettings, MailboxSource,
    ReadingCopy, ServerSettings, Settings, Transport,
};
use super::{Secrets, alert, catchwords, consultation, loops, metrics, retention, written};
use crate::vocabulary::{Templates, providers};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

const DEFAULT_STORE: &str = "/var/lib/zwfw-intake/store.sqlite3";

/// Checks everything; `None` only when something indispensable is missing (then a problem was remembered).
pub(super) fn settings(
    layers: Layers,
    environment: &[(String, String)],
    secrets: Secrets,
    problems: &mut Problems,
) -> Option<Settings> {
    let folder = environment
        .iter()
        .find(|(name, _)| name == "CREDENTIALS_DIRECTORY")
        .map(|(_, value)| PathBuf::from(value));
    let source = layers.file.parent().unwrap_or(Path::new("/")).join("credentials");
    let credentials = Credentials { secrets, folder: folder.as_deref(), source: &source };
    let mut top = Section::new("", &layers.file, layers.root, problems);
    let mailbox = mailbox(top.section("mailbox"), credentials);
    let (store_path, wal_warning_bytes, reading_copy) = store(top.section("store"));
    let (acknowledgement, shared) =
        acknowledgement(top.section("acknowledgement"), credentials, mailbox.as_ref());
    let limits = limits(top.section("limits"));
    let alert = alert::alert(top.section("alert"));
    let metrics = metrics::metrics(top.section("metrics"));
    let catchwords = catchwords::written(top.section("clauses"));
    let log_json = log(top.section("log"));
    let retention = retention::retention(top.section("retention"));
    top.finish();
    let named = |(file, table): &(PathBuf, _)| consultation::template_files(file, table);
    let templates: Vec<PathBuf> = layers.consultations.iter().flat_map(named).collect();
    for path in layers.unread.iter().filter(|path| !templates.contains(path)) {
        problems.remark(path.display().to_string(), "", "is not read: only files called *.toml are");
    }
    let mut consultations = consultation::all(&layers.file, layers.consultations, problems);
    catchwords::put(&mut consultations, &layers.file, catchwords, problems);
    // What a consultation names goes before what holds for all.
    for consultation in &mut consultations {
        consultation.templates.fill(&shared);
    }
    let (mailbox, acknowledgement) = (mailbox?, acknowledgement?);
    if let Some(problem) = loops::loops(&alert, &mailbox, &acknowledgement, &consultations) {
        problems.add(layers.file.display().to_string(), "alert.mail", problem);
    }
    Some(Settings {
        mailbox,
        store_path,
        wal_warning_bytes,
        reading_copy,
        acknowledgement,
        consultations,
        limits,
        alert,
        metrics,
        log_json,
        retention,
        remarks: Vec::new(),
        as_written: super::as_written::AsWritten::default(),
    })
}

fn log(mut section: Section<'_>) -> bool {
    let json = section.choice("format", false, &[("text", false), ("json", true)]);
    section.finish();
    json
}

fn store(mut section: Section<'_>) -> (PathBuf, u64, Option<ReadingCopy>) {
    let path = section.path("path").unwrap_or_else(|| PathBuf::from(DEFAULT_STORE));
    if path.is_dir() {
        section
            .problem("path", "is a folder; name the file in it, like \"/var/lib/zwfw-intake/store.sqlite3\"");
    }
    let wal_warning_bytes = section.number("wal_warning_bytes", 256 * MIB, MIB, 1024 * 1024 * MIB);
    let (copy, masked) = (section.path("reading_copy"), section.boolean("reading_copy_masked", false));
    if masked && copy.is_none() {
        section.remark("reading_copy_masked", "says nothing without reading_copy");
    }
    if copy.as_ref().is_some_and(|copy| is_of_the_store(copy, &path)) {
        section.problem(
            "reading_copy",
            "is the store, or one of the files beside it; name a file in a folder of its own",
        );
    }
    section.finish();
    (path, wal_warning_bytes, copy.map(|path| ReadingCopy { path, masked }))
}

/// Whether a file would take the place of the store, of its log or of its lock, now or while it is written.
fn is_of_the_store(copy: &Path, store: &Path) -> bool {
    let real = |path: &Path| {
        let folder = path
            .parent()
            .map(|folder| std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf()));
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (std::fs::canonicalize(path).ok(), folder, name)
    };
    let ((copy, folder, name), (store, home, own)) = (real(copy), real(store));
    let rest = name.strip_prefix(&own);
    copy.is_some() && copy == store
        || folder == home && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Imap,
    Pop3,
    Maildir,
}

#[derive(Clone, Copy)]
enum After {
    None,
    Keyword,
    Move,
}

/// Keys that say where a mailbox or a server is. Those of the other kind are known too, so that switching the kind does not
/// mean rewriting the section.
const PLACE_KEYS: &[&str] = &[
    "path",
    "host",
    "port",
    "security",
    "ca_file",
    "username",
    "password_credential",
    "password_file",
    "proxy",
    "proxy_username",
    "proxy_password_credential",
    "proxy_password_file",
    "oauth",
];

const AFTER: &[(&str, After)] = &[("none", After::None), ("keyword", After::Keyword), ("move", After::Move)];

fn mailbox(mut section: Section<'_>, credentials: Credentials<'_>) -> Option<MailboxSettings> {
    let kinds = [("imap", Kind::Imap), ("pop3", Kind::Pop3), ("maildir", Kind::Maildir)];
    let kind = section.choice("kind", Kind::Imap, &kinds);
    let poll_interval = section.duration("poll_interval", Duration::from_mins(1), Duration::from_secs(1));
    let mut hosts = |key| -> Vec<String> {
        let hosts: Vec<String> =
            section.list(key).unwrap_or_default().into_iter().map(|host| host.to_lowercase()).collect();
        let is_host = |host: &str| written::host_problem(host.strip_prefix('.').unwrap_or(host)).is_none();
        for host in hosts.iter().filter(|host| !is_host(host)) {
            section.problem(key, format!("\"{host}\" is not a host name; write it like \"mx.example.gov.cn\" or \".example.gov.cn\""));
        }
        hosts
    };
    let trusted_received_hosts = hosts("trusted_received_hosts");
    let trusted_authserv_ids = hosts("trusted_authserv_ids");
    let internaldate_is_arrival = section.boolean("internaldate_is_arrival", true);
    if !internaldate_is_arrival && trusted_received_hosts.is_empty() {
        let words = "false needs trusted_received_hosts: without both, nothing tells when a letter arrived";
        section.problem("internaldate_is_arrival", words);
    }
    let source = match kind {
        Kind::Imap => imap(&mut section, credentials).map(MailboxSource::Imap),
        Kind::Pop3 => {
            if trusted_received_hosts.is_empty() {
                let words = "is missing: POP3 tells nobody when a letter arrived, so the Received lines of your own servers must; write for example trusted_received_hosts = [\".example.gov.cn\"]";
                section.problem("trusted_received_hosts", words);
            }
            logged_in(&mut section, credentials, [995, 110, 110], "pop.example.gov.cn")
                .map(|server| MailboxSource::Pop3(Box::new(server)))
        }
        Kind::Maildir => maildir(&mut section).map(MailboxSource::Maildir),
    };
    section.ignore(PLACE_KEYS);
    if matches!(kind, Kind::Maildir | Kind::Pop3) {
        // A wrong one would be found on the day that the mailbox becomes one of IMAP.
        section.list("folders");
        section.boolean("idle", true);
        section.choice("after_filing", After::None, AFTER);
        section.text("move_to");
    }
    section.finish();
    Some(MailboxSettings {
        source: source?,
        poll_interval,
        trusted_received_hosts,
        trusted_authserv_ids,
        internaldate_is_arrival,
    })
}

fn maildir(section: &mut Section<'_>) -> Option<PathBuf> {
    let path = section.path("path");
    match &path {
        None => section
            .problem("path", "is missing; write the Maildir's path, for example path = \"/var/mail/zwfw\""),
        Some(path) if !path.join("new").is_dir() && !path.join("cur").is_dir() => {
            section.problem(
                "path",
                format!("{} is not a Maildir: it has neither new/ nor cur/", path.display()),
            );
        }
        Some(_) => {}
    }
    path
}

/// A server that nobody uses without a login name.
fn logged_in(
    section: &mut Section<'_>,
    credentials: Credentials<'_>,
    ports: [u16; 3],
    example: &str,
) -> Option<ServerSettings> {
    let named = section.is_present("username");
    let server = server(section, credentials, ports, example);
    if !named || server.as_ref().is_some_and(|server| server.username.is_none()) {
        section.problem(
            "username",
            "is missing; write the mailbox's login name, for example username = \"zwfw@example.gov.cn\"",
        );
    }
    server
}

fn imap(section: &mut Section<'_>, credentials: Credentials<'_>) -> Option<ImapSettings> {
    let server = logged_in(section, credentials, [993, 143, 143], "imap.example.gov.cn");
    let folders = section.list("folders").unwrap_or_else(|| vec!["INBOX".to_owned()]);
    if folders.is_empty() {
        section.problem("folders", "is empty; write at least folders = [\"INBOX\"]");
    }
    for (i, folder) in folders.iter().enumerate() {
        if folders.iter().take(i).any(|earlier| earlier == folder) {
            section.problem("folders", format!("names \"{folder}\" twice"));
        }
    }
    let idle = section.boolean("idle", true);
    let after = section.choice("after_filing", After::None, AFTER);
    let move_to = section.text("move_to");
    let after_filing = match (after, move_to) {
        (After::None, _) => AfterFiling::None,
        (After::Keyword, _) => AfterFiling::Keyword,
        (After::Move, Some(folder)) => {
            if folders.contains(&folder) {
                section
                    .problem("move_to", format!("\"{folder}\" is itself one of the folders that are read"));
            }
            AfterFiling::Move(folder)
        }
        (After::Move, None) => {
            section.problem("move_to", "is missing; after_filing = \"move\" needs the folder to move to");
            AfterFiling::None
        }
    };
    Some(ImapSettings { server: server?, folders, idle, after_filing })
}

#[derive(Clone, Copy)]
enum Way {
    Smtp,
    Maildir,
}

fn acknowledgement(
    mut section: Section<'_>,
    credentials: Credentials<'_>,
    mailbox: Option<&MailboxSettings>,
) -> (Option<AcknowledgementSettings>, Templates) {
    let written = !section.is_blank();
    let folder = section.path("templates");
    let templates =
        folder.map(|folder| consultation::shared_templates(&folder, &mut section)).unwrap_or_default();
    (answering(section, written, credentials, mailbox), templates)
}

fn answering(
    mut section: Section<'_>,
    written: bool,
    credentials: Credentials<'_>,
    mailbox: Option<&MailboxSettings>,
) -> Option<AcknowledgementSettings> {
    let enabled = section.boolean("enabled", written);
    let not_before = section.moment("not_before").map(super::section::Moment::start);
    let way = section.choice("transport", Way::Smtp, &[("smtp", Way::Smtp), ("maildir", Way::Maildir)]);
    let mailbox_name = mailbox.and_then(|mailbox| match &mailbox.source {
        MailboxSource::Imap(imap) => imap.server.username.clone(),
        MailboxSource::Pop3(server) => server.username.clone(),
        MailboxSource::Maildir(_) => None,
    });
    let from = section.text("from").or(mailbox_name.filter(|name| written::is_address(name)));
    let missing = "is missing; write the office's address, for example from = \"zwfw@example.gov.cn\"";
    match from.as_deref() {
        None if enabled => section.problem("from", missing),
        Some(from) if !written::is_address(from) => {
            let wrong = "is not a mail address; write only the address, like zwfw@example.gov.cn";
            section.problem("from", format!("\"{from}\" {wrong}"));
        }
        _ => {}
    }
    let envelope_null = section.choice("envelope_sender", false, &[("mailbox", false), ("null", true)]);
    let answer_agencies = section.boolean("answer_agencies", false);
    let transport = match way {
        Way::Smtp if enabled => {
            server(&mut section, credentials, [465, 587, 25], "smtp.example.gov.cn").map(Transport::Smtp)
        }
        // Switched off and no server named: nothing will be sent, so nothing need be known.
        Way::Smtp => Some(Transport::Maildir(PathBuf::new())),
        Way::Maildir => match section.path("path") {
            Some(path) => Some(Transport::Maildir(path)),
            None => section
                .wrong("path", "is missing; transport = \"maildir\" needs the folder where answers are put"),
        },
    };
    section.ignore(PLACE_KEYS);
    let caps = caps(section.section("caps"));
    section.finish();
    Some(AcknowledgementSettings {
        enabled,
        not_before,
        transport: transport?,
        from: from.unwrap_or_default(),
        envelope_null,
        answer_agencies,
        caps,
    })
}

fn caps(mut section: Section<'_>) -> Caps {
    let shared_domains = section
        .list("shared_domains")
        .unwrap_or_else(|| providers::shared_domains().map(ToOwned::to_owned).collect());
    if let Some(wrong) = shared_domains.iter().find(|domain| domain.contains('@') || !domain.contains('.')) {
        section
            .problem("shared_domains", format!("\"{wrong}\" is not a domain; write for example \"qq.com\""));
    }
    let caps = Caps {
        per_address: section.number("per_address", 20, 1, 1_000_000),
        per_domain: section.number("per_domain", 1000, 1, 10_000_000),
        shared_domains: shared_domains.iter().map(|domain| domain.to_lowercase()).collect(),
        per_submission: section.number("per_submission", 20, 1, 1_000_000),
        per_day: section.number("per_day", 10_000, 1, 10_000_000),
        per_hour: section.number("per_hour", 2_000, 1, 10_000_000),
    };
    section.finish();
    caps
}

fn limits(mut section: Section<'_>) -> Limits {
    let second = Duration::from_secs(1);
    let limits = Limits {
        message_bytes: section.number("message_bytes", 50 * MIB, 64 * KIB, 1024 * MIB),
        oversize_fetch_bytes: section.number("oversize_fetch_bytes", MIB, 16 * KIB, 64 * MIB),
        batch_bytes: section.number("batch_bytes", 4 * MIB, 64 * KIB, 256 * MIB),
        batch_messages: section.number("batch_messages", 100, 1, 10_000),
        text_bytes: section.number("text_bytes", 2 * 1024 * 1024, 16 * 1024, 64 * 1024 * 1024),
        header_bytes: section.number("header_bytes", 1024 * 1024, 16 * 1024, 64 * 1024 * 1024),
        attachments: section.number("attachments", 200, 1, 100_000),
        step_timeout: section.duration("step_timeout", Duration::from_secs(30), second),
        slowest_bytes_per_second: section.number("slowest_bytes_per_second", 10 * KIB, 1, 1024 * MIB),
        pass_timeout: section.duration("pass_timeout", Duration::from_mins(30), second),
    };
    section.finish();
    limits
}
