//! What is written: the configuration, the consultation, the password. All of it, or nothing.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Answers, SetupArguments};
use crate::cli::outcome::{Exit, Failure};

/// The service reads it, and nothing secret stands in it.
const READABLE: u32 = 0o644;
const SECRET: u32 = 0o600;
/// What the units call the two passwords.
const CREDENTIALS: [&str; 2] = ["imap-password", "smtp-password"];
/// The authorities to trust, beside the configuration.
const AUTHORITY: &str = "ca.pem";
const UNITS: [&str; 2] = ["zwfw-intake.service", "zwfw-intake-check.service"];

pub(super) struct Files {
    /// In the order in which they were made.
    made: Vec<PathBuf>,
    /// Where the passwords stand in plain text, and whether they stay there.
    plain: PathBuf,
    plain_stays: bool,
}

impl Files {
    pub(super) fn write(file: &Path, wanted: &SetupArguments, answers: &Answers) -> Result<Self, Failure> {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
        let folder = file.parent().unwrap_or(Path::new("/")).to_path_buf();
        let mut files =
            Self { made: Vec::new(), plain: folder.join("credentials"), plain_stays: !wanted.encrypt };
        match files.write_all(&file, &folder, wanted, answers) {
            Ok(()) => Ok(files),
            Err(failure) => {
                files.take_back();
                Err(failure)
            }
        }
    }

    fn write_all(
        &mut self,
        file: &Path,
        folder: &Path,
        wanted: &SetupArguments,
        answers: &Answers,
    ) -> Result<(), Failure> {
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        let consultations = folder.join("consultations");
        fs::create_dir_all(&consultations).map_err(|error| failed(&consultations, &error))?;
        self.passwords(folder, wanted, answers)?;
        if let Some(authority) = &wanted.ca_file {
            // The service, which is not root, sees neither root's folder nor anybody's.
            let text = fs::read_to_string(authority).map_err(|error| failed(authority, &error))?;
            self.put(&folder.join(AUTHORITY), &text, READABLE)?;
        }
        self.put(&consultations.join("first.toml"), &consultation(answers), READABLE)?;
        self.put(file, &configuration(wanted, answers), READABLE)
    }

    fn passwords(
        &mut self,
        folder: &Path,
        wanted: &SetupArguments,
        answers: &Answers,
    ) -> Result<(), Failure> {
        let plain = self.plain.clone();
        match DirBuilder::new().mode(0o700).create(&plain) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(&plain, &error)),
            _ => {}
        }
        for name in CREDENTIALS {
            self.put(&plain.join(name), &format!("{}\n", answers.password), SECRET)?;
            if wanted.encrypt {
                let to = folder.join("credentials").join(format!("{name}.cred"));
                encrypt(name, &answers.password, &to)?;
                self.made.push(to);
            }
        }
        if wanted.encrypt {
            for unit in UNITS {
                let drop_in = Path::new("/etc/systemd/system").join(format!("{unit}.d"));
                fs::create_dir_all(&drop_in).map_err(|error| failed(&drop_in, &error))?;
                let mut text = "[Service]\nLoadCredential=\n".to_owned();
                for name in CREDENTIALS {
                    let path = folder.join("credentials").join(format!("{name}.cred"));
                    let _ = writeln!(text, "LoadCredentialEncrypted={name}:{}", path.display());
                }
                self.put(&drop_in.join("credentials.conf"), &text, READABLE)?;
            }
        }
        Ok(())
    }

    /// Writes a file over nothing.
    fn put(&mut self, path: &Path, text: &str, mode: u32) -> Result<(), Failure> {
        let mut file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(mode)
            .open(path)
            .map_err(|error| failed(path, &error))?;
        self.made.push(path.to_path_buf());
        file.set_permissions(Permissions::from_mode(mode))
            .and_then(|()| file.write_all(text.as_bytes()))
            .and_then(|()| file.sync_all())
            .map_err(|error| failed(path, &error))
    }

    /// Where the passwords stand in plain text, for a first try.
    pub(super) fn plain(&self) -> &Path {
        &self.plain
    }

    /// What stays.
    pub(super) fn kept(&self) -> impl Iterator<Item = &PathBuf> {
        self.made.iter().filter(|path| self.plain_stays || !self.is_plain(path))
    }

    fn is_plain(&self, path: &Path) -> bool {
        CREDENTIALS.iter().any(|name| path == self.plain.join(name))
    }

    /// The first try is over: what is kept encrypted stands nowhere else.
    pub(super) fn forget_plain(&self) {
        if !self.plain_stays {
            for name in CREDENTIALS {
                fs::remove_file(self.plain.join(name)).ok();
            }
        }
    }

    /// Nothing is left behind.
    pub(super) fn take_back(&self) {
        for path in self.made.iter().rev() {
            fs::remove_file(path).ok();
        }
    }
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    let exit = match error.kind() {
        io::ErrorKind::PermissionDenied => Exit::Permission,
        io::ErrorKind::AlreadyExists => Exit::Data,
        _ => Exit::Io,
    };
    let hint = match exit {
        Exit::Permission => "：请以 root 运行（sudo zwfw-intake setup）",
        Exit::Data => "：已有该文件，没有改动；确实要重新配置的，请先把它移走",
        _ => "",
    };
    Failure::new(exit, format!("{}: {error}{hint}", path.display()))
}

