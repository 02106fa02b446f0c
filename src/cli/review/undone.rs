//! What a letter asks to have erased or corrected and that stands as it stood, told to whoever confirms it.

use super::asked::Asked;
use super::named::{all, concerned};
use crate::cli::outcome::Failure;
use crate::store::{CorrectionRow, Shown, Store};
use crate::vocabulary::{CorrectionField, ReviewReason, Status};
use crate::words::Chinese;

/// The field of a correction that is a decision on the letter as a whole, and those of decisions on an item.
const DECISIONS: [CorrectionField; 3] =
    [CorrectionField::Status, CorrectionField::Adoption, CorrectionField::AdoptionReason];
/// Who filled in what a later letter brought.
const PROGRAM: &str = "intake";

/// Lines on what was not done, and how it is. `shown` was confirmed.
pub(super) fn undone(store: &Store, shown: &Shown) -> Result<Vec<String>, Failure> {
    let asks = |reason: ReviewReason| shown.row.review_reasons.iter().any(|word| word == reason.as_str());
    let (erases, corrects) = (asks(ReviewReason::PersonalData), asks(ReviewReason::CorrectionRequest));
    let mut lines = Vec::new();
    if !erases && !corrects {
        return Ok(lines);
    }
    let mut earlier = Vec::new();
    for number in all(shown) {
        earlier.extend(store.show(number)?);
    }
    let outcomes = store.outcomes(shown.row.id)?;
    if erases {
        lines.extend(registered(&Asked::of(store, shown, &earlier, &outcomes)?));
    }
    let number = if outcomes.only_asks { concerned(shown) } else { Some(shown.row.number.as_str()) };
    let letters = std::iter::once(shown).chain(&earlier);
    let letter = letters.into_iter().find(|letter| Some(letter.row.number.as_str()) == number);
    let stands = |letter: &&Shown| letter.row.status != Status::Erased.as_str();
    if corrects
        && let Some(letter) = letter.filter(stands)
        && !letter.corrections.iter().any(was_corrected)
    {
        let number = &letter.row.number;
        lines.push(format!(
            "来信要求更正，{number} 登记以后没有更正过；要更正的，执行 correct {number} 项目 新的内容 --note 原因"
        ));
    }
    Ok(lines)
}

/// What a letter asks to have erased and that is registered still, and of which letter. It is not confirmed yet.
pub(in crate::cli) fn not_erased(store: &Store, shown: &Shown) -> Result<Option<Left>, Failure> {
    if !shown.row.review_reasons.iter().any(|word| word == ReviewReason::PersonalData.as_str()) {
        return Ok(None);
    }
    let mut earlier = Vec::new();
    for number in all(shown) {
        earlier.extend(store.show(number)?);
    }
    let outcomes = store.outcomes(shown.row.id)?;
    let asked = Asked::of(store, shown, &earlier, &outcomes)?;
    Ok(asked.registered.filter(|_| !asked.only_looks))
}

/// What is to be erased: the number of the letter, and its details.
pub(in crate::cli) type Left = (String, Vec<CorrectionField>);

fn registered(asked: &Asked) -> Option<String> {
    Some(says(asked.registered.as_ref()?))
}

/// What is to be erased, in words.
pub(super) fn says((number, fields): &Left) -> String {
    let name = |mark: &str| fields.iter().map(Chinese::short).collect::<Vec<_>>().join(mark);
    format!(
        "来信要求删除或查阅{}，{number} 的{}仍在登记中；要删除的，执行 erase {number} --only {} --note 原因",
        name("、"),
        name("、"),
        name(",")
    )
}

/// Whether a person changed what is registered, and did not only decide.
fn was_corrected(correction: &CorrectionRow) -> bool {
    correction.actor != PROGRAM && !DECISIONS.iter().any(|field| field.as_str() == correction.field)
}
