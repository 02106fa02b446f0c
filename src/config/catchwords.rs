//! Catch-words that staff gave clauses: `[clauses]`, a list for each consultation, beside what its own file says.

use std::path::Path;

use config::Value;

use super::problem::Problems;
use super::section::Section;
use crate::vocabulary::{Clause, Consultation};

/// Takes them as they are written: the id of a consultation, and the list.
pub(super) fn written(mut section: Section<'_>) -> Vec<(String, Value)> {
    section.values()
}

/// Gives them to the clauses.
pub(super) fn put(
    consultations: &mut [Consultation],
    main_file: &Path,
    written: Vec<(String, Value)>,
    problems: &mut Problems,
) {
    // A consultation that is wrong itself is not among them.
    let all_known = problems.is_empty();
    let ids: Vec<String> = consultations.iter().map(|found| found.id.clone()).collect();
    for (id, value) in written {
        let file = value.origin().map_or(main_file, Path::new);
        let file = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf()).display().to_string();
        let mut problem = |message: String| problems.add(&*file, format!("clauses.{id}"), message);
        let Some(consultation) = consultations.iter_mut().find(|found| found.id == id) else {
            if all_known {
                problem(format!("there is no such consultation; there are: {}", ids.join(", ")));
            }
            continue;
        };
        let Ok(items) = value.into_array() else {
            problem("must be a list of { code = \"…\", words = [\"…\", …] }".to_owned());
            continue;
        };
        for item in items {
            match entry(item) {
                Some((code, words)) => {
                    for word in words {
                        if let Err(message) = add(&mut consultation.clauses, &code, &word) {
                            problem(message);
                        }
                    }
                }
                None => problem("each must be { code = \"…\", words = [\"…\", …] }".to_owned()),
            }
        }
    }
}

fn entry(item: Value) -> Option<(String, Vec<String>)> {
    let mut table = item.into_table().ok()?;
    let code = table.remove("code")?.into_string().ok()?;
    let words = table.remove("words")?.into_array().ok()?;
    let words = words.into_iter().map(|word| word.into_string().ok()).collect::<Option<_>>()?;
    table.is_empty().then_some((code, words))
}

/// Gives a word to a clause; what it has already changes nothing.
fn add(clauses: &mut [Clause], code: &str, word: &str) -> Result<(), String> {
    let word = word.trim();
    if word.chars().count() < 2 {
        return Err(format!("\"{word}\" is too short: a word of one character points to nothing"));
    }
    if let Some(other) =
        clauses.iter().find(|clause| clause.code != code && clause.catch_words().any(|own| own == word))
    {
        return Err(format!("\"{word}\" points to {} already", other.code));
    }
    let Some(clause) = clauses.iter_mut().find(|clause| clause.code == code) else {
        return Err(format!("\"{code}\" is the code of no clause"));
    };
    if !clause.catch_words().any(|own| own == word) {
        clause.words.push(word.to_owned());
    }
    Ok(())
}
