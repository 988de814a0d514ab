//! The table of settings: name, limits, unit and explanation of each, once. Flags, variables, the
//! file's keys, `--help` and `cameo settings` are all made from these rows.

use std::net::IpAddr;
use std::path::PathBuf;

use super::sources::variable_of;
use super::values::{self, LogFormat, OtherIdentity, ProxySecret};
use super::{MediaCombinations, Policy, Settings, SuggestRequires};

/// One setting.
pub struct Setting {
    /// The key in the settings file; flag and variable are made from it.
    pub name: &'static str,
    /// Its form and limits.
    pub kind: Kind,
    /// What it does, in one sentence or two.
    pub doc: &'static str,
    /// Part of the short help; the others show with `--help` and `cameo settings`.
    pub common: bool,
}

/// The form of a value, with the way into [`Settings`] and back.
pub enum Kind {
    /// A whole number from `min` to `max`.
    Number {
        /// The smallest value allowed.
        min: u64,
        /// The largest value allowed.
        max: u64,
        /// What is counted.
        unit: &'static str,
        /// Stores a number that is within the limits.
        set: fn(&mut Settings, u64),
        /// The number in force.
        show: fn(&Settings) -> u64,
    },
    /// One of a few words.
    Choice {
        /// The words.
        words: &'static [&'static str],
        /// Stores the word at this index of `words`.
        set: fn(&mut Settings, usize),
        /// The index of the word in force.
        show: fn(&Settings) -> usize,
    },
    /// Anything else; empty when unset.
    Text {
        /// What may be written, in words.
        form: &'static str,
        /// What being unset means, in words.
        unset: &'static str,
        /// Stores the value, or says what is wrong with it.
        set: fn(&mut Settings, &str) -> Result<(), String>,
        /// The value in force.
        show: fn(&Settings) -> String,
    },
}

impl Setting {
    /// The flag, with its dashes.
    pub fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }

    /// The environment variable.
    pub fn variable(&self) -> String {
        variable_of(self.name)
    }

    /// Stores a written value.
    ///
    /// # Errors
    /// What is wrong with the value, in words.
    pub fn write(&self, settings: &mut Settings, text: &str) -> Result<(), String> {
        match &self.kind {
            Kind::Number { min, max, set, .. } => {
                let number = text.replace('_', "").parse::<u64>().ok();
                let fitting = number.filter(|number| (*min..=*max).contains(number));
                let number = fitting
                    .ok_or_else(|| format!("\"{text}\" is no whole number from {min} to {max}"))?;
                set(settings, number);
                Ok(())
            }
            Kind::Choice { words, set, .. } => {
                let index = words.iter().position(|word| *word == text);
                let one_of = words.join(", ");
                set(
                    settings,
                    index.ok_or(format!("\"{text}\" is none of {one_of}"))?,
                );
                Ok(())
            }
            Kind::Text { set, .. } => set(settings, text),
        }
    }

    /// The value in force, as one would write it; empty when unset.
    pub fn read(&self, settings: &Settings) -> String {
        match &self.kind {
            Kind::Number { show, .. } => show(settings).to_string(),
            Kind::Choice { words, show, .. } => words[show(settings)].to_owned(),
            Kind::Text { show, .. } => show(settings),
        }
    }

    /// What may be written, in words.
    pub fn limits(&self) -> String {
        match &self.kind {
            Kind::Number { min, max, .. } => format!("{min} to {max}"),
            Kind::Choice { words, .. } => words.join(" | "),
            Kind::Text { form, .. } => (*form).to_owned(),
        }
    }

    /// What is counted; empty for things that are not counted.
    pub fn unit(&self) -> &'static str {
        match &self.kind {
            Kind::Number { unit, .. } => unit,
            _ => "",
        }
    }

    /// The default as one would write it, or what being unset means.
    pub fn default_text(&self) -> String {
        let written = self.read(&Settings::default());
        match &self.kind {
            Kind::Text { unset, .. } if written.is_empty() => (*unset).to_owned(),
            _ => written,
        }
    }
}

