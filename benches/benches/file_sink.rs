//! The file sink, one span a line and files of 100 MB on a real disk, beside what else could write these lines.
//!
//! Criterion measures each contender by itself. Then all run in turns, which gives the ratios to judge by;
//! `cargo bench -p telespan-benches --bench file_sink -- ratios` runs these alone.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark reports, and fails loudly")]

use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode, Throughput};
use telespan_benches::{Contender, medians, peer, wide};
use telespan_export::Exporter;
use telespan_file::{FileExporter, RotatingWriter, Rotation};
use telespan_otlp::json::JsonLines;

/// The largest file in bytes.
const LIMIT: u64 = 100_000_000;

/// Batches written into one directory before it is cleared: enough for one rotation, so that it is part of the
/// figures, and little enough that the disk cannot become the bottleneck.
const BATCHES_A_DIRECTORY: u64 = 150;

/// What is handed to the kernel at a time by those who write themselves.
const PIECE: usize = 64 * 1024;

/// What Telespan's time may be at most: of serde_json's, and bare `write(2)`'s of Telespan's.
const MOST_OF_SERDE_JSON: f64 = 0.40;
const LEAST_OF_WRITE: f64 = 0.40;

const CONTENDERS: [Contender; 4] = [
    Contender { name: "telespan", run: |batches| in_directories(batches, telespan) },
    Contender { name: "serde_json", run: |batches| in_directories(batches, serde_json) },
    Contender { name: "sonic_rs", run: |batches| in_directories(batches, sonic_rs) },
    Contender { name: "write(2)", run: |batches| in_directories(batches, write) },
];

/// Exports one batch and says how long that took.
type Export = Box<dyn FnMut() -> Duration>;

fn in_directories(mut batches: u64, open: fn(&Path) -> Export) -> Duration {
    let mut time = Duration::ZERO;
    while batches > 0 {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut export = open(directory.path());
        let count = batches.min(BATCHES_A_DIRECTORY);
        time += (0..count).map(|_| export()).sum::<Duration>();
        batches -= count;
    }
    time
}

fn telespan(directory: &Path) -> Export {
    let exporter = FileExporter::open(Rotation::new(directory).with_limit(LIMIT)).unwrap();
    let batch = wide::batch();
    Box::new(move || {
        let start = Instant::now();
        let mut export = exporter.export(black_box(&batch), start + Duration::from_secs(600));
        let Poll::Ready(accepted) = export.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("the exporter waits");
        };
        accepted.unwrap();
        start.elapsed()
    })
}

/// `opentelemetry-proto`'s transform and its serde form, printed by serde_json.
fn serde_json(directory: &Path) -> Export {
    transformed(directory, |line, out| serde_json::to_writer(out, line).unwrap())
}

/// The same, printed by sonic-rs.
fn sonic_rs(directory: &Path) -> Export {
    transformed(directory, |line, out| sonic_rs::to_writer(out, line).unwrap())
}

fn transformed(
    directory: &Path,
    print: fn(&opentelemetry_proto::tonic::trace::v1::TracesData, &mut Vec<u8>),
) -> Export {
    let mut writer = RotatingWriter::open(Rotation::new(directory).with_limit(LIMIT)).unwrap();
    let (spans, resource) = (peer::spans(), peer::resource());
    let mut lines = peer::Lines::new(&spans, &resource);
    let mut piece = Vec::with_capacity(2 * PIECE);
    Box::new(move || {
        let spans = black_box(spans.clone());
        let start = Instant::now();
        lines.for_each(spans, |line| {
            print(line, &mut piece);
            piece.push(b'\n');
            if piece.len() >= PIECE {
                writer.write_lines(&piece).unwrap();
                piece.clear();
            }
        });
        writer.write_lines(&piece).unwrap();
        piece.clear();
        start.elapsed()
    })
}

/// The bytes that Telespan writes, ready made.
fn write(directory: &Path) -> Export {
    let text = lines_of_a_batch();
    let directory = directory.to_owned();
    let (mut file, mut len, mut files) = (None, 0, 0);
    Box::new(move || {
        let start = Instant::now();
        for piece in black_box(&text).chunks(PIECE) {
            if len + piece.len() as u64 > LIMIT {
                file = None;
            }
            let file = file.get_or_insert_with(|| {
                (len, files) = (0, files + 1);
                File::create_new(directory.join(files.to_string())).unwrap()
            });
            file.write_all(piece).unwrap();
            len += piece.len() as u64;
        }
        start.elapsed()
    })
}

fn lines_of_a_batch() -> Vec<u8> {
    let batch = wide::batch();
    let mut text = Vec::new();
    let mut lines = JsonLines::new(&batch);
    while lines.write_next(&mut text) {}
    text
}

/// They print the members that have their default values too.
fn bytes_a_line_of_the_peers() -> usize {
    let (spans, resource) = (peer::spans(), peer::resource());
    let mut bytes = 0;
    peer::Lines::new(&spans, &resource)
        .for_each(spans, |line| bytes += serde_json::to_vec(line).unwrap().len() + 1);
    bytes / wide::SPANS
}

fn criterion(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("file_sink");
    group.throughput(Throughput::Elements(wide::SPANS as u64)).sampling_mode(SamplingMode::Flat);
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    for contender in CONTENDERS {
        group.bench_function(contender.name, |bencher| bencher.iter_custom(contender.run));
    }
    group.finish();
}

/// Runs the contenders in turns and prints their times; says whether the targets are met.
fn ratios() -> bool {
    const ROUNDS: usize = 7;
    let medians = medians(&CONTENDERS, ROUNDS, BATCHES_A_DIRECTORY);
    let spans = (BATCHES_A_DIRECTORY * wide::SPANS as u64) as f64;
    let nanos: Vec<f64> = medians.iter().map(|time| time.as_nanos() as f64 / spans).collect();
    let [telespan, serde_json, _, write] = nanos[..] else { unreachable!("one time a contender") };

    let protobuf = wide::batch().len() / wide::SPANS;
    let line = lines_of_a_batch().len() / wide::SPANS;
    println!(
        "\nratios: medians of {ROUNDS} interleaved rounds, {spans} spans each, a thread on {}",
        processor()
    );
    let theirs = bytes_a_line_of_the_peers();
    println!(
        "a span is {protobuf} B of protobuf and a line of {line} B, the peers' line is one of {theirs} B"
    );
    for (contender, nanos) in CONTENDERS.iter().zip(&nanos) {
        let ratio = 100.0 * telespan / nanos;
        println!("{:>12} {nanos:8.0} ns/span   telespan takes {ratio:4.0} % of that", contender.name);
    }
    let (of_serde_json, of_write) = (telespan / serde_json, write / telespan);
    println!(
        "time: {:.1} % of serde_json's (target: <= {:.0} %)",
        of_serde_json * 100.0,
        MOST_OF_SERDE_JSON * 100.0
    );
    println!("rate: {:.1} % of write(2)'s (target: >= {:.0} %)", of_write * 100.0, LEAST_OF_WRITE * 100.0);
    of_serde_json <= MOST_OF_SERDE_JSON && of_write >= LEAST_OF_WRITE
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, model)| model.to_owned())
}

fn main() {
    criterion(&mut Criterion::default().configure_from_args());
    // `cargo test` runs benchmarks too, without this argument, to see that they work.
    if std::env::args().any(|argument| argument == "--bench") && !ratios() {
        println!("targets missed");
        std::process::exit(1);
    }
}
