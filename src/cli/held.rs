//! What holds answers back, and what is wrong with clocks: for `status` and `check --live`.

use jiff::{SignedDuration, Timestamp};

use crate::config::{Settings, Transport};
use crate::store::StoreStatus;
use crate::vocabulary::chinese_minute;
use crate::world::{self, Home};

/// A jump of the clock is shown for so long.
const SHOWN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// What lies further in the future than this was written down by a wrong clock.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(2);

/// One thing to know.
pub(super) struct Held {
    /// The word for a script.
    pub(super) word: &'static str,
    pub(super) label: &'static str,
    pub(super) words: String,
    /// It needs a person.
    pub(super) is_fault: bool,
}

pub(super) fn held(settings: &Settings, found: &StoreStatus, now: Timestamp) -> Vec<Held> {
    let mut all = Vec::new();
    let mut say = |word, label, is_fault, words| all.push(Held { word, label, words, is_fault });
    let acknowledgement = &settings.acknowledgement;
    if acknowledgement.enabled && matches!(acknowledgement.transport, Transport::Smtp(_)) {
        let here = Home::of(&settings.store_path);
        if let Some(home) = found.home.as_ref().filter(|home| !home.is_same(&here)) {
            let moved = if home.path == here.path { "另一台机器".to_owned() } else { home.path.clone() };
            let words = format!(
                "本库原在{moved}，是副本或已移动：来信照常登记，回执一律暂不发出，以免与原库重复答复；确认由本库答复后，请用 outbox release --first-contact"
            );
            say("copied", "数据库是副本", true, words);
        }
        let count = found.held_at_first_contact;
        if found.origin.by_itself || count > 0 {
            let words = format!(
                "此前没有数据库，程序自动新建，编号从 0001 起；早于它的来信已登记，扣下回执 {count} 封。原来有库的，请恢复原库；确系新装的，请用 outbox release --first-contact 放行"
            );
            say("first_contact", "数据库是自动新建的", count > 0, words);
        }
    }
    if let Some(at) = found.origin.restored_at {
        let count = found.held_after_restore;
        let words = format!(
            "{} 从备份恢复；此前的来信重新读取后照常登记，扣下回执 {count} 封，来信人可能持有恢复以前发出的编号。核对后用 outbox release --first-contact 放行，会以现在的编号再答复一次",
            chinese_minute(at)
        );
        say("restored", "数据库已恢复", count > 0, words);
    }
    if let Some(problem) = &found.configuration_problem {
        let words = format!("重新读取时发现配置有误，仍按原配置运行（not reloaded）：{problem}");
        say("configuration_refused", "配置有误", true, words);
    } else if found.configuration.as_ref().is_some_and(|digest| *digest != settings.as_written.digest()) {
        let words = "配置文件已改动，服务仍按改动前的运行（configuration on disk differs from the running one）：请执行 systemctl reload zwfw-intake".to_owned();
        say("configuration_differs", "配置已改动", false, words);
    }
    let (origin, built) = (&found.origin, world::built());
    if now < built {
        let words = format!(
            "本机时钟 {} 早于程序的编译时间 {}，一定有误：请校时",
            chinese_minute(now),
            chinese_minute(built)
        );
        say("clock_wrong", "时钟", true, words);
    } else if !origin.is_believable(now, built) {
        let counts = match origin.right_since {
            Some(day) => format!("按 {} 计", chinese_minute(day)),
            None => "下次启动时改按当天 0 时计".to_owned(),
        };
        let words = format!(
            "数据库的建立时间 {} 不可信，当时时钟有误，{counts}；请填写 acknowledgement.not_before",
            chinese_minute(origin.created_at)
        );
        say("clock_at_creation", "时钟", true, words);
    }
    let is_future = |at: Timestamp| at.duration_since(now) > TOLERANCE;
    if let Some(at) = found.last_good_pass.filter(|at| is_future(*at)) {
        let words = format!("最近一次收取记为 {}，在将来：当时或现在的时钟有误，请校时", chinese_minute(at));
        say("clock_future", "时钟", true, words);
    }
    if let Some((at, seconds)) = found.clock_jump.filter(|(at, _)| now.duration_since(*at).abs() <= SHOWN) {
        let way = if seconds < 0 { "向后" } else { "向前" };
        let words = format!(
            "{} 时钟{way}跳变了 {} 秒；此前记下的时间可能有误，请核对校时服务",
            chinese_minute(at),
            seconds.unsigned_abs()
        );
        say("clock_jumped", "时钟", false, words);
    }
    all
}
