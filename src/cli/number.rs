//! Registration numbers as people type them: whole or short (`96`), several in a row (`96,98` `96、98`), a range (`96-99`), or from
//! standard input (`-`). Every command that takes a number reads it here.

use std::io::Read;

use clap::Args;
use unicode_normalization::UnicodeNormalization;

use super::opening::unknown_consultation;
use super::outcome::{Exit, Failure};
use crate::ruling;
use crate::store::Store;
use crate::vocabulary::{Consultation, typed};

/// Most numbers in one command: a range that was mistyped is told before it is looked up.
const MOST: usize = 10_000;
/// Most bytes of a list on standard input.
const MOST_INPUT_BYTES: u64 = 1 << 20;
/// A number has fewer digits; what is longer is no short number.
const MOST_DIGITS: usize = 9;
/// Most numbers that are shown for people to read at once.
const FEW: usize = 20;
/// What stands between two numbers of a list.
const BETWEEN: [char; 7] = [',', '，', '、', ';', '；', '\n', '\r'];

/// Which consultation short numbers belong to.
#[derive(Debug, Args)]
pub(super) struct Of {
    /// The consultation whose numbers are meant by short ones (96 for LNZX-2024-0096); needed where several are configured
    #[arg(long, value_name = "ID")]
    consultation: Option<String>,
}

/// A number that nobody has.
pub(super) fn no_submission(number: &str) -> Failure {
    Failure::new(Exit::Data, format!("没有编号 {number}；list 列出全部编号"))
}

/// So many letters are more than anybody reads on a screen: a range was mistyped. A program may ask for all.
pub(super) fn few(count: usize, is_for_a_program: bool) -> Result<(), Failure> {
    if count <= FEW || is_for_a_program {
        return Ok(());
    }
    let message =
        format!("一共 {count} 个编号，一次最多显示 {FEW} 个：请写得少一些，或者加 --json 交给程序读取");
    Err(Failure::new(Exit::Usage, message))
}

/// The entries of an imported file: `4-093.eml`, and `4-093`, which could be a range of numbers too. Digits alone are a number.
pub(super) fn file(store: &Store, typed: &str) -> Result<Vec<i64>, Failure> {
    let name = typed.trim();
    if name.chars().all(|c| c.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let found = store.entries_named(name)?;
    Ok(if found.is_empty() { store.entries_named(&format!("{name}.eml"))? } else { found })
}

/// The number of the letter that an imported file holds, where that is what was typed and no number of its own.
pub(super) fn of_file(store: &Store, typed: &str) -> Result<Option<String>, Failure> {
    if !store.entries_of_number(&ruling::typed_number(typed))?.is_empty() {
        return Ok(None);
    }
    match file(store, typed)?.as_slice() {
        [only] => Ok(store.explained(*only)?.submission),
        _ => Ok(None),
    }
}

/// The numbers that were typed, in their order, each once.
pub(super) fn numbers(known: &[Consultation], typed: &[String], of: &Of) -> Result<Vec<String>, Failure> {
    numbers_of(known, typed, of.consultation.as_deref())
}

/// The same for a command that has `--consultation` already.
pub(super) fn numbers_of(
    known: &[Consultation],
    typed: &[String],
    consultation: Option<&str>,
) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    // LNZX-2024-0023,0024: what a whole number begins with holds for the short ones behind it.
    let mut carried: Option<&str> = None;
    for typed in typed {
        let typed = if typed == "-" { from_input()? } else { typed.clone() };
        for piece in pieces(&typed) {
            carried = of_whole(known, piece).or(carried);
            for number in read(known, piece, consultation.or(carried))? {
                if found.len() >= MOST {
                    return Err(Failure::new(Exit::Usage, format!("一次最多 {MOST} 个编号")));
                }
                if seen.insert(number.clone()) {
                    found.push(number);
                }
            }
        }
    }
    if found.is_empty() && !typed.is_empty() {
        return Err(Failure::new(Exit::Data, "没有读到编号；编号如 LNZX-2024-0001，也可只写 1"));
    }
    Ok(found)
}

/// The one number that was typed.
pub(super) fn one(known: &[Consultation], typed: &str, of: &Of) -> Result<String, Failure> {
    single(known, typed, of.consultation.as_deref())
}

/// The same for a command that has `--consultation` already.
pub(super) fn single(
    known: &[Consultation],
    typed: &str,
    consultation: Option<&str>,
) -> Result<String, Failure> {
    let mut found = numbers_of(known, &[typed.to_owned()], consultation)?;
    match found.pop() {
        Some(number) if found.is_empty() => Ok(number),
        _ => Err(Failure::new(Exit::Usage, format!("{typed}：这里只能写一个编号"))),
    }
}

fn from_input() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .take(MOST_INPUT_BYTES)
        .read_to_string(&mut text)
        .map_err(|error| Failure::new(Exit::Data, format!("标准输入不是 UTF-8 文本：{error}")))?;
    Ok(text)
}

