//! A workbook as other programs save it: the same cells in other XML. What Excel, WPS and `LibreOffice` write differs in where texts
//! stand, which parts there are, how styles are numbered, in which order sheets come and which numbers are dates.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use regex::{Captures, Regex};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

type Parts = BTreeMap<String, String>;
type Way = fn(&mut Parts);

fn parts(path: &Path) -> Parts {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut parts = Parts::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let name = file.name().unwrap().into_owned();
        parts.insert(name, text);
    }
    parts
}

fn save(parts: &Parts, path: &Path) {
    let mut archive = ZipWriter::new(File::create(path).unwrap());
    for (name, text) in parts {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
}

/// Changes each sheet.
fn sheets(parts: &mut Parts, change: impl Fn(&str) -> String) {
    for (name, text) in parts.iter_mut() {
        if name.starts_with("xl/worksheets/sheet") {
            *text = change(text);
        }
    }
}

const CELL: &str = r#"<c r="([A-Z]+)(\d+)" s="(\d+)" t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>"#;

/// Texts in one table, as Excel and WPS have them; long ones in runs with a font each, one of them with how it is read aloud.
fn shared_strings(parts: &mut Parts) {
    let cell = Regex::new(CELL).unwrap();
    let mut table: Vec<String> = Vec::new();
    for text in
        parts.iter_mut().filter(|(name, _)| name.starts_with("xl/worksheets/sheet")).map(|(_, text)| text)
    {
        *text = cell
            .replace_all(text, |found: &Captures<'_>| {
                table.push(found[4].to_owned());
                format!(
                    r#"<c r="{}{}" s="{}" t="s"><v>{}</v></c>"#,
                    &found[1],
                    &found[2],
                    &found[3],
                    table.len() - 1
                )
            })
            .into_owned();
    }
    let mut shared = format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="{0}" uniqueCount="{0}">"#,
        table.len()
    );
    for (at, text) in table.iter().enumerate() {
        let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
        // An entity is one sign.
        if at % 3 == 0 && middle > 0 && !text.contains('&') {
            let (one, two) = text.split_at(middle);
            write!(
                shared,
                r#"<si><r><rPr><sz val="10"/></rPr><t xml:space="preserve">{one}</t></r><r><t xml:space="preserve">{two}</t></r><rPh sb="0" eb="1"><t>du</t></rPh></si>"#
            )
            .unwrap();
        } else {
            write!(shared, r#"<si><t xml:space="preserve">{text}</t></si>"#).unwrap();
        }
    }
    shared.push_str("</sst>");
    parts.insert("xl/sharedStrings.xml".to_owned(), shared);
    let types = parts.get_mut("[Content_Types].xml").unwrap();
    *types = types.replace(
        "</Types>",
        r#"<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>"#,
    );
    let relations = parts.get_mut("xl/_rels/workbook.xml.rels").unwrap();
    *relations = relations.replace(
        "</Relationships>",
        r#"<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
    );
}

