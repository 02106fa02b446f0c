//! What `status` and `check` say of the reading copy.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::{Access, access};
use rustix::process::{getegid, geteuid};
use serde_json::{Value, json};

use crate::config::Settings;
use crate::store::StoreStatus;
use crate::vocabulary::{rfc3339_utc, shanghai};

/// When it was made, and how many bytes it has.
fn found(path: &Path) -> Option<(Timestamp, u64)> {
    let found = std::fs::metadata(path).ok()?;
    Some((Timestamp::from_second(found.mtime()).ok()?, found.len()))
}

pub(super) fn to_json(settings: &Settings, status: &StoreStatus, now: Timestamp) -> Value {
    settings.reading_copy.as_ref().map_or(Value::Null, |copy| {
        let found = found(&copy.path);
        json!({
            "path": copy.path.display().to_string(),
            "masked": copy.masked,
            "made_at": found.map(|(at, _)| rfc3339_utc(at)),
            "age_seconds": found.map(|(at, _)| now.duration_since(at).as_secs()),
            "bytes": found.map(|(_, bytes)| bytes),
            "problem": status.copy_problem,
        })
    })
}

/// Its line of `status`; empty where none is wanted.
pub(super) fn line(settings: &Settings, status: &StoreStatus, now: Timestamp) -> String {
    let Some(copy) = &settings.reading_copy else { return String::new() };
    let made = match found(&copy.path) {
        Some((at, bytes)) => {
            let t = shanghai(at);
            let minutes = now.duration_since(at).as_secs().max(0) / 60;
            format!(
                "生成于 {} {:02}:{:02}:{:02}（{minutes} 分钟前），{} KiB",
                t.date(),
                t.hour(),
                t.minute(),
                t.second(),
                bytes.div_ceil(1024)
            )
        }
        None => "还没有，服务运行时生成".to_owned(),
    };
    let problem = status.copy_problem.as_ref();
    let problem = problem.map_or_else(String::new, |problem| format!("；现在无法更新：{problem}"));
    format!("阅览副本：{}（{made}）{problem}\n", copy.path.display())
}

/// One line for each thing that keeps readers from it, or shows it to others.
pub(super) fn remarks(settings: &Settings) -> Vec<String> {
    let Some(copy) = &settings.reading_copy else { return Vec::new() };
    let mut remarks = Vec::new();
    let folder = copy.path.parent().unwrap_or(Path::new("/"));
    let Ok(found) = std::fs::metadata(folder) else {
        let missing = "不存在（no such folder）；请建立，属服务用户和阅览人员的组，chmod 2750";
        return vec![format!("阅览副本的文件夹 {} {missing}", folder.display())];
    };
    let mut remark = |path: &Path, words: String| remarks.push(format!("{} {words}", path.display()));
    if access(folder, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        remark(folder, "本用户不能写入（not writable），阅览副本无法生成；请 chown 给服务用户".to_owned());
    }
    if !geteuid().is_root() && found.gid() != getegid().as_raw() && found.mode() & 0o2000 == 0 {
        remark(folder, "的组不是本用户的组，阅览副本可能无法交给该组；请 chmod g+s".to_owned());
    }
    let home = settings.store_path.parent();
    let same = |left: &Path, right: &Path| {
        left == right || std::fs::canonicalize(left).ok() == std::fs::canonicalize(right).ok()
    };
    if home.is_some_and(|home| same(home, folder)) {
        remark(
            &copy.path,
            "在数据库所在的文件夹中（in the store's folder）：阅览的人因此能进入该文件夹；请另用一个文件夹"
                .to_owned(),
        );
    }
    for path in [folder, &copy.path] {
        let mode = std::fs::metadata(path).map_or(0, |found| found.permissions().mode() & 0o7777);
        if mode & 0o007 != 0 {
            remark(
                path,
                format!("的权限是 {mode:o}：所有人都能读到阅览副本（readable by everybody）；请 chmod o-rwx"),
            );
        }
    }
    remarks
}