macro_rules! number {
    ($field:ident, $min:expr, $max:expr, $unit:literal, $doc:expr) => {
        Setting {
            name: stringify!($field),
            kind: Kind::Number {
                min: $min,
                max: $max,
                unit: $unit,
                set: |settings, number| {
                    // The limits of the row fit the field's type; a test writes both ends.
                    settings.$field = number.try_into().unwrap_or(settings.$field);
                },
                show: |settings| settings.$field.try_into().unwrap_or(0),
            },
            doc: $doc,
            common: false,
        }
    };
}

macro_rules! choice {
    ($field:ident, [$($word:literal => $value:expr),+], $doc:expr) => {
        Setting {
            name: stringify!($field),
            kind: Kind::Choice {
                words: &[$($word),+],
                set: |settings, index| settings.$field = [$($value),+][index],
                show: |settings| {
                    [$($value),+].iter().position(|value| *value == settings.$field).unwrap_or(0)
                },
            },
            doc: $doc,
            common: false,
        }
    };
}

macro_rules! text {
    ($field:ident, $form:literal, $unset:literal, $set:expr, $show:expr, $doc:expr) => {
        Setting {
            name: stringify!($field),
            kind: Kind::Text {
                form: $form,
                unset: $unset,
                set: $set,
                show: $show,
            },
            doc: $doc,
            common: false,
        }
    };
}

const fn common(setting: Setting) -> Setting {
    Setting {
        common: true,
        ..setting
    }
}

