//! The documented example, alone and inside a larger file, line by line.

use std::path::{Path, PathBuf};

use telespan_config::{Config, Located, Switch};

use crate::{file, parse};

/// The example as the documentation shows it, with its paths moved to where the test may write.
fn example(directory: &Path) -> String {
    for name in ["exporter_ca.pem", "exporter_key.pem", "exporter_cert.pem"] {
        file(directory, name, "");
    }
    let documentation = include_str!("../../README.md");
    let (_, after) = documentation.split_once("```yaml\n").unwrap();
    let (example, _) = after.split_once("```").unwrap();
    example.replace("/var/lib/telespan", directory.to_str().unwrap())
}

fn check_example(config: &Config, directory: &Path, line_of_section: u32) {
    let service = &config.tracing_service;
    let Switch::On(url) = &service.switch else { panic!("tracing is off") };
    assert_eq!(url.value, "grpc://collector.example.com:4317".parse().unwrap());
    assert_eq!((url.place.line, url.place.column), (line_of_section + 2, 17));
    assert_eq!(service.sampling_rate.to_u32(), 1_000_000);
    let located = |path: &Located<PathBuf>| (path.value.clone(), path.place.line, path.place.column);
    let ca_certs: Vec<_> = service.tls.ca_certs.iter().map(located).collect();
    assert_eq!(ca_certs, [(directory.join("exporter_ca.pem"), line_of_section + 6, 7)]);
    let pairs: Vec<_> = service
        .tls
        .https_keypairs
        .iter()
        .flat_map(|pair| [&pair.key_file, &pair.cert_file])
        .map(located)
        .collect();
    assert_eq!(
        pairs,
        [
            (directory.join("exporter_key.pem"), line_of_section + 9, 17),
            (directory.join("exporter_cert.pem"), line_of_section + 10, 18),
        ]
    );
}

#[test]
fn the_example_alone_has_the_effect_of_each_of_its_lines() {
    let directory = tempfile::tempdir().unwrap();
    check_example(&parse(&example(directory.path())).unwrap(), directory.path(), 1);
}

#[test]
fn the_example_works_inside_a_larger_file() {
    let directory = tempfile::tempdir().unwrap();
    let before = "#\n# A teleport.yaml with anchors, an own tag, a duplicate and much that is not ours.\nversion: v3\n\
                  teleport:\n  nodename: &name node1\n  data_dir: /var/lib/teleport\n  alias: *name\n  \
                  log: {output: stderr, severity: INFO}\n  cache: !own {}\n  cache: again\n? [complex, key]\n: 1\n";
    let after = "auth_service:\n  enabled: yes\n  tokens:\n    - \"node:xyz\"\n  motd: |\n    tracing_service:\n      \
                 enabled: maybe\n---\ntracing_service: second document\n";
    let text = format!("{before}{}{after}", example(directory.path()));
    let line_of_section = u32::try_from(before.lines().count()).unwrap() + 1;
    check_example(&parse(&text).unwrap(), directory.path(), line_of_section);
}

#[test]
fn the_example_is_read_from_a_file_and_places_name_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(directory.path(), "telespan.yaml", &example(directory.path()));
    let config = Config::load(Path::new(&path)).unwrap();
    check_example(&config, directory.path(), 1);
    let key = directory.path().join("exporter_key.pem");
    let place = config.tracing_service.tls.place_of(&key).unwrap();
    assert_eq!(place.to_string(), format!("{path}:10:17"));
    assert_eq!(config.tracing_service.tls.place_of(Path::new("other")), None);
}

#[test]
fn without_the_section_tracing_is_off() {
    for text in [
        "",
        "# nothing\n",
        "---\n...\n",
        "~",
        "teleport: {}\n",
        "tracing_service:\n",
        "tracing_service: {}\n",
    ] {
        assert_eq!(parse(text).unwrap(), Config::default(), "{text:?}");
    }
    assert_eq!(Config::default().tracing_service.enabled_url(), None);
    assert_eq!(Config::default().tracing_service.sampling_rate.to_u32(), 0);
}

#[test]
fn the_operators_reference_shows_errors_as_they_are_printed() {
    let reference = include_str!("../../../../docs/configuration.md");
    let (_, section) = reference.split_once("## Errors").unwrap();
    let block = |language: &str| {
        let (_, after) = section.split_once(&format!("```{language}\n")).unwrap();
        after.split_once("```").unwrap().0
    };
    let errors = Config::parse(block("yaml"), Some(Path::new("telespan.yaml"))).unwrap_err();
    assert_eq!(format!("{errors}\n"), block("text"));
}
