//! `zwfw-intake-schema(7)`: tables from the comments of the schema, views from 数据字典.

use std::fs;

use regex::Regex;

use super::roff;
use crate::support::daemon::Office;
use crate::support::repository;

pub(super) fn page() -> String {
    [
        roff::head("zwfw-intake-schema", 7, "tables and views of the store of zwfw-intake"),
        roff::section("DESCRIPTION"),
        roff::paragraph(&[
            "The store is one SQLite file. Times in tables are RFC 3339 UTC text, in views Beijing time. Read it with".to_owned(),
            "sqlite3 -readonly; never with a program that may write. Views are made for people and spreadsheets:".to_owned(),
            "Chinese names, no JSON, cells that open no formula.".to_owned(),
        ]),
        views(),
        tables(),
        roff::see_also(&["zwfw-intake(1)".to_owned(), "zwfw-intake-view(1)".to_owned(), "sqlite3(1)".to_owned()]),
    ]
    .concat()
}

fn views() -> String {
    let office = Office::at_maildir();
    office.run_ok(&["init"]);
    let (mut page, mut view) = (String::new(), String::new());
    for row in office.rows().rows("SELECT * FROM 数据字典") {
        if row["表"] != view {
            view.clone_from(&row["表"]);
            page.push_str(&roff::section(&format!("VIEW {view}")));
        }
        let lines = ["含义", "取值", "口径"].into_iter().filter_map(|column| {
            let text = row.get(column).filter(|text| !text.is_empty())?;
            Some(if column == "含义" { text.clone() } else { format!("{column}：{text}") })
        });
        page.push_str(&roff::entry(&[row["列"].clone()], &lines.collect::<Vec<_>>()));
    }
    page
}

fn tables() -> String {
    let schema = fs::read_to_string(repository().join("src/store/schema/schema.sql")).unwrap();
    let table = Regex::new(r"^CREATE (?:VIRTUAL )?TABLE (\w+)").unwrap();
    let column = Regex::new(r"^    ([a-z_0-9]+) +([A-Z]+\b[^-]*?),? *(?:-- (.*))?$").unwrap();
    let (mut page, mut comment, mut inside) = (String::new(), Vec::new(), false);
    for line in schema.lines() {
        if let Some(text) = line.strip_prefix("-- ") {
            comment.push(text.to_owned());
        } else if let Some(found) = table.captures(line) {
            page.push_str(&roff::section(&format!("TABLE {}", &found[1])));
            page.push_str(&roff::paragraph(&comment));
            inside = true;
        } else if let Some(found) = column.captures(line).filter(|_| inside) {
            let says = found.get(3).map(|text| text.as_str().to_owned());
            page.push_str(&roff::entry(
                &[found[1].to_owned()],
                &says.into_iter().chain([found[2].to_owned()]).collect::<Vec<_>>(),
            ));
        } else if line.starts_with(')') {
            inside = false;
        }
        if !line.starts_with("--") {
            comment.clear();
        }
    }
    page
}