/// Every setting, in the order in which `cameo settings` prints them.
pub static SETTINGS: &[Setting] = &[
    common(text!(
        data,
        "a folder",
        "",
        |s, text| {
            s.data = path(text)?.ok_or("a folder must be named")?;
            Ok(())
        },
        |s| s.data.display().to_string(),
        "Folder of the server key and, unless store and blobs say otherwise, of everything else."
    )),
    common(text!(
        listen,
        "address:port",
        "",
        |s, text| {
            s.listen = values::address(text)?;
            Ok(())
        },
        |s| s.listen.to_string(),
        "Where connections are accepted, all transports on one port; port 0 picks a free one."
    )),
    common(text!(
        login_code,
        "3 to 10 digits",
        "random 5 digits",
        |s, text| {
            s.login_code = unset(text).map(values::login_code).transpose()?;
            Ok(())
        },
        |s| s.login_code.clone().unwrap_or_default(),
        "The login code that everyone gets. Only for tests: it lets anybody in as anybody."
    )),
    common(text!(
        store,
        "sqlite:FILE or postgres://…",
        "sqlite:DATA/cameo.db",
        |s, text| {
            s.store = one_of(text, &["sqlite:", "postgres://", "postgresql://"])?;
            Ok(())
        },
        |s| s.store.clone().unwrap_or_default(),
        "The database of all durable state."
    )),
    common(text!(
        blobs,
        "file:FOLDER",
        "file:DATA/blobs",
        |s, text| {
            s.blobs = one_of(text, &["file:", "memory:"])?;
            Ok(())
        },
        |s| s.blobs.clone().unwrap_or_default(),
        "Where the bytes of pictures and parts of uploads are kept; servers that share a store share it."
    )),
    common(text!(
        bus,
        "store or local",
        "store with PostgreSQL, else local",
        |s, text| {
            s.bus = match text {
                "" => None,
                "store" | "local" => Some(text.to_owned()),
                _ => return Err(format!("\"{text}\" is none of store, local")),
            };
            Ok(())
        },
        |s| s.bus.clone().unwrap_or_default(),
        "How servers that share a store wake each other: through it; local: there is only this one."
    )),
    choice!(other_identity, [
        "refuse" => OtherIdentity::Refuse,
        "take-over" => OtherIdentity::TakeOver
    ], "At the start, when the store knows servers with another key, secret or folder of blobs."),
    text!(
        advertise_ip,
        "an IP address",
        "the address the client reached",
        |s, text| {
            s.advertise_ip = unset(text).map(ip).transpose()?;
            Ok(())
        },
        |s| s.advertise_ip.map(|ip| ip.to_string()).unwrap_or_default(),
        "The address that clients are told to use (dcOption of help.getConfig)."
    ),
    text!(
        advertise_port,
        "1 to 65535",
        "the port the client reached",
        |s, text| {
            s.advertise_port = unset(text).map(port).transpose()?;
            Ok(())
        },
        |s| s
            .advertise_port
            .map(|port| port.to_string())
            .unwrap_or_default(),
        "The port that clients are told to use (dcOption of help.getConfig)."
    ),
    number!(
        dc,
        1,
        1000,
        "",
        "The data centre number for clients that do not say which one they dial."
    ),
    text!(
        api_ids,
        "any, or numbers with commas",
        "any",
        |s, text| {
            s.api_ids = values::api_ids(text)?;
            Ok(())
        },
        |s| s.api_ids.as_ref().map_or("any".to_owned(), |ids| join(ids)),
        "The api_id values that may sign in; others get API_ID_INVALID."
    ),
    number!(
        login_code_lifetime_s,
        10,
        86_400,
        "s",
        "How long a login code can be used."
    ),
    choice!(suggest_requires, [
        "contact" => SuggestRequires::Contact,
        "contact-or-chat" => SuggestRequires::ContactOrChat,
        "anyone" => SuggestRequires::Anyone
    ], "What someone must be to the caller before a picture may be suggested to them."),
    choice!(media_combinations, [
        "mobile-apps" => MediaCombinations::MobileApps,
        "never" => MediaCombinations::Never,
        "always" => MediaCombinations::Always
    ], "Whose requests may carry two or three of file, video and markup at once."),
    text!(
        proxy_secrets,
        "32 hex digits (or dd and 32), with commas",
        "none",
        |s, text| {
            let words = text
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty());
            s.proxy_secrets = words.map(ProxySecret::parse).collect::<Result<_, _>>()?;
            Ok(())
        },
        |s| s
            .proxy_secrets
            .iter()
            .map(ProxySecret::hex)
            .collect::<Vec<_>>()
            .join(","),
        "Secrets under which clients may reach the server as if it were an MTProto proxy."
    ),
    text!(
        tls_cert,
        "a PEM file",
        "no TLS",
        |s, text| {
            s.tls_cert = path(text)?;
            Ok(())
        },
        |s| show_path(&s.tls_cert),
        "Certificate chain for TLS on the same port (wss:// and https://); needs tls_key."
    ),
    text!(
        tls_key,
        "a PEM file",
        "no TLS",
        |s, text| {
            s.tls_key = path(text)?;
            Ok(())
        },
        |s| show_path(&s.tls_key),
        "Private key that belongs to tls_cert."
    ),
    number!(
        picture_side_px_min,
        1,
        1280,
        "px",
        "Smallest side of a picture."
    ),
    number!(
        picture_bytes_max,
        1024,
        1 << 30,
        "bytes",
        "Largest picture file."
    ),
    number!(
        picture_pixels_max,
        25_600,
        1_000_000_000,
        "pixels",
        "Most pixels of a picture, checked before it is decoded."
    ),
    number!(
        clip_seconds_max,
        1,
        60,
        "s",
        "Longest clip of a moving picture; half a second more is allowed, as encoders round up."
    ),
    number!(clip_mib_max, 1, 16, "MiB", "Largest clip file."),
    number!(clip_side_px_min, 16, 640, "px", "Smallest side of a clip."),
    number!(clip_side_px_max, 640, 1280, "px", "Largest side of a clip."),
    number!(
        profile_photos_max,
        1,
        1_000_000,
        "photos",
        "Most photos kept on one profile."
    ),
    number!(
        upload_parts_max,
        1,
        8000,
        "parts",
        "Most parts of one uploaded file (512 KiB each at most)."
    ),
    number!(
        upload_part_lifetime_s,
        60,
        30 * 86_400,
        "s",
        "How long uploaded parts wait to be used."
    ),
    number!(
        upload_waiting_mib_max,
        1,
        1_048_576,
        "MiB",
        "How much one account's unused uploads may hold before no new one is begun."
    ),
    number!(
        sweep_interval_s,
        10,
        86_400,
        "s",
        "How often things that nothing refers to are removed."
    ),
    number!(
        file_reference_epoch,
        0,
        u32::MAX as u64,
        "",
        "File references of another epoch are expired; raise it to expire all of them at once."
    ),
    text!(
        file_reference_lifetime_s,
        "60 to 31536000 s",
        "never expire",
        |s, text| {
            s.file_reference_lifetime_s = unset(text).map(lifetime).transpose()?;
            Ok(())
        },
        |s| s
            .file_reference_lifetime_s
            .map(|lifetime| lifetime.to_string())
            .unwrap_or_default(),
        "How long a file reference can be used."
    ),
    choice!(jail, ["required" => Policy::Required, "off" => Policy::Off],
        "Whether moving pictures are refused where the system cannot confine the processes that decode them."),
    number!(
        jail_children,
        0,
        256,
        "processes",
        "Most processes that decode moving pictures at once; 0: one less than processors, at least 1."
    ),
    number!(
        jail_memory_mib,
        128,
        16_384,
        "MiB",
        "Address space of such a process; one that wants more ends, and its upload is refused."
    ),
    number!(
        jail_job_cpu_s,
        1,
        600,
        "s",
        "Processor time that one moving picture may cost."
    ),
    number!(
        jail_job_s,
        1,
        600,
        "s",
        "Time by the clock that one moving picture may take, waiting in the queue not counted."
    ),
    number!(
        jail_jobs_per_child,
        1,
        100_000,
        "jobs",
        "Jobs after which such a process is replaced; it is as well when the next is of another account."
    ),
    number!(
        jail_queue_max,
        1,
        10_000,
        "jobs",
        "Most moving pictures that wait to be decoded; one more is told to come back later (FLOOD_WAIT)."
    ),
    number!(
        jail_queue_per_account_max,
        1,
        10_000,
        "jobs",
        "Most of one account that wait; accounts take turns."
    ),
    number!(
        connections_max,
        1,
        10_000_000,
        "connections",
        "Most connections at once; one more is told to come back later (-429)."
    ),
    number!(
        connections_per_ip_max,
        1,
        10_000_000,
        "connections",
        "Most connections at once from one IP address."
    ),
    number!(
        handshakes_max,
        0,
        1024,
        "key creations",
        "Most key creations computed at once; 0: one per processor."
    ),
    number!(
        session_lifetime_s,
        10,
        86_400,
        "s",
        "How long a session without connection is remembered."
    ),
    number!(
        drain_timeout_s,
        0,
        600,
        "s",
        "How long running calls may take to finish when the server is told to stop."
    ),
    text!(
        log,
        "a filter such as info or cameo=debug",
        "",
        |s, text| {
            text.parse::<tracing_subscriber::filter::Targets>()
                .map_err(|_| format!("\"{text}\" is no filter such as info or cameo=debug"))?;
            s.log = text.to_owned();
            Ok(())
        },
        |s| s.log.clone(),
        "Which log lines are written to stderr."
    ),
    choice!(log_format, ["text" => LogFormat::Text, "json" => LogFormat::Json],
        "The form of the log."),
];

