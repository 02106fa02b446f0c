//! IMAP servers of Debian whose packages exclude each other: Courier, Cyrus, GNU mailutils; and pymap.
//!
//! `tests/run` unpacks each into a folder of its own. A server starts in mount and process spaces of its own where that
//! folder lies over `/usr`, `/etc` and `/var`: it finds its files where its package puts them, and nothing outside changes.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use super::dovecot::{INTAKE, INTAKE_PASSWORD, greeting};
use super::{Area, Group, free_port, servers_dir, wait_for};

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Courier,
    Cyrus,
    Imap4d,
    Pymap,
}

/// A running server with an empty mailbox for [`INTAKE`].
pub(crate) struct RealServer {
    pub(crate) kind: Kind,
    pub(crate) port: u16,
    pub(crate) area: Area,
    group: Option<Group>,
    /// When every file is delivered, as its time says: INTERNALDATE tells no letter from another.
    second: SystemTime,
}

impl RealServer {
    pub(crate) fn start(kind: Kind) -> Self {
        assert!(
            rustix::process::geteuid().is_root(),
            "{kind:?} starts in a mount space of its own, which root may make: run tests/run as root"
        );
        let mut server = Self {
            kind,
            port: free_port(),
            area: Area::new(),
            group: None,
            second: std::time::UNIX_EPOCH + Duration::from_hours(475_058),
        };
        server.prepare();
        server.run();
        if kind == Kind::Courier {
            // As a mailbox that people have opened: from then on it keeps its UIDVALIDITY.
            server.client().ok("SELECT INBOX");
        }
        server
    }

    fn prepare(&self) {
        match self.kind {
            Kind::Courier => {
                for part in ["new", "cur", "tmp"] {
                    self.area.make_dir(format!("home/Maildir/{part}"));
                }
            }
            Kind::Imap4d => {
                self.area.make_dir("spool");
                self.area.write(&self.area.path().join("spool").join(INTAKE), "");
                self.area.make_dir("home");
            }
            Kind::Pymap => {
                let folder = self.area.make_dir("pymap");
                self.area.write(&folder.join("pymap-etc-passwd"), format!("{INTAKE}:::::{INTAKE}:\n"));
                self.area.write(&folder.join("pymap-etc-shadow"), format!("{INTAKE}:{PBKDF2}:::::::\n"));
                self.area.write(&folder.join("pymap-etc-group"), "");
            }
            Kind::Cyrus => {
                self.area.make_dir("cyrus");
            }
        }
        fs::create_dir_all(self.area.path().join("layers")).unwrap();
    }

    /// Starts the processes; also after [`RealServer::stop`].
    pub(crate) fn run(&mut self) {
        let output = self.area.path().join("output");
        let script = self.area.path().join("start.sh");
        fs::write(&script, self.script()).unwrap();
        let file = fs::File::create(&output).unwrap();
        let mut command = Command::new("setpriv");
        command.args([
            "--pdeathsig",
            "KILL",
            "--",
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child=KILL",
        ]);
        command.args(["--mount-proc", "sh", "-e"]).arg(&script);
        command.stdin(Stdio::null()).stderr(file.try_clone().unwrap()).stdout(file);
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut group = Group::spawn(command);
        wait_for("the server's greeting", Duration::from_mins(1), || {
            if let Some(status) = group.ended() {
                panic!("{:?} ended with {status}: {}", self.kind, fs::read_to_string(&output).unwrap());
            }
            greeting(self.port)
        });
        self.group = Some(group);
        drop(self.client());
    }

    pub(crate) fn stop(&mut self) {
        self.group = None;
    }

    /// The Maildir that the server serves; Courier and pymap have one.
    pub(crate) fn maildir(&self) -> PathBuf {
        match self.kind {
            Kind::Courier => self.area.path().join("home/Maildir"),
            Kind::Pymap => self.area.path().join("pymap").join(INTAKE),
            Kind::Cyrus | Kind::Imap4d => panic!("{:?} has no Maildir", self.kind),
        }
    }

