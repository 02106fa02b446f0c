//! `export --about`: all that the office holds of one person, as one text that he can read (个人信息保护法 45).

use std::fmt::Write;
use std::path::Path;

use serde_json::json;

use super::actor::actor;
use super::erase::told::departures;
use super::number::no_submission;
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use super::submissions::{shown_text, when};
use super::{corrections, new_file, number};
use crate::config::Settings;
use crate::store::{Shown, Store};
use crate::vocabulary::sha256_hex;
use crate::world::World;

/// Writes it for an address, or for the writer of letters by their numbers.
pub(super) fn about(settings: &Settings, whom: &str, consultation: Option<&str>, out: &Path) -> Outcome {
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let numbers = numbers(settings, &store, whom, consultation)?;
    let mut text = format!("截至 {}，因征求意见保存的信息，共 {} 件来信。\n", when(Some(now)), numbers.len());
    let mut ids = Vec::new();
    for number in &numbers {
        let Some(shown) = store.show(number)? else { return Err(no_submission(number)) };
        ids.push(shown.row.id);
        write_one(&mut text, &shown, settings, &store)?;
    }
    new_file::write(out, text.as_bytes())?;
    let detail = json!({ "format": "about", "submissions": ids, "sha256": sha256_hex(text.as_bytes()) });
    let logged = store.begin().and_then(|writing| {
        writing.log(now, &actor(), "exported", None, &detail)?;
        writing.commit()
    });
    // What left without a trace has not left.
    logged.inspect_err(|_| drop(std::fs::remove_file(out)))?;
    print(&format!(
        "来信 {} 件（{}）→ {}\n含姓名、电话和地址，只有写出的用户可读。核实是本人之后再交给他；联名的、写到别人的，先隐去别人的信息。\n",
        numbers.len(),
        numbers.join("、"),
        out.display()
    ))?;
    Ok(Exit::Ok)
}

fn numbers(
    settings: &Settings,
    store: &Store,
    whom: &str,
    consultation: Option<&str>,
) -> Result<Vec<String>, Failure> {
    if !whom.contains('@') {
        return number::numbers_of(&settings.consultations, &[whom.to_owned()], consultation);
    }
    let found = store.numbers_about(whom.trim())?;
    if found.is_empty() {
        let message = format!("没有来自 {whom} 或者写有它的来信；也可以写编号：export --about 编号");
        return Err(Failure::new(Exit::Data, message));
    }
    Ok(found)
}

fn write_one(text: &mut String, shown: &Shown, settings: &Settings, store: &Store) -> Result<(), Failure> {
    let _ = write!(text, "\n==== {} ====\n{}", shown.row.number, shown_text(shown, settings));
    let _ = write!(text, "\n来信全文（含引用）：\n{}\n", shown.full_text);
    if !shown.corrections.is_empty() {
        let _ = write!(text, "\n更正：\n{}", corrections::all(shown, false));
    }
    if let Some(found) = store.erasable(&shown.row.number)? {
        let files = departures(&store.departures(&found)?);
        if !files.is_empty() {
            let _ = write!(text, "\n带出过：\n{}\n", files.join("\n"));
        }
    }
    Ok(())
}
