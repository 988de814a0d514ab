//! The generated text of a dozen definitions, reviewed by people. After a wanted change, run with
//! `UPDATE_SNAPSHOTS=1` and read the difference before committing it.

use tl_gen::{Inputs, Options, generate, generated, show};

/// Each shows something else: one id, several ids, rules, shared bits, stand-ins, answers that
/// differ.
const SHOWN: &[&str] = &[
    "photos.uploadContactProfilePhoto",
    "photos.updateProfilePhoto",
    "help.getAppConfig",
    "messages.markDialogUnread",
    "photo",
    "messageActionSuggestProfilePhoto",
    "documentAttributeVideo",
    "messageReplyHeader",
    "emojiStatus",
    "inputReplyToStory",
    "updatePrivacy",
    "userStatusRecently",
    "EmojiStatus",
    "InputUser",
    "VideoSize",
];

struct Texts([String; 5]);

impl Texts {
    fn read() -> Self {
        let file = |name| {
            let path = format!("../../schema/{name}");
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
        };
        Self(
            [
                "api.tl",
                "extra.tl",
                "select.txt",
                "rules.txt",
                "errors.tsv",
            ]
            .map(file),
        )
    }

    fn inputs(&self) -> Inputs<'_> {
        let [api, extra, select, rules, errors] = &self.0;
        Inputs {
            api,
            extra,
            select,
            rules,
            errors,
        }
    }
}

#[test]
fn generated_text_is_as_reviewed() {
    let texts = Texts::read();
    let mut changed = Vec::new();
    let options = Options {
        client: true,
        samples: false,
    };
    let all = generated(texts.inputs(), options, SHOWN).unwrap();
    for (name, text) in SHOWN.iter().zip(&all) {
        // File systems that ignore case would mix up a type with a constructor.
        let kind = if name.starts_with(|c: char| c.is_ascii_uppercase()) {
            "type."
        } else {
            ""
        };
        let path = format!("tests/snapshots/{kind}{name}.txt");
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&path, text).unwrap();
        } else if std::fs::read_to_string(&path).ok().as_ref() != Some(text) {
            changed.push(*name);
        }
    }
    assert_eq!(changed, Vec::<&str>::new(), "not as in tests/snapshots");
}

fn problems_of(api: &str, select: &str, rules: &str) -> Vec<String> {
    let errors = "code\tname\tmethods\tmeaning\tsource\n";
    let inputs = Inputs {
        api,
        extra: "",
        select,
        rules,
        errors,
    };
    match generate(
        inputs,
        Options {
            client: true,
            samples: false,
        },
    ) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.0,
    }
}

#[test]
fn a_change_of_type_without_a_rule_stops_the_build() {
    let api = "148-150 a#1 x:string = A;\n151-232 a#2 x:long = A;\n145-232 b#3 = A;";
    let problems = problems_of(api, "send a", "");
    assert!(
        problems
            .iter()
            .any(|line| line.contains("no rule to write a.x")),
        "{problems:?}"
    );
    assert!(
        problems
            .iter()
            .any(|line| line.contains("no rule to read a.x")),
        "{problems:?}"
    );
    let api = "148-150 a#1 x:int = A;\n151-232 a#2 x:long = A;\n145-232 b#3 = A;";
    assert_eq!(problems_of(api, "send a", ""), Vec::<String>::new());
}

#[test]
fn a_new_mandatory_field_needs_a_decision() {
    let api = "148-150 a#1 = A;\n151-232 a#2 x:int = A;";
    let problems = problems_of(api, "send a", "");
    assert_eq!(
        problems,
        ["rules.txt: no rule to read a.x as Int from nothing (id 00000001)"]
    );
    assert_eq!(
        problems_of(api, "send a", "default a.x"),
        Vec::<String>::new()
    );
}

#[test]
fn what_is_missing_or_superfluous_is_named() {
    let api = "148-232 a#1 b:B = A;\n148-232 b#2 = B;\n---functions---\n148-232 f#3 = A;\n";
    let problems = problems_of(api, "method f\nsend a", "");
    assert!(problems.contains(&"select.txt: a.b needs a constructor of Named(\"B\")".into()));
    assert_eq!(
        problems_of(api, "method f", ""),
        ["f: no constructor of A is selected"]
    );
    assert_eq!(
        problems_of(api, "send c", ""),
        ["select.txt: `c` matches nothing"]
    );
    let problems = problems_of(api, "method f\nsend a b", "omit a.b");
    assert_eq!(problems, ["rules.txt: `omit a.b` is not used"]);
}

#[test]
fn a_method_that_answers_differently_needs_a_rule() {
    let api =
        "148-232 a#1 = A;\n148-232 b#2 = B;\n---functions---\n148-150 f#3 = A;\n151-232 f#4 = B;\n";
    let problems = problems_of(api, "method f\nsend a b", "");
    assert_eq!(
        problems,
        ["rules.txt: no `output f`, its result differs by layer"]
    );
}

#[test]
fn everything_about_a_method_can_be_shown() {
    let texts = Texts::read();
    let text = show(texts.inputs(), "photos.uploadContactProfilePhoto").unwrap();
    for part in [
        "152-232 photos.uploadContactProfilePhoto#e14c4a71",
        "pub struct UploadContactProfilePhoto {",
        "400 CONTACT_MISSING",
        "crates/server/src/rpc/photos/upload_contact_profile_photo.rs",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(
        show(texts.inputs(), "phone.acceptCall")
            .unwrap()
            .contains("not selected")
    );
    assert!(show(texts.inputs(), "no.such").is_err());
}
