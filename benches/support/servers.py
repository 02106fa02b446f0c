"""Dovecot and Postfix on free loopback ports, as the tests start them; everything lies in one folder and ends with it."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
USER, PASSWORD = "intake", "intake-pw"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for_greeting(port, process, log):
    for _ in range(1200):
        if process.poll() is not None:
            raise SystemExit(f"a server ended: {log.read_text(errors='replace') if log.exists() else ''}")
        try:
            with socket.create_connection(("127.0.0.1", port), 2) as found:
                if found.recv(1):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise SystemExit(f"no server greets at port {port}")


def account():
    """The servers' user and group: nobody, where root starts them."""
    import grp
    import pwd

    if os.geteuid() == 0:
        return pwd.getpwnam("nobody"), grp.getgrnam("nogroup")
    return pwd.getpwuid(os.getuid()), grp.getgrgid(os.getgid())


def unprivileged(folder):
    """What makes a process run as the servers' user, who gets the folder, where root starts it."""
    if os.geteuid() != 0:
        return {}
    user, group = account()
    subprocess.run(["chown", "-R", f"{user.pw_uid}:{group.gr_gid}", str(folder)], check=True)
    return {"user": user.pw_uid, "group": group.gr_gid, "extra_groups": []}


def certificates(folder):
    """A certificate of its own for 127.0.0.1, and the CA that vouches for it."""
    run = lambda *words: subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    run("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=bench CA")
    run("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    (folder / "extensions").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n")
    run("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", "30", "-extfile", "extensions", "-out", "server.pem")


class Server:
    """A process group that ends with us."""

    def start(self, command, port, log, **more):
        with open(log, "ab") as output:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *command], stdin=subprocess.DEVNULL,
                                            stdout=output, stderr=output, start_new_session=True, **more)
        wait_for_greeting(port, self.process, log)

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


class Dovecot(Server):
    def __init__(self, folder):
        self.folder = folder
        user, group = account()
        for part in ("dovecot/run", "dovecot/state", f"mail/{USER}"):
            (folder / part).mkdir(parents=True)
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        certificates(folder)
        self.ca = folder / "ca.pem"
        self.imap, self.imaps, self.lmtp = free_port(), free_port(), free_port()
        version = subprocess.run(["dovecot", "--version"], capture_output=True, text=True, check=True).stdout
        name = "2.3" if version.startswith("2.3") else "2.4"
        text = (ROOT / f"tests/it/support/dovecot-{name}.conf").read_text()
        for word, value in {
            "DIR": folder, "USER": user.pw_name, "GROUP": group.gr_name, "UID": user.pw_uid, "GID": group.gr_gid,
            "CERT": folder / "server.pem", "KEY": folder / "server.key",
            "IMAP": self.imap, "IMAPS": self.imaps, "LMTP": self.lmtp,
        }.items():
            text = text.replace(f"@{word}@", str(value))
        (folder / "dovecot.conf").write_text(text)
        self.start(["dovecot", "-F", "-c", str(folder / "dovecot.conf")], self.imap, folder / "dovecot/output",
                   **unprivileged(folder))

    def own(self):
        """Hands everything to the servers' user."""
        unprivileged(self.folder)

    def maildir(self):
        return self.folder / "mail" / USER


OVERLAY = """
mount -t tmpfs tmpfs @DIR@/layers
mkdir @DIR@/layers/packages
mount --bind "@LAYER@" @DIR@/layers/packages
for part in usr etc var; do
    mkdir -p @DIR@/layers/$part/up @DIR@/layers/$part/work
    mount -t overlay overlay -o lowerdir=@DIR@/layers/packages/$part:/$part,upperdir=@DIR@/layers/$part/up,workdir=@DIR@/layers/$part/work /$part
done
grep -q '^postfix:' /etc/passwd || echo 'postfix:x:975:975::/nonexistent:/usr/sbin/nologin' >>/etc/passwd
grep -q '^postfix:' /etc/group || echo 'postfix:x:975:' >>/etc/group
grep -q '^postdrop:' /etc/group || echo 'postdrop:x:974:' >>/etc/group
mkdir -p @DIR@/data
chown postfix @DIR@/data
exec postfix -c @DIR@/etc start-fg
"""

