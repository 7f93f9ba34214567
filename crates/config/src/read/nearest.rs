//! The known word that was probably meant.

/// The word of `known` that is fewest edits away from `word`, if that is at most a third of its letters.
pub(super) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_ascii_lowercase();
    known
        .iter()
        .map(|&candidate| (edits(&word, candidate), candidate))
        .filter(|&(edits, candidate)| edits <= candidate.len() / 3)
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, delete or replace to make one word the other (Levenshtein).
pub(super) fn edits(from: &str, to: &str) -> usize {
    // Words much longer than a key are never near; this bounds the work for a hostile file.
    if from.len() > 2 * to.len() {
        return from.len();
    }
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::{edits, nearest};

    #[test]
    fn edits_are_counted_as_levenshtein_defines_them() {
        for (from, to, expected) in
            [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("enable", "enabled", 1), ("é", "e", 1)]
        {
            assert_eq!(edits(from, to), expected, "{from} {to}");
            assert_eq!(edits(to, from), expected, "{to} {from}");
        }
    }

    #[test]
    fn only_a_near_word_is_proposed() {
        let known = ["enabled", "exporter_url", "headers", "headers_file"];
        assert_eq!(nearest("Exporter-URL", &known), Some("exporter_url"));
        assert_eq!(nearest("header", &known), Some("headers"));
        assert_eq!(nearest("spool", &known), None);
        assert_eq!(nearest(&"e".repeat(100_000), &known), None);
    }
}
