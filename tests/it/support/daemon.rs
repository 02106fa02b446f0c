//! The program under test: its configuration, its commands, its processes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use rustix::process::Signal;
use tempfile::TempDir;

use super::dovecot::{INTAKE, INTAKE_PASSWORD};
use super::letter::ARRIVAL;
use super::mailhost::{Mailhost, set_modified};
use super::mailset::FOLDERS;
use super::sql::Rows;
use super::{Group, wait_for};

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    Tls,
    Starttls,
    Plaintext,
}

impl Security {
    fn word(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Starttls => "starttls",
            Self::Plaintext => "plaintext",
        }
    }
}

/// A directory with a configuration, and the commands that work on it.
pub(crate) struct Office {
    dir: TempDir,
    /// Section → key → value in TOML.
    sections: BTreeMap<&'static str, BTreeMap<&'static str, String>>,
    environment: Vec<(String, String)>,
    /// A program that runs the program, with its arguments: strace.
    wrapper: Vec<String>,
    runs: AtomicUsize,
    makes_itself: bool,
}

/// An office with a copy of the shipped configuration, and the path of its `demo.toml`.
pub(crate) fn office_with_demo() -> (Office, PathBuf) {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().flatten() {
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), &target).unwrap();
                // Nobody is writing it any more.
                set_modified(&target, UNIX_EPOCH + Duration::from_secs(ARRIVAL));
            }
        }
    }
    let mut office = Office::at_maildir();
    let config = office.path().join("config");
    copy(&super::repository().join("config"), &config);
    office.environment("ZWFW_INTAKE__STORE__PATH", office.store_path().to_str().unwrap());
    (office, config.join("demo.toml"))
}

impl Office {
    /// An office whose mailbox and SMTP server are `host`'s.
    pub(crate) fn at(host: &Mailhost, imap: Security, smtp: Security) -> Self {
        let mut office = Self::empty();
        let ca = host.certificates.ca.to_str().unwrap().to_owned();
        let imap_port = match imap {
            Security::Tls => host.dovecot.imaps_port,
            _ => host.dovecot.imap_port,
        };
        let smtp_port = match smtp {
            Security::Tls => host.submissions_port,
            Security::Starttls => host.submission_port,
            Security::Plaintext => host.plaintext_port,
        };
        office.write_secret("mailbox-password", INTAKE_PASSWORD);
        for section in ["mailbox", "acknowledgement"] {
            let (security, port) = if section == "mailbox" { (imap, imap_port) } else { (smtp, smtp_port) };
            office.text(section, "host", "127.0.0.1");
            office.set(section, "port", port);
            office.text(section, "security", security.word());
            if security != Security::Plaintext {
                office.text(section, "ca_file", &ca);
            }
            office.text(section, "username", INTAKE);
            office.text(section, "password_file", "mailbox-password");
        }
        let folders: Vec<&str> = FOLDERS.iter().map(|(_, name)| *name).collect();
        office.set("mailbox", "folders", format!("{folders:?}"));
        office.text("mailbox", "kind", "imap");
        office.text("mailbox", "poll_interval", "1s");
        office.set("mailbox", "idle", true);
        office.text("acknowledgement", "transport", "smtp");
        office.text("acknowledgement", "from", "intake@example.test");
        office
    }

    /// An office that reads one Maildir and answers into another.
    pub(crate) fn at_maildir() -> Self {
        let mut office = Self::empty();
        for section in ["mailbox", "acknowledgement"] {
            let path = office.path().join(section);
            for part in ["cur", "new", "tmp"] {
                fs::create_dir_all(path.join(part)).unwrap();
            }
            office.text(section, "path", section);
        }
        office.text("mailbox", "kind", "maildir");
        office.text("acknowledgement", "transport", "maildir");
        office.text("acknowledgement", "from", "zwfw@ln.gov.cn");
        office
    }

    /// An office whose mailbox is a scripted server on this port and that answers into a Maildir.
    pub(crate) fn over_imap(port: u16) -> Self {
        let mut office = Self::at_maildir();
        office.sections.remove("mailbox");
        office.set("mailbox", "trusted_received_hosts", "[\".ln.gov.cn\"]");
        office.text("mailbox", "kind", "imap");
        office.text("mailbox", "host", "127.0.0.1");
        office.set("mailbox", "port", port);
        office.text("mailbox", "security", "plaintext");
        office.text("mailbox", "username", "zwfw@ln.gov.cn");
        office.text("mailbox", "password_file", "mailbox-password");
        office.write_secret("mailbox-password", "secret");
        office.text("mailbox", "poll_interval", "1s");
        office
    }