/// What stands in a list one by one. A blank may stand within a number; between short ones it parts them.
fn pieces(typed: &str) -> impl Iterator<Item = &str> {
    typed
        .split(BETWEEN)
        .flat_map(|piece| {
            let is_short =
                |word: &str| word.chars().next().is_some_and(char::is_numeric) && range(word).is_some();
            let words: Vec<&str> = piece.split_whitespace().collect();
            if words.len() > 1 && words.iter().all(|word| is_short(word)) {
                words
            } else {
                vec![piece.trim()]
            }
        })
        .filter(|piece| !piece.is_empty())
}

fn read(known: &[Consultation], typed: &str, consultation: Option<&str>) -> Result<Vec<String>, Failure> {
    let number = dashed(typed);
    let prefixes = known.iter().map(|found| found.number_prefix.as_str());
    for prefix in prefixes {
        if let Some((from, to)) = behind(prefix, &number) {
            return all(prefix, (from, to), typed);
        }
    }
    match range(typed) {
        Some(both) => all(prefix(known, typed, consultation)?, both, typed),
        None if number.is_empty() => {
            Err(Failure::new(Exit::Usage, format!("“{typed}”不是编号；编号如 LNZX-2024-0001，也可只写 1")))
        }
        None => Ok(vec![number]),
    }
}

/// Whose a whole number is.
fn of_whole<'a>(known: &'a [Consultation], typed: &str) -> Option<&'a str> {
    let number = dashed(typed);
    known.iter().find(|found| behind(&found.number_prefix, &number).is_some()).map(|found| found.id.as_str())
}

fn all(prefix: &str, (from, to): (u64, u64), typed: &str) -> Result<Vec<String>, Failure> {
    if from > to {
        return Err(Failure::new(Exit::Usage, format!("“{typed}”：起止编号颠倒")));
    }
    if to - from >= MOST as u64 {
        return Err(Failure::new(Exit::Usage, format!("“{typed}”：一次最多 {MOST} 个编号")));
    }
    Ok((from..=to).map(|number| whole(prefix, number)).collect())
}

/// As numbers are given out.
fn whole(prefix: &str, number: u64) -> String {
    format!("{prefix}-{number:04}")
}

/// What short numbers begin with.
fn prefix<'a>(
    known: &'a [Consultation],
    typed: &str,
    consultation: Option<&str>,
) -> Result<&'a str, Failure> {
    let found = match (consultation, known) {
        (Some(id), _) => {
            known.iter().find(|found| found.id == id).ok_or_else(|| unknown_consultation(known, id))?
        }
        (None, [only]) => only,
        (None, _) => {
            let ids: Vec<&str> = known.iter().map(|found| found.id.as_str()).collect();
            let message = format!(
                "“{typed}”是短编号，而配置了 {} 个征求意见：{}；请写全编号，或加 --consultation ID",
                known.len(),
                ids.join("、")
            );
            return Err(Failure::new(Exit::Usage, message));
        }
    };
    Ok(&found.number_prefix)
}

/// The numbers behind a prefix, of any case: `LNZX-2024-0096`, `LNZX-2024-0096-0099`, and with the prefix once more.
fn behind(prefix: &str, number: &str) -> Option<(u64, u64)> {
    let after = |text: &str| -> Option<String> {
        let (head, rest) = text.split_at_checked(prefix.len())?;
        let rest = rest.strip_prefix('-')?;
        head.eq_ignore_ascii_case(prefix).then(|| rest.to_owned())
    };
    let rest = after(number)?;
    let (from, to) = rest.split_once('-').unwrap_or((&rest, &rest));
    let to = after(to).unwrap_or_else(|| to.to_owned());
    Some((digits(from)?, digits(&to)?))
}

/// Which item of a letter, counted from 1, in digits of any width: `3`, `３`, `第3条`. For clap.
pub(super) fn ordinal<N: std::str::FromStr>(typed: &str) -> Result<N, String> {
    let folded = typed::folded(typed);
    let bare = folded.strip_prefix('第').unwrap_or(&folded).trim_end_matches('条');
    bare.parse().map_err(|_| "意见序号须是数字，从 1 起，按 show 的次序".to_owned())
}

/// Several of them: `1 3`, `1,3`, `1、3`, `1-3`.
pub(super) fn ordinals(typed: &[String]) -> Result<Vec<usize>, Failure> {
    let mut found = Vec::new();
    for piece in typed.iter().flat_map(|typed| pieces(typed)) {
        let bare: String = typed::folded(piece).chars().filter(|c| !['第', '条'].contains(c)).collect();
        let Some((from, to)) = range(&bare).filter(|(from, to)| from <= to && to - from < MOST as u64) else {
            return Err(Failure::new(
                Exit::Usage,
                format!("“{piece}”不是意见序号；序号从 1 起，按 show 的次序"),
            ));
        };
        found.extend(
            (from..=to)
                .filter_map(|item| usize::try_from(item).ok())
                .filter(|item| !found.contains(item))
                .collect::<Vec<_>>(),
        );
    }
    Ok(found)
}

