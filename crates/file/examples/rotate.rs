//! Writes lines into files of at most 200 bytes, of which the newest three stay, and shows them.

#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::fs;

use telespan_file::{RotatingWriter, Rotation};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let rotation = Rotation::new(directory.path()).with_limit(200).with_max_files(3);
    let mut writer = RotatingWriter::open(rotation)?;
    for i in 0..40 {
        writer.write_lines(format!("{{\"request\":{i},\"status\":200}}\n").as_bytes())?;
    }
    writer.sync()?;

    let mut files: Vec<_> = fs::read_dir(directory.path())?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    for file in files {
        let text = fs::read_to_string(file.path())?;
        println!("{} ({} bytes)\n{text}", file.file_name().display(), text.len());
    }
    println!("{} older files were removed", writer.removed_files());
    Ok(())
}
