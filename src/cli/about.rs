//! `export --about`: all that the office holds of one person, as one text that he can read (个人信息保护法 45).

use std::fmt::Write;
use std::path::Path;

use serde_json::json;

use super::actor::actor;
use super::erase::{aside, told::departures};
use super::number::no_submission;
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use super::submissions::{shown_text, when};
use super::{corrections, new_file, number};
use crate::config::Settings;
use crate::parse::{self, ParseLimits};
use crate::store::{Aside, Shown, Store, Traces};
use crate::vocabulary::{Disposition, sha256_hex};
use crate::words::Chinese as _;
use crate::world::World;

/// Writes it for an address, or for the writer of letters by their numbers.
pub(super) fn about(settings: &Settings, whom: &str, consultation: Option<&str>, out: &Path) -> Outcome {
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let numbers = numbers(settings, &store, whom, consultation)?;
    let mut text = format!("截至 {}，因征求意见保存的信息，共 {} 件来信。\n", when(Some(now)), numbers.len());
    let (mut ids, mut traces) = (Vec::new(), Vec::new());
    for number in &numbers {
        let Some(shown) = store.show(number)? else { return Err(no_submission(number)) };
        ids.push(shown.row.id);
        write_one(&mut text, &shown, settings, &store)?;
        traces.extend(store.erasable(number)?.map(|found| found.traces));
    }
    // By the address alone, where it was given: another of the same name is not told of.
    let address = Some(whom.trim()).filter(|whom| whom.contains('@'));
    if let Some(address) = address {
        traces = vec![Traces::of_address(address)];
    }
    let set_aside = aside::holding(&store, &traces.iter().collect::<Vec<_>>(), aside::limits(settings))?;
    let set_aside: Vec<Aside> = set_aside.into_iter().map(|(aside, _)| aside).collect();
    for found in &set_aside {
        write_aside(&mut text, found, address, settings, &store)?;
    }
    if numbers.is_empty() && set_aside.is_empty() {
        let message = format!("没有来自 {whom} 或者写有它的来信；也可以写编号：export --about 编号");
        return Err(Failure::new(Exit::Data, message));
    }
    new_file::write(out, text.as_bytes())?;
    let messages: Vec<i64> = set_aside.iter().filter_map(|aside| aside.message).collect();
    let detail = json!({
        "format": "about", "submissions": ids, "set_aside": messages, "sha256": sha256_hex(text.as_bytes()),
    });
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
    if !set_aside.is_empty() {
        let places: Vec<String> = set_aside.iter().map(aside::place).collect();
        print(&format!(
            "另有隔离待查的邮件 {} 封，也在其中：{}。不是从本人地址发出的只写了位置，先到邮箱中核对是不是本人的。\n",
            places.len(),
            places.join("、")
        ))?;
    }
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
    Ok(store.numbers_about(whom.trim())?)
}

/// A mail that was set aside: what it says only to whom it came from.
fn write_aside(
    text: &mut String,
    aside: &Aside,
    address: Option<&str>,
    settings: &Settings,
    store: &Store,
) -> Result<(), Failure> {
    let said = aside::said(store, aside, aside::limits(settings))?;
    let says = match address {
        Some(address) if said.is_from(address) => said.text.trim().to_owned(),
        _ => "（写有同样的姓名、电话或者邮箱，是否本人所写有待核对，内容从略）".to_owned(),
    };
    let _ = write!(
        text,
        "\n==== {}（{}，没有登记） ====\n到达：{}\n大小：{} 字节，附件 {} 个\n\n{says}\n",
        aside::place(aside),
        Disposition::Quarantined.short(),
        when(aside.arrived_at),
        aside.size_bytes,
        aside.attachments
    );
    Ok(())
}

fn write_one(text: &mut String, shown: &Shown, settings: &Settings, store: &Store) -> Result<(), Failure> {
    let _ = write!(text, "\n==== {} ====\n{}", shown.row.number, shown_text(shown, settings, ""));
    let _ = write!(text, "\n来信全文（含引用）：\n{}\n", shown.full_text);
    for sent in store.answers_sent(shown.row.id)? {
        let answer = parse::parse(&sent.octets, ParseLimits::default());
        let _ = write!(text, "\n{} 发出的回执：\n{}\n", when(sent.at), answer.text.trim());
    }
    if !shown.corrections.is_empty() {
        let _ = write!(text, "\n更正：\n{}", corrections::all(shown, false));
    }
    if let Some(found) = store.erasable(&shown.row.number)? {
        // What is published and the report hold nobody's data: to name them would frighten him.
        let mut left = store.departures(&found)?;
        left.retain(|one| !["public", "report_text", "report_html"].contains(&one.format.as_str()));
        let files = departures(&left);
        if !files.is_empty() {
            let _ = write!(text, "\n带出过：\n{}\n", files.join("\n"));
        }
    }
    Ok(())
}
