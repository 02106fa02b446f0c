//! Who besides the service may read or change what it relies on.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use crate::config::Settings;
use crate::world::user_name;

/// Read by everybody; written by everybody; written by the group or everybody.
const READ: u32 = 0o004;
const WRITTEN: u32 = 0o002;
const WRITTEN_BY_GROUP: u32 = 0o022;

/// One line for each thing that others may do and should not.
pub(super) fn remarks(settings: &Settings, config: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut remark = |path: &Path, bits: u32, words: &str| {
        let Ok(metadata) = std::fs::symlink_metadata(path) else { return };
        let mode = metadata.permissions().mode() & 0o7777;
        if !metadata.is_symlink() && mode & bits != 0 {
            found.push(format!("{} 的权限是 {mode:o}：{words}", path.display()));
        }
    };
    let store = &settings.store_path;
    let folder = store.parent().unwrap_or(Path::new("/"));
    let others = "所有人都能在其中换掉数据库（writable by others）；请 chmod 750";
    remark(folder, WRITTEN_BY_GROUP, others);
    for suffix in ["", "-wal", "-shm"] {
        let path = beside(store, suffix);
        remark(&path, WRITTEN_BY_GROUP, "他人可以改动登记内容（writable by others）；请 chmod 640");
        remark(&path, READ, "所有人都能读到来信人的个人信息（readable by everybody）；请 chmod 640");
    }
    let lock = beside(store, ".lock");
    remark(&lock, 0o077, "他人可以占住锁，使服务无法启动；下次启动时改为 600");
    let config = std::path::absolute(config).unwrap_or_else(|_| config.to_path_buf());
    let home = config.parent().unwrap_or(Path::new("/"));
    let mut files = vec![config.clone(), home.to_path_buf()];
    for part in ["conf.d", "consultations"].map(|part| home.join(part)) {
        let inside = std::fs::read_dir(&part).into_iter().flatten().flatten().map(|entry| entry.path());
        files.extend(inside.filter(|path| path.extension().is_some_and(|end| end == "toml")));
        files.push(part);
    }
    for path in files {
        remark(&path, WRITTEN, "所有人都能改动配置（writable by everybody）；请 chmod o-w");
    }
    if std::fs::symlink_metadata(&lock).is_ok_and(|found| found.is_symlink()) {
        found.push(format!("{} 是符号链接，服务不会使用它；请查明来历并删除", lock.display()));
    }
    found
}

/// Files of the store that belong to somebody else than whoever runs this.
pub(in crate::cli) fn foreign_files(store: &Path) -> Option<String> {
    let us = geteuid().as_raw();
    let owner = |path: &PathBuf| Some((std::fs::metadata(path).ok()?.uid(), path.clone()));
    let files = ["", "-wal", "-shm", ".lock"].map(|suffix| beside(store, suffix));
    let (uid, path) = files.iter().filter_map(owner).find(|(uid, _)| *uid != us)?;
    let folder_is_ours = store
        .parent()
        .and_then(|folder| std::fs::metadata(folder).ok())
        .is_some_and(|found| found.uid() == us);
    let (owner, us) = (user_name(uid), user_name(us));
    // Root's first try by hand in the service's folder, or somebody else in it.
    let remedy = if folder_is_ours {
        format!("give the files back (chown {us} {}*)", store.display())
    } else {
        format!("run it as {owner} (sudo -u {owner} …)")
    };
    Some(format!("{} belongs to {owner}, and this runs as {us}: {remedy}", path.display()))
}

fn beside(store: &Path, suffix: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
