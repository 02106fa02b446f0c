//! A mail host: Dovecot, and Exim in front of it that takes mail by SMTP and delivers it by LMTP.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::certificates::Certificates;
use super::dovecot::{Dovecot, INTAKE, greeting};
use super::mailset::FOLDERS;
use super::{Area, Group, free_port, servers_dir, wait_for};

/// A running mail host. Everything ends and is removed when it goes out of scope.
pub(crate) struct Mailhost {
    // Fields are dropped in this order: the servers before their directory.
    exim: Option<Group>,
    pub(crate) dovecot: Dovecot,
    pub(crate) certificates: Certificates,
    /// SMTP: STARTTLS before AUTH.
    pub(crate) submission_port: u16,
    /// SMTP: TLS from the first byte.
    pub(crate) submissions_port: u16,
    /// SMTP that offers AUTH without TLS, for the plaintext variant.
    pub(crate) plaintext_port: u16,
    pub(crate) area: Area,
}

impl Mailhost {
    pub(crate) fn start() -> Self {
        let area = Area::new();
        let certificates = Certificates::make(&area);
        let dovecot = Dovecot::start(&area, &certificates);
        let mut host = Self {
            exim: None,
            dovecot,
            certificates,
            submission_port: free_port(),
            submissions_port: free_port(),
            plaintext_port: free_port(),
            area,
        };
        for (folder, _) in FOLDERS {
            host.make_folder(INTAKE, folder);
        }
        host.install_exim();
        host.run_exim();
        host
    }

