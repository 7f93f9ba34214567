//! Trace files of several writers, whole and damaged.

use std::fs::{self, File};
use std::io::Write;

use telespan_file::{ReadError, TraceFiles};

use crate::support::{batch, lines};

/// As Teleport writes them: the resource at the top, ids in base64, enum values by name.
const TELEPORT: &str = r#"{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"auth"}}]},"scopeSpans":[{"scope":{"name":"rpc"},"spans":[{"traceId":"AAAAAAAAAAAAAAAAAAAAAQ==","spanId":"AAAAAAAAAAE=","name":"span","kind":"SPAN_KIND_SERVER","status":{"code":"STATUS_CODE_ERROR"}}]}]}"#;

fn numbers(files: &mut TraceFiles) -> Vec<Result<(String, u64, usize), String>> {
    files
        .map(|found| match found {
            Ok(found) => {
                let name = found.path.file_name().unwrap().to_str().unwrap().to_owned();
                Ok((name, found.line, found.batch.spans()))
            }
            Err(error) => Err(error.to_string()),
        })
        .collect()
}

fn at(name: &str, line: u64, spans: usize) -> Result<(String, u64, usize), String> {
    Ok((name.to_owned(), line, spans))
}

#[test]
fn files_of_directories_and_single_ones_come_in_the_order_of_their_names() {
    let root = tempfile::tempdir().unwrap();
    let place = |name: &str| root.path().join(name);
    fs::create_dir_all(place("one/below.jsonl")).unwrap();
    fs::create_dir(place("two")).unwrap();
    let many = fs::read(write_many(&place("two/b.json"))).unwrap();
    fs::write(place("one/c.jsonl"), lines(&batch(0..2, 0))).unwrap();
    fs::write(place("one/below.jsonl/x.jsonl"), &many).unwrap();
    fs::write(place("one/notes.txt"), "not a trace").unwrap();
    fs::write(place("one/a.trace"), format!("\n{TELEPORT}\r\n \n{TELEPORT}")).unwrap();
    fs::write(place("z"), &many).unwrap();

    let mut files = TraceFiles::open([place("z"), place("one"), place("two"), place("one/c.jsonl")]).unwrap();
    assert_eq!(
        numbers(&mut files),
        [
            at("a.trace", 2, 1),
            at("a.trace", 4, 1),
            at("b.json", 1, 7),
            at("c.jsonl", 1, 1),
            at("c.jsonl", 2, 1),
            at("z", 1, 7),
        ]
    );
    assert_eq!(files.torn_lines(), 0);
}

/// One line with seven spans, as a collector writes them.
fn write_many(path: &std::path::Path) -> &std::path::Path {
    let mut text = Vec::new();
    telespan_otlp::json::encode(&batch(0..7, 0), &mut text);
    text.push(b'\n');
    fs::write(path, text).unwrap();
    path
}

#[test]
fn a_file_cut_anywhere_gives_all_whole_lines_and_at_most_one_torn() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cut.jsonl");
    let text = lines(&batch(0..3, 0));
    for cut in 0..=text.len() {
        fs::write(&path, &text[..cut]).unwrap();
        let newlines = text[..cut].iter().filter(|&&byte| byte == b'\n').count();
        // All of a line but its newline is whole.
        let whole = newlines + usize::from(text.get(cut) == Some(&b'\n'));
        let torn = u64::from(cut > 0 && text[cut - 1] != b'\n' && text[cut] != b'\n');
        let mut files = TraceFiles::open([&path]).unwrap();
        assert_eq!(files.by_ref().map(Result::unwrap).count(), whole, "cut at {cut}");
        assert_eq!(files.torn_lines(), torn, "cut at {cut}");
    }
}

#[test]
fn a_line_in_the_middle_that_cannot_be_read_is_named_and_reading_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.jsonl");
    let good = lines(&batch(0..1, 0));
    fs::write(&path, [&good[..], b"{\"resourceSpans\":[{]}\n", &good, b"nonsense\n"].concat()).unwrap();
    fs::write(directory.path().join("b.jsonl"), &good).unwrap();

    let mut files = TraceFiles::open([directory.path()]).unwrap();
    let text = format!("line 2 of {} is not a trace in OTLP/JSON", path.display());
    assert_eq!(
        numbers(&mut files),
        [at("a.jsonl", 1, 1), Err(text), at("a.jsonl", 3, 1), at("b.jsonl", 1, 1)]
    );
    assert_eq!(files.torn_lines(), 1);
}

#[test]
fn a_line_too_long_for_memory_is_named_and_reading_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("long.jsonl");
    let mut file = File::options().append(true).create(true).open(&path).unwrap();
    file.set_len(64 * 1024 * 1024 + 1).unwrap();
    file.write_all(&[b"\n", &lines(&batch(0..1, 0))[..]].concat()).unwrap();

    let mut files = TraceFiles::open([&path]).unwrap();
    let error = files.next().unwrap().unwrap_err();
    assert!(matches!(error, ReadError::LineTooLong { line: 1, .. }), "{error}");
    assert_eq!(numbers(&mut files), [at("long.jsonl", 2, 1)]);
}

#[test]
fn what_cannot_be_opened_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    let error = TraceFiles::open([&missing]).unwrap_err().to_string();
    assert_eq!(error, format!("{} cannot be read", missing.display()));

    let (gone, stays) = (directory.path().join("a.jsonl"), directory.path().join("b.jsonl"));
    for path in [&gone, &stays] {
        fs::write(path, lines(&batch(0..1, 0))).unwrap();
    }
    let mut files = TraceFiles::open([directory.path()]).unwrap();
    fs::remove_file(&gone).unwrap();
    let text = format!("{} cannot be read", gone.display());
    assert_eq!(numbers(&mut files), [Err(text), at("b.jsonl", 1, 1)]);
}
