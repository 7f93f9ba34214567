//! Foreign text, made fit for one line of a log.

/// The most that is shown of what a peer says, in bytes.
const LONGEST: usize = 512;

/// What a peer said as one line: control characters become spaces, the ends are trimmed, and after
/// 512 bytes it is cut.
///
/// ```
/// assert_eq!(telespan_net::one_line("no such\ntenant\x1b[2J "), "no such tenant [2J");
/// ```
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if line.len() + c.len_utf8() > LONGEST {
            line.push('…');
            break;
        }
        line.push(c);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(one_line(&"é".repeat(256)), "é".repeat(256));
        assert_eq!(one_line(&"é".repeat(257)), format!("{}…", "é".repeat(256)));
        assert_eq!(one_line(&format!("x{}", "é".repeat(256))), format!("x{}…", "é".repeat(255)));
    }

    #[test]
    fn a_text_that_only_got_shorter_is_not_shown_as_cut() {
        assert_eq!(one_line("a\u{85}b\u{9b}c"), "a b c");
        assert_eq!(one_line(&format!("{}x", "\u{9b}".repeat(511))), format!("{}x", " ".repeat(511)));
    }
}
