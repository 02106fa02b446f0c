//! Things found by the character that a word begins or ends with: at hardly any character of a letter does a word of a list begin.

/// Things by their characters, those of one character in the order in which they came.
#[derive(Debug)]
pub(crate) struct ByCharacter<T> {
    sorted: Box<[(char, T)]>,
    /// The characters that there are, told apart by their lowest bits: it has each of them, and a few others.
    seen: [u64; 16],
}

impl<T> ByCharacter<T> {
    pub(crate) fn new(all: impl Iterator<Item = (char, T)>) -> Self {
        let mut sorted: Vec<(char, T)> = all.collect();
        sorted.sort_by_key(|(character, _)| *character);
        let mut seen = [0; 16];
        for (character, _) in &sorted {
            let (place, bit) = place(*character);
            if let Some(bits) = seen.get_mut(place) {
                *bits |= bit;
            }
        }
        Self { sorted: sorted.into_boxed_slice(), seen }
    }

    /// Those of one character.
    pub(crate) fn under(&self, character: char) -> impl Iterator<Item = &T> {
        let (place, bit) = place(character);
        let may_have = self.seen.get(place).is_some_and(|bits| bits & bit != 0);
        let sorted: &[(char, T)] = if may_have { &self.sorted } else { &[] };
        let from = sorted.partition_point(|(own, _)| *own < character);
        let rest = sorted.get(from..).unwrap_or_default().iter();
        rest.take_while(move |(own, _)| *own == character).map(|(_, found)| found)
    }
}

const fn place(character: char) -> (usize, u64) {
    let low = character as u32 % 1024;
    (low as usize / 64, 1 << (low % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_under_a_character_is_found_in_its_order_and_nothing_else() {
        let all = ByCharacter::new([('b', 1), ('a', 2), ('b', 3)].into_iter());
        let under = |character| all.under(character).copied().collect::<Vec<_>>();
        assert_eq!((under('a'), under('b'), under('c')), (vec![2], vec![1, 3], vec![]));
        // The same lowest bits.
        assert_eq!(under(char::from_u32('a' as u32 + 1024).unwrap()), Vec::<i32>::new());
    }
}
