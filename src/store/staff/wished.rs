//! What the writer of a letter wishes for it: not to be named, or not to be published. His supplements may say so after his letter; what
//! a person decided on the marks since stands.

use crate::vocabulary::Flag;

/// Whether the writer of `s` has a wish: the letter is marked with it, or a supplement has it and no person has decided on the
/// marks since. What was taken back is no decision, nor is taking back what a person did; taking back the program's own mark is one.
const WISHED: &str = r#"(instr(s.flags, '"{flag}"') > 0 OR EXISTS (SELECT 1 FROM supplement AS q WHERE q.submission_id = s.id AND instr(q.flags, '"{flag}"')
    AND NOT EXISTS (SELECT 1 FROM correction AS k WHERE k.submission_id = s.id AND k.field = 'flags' AND k.actor <> 'intake'
        AND k.after_message >= q.message_id
        AND ((instr(k.old_value, '"anonymous"') > 0) <> (instr(k.new_value, '"anonymous"') > 0)
            OR (instr(k.old_value, '"no_publish"') > 0) <> (instr(k.new_value, '"no_publish"') > 0))
        AND NOT EXISTS (SELECT 1 FROM event AS e WHERE e.submission_id = s.id AND e.action = 'corrected' AND e.detail ->> '$.undoes' > 0
            AND (e.detail ->> '$.undoes' = k.id OR e.detail ->> '$.correction' = k.id
                AND EXISTS (SELECT 1 FROM correction AS u WHERE u.id = e.detail ->> '$.undoes' AND u.actor <> 'intake'))))))"#;

/// A query with the conditions in the places of their names: `⟪no_publish⟫`.
pub(super) fn with_wishes(query: &str) -> String {
    [Flag::Anonymous, Flag::NoPublish].iter().fold(query.to_owned(), |query, flag| {
        query.replace(&format!("⟪{flag}⟫"), &WISHED.replace("{flag}", flag.as_str()))
    })
}
