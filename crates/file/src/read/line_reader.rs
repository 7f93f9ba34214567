//! Lines of a file, one at a time, in bounded memory.

use std::io::{self, BufRead, BufReader, Read};

use memchr::memchr;

/// Enough for hundreds of spans a read.
const BUFFER: usize = 256 * 1024;

/// Reads lines up to a length; longer ones are passed over.
#[derive(Debug)]
pub(crate) struct LineReader<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    number: u64,
    longest: usize,
}

/// What stands in a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// The line without its newline.
    Whole(&'a [u8]),
    /// More bytes than are read.
    TooLong,
}

impl<R: Read> LineReader<R> {
    /// Reads lines of up to `longest` bytes.
    pub(crate) fn new(input: R, longest: usize) -> Self {
        LineReader { input: BufReader::with_capacity(BUFFER, input), line: Vec::new(), number: 0, longest }
    }

    /// The next line, `None` at the end. The last one need not end with a newline.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        if self.at_end()? {
            return Ok(None);
        }
        self.number += 1;
        let mut too_long = false;
        loop {
            let chunk = fill(&mut self.input)?;
            let end = memchr(b'\n', chunk);
            let part = &chunk[..end.unwrap_or(chunk.len())];
            too_long |= self.line.len() + part.len() > self.longest;
            if !too_long {
                self.line.extend_from_slice(part);
            }
            let (part, ended) = (part.len(), end.is_some() || chunk.is_empty());
            self.input.consume(part + usize::from(end.is_some()));
            if ended {
                return Ok(Some(if too_long { Line::TooLong } else { Line::Whole(&self.line) }));
            }
        }
    }

    /// The number of the line read last, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Whether nothing follows.
    pub(crate) fn at_end(&mut self) -> io::Result<bool> {
        Ok(fill(&mut self.input)?.is_empty())
    }
}

fn fill<R: Read>(input: &mut BufReader<R>) -> io::Result<&[u8]> {
    while let Err(error) = input.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    Ok(input.buffer())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8], longest: usize) -> Vec<(u64, Option<String>)> {
        let mut reader = LineReader::new(text, longest);
        let mut all = Vec::new();
        loop {
            let line = match reader.next_line().unwrap() {
                None => return all,
                Some(Line::Whole(line)) => Some(String::from_utf8(line.to_vec()).unwrap()),
                Some(Line::TooLong) => None,
            };
            all.push((reader.number(), line));
        }
    }

    #[test]
    fn lines_are_numbered_and_the_last_needs_no_newline() {
        let some = |number, text: &str| (number, Some(text.to_owned()));
        assert_eq!(lines(b"", 9), []);
        assert_eq!(lines(b"a\n\nb\n", 9), [some(1, "a"), some(2, ""), some(3, "b")]);
        assert_eq!(lines(b"a\nb", 9), [some(1, "a"), some(2, "b")]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_whole() {
        let long = "x".repeat(3 * BUFFER);
        let text = format!("12345\n{long}\n1234\n{long}");
        assert_eq!(
            lines(text.as_bytes(), 5),
            [(1, Some("12345".into())), (2, None), (3, Some("1234".into())), (4, None)]
        );
        assert_eq!(lines(text.as_bytes(), long.len())[1].1.as_deref(), Some(&*long));
    }
}