    /// Puts a file of this name into the Maildir as a delivery does: written, then renamed. All of them in one second.
    pub(crate) fn deliver(&self, name: &str, raw: &[u8]) {
        let draft = self.maildir().join("tmp").join(name);
        self.area.write(&draft, raw);
        fs::File::open(&draft).unwrap().set_modified(self.second).unwrap();
        fs::rename(draft, self.maildir().join("new").join(name)).unwrap();
    }

    /// A logged-in client beside the program.
    pub(crate) fn client(&self) -> Client {
        wait_for("a login", Duration::from_mins(1), || Client::logged_in(self.port))
    }

    fn script(&self) -> String {
        let start = match self.kind {
            Kind::Courier => COURIER,
            Kind::Cyrus => CYRUS,
            Kind::Imap4d => IMAP4D,
            Kind::Pymap => PYMAP,
        };
        let name = format!("{:?}", self.kind).to_lowercase();
        let layer = servers_dir().join("layers").join(&name);
        assert!(
            layer.exists(),
            "{} is missing: tests/run unpacks the servers before it runs their tests",
            layer.display()
        );
        let (prelude, account) = (if self.kind == Kind::Pymap { "" } else { OVERLAY }, &self.area.account);
        format!("{prelude}{start}")
            .replace("@LAYER@", layer.to_str().unwrap())
            .replace("@DIR@", self.area.path().to_str().unwrap())
            .replace("@PORT@", &self.port.to_string())
            .replace("@UID@", &account.uid.to_string())
            .replace("@GID@", &account.gid.to_string())
            .replace("@CRYPT@", CRYPT)
            .replace("@USER@", INTAKE)
            .replace("@PASSWORD@", INTAKE_PASSWORD)
    }
}

/// [`INTAKE_PASSWORD`] as crypt(3) has it.
const CRYPT: &str =
    "$6$zwfwtests$hoa5kRsIidem06Jn0heU.YrAJiJfINtIFFuvkSE9oSZrPWA7WsT1LeYPhOEwaW6d/AGO1qip46X/fSz5U9L8H.";
/// [`INTAKE_PASSWORD`] as pymap has it.
const PBKDF2: &str =
    "$pbkdf2-sha256$1000$T/m0+NVmjiKI33FT7U2P2A==$ao3oz4YJJmi21ZznmR8K3ka06HCyno6Y1h5PVqrOZbY=";

const OVERLAY: &str = r#"
mount -t tmpfs tmpfs @DIR@/layers
mkdir @DIR@/layers/packages
mount --bind "@LAYER@" @DIR@/layers/packages
for part in usr etc var; do
    mkdir -p @DIR@/layers/$part/up @DIR@/layers/$part/work
    mount -t overlay overlay -o lowerdir=@DIR@/layers/packages/$part:/$part,upperdir=@DIR@/layers/$part/up,workdir=@DIR@/layers/$part/work /$part
done
mount -t tmpfs tmpfs /run
"#;

const COURIER: &str = r#"
mkdir -p /run/courier/authdaemon
chmod 755 /run/courier /run/courier/authdaemon
sed -i 's/^authmodulelist=.*/authmodulelist="authuserdb"/' /etc/courier/authdaemonrc
umask 077
printf '@USER@\tuid=@UID@|gid=@GID@|home=@DIR@/home|imappw=%s\n' '@CRYPT@' >/etc/courier/userdb
makeuserdb
umask 022
authdaemond start
set -a
. /etc/courier/imapd
exec couriertcpd -address=127.0.0.1 -maxprocs=40 -maxperip=40 -nodnslookup -noidentlookup @PORT@ \
    /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir
"#;

const CYRUS: &str = r#"
grep -q '^cyrus:' /etc/passwd || echo 'cyrus:x:976:8::/var/spool/cyrus:/usr/sbin/nologin' >>/etc/passwd
mkdir -p /run/cyrus/proc /run/cyrus/lock /run/cyrus/socket @DIR@/cyrus/lib @DIR@/cyrus/spool
cat >/etc/imapd.conf <<END
configdirectory: @DIR@/cyrus/lib
partition-default: @DIR@/cyrus/spool
defaultpartition: default
admins: cyrus
allowplaintext: yes
sasl_mech_list: PLAIN LOGIN
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
unixhierarchysep: no
idlesocket: /run/cyrus/socket/idle
autocreate_post: yes
autocreate_quota: 0
END
cat >/etc/cyrus.conf <<END
START {
    recover cmd="/usr/sbin/cyrus ctl_cyrusdb -r"
}
SERVICES {
    imap cmd="imapd" listen="127.0.0.1:@PORT@" prefork=0
}
EVENTS {
    checkpoint cmd="/usr/sbin/cyrus ctl_cyrusdb -c" period=3000
}
DAEMON {
    idled cmd="idled"
}
END
chown -R cyrus:mail @DIR@/cyrus /run/cyrus
printf '@PASSWORD@' | saslpasswd2 -p -c -u "$(hostname)" @USER@
chown cyrus /etc/sasldb2
exec /usr/sbin/cyrmaster -D -M /etc/cyrus.conf -C /etc/imapd.conf
"#;

