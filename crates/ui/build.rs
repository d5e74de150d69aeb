//! Generates the table of the embedded files and light studies from `files.tsv` and `studies.tsv`, which
//! `web/build.mjs` writes to `web/dist`. The content of the files is embedded in the program.

#![expect(clippy::disallowed_methods, reason = "so cargo speaks with a build script")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.join("files.tsv").display());
    println!("cargo::rerun-if-changed=build.rs");
    let read = |name| fs::read_to_string(dist.join(name));
    let (Ok(files), Ok(studies)) = (read("files.tsv"), read("studies.tsv")) else {
        println!(
            "cargo::error=web/dist is missing: `cd web && npm ci --ignore-scripts && node build.mjs` makes it, \
             and so does any of bin/run, bin/dev, bin/test."
        );
        return;
    };
    if let Some(file) = newer_than_dist(&dist) {
        println!(
            "cargo::error=web/dist was made before {} was changed: `node web/build.mjs` makes it anew.",
            file.display()
        );
        return;
    }
    let dist = dist.canonicalize().expect("it was just read");
    let bytes = |file: &str| format!("include_bytes!({:?})", dist.join(file));
    let mut table = "pub(super) static FILES: &[File] = &[\n".to_owned();
    for line in files.lines() {
        let [name, file, kind, integrity, small] = cells(line);
        let small = if small == "-" { "None".to_owned() } else { format!("Some({})", bytes(small)) };
        let whole = bytes(file);
        let path = format!("/assets/{file}");
        let _ = writeln!(
            table,
            "File {{ name: {name:?}, path: {path:?}, kind: {kind:?}, integrity: {integrity:?}, bytes: {whole}, \
             small: {small} }},"
        );
    }
    table.push_str("];\npub(super) static STUDIES: &[Study] = &[\n");
    for line in studies.lines() {
        let [name, alt, placeholder, width, height, avif, webp, jpeg] = cells(line);
        let _ = writeln!(
            table,
            "Study {{ name: {name:?}, alt: {alt:?}, placeholder: {placeholder:?}, width: {width}, height: {height}, \
             avif: {avif:?}, webp: {webp:?}, jpeg: {jpeg:?} }},"
        );
    }
    table.push_str("];\n");
    let out = env::var("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&out).join("web.rs"), table).expect("cargo's folder can be written");
}

/// Returns a source file under `web/` that is newer than `web/dist`. The build fails for it, because pages would show
/// the previous state.
fn newer_than_dist(dist: &Path) -> Option<PathBuf> {
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let made = changed(&dist.join("files.tsv"));
    let sources = ["styles", "scripts", "studies", "build.mjs", "stills.mjs", "package-lock.json"];
    let mut paths = sources.map(|source| dist.with_file_name(source)).to_vec();
    paths.iter().for_each(|path| println!("cargo::rerun-if-changed={}", path.display()));
    while let Some(path) = paths.pop() {
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() {
            paths.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        } else if !is_hidden && changed(&path) > made {
            return Some(path);
        }
    }
    None
}

fn cells<const N: usize>(line: &str) -> [&str; N] {
    let cells: Vec<&str> = line.split('\t').collect();
    cells.try_into().unwrap_or_else(|cells: Vec<&str>| panic!("{} cells, not {N}: {line}", cells.len()))
}
