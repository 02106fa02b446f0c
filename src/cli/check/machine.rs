//! What stands on this machine: store, disk, the folder of the answers.

use std::path::Path;

use rustix::fs::{Access, access};

use super::health;
use super::report::Report;
use super::rights::foreign_files;
use crate::cli::held::held;
use crate::cli::holding::everybody;
use crate::cli::outcome::{Exit, Failure};
use crate::config::Settings;
use crate::store::{Store, StoreError};
use crate::vocabulary::{LiveFault, StoreFault};
use crate::watch;
use crate::world::World;

pub(super) fn store(report: &mut Report, settings: &Settings) {
    let path = &settings.store_path;
    let shown = path.display().to_string();
    if !path.exists() {
        // Opening would create it, and a check changes nothing.
        return may_create(report, "数据库", path);
    }
    // The write-ahead log comes and goes beside it: without its folder the file alone is of no use.
    let folder = path.parent().unwrap_or(Path::new("/"));
    if access(folder, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        let words = format!("{shown}：目录 {} 不可写", folder.display());
        return report.fault("数据库", LiveFault::NotWritable, &words, Exit::Permission);
    }
    let opened = Store::open_read_only(path);
    if let Ok(found) = opened.as_ref().map_err(|_| ()).and_then(|store| store.status().map_err(|_| ())) {
        let (_stopper, world) = World::new();
        for held in held(settings, &found, world.now()) {
            match LiveFault::from_word(held.word) {
                Some(fault) if held.is_fault => {
                    report.fault_in_words(held.label, &held.words, fault, Exit::Difference);
                }
                _ => report.remark(held.label, &held.words),
            }
        }
    }
    match opened.and_then(|store| store.quick_check()) {
        Ok(None) if access(path, Access::WRITE_OK).is_err() => {
            report.fault("数据库", LiveFault::NotWritable, &shown, Exit::Permission);
        }
        Ok(None) => {
            report.good("数据库", &shown);
            if let Some(foreign) = foreign_files(path) {
                report.failed("数据库", LiveFault::Foreign, &foreign, Exit::Permission);
            } else if let Err(error) = Store::can_write(path) {
                let (failure, holders) = (Failure::from(&error), everybody(path));
                let words = format!("{shown}：{}{holders}", failure.message);
                report.fault("数据库", LiveFault::StoreHeld, &words, failure.exit);
            }
        }
        Ok(Some(damage)) => {
            report.fault("数据库", LiveFault::StoreDamaged, &format!("{shown}：{damage}"), Exit::Data);
        }
        Err(StoreError::Older { .. }) => {
            report.good("数据库", &format!("{shown}，是旧版本的格式，首次启动时升级"));
        }
        Err(error) => {
            let failure = Failure::from(&error);
            // Files of the log that somebody else left there keep it from being opened.
            if let Some(foreign) = foreign_files(path) {
                let words = format!("{}; {foreign}", failure.message);
                return report.failed("数据库", LiveFault::Foreign, &words, Exit::Permission);
            }
            // What is read to open it may be the page that is damaged.
            let is_damaged = error.fault() == StoreFault::Damaged;
            let fault = if is_damaged { LiveFault::StoreDamaged } else { LiveFault::StoreUnreadable };
            report.failed("数据库", fault, &failure.message, failure.exit);
        }
    }
}

/// Whether something that is not there yet could be made: the nearest folder that exists must be writable.
fn may_create(report: &mut Report, what: &str, path: &Path) {
    let folder = path.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    if access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok() {
        report.good(what, &format!("{} 尚未建立，首次运行时建立", path.display()));
    } else {
        let words = format!("{} 无法建立：目录 {} 不可写", path.display(), folder.display());
        report.fault(what, LiveFault::NotWritable, &words, Exit::Permission);
    }
}

pub(super) fn space(report: &mut Report, settings: &Settings) {
    let there = settings.store_path.ancestors().find(|path| path.exists());
    if let Some(space) = there.and_then(watch::space) {
        health::space(report, space);
    }
}

pub(super) fn answers_folder(report: &mut Report, path: &Path) {
    if !path.exists() {
        may_create(report, "回执", path);
    } else if access(path, Access::WRITE_OK | Access::EXEC_OK).is_err() {
        let words = format!("目录 {} 不可写", path.display());
        report.fault("回执", LiveFault::NotWritable, &words, Exit::Permission);
    } else {
        report.good("回执", &format!("存入 {}", path.display()));
    }
}