    fn install_exim(&self) {
        let candidates = [
            servers_dir().join("root/usr/sbin/exim4"),
            PathBuf::from("/usr/sbin/exim4"),
            PathBuf::from("/usr/sbin/exim"),
        ];
        let packaged = candidates
            .into_iter()
            .find(|path| path.exists())
            .expect("Exim is neither unpacked nor installed; tests/run provides what the tests need");
        for dir in ["exim", "exim/spool", "exim/log"] {
            self.area.make_dir(dir);
        }
        // The packaged binary is setuid root and then refuses a configuration that is not its own.
        let copy = self.area.path().join("exim/exim");
        fs::copy(&packaged, &copy).unwrap();
        fs::set_permissions(&copy, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        self.area.give(&copy);
        let text = EXIM
            .replace("@DIR@", self.area.path().to_str().unwrap())
            .replace("@USER@", &self.area.account.user)
            .replace("@GROUP@", &self.area.account.group)
            .replace("@CERT@", self.certificates.server.to_str().unwrap())
            .replace("@KEY@", self.certificates.server_key.to_str().unwrap())
            .replace("@STARTTLS@", &self.submission_port.to_string())
            .replace("@TLS@", &self.submissions_port.to_string())
            .replace("@PLAIN@", &self.plaintext_port.to_string())
            .replace("@LMTP@", &self.dovecot.lmtp_port.to_string());
        self.area.write(&self.area.path().join("exim/exim.conf"), text);
    }

    /// Starts Exim; also after [`Mailhost::stop_exim`].
    pub(crate) fn run_exim(&mut self) {
        let dir = self.area.path().join("exim");
        let output = dir.join("output");
        let mut command = self.area.command(dir.join("exim"), &output);
        command.arg("-C").arg(dir.join("exim.conf")).args(["-bdf", "-q10s"]);
        self.unpacked_environment(&mut command);
        let mut group = Group::spawn(command);
        wait_for("Exim's greeting", Duration::from_mins(2), || {
            if let Some(status) = group.ended() {
                let panic_log = fs::read_to_string(dir.join("log/paniclog")).unwrap_or_default();
                let said = fs::read_to_string(&output).unwrap_or_default();
                panic!("Exim ended with {status}: {said}{panic_log}");
            }
            greeting(self.submission_port)
        });
        self.exim = Some(group);
    }

    /// What an Exim that was unpacked and not installed lacks: its libraries' place and the user `Debian-exim`,
    /// which it looks up before it reads the configuration that names another one. `keep_environment` hands
    /// these on to the processes that deliver.
    fn unpacked_environment(&self, command: &mut std::process::Command) {
        let Ok(entries) = fs::read_dir(servers_dir().join("root/usr/lib")) else { return };
        let paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        command.env("LD_LIBRARY_PATH", std::env::join_paths(&paths).unwrap());
        let wrapper = paths.iter().map(|dir| dir.join("libnss_wrapper.so")).find(|path| path.exists());
        let passwd = fs::read_to_string("/etc/passwd").unwrap();
        let group = fs::read_to_string("/etc/group").unwrap();
        let Some(wrapper) = wrapper.filter(|_| !passwd.contains("Debian-exim:")) else { return };
        let dir = self.area.path().join("exim");
        let super::Account { uid, gid, .. } = self.area.account;
        let line = format!("Debian-exim:x:{uid}:{gid}::{}:/bin/false\n", dir.display());
        self.area.write(&dir.join("passwd"), passwd + &line);
        self.area.write(&dir.join("group"), group + &format!("Debian-exim:x:{gid}:\n"));
        command.env("LD_PRELOAD", wrapper);
        command.env("NSS_WRAPPER_PASSWD", dir.join("passwd")).env("NSS_WRAPPER_GROUP", dir.join("group"));
    }

    /// Kills Exim; its queue stays on disk.
    pub(crate) fn stop_exim(&mut self) {
        self.exim = None;
    }

    /// Puts a file into a folder of a user's Maildir, as if it had arrived at `arrival` (seconds since 1970):
    /// Dovecot gives the modification time as INTERNALDATE. Maildir flags are letters such as `S` (seen).
    pub(crate) fn put(&self, user: &str, folder: &str, name: &str, flags: &str, arrival: i64, raw: &[u8]) {
        let dir = self.make_folder(user, folder).join("cur");
        self.place(&dir.join(format!("{name}:2,{flags}")), arrival, raw);
    }

    /// The same in `new/`, where a delivery leaves it.
    pub(crate) fn put_new(&self, user: &str, folder: &str, name: &str, arrival: i64, raw: &[u8]) {
        let dir = self.make_folder(user, folder).join("new");
        self.place(&dir.join(name), arrival, raw);
    }

    fn place(&self, path: &Path, arrival: i64, raw: &[u8]) {
        self.area.write(path, raw);
        let time = UNIX_EPOCH + Duration::from_secs(u64::try_from(arrival).unwrap());
        set_modified(path, time);
    }

    /// Makes a folder and gives its path. Names are as the Maildir has them: `INBOX`, `Junk`, `&Xn9USpCuTvY-`.
    pub(crate) fn make_folder(&self, user: &str, folder: &str) -> PathBuf {
        let relative = match folder {
            "INBOX" => format!("mail/{user}"),
            _ => format!("mail/{user}/.{folder}"),
        };
        let dir = self.area.make_dir(relative);
        for part in ["cur", "new", "tmp"] {
            if !dir.join(part).exists() {
                fs::create_dir(dir.join(part)).unwrap();
                self.area.give(&dir.join(part));
            }
        }
        dir
    }

    /// Delivers a message to local users by LMTP (RFC 2033), as a front server would.
    pub(crate) fn deliver(&self, from: &str, to: &str, raw: &[u8]) {
        let stream = TcpStream::connect(("127.0.0.1", self.dovecot.lmtp_port)).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut stream = stream;
        let mut step = |command: &[u8], code: &str| {
            stream.write_all(command).unwrap();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                assert!(line.starts_with(code), "LMTP said {line:?} where {code} was due");
                if line.as_bytes().get(3) != Some(&b'-') {
                    break;
                }
            }
        };
        step(b"", "220");
        step(b"LHLO test.example\r\n", "250");
        step(format!("MAIL FROM:<{from}> BODY=8BITMIME\r\n").as_bytes(), "250");
        step(format!("RCPT TO:<{to}>\r\n").as_bytes(), "250");
        step(b"DATA\r\n", "354");
        step(&dot_stuffed(raw), "250");
        step(b"QUIT\r\n", "221");
    }

    /// Every message in a user's inbox, oldest first.
    pub(crate) fn inbox(&self, user: &str) -> Vec<Vec<u8>> {
        let dir = self.dovecot.maildir(user);
        let mut files = Vec::new();
        for part in ["new", "cur"] {
            let entries = fs::read_dir(dir.join(part)).into_iter().flatten().flatten();
            files.extend(entries.map(|entry| entry.path()));
        }
        files.sort_by_key(|path| path.file_name().map(ToOwned::to_owned));
        files.iter().map(|path| fs::read(path).unwrap()).collect()
    }