/// Parts that need not be there, and what a reader can count for itself.
fn least(parts: &mut Parts) {
    parts.retain(|name, _| !name.starts_with("docProps/") && !name.contains("theme"));
    let named = Regex::new("<(Override|Relationship) [^>]*(docProps|theme)[^>]*/>").unwrap();
    for name in ["[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"] {
        let text = parts.get_mut(name).unwrap();
        *text = named.replace_all(text, "").into_owned();
    }
    sheets(parts, |text| {
        let bare = Regex::new(r#" (spans|customHeight|ht|dyDescent|x14ac:dyDescent)="[^"]*""#)
            .unwrap()
            .replace_all(text, "");
        let bare = Regex::new(r"<dimension [^>]*/>").unwrap().replace_all(&bare, "");
        Regex::new(r#"<c r="[A-Z]+\d+" s="\d+"/>"#).unwrap().replace_all(&bare, "").into_owned()
    });
}

/// Other numbers of styles, sheets in another order, and a sheet of the clerk's own before them.
fn renumbered(parts: &mut Parts) {
    let styles = parts.get_mut("xl/styles.xml").unwrap();
    let formats = Regex::new(r#"<cellXfs count="(\d+)">"#).unwrap();
    let count: usize = formats.captures(styles).unwrap()[1].parse().unwrap();
    *styles = formats
        .replace(styles, |_: &Captures<'_>| {
            format!(r#"<cellXfs count="{}"><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#, count + 1)
        })
        .into_owned();
    let style = Regex::new(r#" s="(\d+)""#).unwrap();
    sheets(parts, |text| {
        style
            .replace_all(text, |found: &Captures<'_>| {
                format!(r#" s="{}""#, found[1].parse::<usize>().unwrap() + 1)
            })
            .into_owned()
    });
    let book = parts.get_mut("xl/workbook.xml").unwrap();
    let list = Regex::new(r"<sheets>(.*)</sheets>").unwrap();
    let inner = list.captures(book).unwrap()[1].to_owned();
    let mut listed: Vec<&str> = inner.split_inclusive("/>").collect();
    listed.reverse();
    *book = book.replace(&inner, &listed.concat());
    // Names that count sheets by their place.
    *book = Regex::new(r"<definedNames>.*</definedNames>").unwrap().replace(book, "").into_owned();
}

/// Times as the numbers that a spreadsheet has for them, counts as text, whole numbers with a point.
fn numbers(parts: &mut Parts) {
    let time = Regex::new(
        r#"<c r="([A-Z]+\d+)" s="\d+" t="inlineStr"><is><t>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d</t></is></c>"#,
    )
    .unwrap();
    let count = Regex::new(r#"(<c r="[A-Z]+\d+" s="\d+")><v>(\d+)</v></c>"#).unwrap();
    sheets(parts, |text| {
        let text = time.replace_all(text, r#"<c r="$1" s="1"><v>45350.6834027778</v></c>"#);
        let mut at = 0;
        count
            .replace_all(&text, |found: &Captures<'_>| {
                at += 1;
                match at % 3 {
                    0 => format!(r#"{} t="str"><v>{}</v></c>"#, &found[1], &found[2]),
                    1 => format!("{}><v>{}.0</v></c>", &found[1], &found[2]),
                    _ => format!("{}><v>{}E0</v></c>", &found[1], &found[2]),
                }
            })
            .into_owned()
    });
}

/// Names with a prefix, as some libraries write them.
fn prefixed(parts: &mut Parts) {
    let name = Regex::new(r"<(/?)([a-zA-Z]+)([ />])").unwrap();
    sheets(parts, |text| name.replace_all(text, "<${1}x:$2$3").replace(r#"xmlns="http"#, r#"xmlns:x="http"#));
}

/// Changes of one pattern each in parts whose name begins so: what Excel and WPS save otherwise.
type Change = (&'static str, &'static str, &'static str);
const SHEETS: &str = "xl/worksheets/sheet";
const SAVED: &[(&str, &[Change])] = &[
    // ISO/IEC 29500, strict.
    (
        "strict",
        &[
            (
                "",
                "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                "http://purl.oclc.org/ooxml/spreadsheetml/main",
            ),
            (
                "",
                "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                "http://purl.oclc.org/ooxml/officeDocument/relationships",
            ),
        ],
    ),
    (
        "paths from the root",
        &[
            ("xl/_rels/", r#"Target="([a-z])"#, r#"Target="/xl/$1"#),
            ("_rels/", r#"Target="([a-z])"#, r#"Target="/$1"#),
        ],
    ),
    (
        "by WPS",
        &[
            ("docProps/app.xml", "<Application>[^<]*<", "<Application>WPS_ET_12.1.0.16120<"),
            (SHEETS, r"<t>([^<]*)</t>", r#"<t xml:space="preserve">$1 </t>"#),
            ("xl/", "^<", "\u{feff}<"),
        ],
    ),
    ("days from 1904", &[("xl/workbook.xml", "<workbookPr", r#"<workbookPr date1904="1""#)]),
    (
        "no styles",
        &[
            ("xl/_rels/", "<Relationship [^>]*styles[^>]*/>", ""),
            ("[Content_Types].xml", "<Override [^>]*styles[^>]*/>", ""),
            (SHEETS, r#"(<c [^>]*?) s="\d+""#, "$1"),
        ],
    ),
    ("hidden columns shown", &[(SHEETS, r#"(<col [^>]*) hidden="1""#, "$1")]),
    ("shown columns hidden", &[(SHEETS, r#"<col ([^>]*\.\d+" customWidth="1"/>)"#, r#"<col hidden="1" $1"#)]),
    (
        "filtered and sorted by the program",
        &[
            (
                SHEETS,
                r#"<autoFilter ref="([^"]*)"/>"#,
                r#"<autoFilter ref="$1"><filterColumn colId="0"><filters><filter val="2"/></filters></filterColumn><sortState ref="A4:B5"><sortCondition descending="1" ref="A4:A5"/></sortState></autoFilter>"#,
            ),
            (SHEETS, r#"<row r="5""#, r#"<row r="5" hidden="1""#),
        ],
    ),
    (
        "texts in runs, and how they are read aloud",
        &[(
            SHEETS,
            r"<is><t[^>]*>([^<&]{2})([^<&]+)</t></is>",
            r#"<is><r><t>$1</t></r><r><rPr><b/></rPr><t xml:space="preserve">$2</t></r><rPh sb="0" eb="1"><t>du</t></rPh><phoneticPr fontId="0"/></is>"#,
        )],
    ),
];

#[test]
fn what_excel_and_wps_save_otherwise_is_read_the_same() {
    let office = super::office();
    office.run_ok(&["group", "propose"]);
    super::export(&office, "a.xlsx");
    let untouched = parts(&office.path().join("a.xlsx"));
    let blank = Regex::new(r#"<c r="I4"( s="\d+")?/>"#).unwrap();
    for (name, changes) in SAVED {
        let mut found = untouched.clone();
        for (begins, from, to) in *changes {
            let (before, from) = (found.clone(), Regex::new(from).unwrap());
            for (_, text) in found.iter_mut().filter(|(name, _)| name.starts_with(begins)) {
                *text = from.replace_all(text, *to).into_owned();
            }
            assert_ne!(found, before, "{name} {from}: nothing is otherwise");
        }
        save(&found, &office.path().join("b.xlsx"));
        let said = super::adopt(&office, &["b.xlsx"], 0);
        assert!(said.stdout.contains("将改动：无；不变 12 行；拒绝 0 行"), "{name}: {said:?}");
        let sheet = found.get_mut("xl/worksheets/sheet1.xml").unwrap();
        *sheet = blank.replace(sheet, r#"<c r="I4"$1 t="str"><v>采纳</v></c>"#).into_owned();
        save(&found, &office.path().join("b.xlsx"));
        let said = super::adopt(&office, &["b.xlsx"], 1);
        assert!(said.stdout.contains("采纳情况 3、本类采纳情况 1"), "{name}: {said:?}");
    }
    // A number of people that became a day is refused with its place; it was 45362 people.
    let mut found = untouched.clone();
    let styles = found.get_mut("xl/styles.xml").unwrap();
    let day = r#"<cellXfs count="9"><xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#;
    *styles = styles.replace(r#"<cellXfs count="8">"#, day);
    assert!(styles.contains(day), "{styles}");
    let people = Regex::new(r#"(<c r="K4") s="\d+"><v>1</v>"#).unwrap();
    let sheet = found.get_mut("xl/worksheets/sheet3.xml").unwrap();
    assert!(people.is_match(sheet), "{sheet}");
    *sheet = people.replace(sheet, r#"$1 s="0"><v>45362</v>"#).into_owned();
    save(&found, &office.path().join("b.xlsx"));
    let said = super::adopt(&office, &["b.xlsx"], 65);
    assert!(said.stdout.contains("来信登记 第4行 人次“2024-03-11”"), "{said:?}");
    // A locked file is no archive; ten megabytes of comments are nobody's business.
    let locked = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 4096]].concat();
    std::fs::write(office.path().join("locked.xlsx"), locked).unwrap();
    let said = super::adopt(&office, &["locked.xlsx"], 65);
    assert!(said.stderr.contains("加了密码") && said.stderr.contains("不加密码"), "{said:?}");
    let mut found = untouched;
    let comment = "议".repeat(3_500_000);
    let comments = format!(
        r#"<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><commentList><comment ref="A4" authorId="0"><text><t>{comment}</t></text></comment></commentList></comments>"#
    );
    found.insert("xl/comments1.xml".to_owned(), comments);
    save(&found, &office.path().join("b.xlsx"));
    assert!(super::adopt(&office, &["b.xlsx"], 0).stdout.contains("将改动：无"));
}

/// What Excel asks of a sheet: each row once and in order, and so each cell in its row. It calls any other file damaged.
#[test]
fn every_row_and_cell_is_written_once_and_in_order() {
    let office = super::office();
    super::export(&office, "a.xlsx");
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["group", "rename", "1", "延长办理时间"]);
    office.run_ok(&["group", "decide", "1", "采纳"]);
    office.run_ok(&["export", "--public", "--out", "b.xlsx"]);
    let rows = Regex::new(r#"<row r="(\d+)""#).unwrap();
    let cells = Regex::new(r#"<c r="([A-Z]+)(\d+)""#).unwrap();
    let mut seen = 0;
    for (name, sheet) in ["a.xlsx", "b.xlsx"].iter().flat_map(|file| parts(&office.path().join(file))) {
        if !name.starts_with(SHEETS) {
            continue;
        }
        seen += 1;
        let rows: Vec<u32> = rows.captures_iter(&sheet).map(|row| row[1].parse().unwrap()).collect();
        assert!(rows.len() > 1 && rows.is_sorted_by(|a, b| a < b), "{name}: {rows:?}");
        let cells = cells
            .captures_iter(&sheet)
            .map(|cell| (cell[2].parse::<u32>().unwrap(), cell[1].len(), cell[1].to_owned()));
        assert!(cells.is_sorted_by(|a, b| a < b), "{name}");
    }
    assert_eq!(seen, 7);
}

/// Each is one way to save; whether a decision that was typed comes along.
#[test]
fn a_workbook_reads_the_same_whatever_program_saved_it() {
    let office = super::office();
    office.run_ok(&["group", "propose"]);
    office.run_ok(&["correct", "1", "联系电话", "13800138000、024-25550101"]);
    super::export(&office, "a.xlsx");
    let untouched = office.path().join("a.xlsx");
    let ways: [(&str, Way); 6] = [
        ("shared", shared_strings),
        ("least", least),
        ("renumbered", renumbered),
        ("numbers", numbers),
        ("prefixed", prefixed),
        ("all", |parts| {
            numbers(parts);
            least(parts);
            renumbered(parts);
            shared_strings(parts);
        }),
    ];
    let blank = Regex::new(r#"<(x:)?c r="I4" s="(\d+)"/>"#).unwrap();
    for (name, way) in ways {
        let mut found = parts(&untouched);
        let before = found.clone();
        way(&mut found);
        assert_ne!(found, before, "{name}: nothing is otherwise");
        save(&found, &office.path().join(format!("{name}.xlsx")));
        let said = super::adopt(&office, &[&format!("{name}.xlsx")], 0);
        assert!(said.stdout.contains("将改动：无；不变 12 行；拒绝 0 行"), "{name}: {said:?}");
        // What is typed in it comes along: the word is put where the cell was blank.
        for (_, text) in found.iter_mut().filter(|(name, _)| name.ends_with("/sheet1.xml")) {
            *text = blank
                .replace(text, r#"<${1}c r="I4" s="$2" t="str"><${1}v>采纳</${1}v></${1}c>"#)
                .into_owned();
        }
        if name == "least" || name == "all" {
            continue;
        }
        save(&found, &office.path().join("typed.xlsx"));
        let said = super::adopt(&office, &["typed.xlsx"], 1);
        assert!(said.stdout.contains("采纳情况 3、本类采纳情况 1"), "{name}: {said:?}");
    }
}

/// A long opinion is read in its cell, and a number of a telephone stays as it was written: cells break their lines and are texts.
#[test]
fn what_people_read_is_wrapped_and_stays_text() {
    let office = super::office();
    super::export(&office, "a.xlsx");
    let found = parts(&office.path().join("a.xlsx"));
    let cell = Regex::new(CELL).unwrap();
    let xf = Regex::new(r"<xf .*?(/>|</xf>)").unwrap();
    // `@` is text, whatever is typed.
    let format = Regex::new(r#"<numFmt (numFmtId="\d+") formatCode="@"/>"#).unwrap();
    let text = format.captures(&found["xl/styles.xml"]).unwrap()[1].to_owned();
    let all = found["xl/styles.xml"].split_once("<cellXfs").unwrap().1.split_once("</cellXfs>").unwrap().0;
    let styles: Vec<&str> = xf.find_iter(all).map(|style| style.as_str()).collect();
    let mut seen = 0;
    for number in cell.captures_iter(&found["xl/worksheets/sheet2.xml"]) {
        // Title, state and headings come first.
        if number[2].parse::<u32>().unwrap() > 3 {
            let style = styles[number[3].parse::<usize>().unwrap()];
            assert!(style.contains(&text), "{}: {style}", &number[0]);
            seen += usize::from(style.contains(r#"wrapText="1""#));
        }
    }
    assert!(seen > 10, "only {seen} cells break their lines");
}
