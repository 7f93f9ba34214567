//! Whether what came is what was sent.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use prost::Message as _;

use crate::spans::SentSpan;

/// Compares two collections of spans in which order means nothing. An error shows the first differences.
pub(crate) fn compare(sent: &[SentSpan], received: &[SentSpan]) -> Result<()> {
    let (sent, received) = (sorted(sent), sorted(received));
    let missing = without(&sent, &received);
    let unexpected = without(&received, &sent);
    if missing.is_empty() && unexpected.is_empty() {
        return Ok(());
    }
    let mut report = format!(
        "{} spans sent, {} received; {} of the sent ones did not come as they were",
        sent.len(),
        received.len(),
        missing.len()
    );
    for span in missing.iter().take(3) {
        let twin = unexpected.iter().find(|other| other.span.name == span.span.name && same_ids(other, span));
        match twin {
            Some(twin) => report.push_str(&difference(span, twin)),
            None => write!(report, "\nnothing like it came: {:?}", span.span)?,
        }
    }
    bail!(report)
}

/// The bytes of all parts of a span: equal exactly if everything is, not-a-number included.
fn key(sent: &SentSpan) -> Vec<Vec<u8>> {
    vec![
        sent.span.encode_to_vec(),
        sent.scope.encode_to_vec(),
        sent.resource.encode_to_vec(),
        sent.scope_schema_url.clone().into_bytes(),
        sent.resource_schema_url.clone().into_bytes(),
    ]
}

fn sorted(spans: &[SentSpan]) -> Vec<&SentSpan> {
    let mut spans: Vec<_> = spans.iter().collect();
    spans.sort_by_cached_key(|span| key(span));
    spans
}

/// What of `these`, both sorted, has no counterpart in `those`; each counterpart counts once.
fn without<'s>(these: &[&'s SentSpan], those: &[&SentSpan]) -> Vec<&'s SentSpan> {
    let keys: Vec<_> = those.iter().map(|span| key(span)).collect();
    let mut rest = keys.as_slice();
    let mut left = Vec::new();
    for span in these {
        let key = key(span);
        while rest.first().is_some_and(|first| *first < key) {
            rest = &rest[1..];
        }
        match rest.split_first() {
            Some((first, after)) if *first == key => rest = after,
            _ => left.push(*span),
        }
    }
    left
}

fn same_ids(a: &SentSpan, b: &SentSpan) -> bool {
    (&a.span.trace_id, &a.span.span_id, a.span.kind) == (&b.span.trace_id, &b.span.span_id, b.span.kind)
}

/// The lines in which two spans differ.
fn difference(sent: &SentSpan, received: &SentSpan) -> String {
    let (sent, received) = (format!("{sent:#?}"), format!("{received:#?}"));
    let (sent, received): (Vec<_>, Vec<_>) = (sent.lines().collect(), received.lines().collect());
    let same = sent.iter().zip(&received).take_while(|(a, b)| a == b).count();
    let context = |lines: &[&str]| {
        let start = same.saturating_sub(4);
        lines[start..lines.len().min(same + 8)].join("\n  ")
    };
    format!("\nsent:\n  {}\nreceived:\n  {}", context(&sent), context(&received))
}

#[cfg(test)]
mod tests {
    use super::*;
    use telespan_proto::trace::v1::Span;

    fn named(name: &str) -> SentSpan {
        SentSpan { span: Span { name: name.to_owned(), ..Span::default() }, ..SentSpan::default() }
    }

    #[test]
    fn order_means_nothing_and_number_does() {
        let [a, b] = ["a", "b"].map(named);
        compare(&[a.clone(), b.clone(), a.clone()], &[a.clone(), a.clone(), b.clone()]).unwrap();
        compare(&[a.clone(), a.clone()], std::slice::from_ref(&a)).unwrap_err();
        compare(std::slice::from_ref(&a), &[a.clone(), b]).unwrap_err();
        compare(&[], &[a]).unwrap_err();
    }

    #[test]
    fn a_difference_is_shown_with_both_sides() {
        let mut changed = named("a");
        changed.scope.version = "2".to_owned();
        let error = compare(&[named("a")], &[changed]).unwrap_err().to_string();
        assert!(error.contains("version: \"\"") && error.contains("version: \"2\""), "{error}");
    }
}