const IMAP4D: &str = r#"
echo '@USER@:x:@UID@:@GID@::@DIR@/home:/bin/sh' >>/etc/passwd
printf '@USER@:%s:19000:0:99999:7:::\n' '@CRYPT@' >>/etc/shadow
chmod 777 @DIR@/spool
cat >/etc/imap4d.rc <<END
mode daemon;
foreground yes;
server 127.0.0.1:@PORT@ { };
logging { syslog no; };
mailbox {
  mail-spool "@DIR@/spool/";
};
END
exec imap4d --foreground --no-site-config --config-file=/etc/imap4d.rc
"#;

const PYMAP: &str = r#"
exec "@LAYER@/bin/python3" "@LAYER@/bin/pymap" --host 127.0.0.1 --port @PORT@ --no-tls maildir @DIR@/pymap
"#;

/// A client that writes commands and reads lines, for what somebody else does to the mailbox.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    tag: usize,
}

impl Client {
    /// None while the server does not let us in: some greet before the process behind them that knows the passwords is there.
    fn logged_in(port: u16) -> Option<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let mut client = Self { stream: BufReader::new(stream), tag: 0 };
        client.line()?;
        let answer = client.exchange(&format!("LOGIN {INTAKE} {INTAKE_PASSWORD}"));
        is_ok(&answer).then_some(client)
    }

    fn line(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        let read = self.stream.read_until(b'\n', &mut bytes).ok()?;
        (read > 0).then(|| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Every line until the tagged one; those that came before the connection ended, when it did.
    fn until_tagged(&mut self) -> Result<Vec<String>, Vec<String>> {
        let tag = format!("t{} ", self.tag);
        let mut lines = Vec::new();
        while let Some(line) = self.line() {
            let last = line.starts_with(&tag);
            lines.push(line);
            if last {
                return Ok(lines);
            }
        }
        Err(lines)
    }

    fn exchange(&mut self, command: &str) -> Result<Vec<String>, Vec<String>> {
        self.tag += 1;
        write!(self.stream.get_mut(), "t{} {command}\r\n", self.tag)
            .map_err(|error| vec![error.to_string()])?;
        self.until_tagged()
    }

    /// Sends a command that must succeed.
    #[track_caller]
    pub(crate) fn ok(&mut self, command: &str) -> Vec<String> {
        let answer = self.exchange(command);
        assert!(is_ok(&answer), "{command}: {answer:?}");
        answer.unwrap()
    }

    /// Appends a message that arrived within the time for comments.
    #[track_caller]
    pub(crate) fn append(&mut self, folder: &str, raw: &[u8]) {
        self.tag += 1;
        let command = format!("APPEND {folder} \"12-Mar-2024 10:00:02 +0800\" {{{}}}", raw.len());
        write!(self.stream.get_mut(), "t{} {command}\r\n", self.tag).unwrap();
        let go_on = self.line();
        assert!(go_on.as_ref().is_some_and(|line| line.starts_with('+')), "{command}: {go_on:?}");
        self.stream.get_mut().write_all(raw).unwrap();
        self.stream.get_mut().write_all(b"\r\n").unwrap();
        let answer = self.until_tagged();
        assert!(is_ok(&answer), "{command}: {answer:?}");
    }
}

fn is_ok(answer: &Result<Vec<String>, Vec<String>>) -> bool {
    answer.as_ref().is_ok_and(|lines| lines.last().is_some_and(|line| line.contains(" OK")))
}