# What Postfix takes, it keeps in its queue on the disk, then throws away: what is measured is that it takes it.
MAIN = """
compatibility_level = 3.6
myhostname = mx.bench.test
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
default_transport = discard:
queue_directory = @DIR@/spool
data_directory = @DIR@/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = /var/log/postfix.log
"""

MASTER = """
127.0.0.1:@PORT@ inet n - n - 100 smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(Server):
    """In a mount space of its own, from the folder into which `tests/run --benches` unpacked it."""

    LAYER = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "servers/layers/postfix"

    @classmethod
    def may_start(cls):
        return os.geteuid() == 0 and (cls.LAYER / "usr/sbin/postfix").exists()

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        for part in ("layers", "etc", "spool"):
            (folder / part).mkdir(parents=True)
        fill = lambda text: (text.replace("@DIR@", str(folder)).replace("@PORT@", str(self.port))
                             .replace("@LAYER@", str(self.LAYER.resolve())))
        (folder / "etc/main.cf").write_text(fill(MAIN))
        (folder / "etc/master.cf").write_text(fill(MASTER))
        (folder / "start.sh").write_text(fill(OVERLAY))
        self.start(["unshare", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "sh", "-e",
                    str(folder / "start.sh")], self.port, folder / "output")

    @classmethod
    def source(cls):
        """Postfix's own sender, and what it needs to run here."""
        library = str(cls.LAYER / "usr/lib/postfix")
        return str(cls.LAYER / "usr/sbin/smtp-source"), {**os.environ, "LD_LIBRARY_PATH": library}


CONFIG = """
[mailbox]
kind = "imap"
host = "127.0.0.1"
port = {imaps}
security = "tls"
{ca}
username = "{user}"
password_file = "password"
folders = ["INBOX"]
trusted_received_hosts = ["mx.ln.gov.cn"]
poll_interval = "30s"
idle = true

[store]
path = "store.sqlite3"

[acknowledgement]
enabled = {answers}
not_before = "2024-01-01"
transport = "smtp"
host = "127.0.0.1"
port = {smtp}
security = "plaintext"
from = "zwfw@ln.gov.cn"

[acknowledgement.caps]
per_address = 1000
# Citizens write from the big providers' domains: no cap of a domain is counted for them.
shared_domains = [".example.com"]
per_day = 10000000
per_hour = 10000000
"""


def office(folder, dovecot=None, smtp=None):
    """A configuration in a new folder, and a store made by `init`; answers leave where there is a server for them."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "consultations").mkdir(parents=True)
    example = (ROOT / "config/consultations/liaoning-2024.toml").read_text()
    (folder / "consultations/liaoning.toml").write_text(re.sub(r"(?m)^templates = .*$", "", example))
    secret = folder / "password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    (folder / "config.toml").write_text(CONFIG.format(
        imaps=dovecot.imaps if dovecot else 993, ca=f'ca_file = "{dovecot.ca}"' if dovecot else "", user=USER,
        answers="true" if smtp else "false", smtp=smtp or 25))
    program = str(binary("zwfw-intake"))
    made = subprocess.run([program, "--config", str(folder / "config.toml"), "init"], capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(made.stderr)
    return [program, "--config", str(folder / "config.toml")]


def binary(name):
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / os.environ.get("ZWFW_BENCH_PROFILE", "release") / name


def build():
    """The program and its tool, as it is shipped."""
    words = [] if os.environ.get("ZWFW_BENCH_PROFILE") == "debug" else ["--release"]
    subprocess.run(["cargo", "build", "-q", "--ignore-rust-version", "--locked", *words, "--bin", "zwfw-intake",
                    "--example", "mailbench"], cwd=ROOT, check=True)
