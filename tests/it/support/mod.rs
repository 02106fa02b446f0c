//! What the tests stand on: real servers in a temporary directory, the program, generated mail.

pub(crate) mod certificates;
pub(crate) mod daemon;
pub(crate) mod disk;
pub(crate) mod dovecot;
pub(crate) mod hostile;
pub(crate) mod kinds;
pub(crate) mod letter;
pub(crate) mod liaoning;
pub(crate) mod mailhost;
pub(crate) mod mailset;
pub(crate) mod pop3_server;
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod real_server;
pub(crate) mod sql;
pub(crate) mod token_server;

pub(crate) use mailset::encode;

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process, kill_process_group};
use tempfile::TempDir;

/// Whether the long variants are asked for (`tests/run --long`).
pub(crate) fn long() -> bool {
    std::env::var_os("ZWFW_LONG").is_some_and(|value| !value.is_empty() && value != "0")
}

/// The only seed to run (`ZWFW_SEED=3 tests/run --long histories`).
pub(crate) fn only_seed() -> Option<u64> {
    let seed = std::env::var_os("ZWFW_SEED")?;
    Some(seed.to_str().and_then(|seed| seed.parse().ok()).expect("ZWFW_SEED is a number"))
}

/// The time that it is.
#[expect(clippy::disallowed_methods, reason = "a test is no stage")]
pub(crate) fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Calls `probe` every 20 ms until it gives a value; panics with `what` after `limit`.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = probe() {
            return value;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} in vain for {what}");
        sleep(Duration::from_millis(20));
    }
}

/// Waits until `condition` holds. The bound is for a test that hangs: on a busy machine things take their time.
#[track_caller]
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    wait_for(what, Duration::from_mins(3), || condition().then_some(()));
}

/// Looks for `span` that `condition` holds all the time: for what must not happen, or must not end.
#[track_caller]
pub(crate) fn holds_for(what: &str, span: Duration, mut condition: impl FnMut() -> bool) {
    let end = Instant::now() + span;
    while Instant::now() < end {
        assert!(condition(), "no longer so: {what}");
        sleep(Duration::from_millis(20));
    }
}

/// Lets an instant pass that nobody chose, `most` at the longest: when to kill, when to cut the power.
pub(crate) fn until_some_instant(random: &mut Random, most: Duration) {
    sleep(Duration::from_millis(random.below(u64::try_from(most.as_millis()).unwrap())));
}

/// What a peer does that is slow on purpose: a reader that stays, a writer that holds its turn.
pub(crate) fn take_ones_time(span: Duration) {
    sleep(span);
}

/// A TCP port of 127.0.0.1 that nobody uses, and that no other test of this run is given. It stands below those that the kernel
/// gives out by itself (`ip_local_port_range`): a scripted server or a connection of another test could have got one of them
/// before the server that it is meant for has started.
pub(crate) fn free_port() -> u16 {
    const FIRST: u16 = 10_240;
    static NEXT: LazyLock<Mutex<u16>> = LazyLock::new(|| Mutex::new(0));
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap();
    let end: u16 = range.split_whitespace().next().unwrap().parse().unwrap();
    assert!(
        end > FIRST + 1000,
        "the kernel gives out the ports from {end} on, and the tests need a thousand below"
    );
    let mut next = NEXT.lock().unwrap();
    if *next == 0 {
        // Another run of the tests begins elsewhere.
        *next = FIRST + u16::try_from(std::process::id() % u32::from(end - FIRST)).unwrap();
    }
    for _ in FIRST..end {
        let port = *next;
        *next = if port + 1 < end { port + 1 } else { FIRST };
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port between {FIRST} and {end} is free");
}

/// The user whom the mail servers run as: the one who runs the tests, or `nobody` when that is root,
/// because Dovecot refuses to touch mail as root.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) user: String,
    pub(crate) group: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    switch: bool,
}

impl Account {
    fn for_servers() -> Self {
        if geteuid().is_root() {
            let (user, group) = ("nobody", "nogroup");
            let uid = id_of("/etc/passwd", user);
            let gid = id_of("/etc/group", group);
            Self { user: user.to_owned(), group: group.to_owned(), uid, gid, switch: true }
        } else {
            let answer = |option| {
                let output = Command::new("id").arg(option).output().unwrap();
                String::from_utf8(output.stdout).unwrap().trim().to_owned()
            };
            Self {
                user: answer("-un"),
                group: answer("-gn"),
                uid: answer("-u").parse().unwrap(),
                gid: answer("-g").parse().unwrap(),
                switch: false,
            }
        }
    }
}

