//! `clauses`: words by which opinions find their clause: what is written often in those that have none, and adding one.

mod frequent;
mod written;

use clap::{Args, Subcommand};
use serde_json::json;

use self::frequent::{Frequent, Source};
use super::correct::clause;
use super::export::which;
use super::opening::open_for_reading;
use super::outcome::{Exit, Failure, Outcome, print, print_json};
use super::{reprocess, table};
use crate::config::Settings;
use crate::mask;
use crate::store::{Personal, Scope, Store};
use crate::vocabulary::{Clause, Consultation, Status};

/// Most words that are shown.
const MOST: usize = 30;
/// Cells of an example.
const EXAMPLE: usize = 36;

#[derive(Debug, Args)]
pub(super) struct ClausesArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List words that stand often in opinions without a clause, with how many opinions have them and the clause that is near
    Suggest {
        /// Which consultation; needed where several are configured
        #[arg(long, value_name = "ID")]
        consultation: Option<String>,
        /// Only words of so many opinions or more
        #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(2..))]
        least: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Let words point to a clause: they are written into conf.d/clauses-ID.toml, checked like the configuration, and what `reprocess`
    /// would change is shown
    Add {
        /// The clause, by its code or its name
        #[arg(value_name = "CLAUSE")]
        clause: String,
        /// Words that point to it
        #[arg(value_name = "WORD", required = true)]
        words: Vec<String>,
        /// Which consultation; needed where several are configured
        #[arg(long, value_name = "ID")]
        consultation: Option<String>,
    },
}

pub(super) fn clauses(
    settings: &Settings,
    config: &std::path::Path,
    arguments: &ClausesArguments,
    read_again: impl Fn() -> Result<Settings, Failure>,
) -> Outcome {
    match &arguments.command {
        Command::Suggest { consultation, least, json } => {
            suggest(settings, which(settings, consultation.as_deref())?, *least, *json)
        }
        Command::Add { clause: written, words, consultation } => {
            let consultation = which(settings, consultation.as_deref())?;
            add(consultation, config, (written, words), read_again)
        }
    }
}

fn suggest(settings: &Settings, consultation: &Consultation, least: u32, as_json: bool) -> Outcome {
    let store = open_for_reading(settings)?;
    let opinions = Opinions { store: &store, consultation };
    let (mut all, mut without) = (0_u64, 0_u64);
    opinions.each(&mut |clause, _| {
        all += 1;
        without += u64::from(clause.is_empty());
    })?;
    // A name in a letter is nobody's catch-word.
    let names: Vec<String> = store
        .personal_words()?
        .into_iter()
        .filter_map(|word| if let Personal::Name(name) = word { Some(name) } else { None })
        .collect();
    let is_named = |text: &str| names.iter().any(|name| text.contains(name.as_str()) || name.contains(text));
    let found: Vec<Frequent> = store
        .at_one_moment(|| frequent::words(&opinions, &consultation.clauses, &consultation.title, least))?
        .into_iter()
        .filter(|word| mask::text(&word.text) == word.text && !is_named(&word.text))
        .take(MOST)
        .collect();
    let example = |word: &Frequent| {
        let told = names.iter().filter(|name| word.example.contains(name.as_str()));
        let hidden =
            told.fold(word.example.clone(), |text, name| text.replace(name.as_str(), &mask::name(name)));
        mask::text(&hidden)
    };
    let near = |word: &Frequent| word.near.and_then(|at| consultation.clauses.get(at));
    if as_json {
        let words = found.iter().map(|word| {
            json!({ "word": word.text, "opinions": word.count, "clause": near(word).map(|clause| &clause.code), "example": example(word) })
        });
        print_json(
            &json!({ "consultation": consultation.id, "opinions": all, "without_clause": without, "words": words.collect::<Vec<_>>() }),
        )?;
        return Ok(Exit::Ok);
    }
    let mut text = format!("没有对应条款的意见 {without} 条（共 {all} 条）\n");
    if found.is_empty() {
        text.push_str("其中没有常见的词\n");
        print(&text)?;
        return Ok(Exit::Ok);
    }
    let called = |clause: Option<&Clause>| {
        clause.map_or_else(
            || "—".to_owned(),
            |clause| format!("{} {}", clause.code, clause.name).trim().to_owned(),
        )
    };
    let rows = found.iter().map(|word| {
        vec![
            word.text.clone(),
            word.count.to_string(),
            called(near(word)),
            table::cut(&example(word), EXAMPLE),
        ]
    });
    let head = ["词", "条数", "相近条款", "例"].map(ToOwned::to_owned).to_vec();
    text.push_str(&table::columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>()));
    text.push_str("采用：clauses add 条款 词 词……，写入配置并预览\n");
    print(&text)?;
    Ok(Exit::Ok)
}

/// The opinions of a consultation that count or may count.
struct Opinions<'a> {
    store: &'a Store,
    consultation: &'a Consultation,
}

impl Source for Opinions<'_> {
    type Error = Failure;

    fn each(&self, with: &mut dyn FnMut(&str, &str)) -> Result<(), Failure> {
        let statuses =
            [Status::Accepted, Status::Late, Status::Review].map(|status| status.as_str().to_owned());
        let scope =
            Scope { consultation: &self.consultation.id, statuses: &statuses, handler: None, letters: None };
        self.store.workbook_rows("opinions", scope, |row| {
            with(row.get("clause"), row.get("text"));
            Ok(())
        })
    }
}

fn add(
    consultation: &Consultation,
    config: &std::path::Path,
    (written, words): (&str, &[String]),
    read_again: impl Fn() -> Result<Settings, Failure>,
) -> Outcome {
    if consultation.clauses.is_empty() {
        let message = format!("{} 的配置中没有条款（clauses），请先列出条款", consultation.id);
        return Err(Failure::new(Exit::Usage, message));
    }
    let code = clause(written, Some(consultation))?;
    let has = |word: &str| {
        consultation
            .clauses
            .iter()
            .any(|clause| clause.code == code && clause.catch_words().any(|own| own == word))
    };
    let words: Vec<&str> =
        words.iter().map(|word| word.trim()).filter(|word| !word.is_empty() && !has(word)).collect();
    if words.is_empty() {
        print(&format!("{code} 已有这些词，没有改动\n"))?;
        return Ok(Exit::Ok);
    }
    let path = written::path(config, &consultation.id);
    let settings = written::add(&path, &consultation.id, (&code, &words), read_again)?;
    print(&format!(
        "{code} 增加：{} → {}\n服务读入新配置：systemctl reload zwfw-intake；已登记的来信改动如下，确认后执行 reprocess --apply\n",
        words.join("、"),
        path.display()
    ))?;
    reprocess::preview(&settings, &consultation.id)?;
    Ok(Exit::Ok)
}