fn unset(text: &str) -> Option<&str> {
    if text.is_empty() { None } else { Some(text) }
}

/// An address of one of these kinds. The value is not repeated: it may hold a password.
fn one_of(text: &str, kinds: &[&str]) -> Result<Option<String>, String> {
    let Some(text) = unset(text) else {
        return Ok(None);
    };
    let known = kinds.iter().any(|kind| text.starts_with(kind));
    let kinds = kinds.join(" or ");
    if known {
        Ok(Some(text.to_owned()))
    } else {
        Err(format!("this must begin with {kinds}"))
    }
}

fn path(text: &str) -> Result<Option<PathBuf>, String> {
    Ok(unset(text).map(PathBuf::from))
}

fn show_path(path: &Option<PathBuf>) -> String {
    path.as_ref()
        .map(|path| path.display().to_string())
        .unwrap_or_default()
}

fn ip(text: &str) -> Result<IpAddr, String> {
    text.parse()
        .map_err(|_| format!("\"{text}\" is no IP address"))
}

fn port(text: &str) -> Result<u16, String> {
    let port = text.parse::<u16>().ok().filter(|port| *port != 0);
    port.ok_or_else(|| format!("\"{text}\" is no port from 1 to 65535"))
}

fn lifetime(text: &str) -> Result<u64, String> {
    let seconds = text
        .parse::<u64>()
        .ok()
        .filter(|seconds| (60..=31_536_000).contains(seconds));
    seconds.ok_or_else(|| format!("\"{text}\" is no number of seconds from 60 to 31536000"))
}

fn join(numbers: &[i32]) -> String {
    numbers
        .iter()
        .map(i32::to_string)
        .collect::<Vec<_>>()
        .join(",")
}

#[cfg(test)]
mod tests;