/// The number that `name` has in a file of the form of `/etc/passwd`.
fn id_of(file: &str, name: &str) -> u32 {
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().find(|line| line.split(':').next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("{file} has no {name}"));
    line.split(':').nth(2).unwrap().parse().unwrap()
}

/// A temporary directory that the servers' account can use.
pub(crate) struct Area {
    dir: TempDir,
    pub(crate) account: Account,
}

impl Area {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("zwfw-it-").tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let area = Self { dir, account: Account::for_servers() };
        area.give(area.path());
        area
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Makes a directory (with its parents inside the area) that the servers can write to.
    pub(crate) fn make_dir(&self, relative: impl AsRef<Path>) -> PathBuf {
        let mut path = self.path().to_owned();
        for part in relative.as_ref().components() {
            path.push(part);
            if !path.exists() {
                fs::create_dir(&path).unwrap();
                self.give(&path);
            }
        }
        path
    }

    /// Writes a file that belongs to the servers' account.
    pub(crate) fn write(&self, path: &Path, content: impl AsRef<[u8]>) {
        fs::write(path, content).unwrap();
        self.give(path);
    }

    /// Hands a file or directory to the servers' account.
    pub(crate) fn give(&self, path: &Path) {
        if self.account.switch {
            chown(path, Some(self.account.uid), Some(self.account.gid)).unwrap();
        }
    }

    /// A command that runs as the servers' account, in a process group of its own, and that the kernel
    /// ends when the test dies. Its output goes to a file: a daemon that inherits a pipe hangs its starter.
    pub(crate) fn command(&self, program: impl AsRef<Path>, output: &Path) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if self.account.switch {
            let Account { uid, gid, .. } = self.account;
            command.args([&format!("--reuid={uid}"), &format!("--regid={gid}"), "--clear-groups"]);
        }
        command.arg("--").arg(program.as_ref());
        let file = fs::File::create(output).unwrap();
        command.stdin(Stdio::null()).stderr(file.try_clone().unwrap()).stdout(file);
        command.current_dir(self.path()).process_group(0);
        command
    }
}

/// A child process that leads a process group. The whole group is killed when this goes out of scope.
pub(crate) struct Group {
    child: Child,
}

impl Group {
    pub(crate) fn spawn(mut command: Command) -> Self {
        let child = command.spawn().unwrap_or_else(|e| panic!("cannot start {command:?}: {e}"));
        Self { child }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub(crate) fn signal(&self, signal: Signal) {
        // The process may have ended by itself already.
        let _ = kill_process(self.pid(), signal);
    }

    /// `kill -9` of the process and everything it started, then waits for its end.
    pub(crate) fn kill(&mut self) {
        let _ = kill_process_group(self.pid(), Signal::KILL);
        let _ = self.child.wait();
    }

    /// The exit status, when the process has ended.
    pub(crate) fn ended(&mut self) -> Option<std::process::ExitStatus> {
        self.child.try_wait().unwrap()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Where `tests/run` unpacks servers that cannot be installed beside others.
pub(crate) fn servers_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("servers")
}

/// The repository's root.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The value of a header field as it stands in a message, unfolded; empty when there is none.
pub(crate) fn field(raw: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let head = text.split("\n\n").next().unwrap_or_default().replace("\n ", " ").replace("\n\t", " ");
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}

/// Two upper-case digits for each byte, each pair behind `prefix`.
pub(crate) fn hex(bytes: &[u8], prefix: &str) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{prefix}{byte:02X}").unwrap();
        text
    })
}

/// A small generator of pseudo-random numbers (xorshift64*): the same seed gives the same tests.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }

    /// An index into something of this length.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }

    /// One of `items`.
    pub(crate) fn choose<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())]
    }
}

/// The text of a body in base64.
pub(crate) fn base64_text(body: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(body.replace("\r\n", "")).unwrap();
    String::from_utf8(bytes).unwrap()
}
