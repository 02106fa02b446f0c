//! `setup`: what a first configuration needs is asked for or given, written, and tried.

mod asking;
mod files;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::check;
use super::outcome::{Exit, Failure, Outcome, print};
use crate::config::{self, Secrets};
use asking::Asking;
use files::Files;

#[derive(Debug, clap::Args)]
pub(super) struct SetupArguments {
    /// The mail server's host (IMAP)
    #[arg(long)]
    host: Option<String>,
    /// tls, starttls, or plaintext (this machine only)
    #[arg(long, default_value = "tls", value_parser = ["tls", "starttls", "plaintext"])]
    security: String,
    /// Its port, where it is not the usual one
    #[arg(long)]
    port: Option<u16>,
    /// The mailbox's login name; on most servers its address
    #[arg(long)]
    account: Option<String>,
    /// Folders to read, with commas
    #[arg(long)]
    folders: Option<String>,
    /// The host through which answers leave (SMTP); `none`: nothing is answered
    #[arg(long)]
    smtp_host: Option<String>,
    /// As --security
    #[arg(long, default_value = "tls", value_parser = ["tls", "starttls", "plaintext"])]
    smtp_security: String,
    /// As --port
    #[arg(long)]
    smtp_port: Option<u16>,
    /// The sender of the answers, where the account is no address
    #[arg(long)]
    from: Option<String>,
    /// The authorities to trust instead of the system's (PEM); a copy is kept beside the configuration
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// The proxy to both servers, like socks5://HOST:PORT or http://HOST:PORT
    #[arg(long)]
    proxy: Option<String>,
    /// Take the password, or the provider's authorisation code, from this file's first line; `-`: from standard input
    #[arg(long)]
    password_from: Option<PathBuf>,
    /// Keep it encrypted by systemd-creds, for this machine alone, instead of in a file of root's
    #[arg(long)]
    encrypt: bool,
    /// Hosts of the office's own that write the first Received line, with commas
    #[arg(long)]
    trusted: Option<String>,
    /// The draft's title, as the notice prints it
    #[arg(long)]
    title: Option<String>,
    /// The subject that the notice asks for, where it asks for one
    #[arg(long)]
    subject_tag: Option<String>,
    /// The last day, like 2024-03-13
    #[arg(long)]
    deadline: Option<String>,
    /// What numbers begin with, like LNZX-2024
    #[arg(long)]
    prefix: Option<String>,
    /// Where the store is to be, where not at /var/lib/zwfw-intake/store.sqlite3
    #[arg(long)]
    store: Option<PathBuf>,
    /// Do not try it: the servers are not to be reached yet
    #[arg(long)]
    no_check: bool,
}

/// What was asked for.
struct Answers {
    host: String,
    account: String,
    folders: Vec<String>,
    smtp_host: Option<String>,
    from: String,
    trusted: Vec<String>,
    title: String,
    subject_tag: Option<String>,
    deadline: String,
    prefix: Option<String>,
    password: String,
}

pub(super) fn setup(file: &Path, wanted: &SetupArguments) -> Outcome {
    if file.exists() {
        let words = "已有配置，没有改动：请直接修改该文件，再运行 check --live（it is there already, and stays as it is）";
        return Err(Failure::new(Exit::Data, format!("{}：{words}", file.display())));
    }
    let answers = ask(wanted)?;
    let written = Files::write(file, wanted, &answers)?;
    let environment = [("CREDENTIALS_DIRECTORY".to_owned(), written.plain().display().to_string())];
    let settings = match config::load(file, &environment, Secrets::Read) {
        Ok(settings) => settings,
        Err(problems) => {
            written.take_back();
            let words = format!("所答有误，什么都没有写（nothing was written）：\n{problems}");
            return Err(Failure::new(Exit::Config, words));
        }
    };
    let mut text = String::new();
    for path in written.kept() {
        let _ = writeln!(text, "已写入：{}", path.display());
    }
    print(&text)?;
    let exit = check::check(&settings, file, !wanted.no_check, None);
    written.forget_plain();
    print(
        "接着：新建数据库 sudo -u zwfw-intake zwfw-intake init；启动 systemctl enable --now zwfw-intake；改动配置以后 systemctl reload zwfw-intake\n",
    )?;
    exit
}

fn ask(wanted: &SetupArguments) -> Result<Answers, Failure> {
    let mut asking = Asking::new();
    let host = asking.required("host", "收信服务器（IMAP）的主机名", wanted.host.as_deref(), None);
    let account = asking.required("account", "邮箱登录名，一般就是邮箱地址", wanted.account.as_deref(), None);
    let folders =
        asking.required("folders", "要读取的文件夹，以逗号分开", wanted.folders.as_deref(), Some("INBOX"));
    let smtp = asking.required(
        "smtp-host",
        "发回执的服务器（SMTP）的主机名；不发回执写 none",
        wanted.smtp_host.as_deref(),
        None,
    );
    let address = account.contains('@').then_some(account.as_str());
    let from = asking.required("from", "回执的发件地址", wanted.from.as_deref(), address);
    let trusted = asking.optional(
        "本单位收信服务器的主机名（写入第一行 Received 的），没有把握可以不填",
        wanted.trusted.as_deref(),
    );
    let title = asking.required("title", "征求意见稿的标题，照公告写", wanted.title.as_deref(), None);
    let tag = asking.optional("公告要求的邮件主题，没有要求可以不填", wanted.subject_tag.as_deref());
    let deadline = asking.required("deadline", "截止日期，如 2024-03-13", wanted.deadline.as_deref(), None);
    let prefix = asking.optional("编号的开头，如 LNZX-2024，可以不填", wanted.prefix.as_deref());
    let password = asking.password(wanted.password_from.as_deref())?;
    asking.finish()?;
    let list = |text: &str| -> Vec<String> {
        let parts = text.split([',', '，', '、']).map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    Ok(Answers {
        folders: list(&folders),
        smtp_host: Some(smtp).filter(|host| host != "none"),
        trusted: trusted.as_deref().map(list).unwrap_or_default(),
        host,
        account,
        from,
        title,
        subject_tag: tag,
        deadline,
        prefix,
        password,
    })
}