fn encrypt(name: &str, password: &str, to: &Path) -> Result<(), Failure> {
    let wrong = |words: String| Failure::new(Exit::Io, format!("systemd-creds: {words}"));
    let mut child = Command::new("systemd-creds")
        .args(["encrypt", &format!("--name={name}"), "-"])
        .arg(to)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| wrong(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(password.as_bytes()).map_err(|error| wrong(error.to_string()))?;
    }
    let done = child.wait_with_output().map_err(|error| wrong(error.to_string()))?;
    let said = String::from_utf8_lossy(&done.stderr);
    if done.status.success() { Ok(()) } else { Err(wrong(said.trim().to_owned())) }
}

/// A text as TOML has it: JSON's strings are among its own.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}

fn configuration(wanted: &SetupArguments, answers: &Answers) -> String {
    let mut text =
        "# Written by `zwfw-intake setup`. Every key: man 5 zwfw-intake.toml\n[mailbox]\nkind = \"imap\"\n"
            .to_owned();
    let server = |text: &mut String, host: &str, port: Option<u16>, security: &str, credential: &str| {
        let _ = writeln!(text, "host = {}", quoted(host));
        if let Some(port) = port {
            let _ = writeln!(text, "port = {port}");
        }
        let _ = writeln!(text, "security = {}\nusername = {}", quoted(security), quoted(&answers.account));
        let _ = writeln!(text, "password_credential = {}", quoted(credential));
        if wanted.ca_file.is_some() && security != "plaintext" {
            let _ = writeln!(text, "ca_file = {}", quoted(AUTHORITY));
        }
        if let Some(proxy) = wanted.proxy.as_deref().filter(|_| security != "plaintext") {
            let _ = writeln!(text, "proxy = {}", quoted(proxy));
        }
    };
    let [imap, smtp] = CREDENTIALS;
    server(&mut text, &answers.host, wanted.port, &wanted.security, imap);
    let _ = writeln!(text, "folders = {}", list(&answers.folders));
    if !answers.trusted.is_empty() {
        let _ = writeln!(text, "trusted_received_hosts = {}", list(&answers.trusted));
    }
    if let Some(store) = &wanted.store {
        let store = std::path::absolute(store).unwrap_or_else(|_| store.clone());
        let _ = writeln!(text, "\n[store]\npath = {}", quoted(&store.display().to_string()));
    }
    text.push_str("\n[acknowledgement]\n");
    match &answers.smtp_host {
        Some(host) => {
            text.push_str("enabled = true\n");
            server(&mut text, host, wanted.smtp_port, &wanted.smtp_security, smtp);
            let _ = writeln!(text, "from = {}", quoted(&answers.from));
        }
        None => text.push_str("enabled = false\n"),
    }
    text
}

fn consultation(answers: &Answers) -> String {
    let mut text = "# Written by `zwfw-intake setup`. Every key: man 5 zwfw-intake.toml\n[[consultation]]\nid = \"first\"\n".to_owned();
    let _ = writeln!(text, "title = {}\ndeadline = {}", quoted(&answers.title), quoted(&answers.deadline));
    if let Some(tag) = &answers.subject_tag {
        let _ = writeln!(text, "subject_tag = {}", quoted(tag));
    }
    if let Some(prefix) = &answers.prefix {
        let _ = writeln!(text, "number_prefix = {}", quoted(prefix));
    }
    text
}
