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
    let mut line: String = text
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .scan(0, |bytes, c| {
            *bytes += c.len_utf8();
            (*bytes <= LONGEST).then_some(c)
        })
        .collect();
    if line.len() < text.trim().len() {
        line.push('…');
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
}
