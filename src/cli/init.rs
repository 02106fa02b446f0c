//! `init`.

use std::fmt::Write;

use super::outcome::{Exit, Outcome, print};
use crate::config::Settings;
use crate::daemon;

pub(super) fn init(settings: &Settings) -> Outcome {
    daemon::init(settings)?;
    let mut text = format!("已新建数据库：{}\n", settings.store_path.display());
    for consultation in &settings.consultations {
        let _ = writeln!(text, "编号从 {}-0001 起", consultation.number_prefix);
    }
    text.push_str(match settings.acknowledgement.not_before {
        Some(_) => "早于 acknowledgement.not_before 收到的来信只登记，不答复\n",
        None => "此前收到的来信只登记，不答复（acknowledgement.not_before 未填写）\n",
    });
    print(&text)?;
    Ok(Exit::Ok)
}