    /// How many messages stand in the inboxes of all users but the office's.
    pub(crate) fn delivered_total(&self, office: &str) -> usize {
        let users = fs::read_dir(self.area.path().join("mail")).unwrap().flatten();
        users
            .filter(|user| user.file_name() != office)
            .flat_map(|user| ["new", "cur"].map(|part| user.path().join(part)))
            .map(|dir| fs::read_dir(dir).map_or(0, Iterator::count))
            .sum()
    }

    /// Waits until Exim has nothing left to deliver.
    pub(crate) fn wait_until_delivered(&self) {
        let queue = self.area.path().join("exim/spool/input");
        wait_for("Exim's queue to run empty", Duration::from_mins(1), || {
            let left = fs::read_dir(&queue).map_or(0, |entries| {
                entries.flatten().filter(|e| e.file_name().to_string_lossy().ends_with("-D")).count()
            });
            (left == 0).then_some(())
        });
    }

    /// Removes the mail of every user but the office's.
    pub(crate) fn clear_citizens(&self, office: &str) {
        for user in fs::read_dir(self.area.path().join("mail")).unwrap().flatten() {
            if user.file_name() != office {
                fs::remove_dir_all(user.path()).unwrap();
            }
        }
    }

    /// Every folder and file name of a user's mailbox below `cur` and `new`: the names hold the flags.
    pub(crate) fn snapshot(&self, user: &str) -> Vec<String> {
        let root = self.dovecot.maildir(user);
        let mut names = Vec::new();
        let mut folders = vec![root.clone()];
        folders.extend(fs::read_dir(&root).unwrap().flatten().map(|e| e.path()).filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            path.is_dir() && name.starts_with('.')
        }));
        for folder in folders {
            for part in ["cur", "new"] {
                for entry in fs::read_dir(folder.join(part)).into_iter().flatten().flatten() {
                    names.push(entry.path().strip_prefix(&root).unwrap().display().to_string());
                }
            }
            if let Ok(keywords) = fs::read_to_string(folder.join("dovecot-keywords")) {
                names.push(format!("{} keywords: {keywords}", folder.display()));
            }
        }
        names.sort();
        names
    }
}

/// Sets a file's modification time.
pub(crate) fn set_modified(path: &Path, time: SystemTime) {
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

/// RFC 5321 section 4.5.2, with the final dot.
fn dot_stuffed(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + 8);
    let mut at_line_start = true;
    for &byte in raw {
        if at_line_start && byte == b'.' {
            out.push(b'.');
        }
        out.push(byte);
        at_line_start = byte == b'\n';
    }
    if !at_line_start {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

/// `smtp_accept_queue_per_connection = 0`: without it only the first ten messages of a connection are
/// delivered at once, the rest wait for the queue's next round.
const EXIM: &str = r"
primary_hostname = mail.example.test
exim_user = @USER@
exim_group = @GROUP@
exim_path = @DIR@/exim/exim
spool_directory = @DIR@/exim/spool
log_file_path = @DIR@/exim/log/%slog
pid_file_path = @DIR@/exim/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = @STARTTLS@ : @TLS@ : @PLAIN@
tls_on_connect_ports = @TLS@
tls_certificate = @CERT@
tls_privatekey = @KEY@
tls_advertise_hosts = *
auth_advertise_hosts = ${if or{{eq{$received_port}{@PLAIN@}}{!eq{$tls_in_cipher}{}}}{*}{}}
acl_smtp_rcpt = rcpt
accept_8bitmime
smtp_accept_max = 50
smtp_accept_max_per_connection = 0
smtp_accept_queue_per_connection = 0
ignore_bounce_errors_after = 1m
never_users =
keep_environment = LD_LIBRARY_PATH : LD_PRELOAD : NSS_WRAPPER_PASSWD : NSS_WRAPPER_GROUP
begin acl
rcpt:
  accept authenticated = *
  deny message = authentication required
begin routers
all:
  driver = accept
  transport = dovecot
begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  port = @LMTP@
  hosts_override
  allow_localhost
  hosts_avoid_tls = *
begin retry
* * F,1h,10s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if eq{\{PLAIN\}$auth3}{${lookup{$auth2}lsearch{@DIR@/users}{$value}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${if eq{\{PLAIN\}$auth2}{${lookup{$auth1}lsearch{@DIR@/users}{$value}}}}
  server_set_id = $auth1
";
