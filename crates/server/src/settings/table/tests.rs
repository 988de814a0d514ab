//! Every row can be written and read back, and holds its limits.

use super::*;

#[test]
fn every_default_can_be_written_as_it_is_shown() {
    let defaults = Settings::default();
    for row in SETTINGS {
        let mut settings = Settings::default();
        row.write(&mut settings, &row.read(&defaults)).unwrap();
        assert_eq!(settings, defaults, "{}", row.name);
        assert!(!row.default_text().is_empty(), "{}", row.name);
    }
}

#[test]
fn both_ends_of_every_number_are_kept_and_what_lies_beyond_is_refused() {
    for row in SETTINGS {
        let Kind::Number { min, max, .. } = row.kind else {
            continue;
        };
        for number in [min, max] {
            let mut settings = Settings::default();
            row.write(&mut settings, &number.to_string()).unwrap();
            assert_eq!(row.read(&settings), number.to_string(), "{}", row.name);
        }
        for wrong in [(max + 1).to_string(), "-1".to_owned(), String::new()] {
            assert!(
                row.write(&mut Settings::default(), &wrong).is_err(),
                "{}",
                row.name
            );
        }
        if let Some(below) = min.checked_sub(1) {
            let written = row.write(&mut Settings::default(), &below.to_string());
            assert!(written.is_err(), "{}", row.name);
        }
    }
}

#[test]
fn every_word_of_a_choice_is_read_back() {
    for row in SETTINGS {
        let Kind::Choice { words, .. } = &row.kind else {
            continue;
        };
        for word in *words {
            let mut settings = Settings::default();
            row.write(&mut settings, word).unwrap();
            assert_eq!(row.read(&settings), *word, "{}", row.name);
        }
    }
}

#[test]
fn texts_are_checked_and_shown_as_they_were_written() {
    let good = [
        ("login_code", "12345"),
        ("api_ids", "1,2,30"),
        ("advertise_ip", "2001:db8::1"),
        ("advertise_port", "443"),
        ("store", "postgres://me@host/name"),
        ("blobs", "memory:"),
        ("bus", "store"),
        ("file_reference_lifetime_s", "3600"),
        ("log", "cameo=debug"),
        ("proxy_secrets", "000102030405060708090a0b0c0d0e0f"),
    ];
    let bad = [
        ("login_code", "12a45"),
        ("api_ids", "1,two"),
        ("advertise_ip", "localhost"),
        ("advertise_port", "0"),
        ("listen", "10443"),
        ("blobs", "s3://bucket"),
        ("bus", "carrier-pigeon"),
        ("data", ""),
        ("file_reference_lifetime_s", "59"),
        ("log", "cameo=loudly"),
        ("proxy_secrets", "ee000102030405060708090a0b0c0d0e0f6578"),
    ];
    let row = |name: &str| SETTINGS.iter().find(|row| row.name == name).unwrap();
    for (name, text) in good {
        let mut settings = Settings::default();
        row(name).write(&mut settings, text).unwrap();
        assert_eq!(row(name).read(&settings), text, "{name}");
    }
    for (name, text) in bad {
        let written = row(name).write(&mut Settings::default(), text);
        assert!(written.is_err(), "{name}: {text}");
    }
}