    /// Answers over a scripted server on this port from now on.
    pub(crate) fn answer_over_smtp(&mut self, port: u16) {
        self.unset("acknowledgement", "path");
        self.text("acknowledgement", "transport", "smtp");
        self.text("acknowledgement", "host", "127.0.0.1");
        self.set("acknowledgement", "port", port);
        self.text("acknowledgement", "security", "plaintext");
    }

    fn empty() -> Self {
        let mut office = Self {
            dir: tempfile::Builder::new().prefix("zwfw-it-").tempdir().unwrap(),
            sections: BTreeMap::new(),
            environment: Vec::new(),
            wrapper: Vec::new(),
            runs: AtomicUsize::new(0),
            makes_itself: false,
        };
        fs::create_dir(office.path().join("consultations")).unwrap();
        fs::write(office.path().join("consultations/liaoning.toml"), CONSULTATION).unwrap();
        office.text("store", "path", "store.sqlite3");
        office.set("mailbox", "trusted_received_hosts", "[\".ln.gov.cn\"]");
        office.set("acknowledgement", "enabled", true);
        office.text("acknowledgement", "not_before", "2024-01-01");
        office
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn store_path(&self) -> PathBuf {
        self.path().join("store.sqlite3")
    }

    pub(crate) fn config_path(&self) -> PathBuf {
        self.path().join("config.toml")
    }

    /// Sets a key to a TOML value.
    pub(crate) fn set(&mut self, section: &'static str, key: &'static str, value: impl std::fmt::Display) {
        self.sections.entry(section).or_default().insert(key, value.to_string());
    }

    /// Sets a key to a string.
    pub(crate) fn text(&mut self, section: &'static str, key: &'static str, value: &str) {
        self.set(section, key, format!("{value:?}"));
    }

    /// Leaves a key to its default.
    pub(crate) fn unset(&mut self, section: &'static str, key: &str) {
        self.sections.entry(section).or_default().remove(key);
    }

    /// Sets a variable of the program's environment.
    pub(crate) fn environment(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Runs the program under another one from now on; empty: by itself again.
    pub(crate) fn under(&mut self, wrapper: &[&str]) {
        self.wrapper = wrapper.iter().map(|&word| word.to_owned()).collect();
    }

    /// Gives the consultation another last day.
    pub(crate) fn open_until(&self, day: &str) {
        let text = CONSULTATION.replace("2024-03-13", day);
        fs::write(self.path().join("consultations/liaoning.toml"), text).unwrap();
    }

    pub(crate) fn write_secret(&self, name: &str, secret: &str) {
        let path = self.path().join(name);
        fs::write(&path, format!("{secret}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Forgets everything that was filed.
    pub(crate) fn remove_store(&self) {
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(self.path().join(format!("store.sqlite3{suffix}")));
        }
    }

    pub(crate) fn rows(&self) -> Rows {
        Rows::open(&self.store_path())
    }

    /// Whether there is a store to read. The file is there a little sooner: a daemon makes its tables in a transaction of their own.
    pub(crate) fn has_store(&self) -> bool {
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'submission'";
        self.store_path().exists() && self.rows().count(tables) > 0
    }

    /// Keeps the store in another folder.
    pub(crate) fn keep_store_in(&mut self, folder: &Path) {
        self.text("store", "path", folder.join("store.sqlite3").to_str().unwrap());
    }

    /// What the program wrote into its log so far, over all of its runs.
    pub(crate) fn log(&self) -> String {
        let mut text = String::new();
        for run in 0..self.runs.load(Ordering::Relaxed) {
            let log = fs::read(self.path().join(format!("run-{run}.stderr"))).unwrap_or_default();
            text.push_str(&String::from_utf8_lossy(&log));
        }
        text
    }

    fn write_config(&self) {
        let mut text = String::new();
        for (section, keys) in &self.sections {
            writeln!(text, "[{section}]").unwrap();
            for (key, value) in keys {
                writeln!(text, "{key} = {value}").unwrap();
            }
        }
        // In one step: another command of this office may be reading it.
        let unfinished = self.path().join("config.toml.new");
        fs::write(&unfinished, text).unwrap();
        fs::rename(unfinished, self.config_path()).unwrap();
    }

    /// Starts a command with this office's configuration. Before the first one that works on the store, a store that is to
    /// answer over SMTP is made as a person makes it: what is older than a store that makes itself is not answered.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.write_config();
        let works = arguments.iter().any(|argument| matches!(*argument, "run" | "import"));
        if works && !self.makes_itself && self.answers_over_smtp() && !self.configured_store().exists() {
            let made = self.start_by(&[], &self.config_path(), &["init"]).finish(Duration::from_mins(1));
            assert_eq!(made.code, Some(0), "{made:?}");
        }
        self.start_with(&self.config_path(), arguments)
    }

    /// Leaves it to `run` and `import` to make a store.
    pub(crate) fn let_the_store_make_itself(&mut self) {
        self.makes_itself = true;
    }

    fn answers_over_smtp(&self) -> bool {
        let value = |key| self.sections.get("acknowledgement").and_then(|section| section.get(key));
        value("transport").is_some_and(|value| value == "\"smtp\"")
            && value("enabled").is_some_and(|value| value == "true")
    }

    /// Where the configuration puts the store.
    fn configured_store(&self) -> PathBuf {
        let path = self.sections.get("store").and_then(|section| section.get("path"));
        self.path().join(path.map_or("", |path| path.trim_matches('"')))
    }

    /// Starts a command with another configuration file.
    pub(crate) fn start_with(&self, config: &Path, arguments: &[&str]) -> Running {
        self.start_by(&self.wrapper, config, arguments)
    }

    fn start_by(&self, wrapper: &[String], config: &Path, arguments: &[&str]) -> Running {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let stdout = self.path().join(format!("run-{run}.stdout"));
        let stderr = self.path().join(format!("run-{run}.stderr"));
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", "--"])
            .args(wrapper)
            // The wrapper's own child ends with it, too.
            .args(if wrapper.is_empty() { &[][..] } else { &["setpriv", "--pdeathsig", "KILL", "--"] })
            .args([env!("CARGO_BIN_EXE_zwfw-intake"), "--config"])
            .arg(config)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(fs::File::create(&stdout).unwrap())
            .stderr(fs::File::create(&stderr).unwrap())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.path())
            .process_group(0);
        Running { group: Group::spawn(command), stdout, stderr, started: Instant::now() }
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        self.start(arguments).finish(Duration::from_mins(5))
    }

    /// Runs a command that has to succeed.
    #[track_caller]
    pub(crate) fn run_ok(&self, arguments: &[&str]) -> Finished {
        let finished = self.run(arguments);
        assert_eq!(finished.code, Some(0), "{arguments:?}: {finished:?}");
        finished
    }

    /// Runs a command that has to succeed and gives what it prints as JSON.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let finished = self.run_ok(arguments);
        serde_json::from_str(&finished.stdout).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {finished:?}"))
    }
}

/// A running command.
pub(crate) struct Running {
    group: Group,
    stdout: PathBuf,
    stderr: PathBuf,
    started: Instant,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Finished {
    /// Everything that it said.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl Running {
    pub(crate) fn signal(&self, signal: Signal) {
        self.group.signal(signal);
    }

    pub(crate) fn pid(&self) -> i32 {
        self.group.pid().as_raw_nonzero().get()
    }

    /// The most memory that it has had in use so far, in KiB (`VmHWM`); `None` when it has ended.
    pub(crate) fn peak_memory_kib(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    pub(crate) fn terminate(&self) {
        self.group.signal(Signal::TERM);
    }

    /// `kill -9`; whether it was still running.
    pub(crate) fn kill(mut self) -> bool {
        let running = self.group.ended().is_none();
        self.group.kill();
        running
    }

    /// Whether it has ended.
    pub(crate) fn ended(&mut self) -> bool {
        self.group.ended().is_some()
    }

    /// What it said so far, for the messages of failing tests.
    pub(crate) fn said(&self) -> String {
        let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        format!("{}{}", read(&self.stdout), read(&self.stderr))
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn finish(mut self, limit: Duration) -> Finished {
        let status = wait_for("the program's end", limit, || self.group.ended());
        let read = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        Finished {
            code: status.code(),
            stdout: read(&self.stdout),
            stderr: read(&self.stderr),
            took: self.started.elapsed(),
        }
    }
}

/// The consultation that the generated mail answers to.
const CONSULTATION: &str = r#"
id = "liaoning-2024-gxbc"
title = "辽宁省关于进一步优化政务服务提升行政效能推动“高效办成一件事”的工作方案(征求意见稿)"
subject_tag = "《辽宁省关于进一步优化政务服务提升行政效能推动“高效办成一件事”的工作方案(征求意见稿)》意见建议"
issuer = "辽宁"
office_name = "辽宁省营商环境建设局"
opens = "2024-02-28"
deadline = "2024-03-13"
number_prefix = "LNZX-2024"
office_phones = ["(024)83988812"]
office_addresses = ["zwfw@ln.gov.cn", "mhwz@ln.gov.cn"]
anchors = ["高效办成一件事", "一件事"]
occupations = ["公务员", "事业单位工作人员", "专业技术人员", "企业管理人员", "工人", "农民", "学生", "教师",
    "医生", "律师", "文体人员", "现役军人", "自由职业者", "个人经营者", "无业人员", "退(离)休人员", "其他"]
clauses = [{ code = "二(一)1", name = "只进一门", also = ["一窗通办"] }, { code = "二(二)3", name = "跨域办" }]
"#;
