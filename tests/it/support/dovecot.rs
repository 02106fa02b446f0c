//! Dovecot as an ordinary user on free loopback ports: IMAP (plain and STARTTLS), IMAPS, LMTP.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::certificates::Certificates;
use super::{Area, Group, free_port, wait_for};

/// The office's mailbox.
pub(crate) const INTAKE: &str = "intake";
/// Its password.
pub(crate) const INTAKE_PASSWORD: &str = "intake-pw";

/// A running Dovecot.
pub(crate) struct Dovecot {
    group: Option<Group>,
    program: PathBuf,
    config: PathBuf,
    run_dir: PathBuf,
    log: PathBuf,
    mail: PathBuf,
    /// Plaintext and STARTTLS.
    pub(crate) imap_port: u16,
    /// TLS from the first byte.
    pub(crate) imaps_port: u16,
    /// Takes mail for any local part.
    pub(crate) lmtp_port: u16,
}

impl Dovecot {
    pub(crate) fn start(area: &Area, certificates: &Certificates) -> Self {
        Self::start_with(area, certificates, "")
    }

    /// The same with POP3 on this port, by the programs that lie in this folder.
    pub(crate) fn start_with_pop3(
        area: &Area,
        certificates: &Certificates,
        (port, programs): (u16, &Path),
    ) -> Self {
        let programs = programs.display();
        let more = format!(
            "protocols = imap lmtp pop3\nservice pop3-login {{\n  executable = {programs}/pop3-login\n  chroot =\n  inet_listener pop3 {{\n    port = {port}\n  }}\n  inet_listener pop3s {{\n    port = 0\n  }}\n}}\nservice pop3 {{\n  executable = {programs}/pop3\n}}\n"
        );
        Self::start_with(area, certificates, &more)
    }

    fn start_with(area: &Area, certificates: &Certificates, more: &str) -> Self {
        let program = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot", "/usr/bin/dovecot"]
            .into_iter()
            .map(PathBuf::from)
            .find(|path| path.exists())
            .expect("Dovecot is not installed; tests/run installs what the tests need");
        let dir = area.make_dir("dovecot");
        let mut dovecot = Self {
            group: None,
            program,
            config: dir.join("dovecot.conf"),
            run_dir: area.make_dir("dovecot/run"),
            log: dir.join("dovecot.log"),
            mail: area.make_dir("mail"),
            imap_port: free_port(),
            imaps_port: free_port(),
            lmtp_port: free_port(),
        };
        area.make_dir("dovecot/state");
        area.write(&area.path().join("users"), format!("{INTAKE}:{{PLAIN}}{INTAKE_PASSWORD}\n"));
        let text = dovecot.config_text(area, certificates);
        area.write(&dovecot.config, text + more);
        dovecot.run(area);
        dovecot
    }

    /// Starts the processes; also after [`Dovecot::stop`].
    pub(crate) fn run(&mut self, area: &Area) {
        let output = area.path().join("dovecot/output");
        let mut command = area.command(&self.program, &output);
        command.arg("-F").arg("-c").arg(&self.config);
        let mut group = Group::spawn(command);
        wait_for("Dovecot's greeting", Duration::from_mins(2), || {
            if let Some(status) = group.ended() {
                let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
                panic!("Dovecot ended with {status}: {}{}", read(&output), read(&self.log));
            }
            greeting(self.imap_port).and(greeting(self.lmtp_port))
        });
        self.group = Some(group);
    }

    /// Kills every process; the mail stays.
    pub(crate) fn stop(&mut self) {
        self.group = None;
        // Killed, it cannot do this itself, and would refuse to start again.
        let _ = fs::remove_file(self.run_dir.join("master.pid"));
    }

    /// A user's Maildir.
    pub(crate) fn maildir(&self, user: &str) -> PathBuf {
        self.mail.join(user)
    }

    fn config_text(&self, area: &Area, certificates: &Certificates) -> String {
        let output = Command::new(&self.program).arg("--version").output().unwrap();
        let version = String::from_utf8_lossy(&output.stdout);
        let template = if version.starts_with("2.3") { DOVECOT_2_3 } else { DOVECOT_2_4 };
        template
            .replace("@DIR@", area.path().to_str().unwrap())
            .replace("@USER@", &area.account.user)
            .replace("@GROUP@", &area.account.group)
            .replace("@UID@", &area.account.uid.to_string())
            .replace("@GID@", &area.account.gid.to_string())
            .replace("@CERT@", certificates.server.to_str().unwrap())
            .replace("@KEY@", certificates.server_key.to_str().unwrap())
            .replace("@IMAP@", &self.imap_port.to_string())
            .replace("@IMAPS@", &self.imaps_port.to_string())
            .replace("@LMTP@", &self.lmtp_port.to_string())
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The first line that a server says, when it is there.
pub(crate) fn greeting(port: u16) -> Option<String> {
    let stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).ok()?;
    (!line.is_empty()).then_some(line)
}

/// Empty chroots, `first_valid_uid` and the `default_*` users are what makes it run unprivileged.
const DOVECOT_2_3: &str = include_str!("dovecot-2.3.conf");

/// The same in the language of 2.4 (Debian 13).
const DOVECOT_2_4: &str = include_str!("dovecot-2.4.conf");