/// A number as it is given out, or two with a dash between them.
fn dashed(typed: &str) -> String {
    let folded: String = typed.nfkc().collect();
    ruling::typed_number(&typed::to().fold(folded, |text, to| text.replace(to, "-")))
}

/// A short number, or the ends of a range of them.
fn range(typed: &str) -> Option<(u64, u64)> {
    match dashed(typed).split_once('-') {
        None => digits(&dashed(typed)).map(|number| (number, number)),
        Some((from, to)) => Some((digits(from)?, digits(to)?)),
    }
}

fn digits(text: &str) -> Option<u64> {
    let text: String = text.nfkc().collect();
    let fits =
        !text.is_empty() && text.len() <= MOST_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Consultation;

    fn read_all(prefixes: &[&str], typed: &str, consultation: Option<&str>) -> Result<String, i32> {
        let consultations: Vec<Consultation> = prefixes
            .iter()
            .map(|prefix| Consultation {
                id: prefix.to_lowercase(),
                number_prefix: (*prefix).to_owned(),
                ..Consultation::default()
            })
            .collect();
        let found = numbers_of(&consultations, &[typed.to_owned()], consultation);
        found.map(|found| found.join(" ")).map_err(|failure| failure.exit as i32)
    }

    #[test]
    fn numbers_are_short_listed_and_in_ranges() {
        for (typed, read) in [
            ("96", "L-24-0096"),
            ("0096", "L-24-0096"),
            ("９６", "L-24-0096"),
            ("12345", "L-24-12345"),
            ("96,98、100，101;102；103", "L-24-0096 L-24-0098 L-24-0100 L-24-0101 L-24-0102 L-24-0103"),
            ("96, 98\n99\r\n", "L-24-0096 L-24-0098 L-24-0099"),
            ("96 98", "L-24-0096 L-24-0098"),
            ("96-98", "L-24-0096 L-24-0097 L-24-0098"),
            ("96－98", "L-24-0096 L-24-0097 L-24-0098"),
            ("96 - 98", "L-24-0096 L-24-0097 L-24-0098"),
            ("96~97", "L-24-0096 L-24-0097"),
            ("96～97", "L-24-0096 L-24-0097"),
            ("96至97", "L-24-0096 L-24-0097"),
            ("96,96,95-96", "L-24-0096 L-24-0095"),
            ("l-24-0096", "L-24-0096"),
            ("L 24 96", "L-24-0096"),
            ("〔L-24-0096〕", "L-24-0096"),
            ("L-24-0096,L-24-0100", "L-24-0096 L-24-0100"),
            ("L-24-0096-0098", "L-24-0096 L-24-0097 L-24-0098"),
            ("L-24-0096-L-24-0097", "L-24-0096 L-24-0097"),
            ("L-24-0096～L-24-0097", "L-24-0096 L-24-0097"),
            ("OLD-23-0007", "OLD-23-0007"),
        ] {
            assert_eq!(read_all(&["L-24"], typed, None).as_deref(), Ok(read), "{typed:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_told() {
        for (typed, code) in [("98-96", 64), ("1-99999", 64), ("、，", 65), ("…", 64)] {
            assert_eq!(read_all(&["L-24"], typed, None), Err(code), "{typed:?}");
        }
    }

    #[test]
    fn items_are_typed_as_numbers_are() {
        for (typed, read) in [("3", 3), ("３", 3), ("第3条", 3), (" 12 ", 12)] {
            assert_eq!(ordinal::<usize>(typed), Ok(read), "{typed:?}");
        }
        assert!(ordinal::<i64>("三条").is_err());
        for (typed, read) in
            [("1,3", &[1, 3][..]), ("1，３、第2条", &[1, 3, 2]), ("2-4", &[2, 3, 4]), ("1,1", &[1])]
        {
            assert_eq!(ordinals(&[typed.to_owned()]).ok().as_deref(), Some(read), "{typed:?}");
        }
        assert!(ordinals(&["3-1".to_owned()]).is_err() && ordinals(&["甲".to_owned()]).is_err());
    }

    #[test]
    fn a_short_number_belongs_to_one_consultation() {
        let both = ["L-24", "S-24"];
        assert_eq!(read_all(&both, "96", None), Err(64));
        assert_eq!(read_all(&both, "96", Some("s-24")).as_deref(), Ok("S-24-0096"));
        assert_eq!(read_all(&both, "96", Some("other")), Err(64));
        assert_eq!(read_all(&both, "s-24-0096,L-24-1", None).as_deref(), Ok("S-24-0096 L-24-0001"));
        // A prefix of digits is no end of a range.
        assert_eq!(read_all(&["2024"], "2024-0096", None).as_deref(), Ok("2024-0096"));
        assert_eq!(read_all(&["2024"], "95-96", None).as_deref(), Ok("2024-0095 2024-0096"));
    }
}
