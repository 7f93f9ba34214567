//! Batches to request bodies.

use bytes::Bytes;
use telespan_export::ExportError;
use telespan_net::{Compression, request_too_large};
use telespan_otlp::{Batch, json};

use crate::{BuildError, Encoding};

/// A [`Compression`] that is built in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Compress {
    None,
    #[cfg(feature = "gzip")]
    Gzip,
    #[cfg(feature = "zstd")]
    Zstd,
}

impl Compress {
    pub(crate) fn new(compression: Compression) -> Result<Compress, BuildError> {
        match compression {
            Compression::None => Ok(Compress::None),
            #[cfg(feature = "gzip")]
            Compression::Gzip => Ok(Compress::Gzip),
            #[cfg(feature = "zstd")]
            Compression::Zstd => Ok(Compress::Zstd),
            compression => Err(BuildError::Compression { compression }),
        }
    }

    fn apply(self, body: Bytes) -> Result<Bytes, ExportError> {
        match self {
            Compress::None => Ok(body),
            #[cfg(feature = "gzip")]
            Compress::Gzip => packed("gzip", gzip(&body)),
            #[cfg(feature = "zstd")]
            Compress::Zstd => packed("zstd", zstd::bulk::compress(&body, zstd::DEFAULT_COMPRESSION_LEVEL)),
        }
    }
}

/// The compressors write to memory and fail only if that is a mistake of theirs.
#[cfg(any(feature = "gzip", feature = "zstd"))]
fn packed(name: &str, body: std::io::Result<Vec<u8>>) -> Result<Bytes, ExportError> {
    body.map(Bytes::from)
        .map_err(|error| ExportError::permanent(format!("{name} compression failed")).with_source(error))
}

#[cfg(feature = "gzip")]
fn gzip(body: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Write;
    // Spans repeat themselves: a quarter of the size is usual.
    let out = Vec::with_capacity(body.len() / 4);
    let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::default());
    encoder.write_all(body)?;
    encoder.finish()
}

/// The body of the request for `batch`.
///
/// # Errors
/// `TooLarge` if it has more than `max` bytes before compression. The limit named is always below the size of a batch
/// of several spans, so that cutting ends.
pub(crate) fn pack(
    batch: &Batch,
    encoding: Encoding,
    compress: Compress,
    max: usize,
) -> Result<Bytes, ExportError> {
    if batch.len() > max {
        return Err(request_too_large(batch.len(), max, max));
    }
    let body = match encoding {
        Encoding::Protobuf => batch.bytes().clone(),
        Encoding::Json => to_json(batch, max)?,
    };
    compress.apply(body)
}

fn to_json(batch: &Batch, max: usize) -> Result<Bytes, ExportError> {
    // What spans take in JSON, measured: 2.4 times their protobuf.
    let mut text = Vec::with_capacity(batch.len() * 5 / 2);
    json::encode(batch, &mut text);
    if text.len() <= max {
        return Ok(text.into());
    }
    // In the proportion by which the text is too long.
    let limit = (batch.len() as u128 * max as u128 / text.len() as u128) as usize;
    Err(request_too_large(text.len(), max, limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use telespan_export::Failure;
    use telespan_testkit::fixture;

    #[test]
    fn cutting_as_told_ends_in_bodies_that_fit() {
        const MAX: usize = 20_000;
        let batch = Batch::parse(fixture::wide_bytes(64)).unwrap();
        for encoding in [Encoding::Protobuf, Encoding::Json] {
            let (mut open, mut sent) = (vec![batch.clone()], 0);
            while let Some(part) = open.pop() {
                match pack(&part, encoding, Compress::None, MAX) {
                    Ok(body) => {
                        assert!(body.len() <= MAX, "{encoding}: {}", body.len());
                        sent += part.spans();
                    }
                    Err(error) => {
                        let Failure::TooLarge { limit } = error.failure() else { panic!("{error}") };
                        assert!(limit < part.len(), "{encoding}: {limit} of {}", part.len());
                        open.extend(part.split(limit));
                    }
                }
            }
            assert_eq!(sent, 64, "{encoding}");
        }
    }
}
