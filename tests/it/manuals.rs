//! The manual pages and the completions of shells are made from the code and the files that explain themselves; what is
//! committed in `docs/man` and `docs/completions` is what would be made today.

mod commands;
mod roff;
mod schema;
mod settings;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::repository;

/// Every file, by its path below `docs`.
type Files = BTreeMap<String, String>;

fn wanted() -> Files {
    let mut files = commands::pages();
    files.extend(commands::completions());
    files.insert("man/zwfw-intake.toml.5".to_owned(), settings::page());
    files.insert("man/zwfw-intake-schema.7".to_owned(), schema::page());
    files
}

fn committed() -> Files {
    let mut files = Files::new();
    for folder in ["man", "completions"] {
        for entry in fs::read_dir(repository().join("docs").join(folder)).into_iter().flatten().flatten() {
            let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
    files
}

#[test]
fn the_manual_pages_and_completions_are_those_of_this_program() {
    let (wanted, committed) = (wanted(), committed());
    if wanted == committed {
        return;
    }
    let put = Path::new(env!("CARGO_TARGET_TMPDIR")).join("manuals");
    fs::remove_dir_all(&put).ok();
    for (name, text) in &wanted {
        let path = put.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let names = wanted.keys().chain(committed.keys());
    let mut differing: Vec<&String> =
        names.filter(|name| wanted.get(*name) != committed.get(*name)).collect();
    differing.sort();
    differing.dedup();
    panic!(
        "docs/man or docs/completions lag behind: rm -r docs/man docs/completions; cp -r {}/. docs/\n{differing:#?}",
        put.display()
    );
}

/// What no reader of the pages would see: a macro that does not exist, a line that is taken for a request.
#[test]
fn the_manual_pages_are_read_without_a_warning() {
    let pages: Vec<String> =
        wanted().into_iter().filter(|(name, _)| name.starts_with("man/")).map(|(_, text)| text).collect();
    let request =
        regex::Regex::new(r"^[.'](TH|SH|ad|SS|TP|TQ|PP|RS|RE|IP|br|nf|fi|ie|el|B|I)( |$|\\)").unwrap();
    for line in pages.iter().flat_map(|page| page.lines()) {
        let is_request = line.starts_with('.') || line.starts_with('\'');
        assert!(!is_request || request.is_match(line), "{line}");
    }
    for page in &pages {
        assert!(page.contains(".SH NAME"), "{page}");
    }
}

/// bash reads what it is to complete by, where there is a bash.
#[test]
fn bash_reads_its_completions() {
    let checked =
        Command::new("bash").arg("-n").arg(repository().join("docs/completions/zwfw-intake.bash")).status();
    assert!(checked.map_or(true, |status| status.success()));
}
