//! Proxies on the way to both servers: they are given names, not addresses, and nobody's password is told.

use std::path::Path;
use std::time::Duration;

use zwfw_intake::vocabulary::LiveFault;

use crate::imap::imap_server::{Authority, Fake, folder};
use crate::live::fails;
use crate::smtp::smtp_server::{OFFERS, Protection, SmtpServer};
use crate::support::daemon::{Finished, Office};
use crate::support::proxy::{Manner, ProxyServer};
use crate::support::{free_port, wait_for};

/// A name that only the proxy can resolve.
const HOST: &str = "mail.ln.invalid";
const USER: &str = "office";
const PASSWORD: &str = "no:word \"of\" it";

/// An office whose servers are beyond a proxy.
struct Beyond {
    office: Office,
    imap: Fake,
    smtp: SmtpServer,
}

impl Beyond {
    async fn new(files: &Path) -> Self {
        let tls = Authority::new(files).certificate(true, |params| {
            params.subject_alt_names = vec![rcgen::SanType::DnsName(HOST.try_into().unwrap())];
        });
        let setup = folder([1, 2]).tls(tls);
        let ca_file = setup.ca_file().unwrap().to_owned();
        let imap = Fake::start(setup).await;
        let smtp = SmtpServer::start_with(Protection::Starttls, Vec::new(), &OFFERS, &[HOST]).await;
        let mut office = Office::over_imap(imap.port());
        office.answer_over_smtp(smtp.address.port());
        for (section, security, ca_file) in
            [("mailbox", "tls", &ca_file), ("acknowledgement", "starttls", &smtp.ca_file)]
        {
            office.text(section, "host", HOST);
            office.text(section, "security", security);
            office.text(section, "ca_file", ca_file.to_str().unwrap());
        }
        office.write_secret("proxy-password", PASSWORD);
        Self { office, imap, smtp }
    }

    fn by(&mut self, scheme: &str, port: u16, username: Option<&str>) {
        for section in ["mailbox", "acknowledgement"] {
            self.office.text(section, "proxy", &format!("{scheme}://127.0.0.1:{port}"));
            for key in ["proxy_username", "proxy_password_file"] {
                self.office.unset(section, key);
            }
            if let Some(username) = username {
                self.office.text(section, "proxy_username", username);
                self.office.text(section, "proxy_password_file", "proxy-password");
            }
        }
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        let finished =
            tokio::task::block_in_place(|| self.office.start(arguments).finish(Duration::from_mins(1)));
        let said = finished.said();
        assert!(!said.contains("no:word") && !said.contains("panicked"), "{finished:?}");
        finished
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_servers_are_reached_by_their_names_through_either_kind_of_proxy() {
    let files = tempfile::tempdir().unwrap();
    let mut beyond = Beyond::new(files.path()).await;
    for (scheme, manner, username) in [
        ("socks5", Manner::Open, None),
        ("socks5", Manner::Open, Some(USER)),
        ("http", Manner::Login(USER, PASSWORD), Some(USER)),
        ("socks5", Manner::Login(USER, PASSWORD), Some(USER)),
        ("http", Manner::Open, None),
    ] {
        let proxy = ProxyServer::start(manner).await;
        beyond.by(scheme, proxy.address.port(), username);
        let checked = beyond.run(&["check", "--live"]);
        assert_eq!(checked.code, Some(0), "{scheme} {manner:?}: {checked:?}");
        let asked = proxy.asked();
        for port in [beyond.imap.port(), beyond.smtp.address.port()] {
            assert!(asked.contains(&format!("{HOST}:{port}")), "{scheme} {manner:?}: {asked:?}");
        }
    }
    let ran = beyond.run(&["run", "--once"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(
        (beyond.office.rows().count("SELECT count(*) FROM submission"), beyond.smtp.taken().len()),
        (2, 2)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_of_a_proxy_has_its_words() {
    let files = tempfile::tempdir().unwrap();
    let mut beyond = Beyond::new(files.path()).await;
    beyond.office.text("limits", "step_timeout", "2s");
    for scheme in ["socks5", "http"] {
        for (fault, manner, username) in [
            (LiveFault::ProxyLogin, Manner::Login(USER, PASSWORD), None),
            (LiveFault::ProxyLogin, Manner::Login("another", PASSWORD), Some(USER)),
            (LiveFault::ProxyRefused, Manner::Refuses, None),
            (LiveFault::ProxyOther, Manner::Other, None),
        ] {
            let proxy = ProxyServer::start(manner).await;
            beyond.by(scheme, proxy.address.port(), username);
            let checked = beyond.run(&["check", "--live"]);
            fails(&checked, fault);
            assert_eq!(checked.stdout.matches(&format!("      {fault}: ")).count(), 2, "{checked:?}");
        }
    }
    beyond.by("socks5", free_port(), None);
    fails(&beyond.run(&["check", "--live"]), LiveFault::ProxyUnreachable);
    let silent = ProxyServer::start(Manner::Silent).await;
    beyond.by("http", silent.address.port(), None);
    fails(&beyond.run(&["check", "--live"]), LiveFault::Silent);
    assert_eq!(beyond.imap.connections() + beyond.smtp.connections(), 0);
}

/// A password that was changed at the proxy is taken from its file without a restart, as the servers' own are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxys_new_password_is_read() {
    let files = tempfile::tempdir().unwrap();
    let mut beyond = Beyond::new(files.path()).await;
    let proxy = ProxyServer::start(Manner::Login(USER, PASSWORD)).await;
    beyond.by("socks5", proxy.address.port(), Some(USER));
    beyond.office.write_secret("proxy-password", "the old one");
    tokio::task::block_in_place(|| {
        let daemon = beyond.office.start(&["run"]);
        let limit = Duration::from_mins(1);
        wait_for("a refusal by the proxy", limit, || daemon.said().contains("pass failed").then_some(()));
        beyond.office.write_secret("proxy-password", PASSWORD);
        wait_for("both answers", limit, || (beyond.smtp.taken().len() == 2).then_some(()));
        daemon.terminate();
        assert_eq!(daemon.finish(limit).code, Some(0));
    });
}
