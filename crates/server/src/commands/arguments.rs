//! The settings as flags, made from the table of settings; nothing is listed here by hand.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};

use crate::settings::{SETTINGS, Setting, SettingError, Settings, Sources};

/// The flags of a command that needs the server's settings.
#[derive(Debug, Default)]
pub(super) struct SettingArguments {
    flags: Vec<(&'static str, String)>,
    config: Option<PathBuf>,
}

impl SettingArguments {
    /// The settings in force: these flags, the variables, the file and the defaults.
    pub(super) fn settings(self) -> Result<(Settings, Vec<String>), SettingError> {
        let mut sources = Sources::new().with_environment();
        for (name, value) in self.flags {
            sources = sources.with_flag(name, value);
        }
        if let Some(path) = self.config {
            sources = sources.with_config(path);
        }
        let settings = Settings::load(&sources)?;
        let unknown = sources
            .unknown_variables()
            .into_iter()
            .map(str::to_owned)
            .collect();
        Ok((settings, unknown))
    }
}

impl FromArgMatches for SettingArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<SettingArguments, clap::Error> {
        let mut arguments = SettingArguments::default();
        arguments.update_from_arg_matches(matches)?;
        Ok(arguments)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for row in SETTINGS {
            // A command may have a part of the flags only.
            if let Ok(Some(value)) = matches.try_get_one::<String>(row.name) {
                self.flags.push((row.name, value.clone()));
            }
        }
        if let Some(path) = matches.get_one::<PathBuf>("config") {
            self.config = Some(path.clone());
        }
        Ok(())
    }
}

impl Args for SettingArguments {
    fn augment_args(command: Command) -> Command {
        SETTINGS
            .iter()
            .fold(command, |command, row| command.arg(flag(row)))
            .arg(config())
    }

    fn augment_args_for_update(command: Command) -> Command {
        SettingArguments::augment_args(command)
    }
}

/// The settings that say where the data is.
const PLACES: [&str; 3] = ["data", "store", "blobs"];

/// The flags of a command that looks into data: where it is, given before or after the verbs.
#[derive(Debug, Default)]
pub(super) struct PlaceArguments(SettingArguments);

impl PlaceArguments {
    /// The settings in force; only those in [`PLACES`] can come from flags.
    pub(super) fn settings(self) -> Result<Settings, SettingError> {
        Ok(self.0.settings()?.0)
    }
}

impl FromArgMatches for PlaceArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<PlaceArguments, clap::Error> {
        SettingArguments::from_arg_matches(matches).map(PlaceArguments)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl Args for PlaceArguments {
    fn augment_args(command: Command) -> Command {
        SETTINGS
            .iter()
            .filter(|row| PLACES.contains(&row.name))
            .fold(command, |command, row| {
                command.arg(flag(row).global(true).hide_short_help(false))
            })
            .arg(config().global(true))
    }

    fn augment_args_for_update(command: Command) -> Command {
        PlaceArguments::augment_args(command)
    }
}

fn flag(row: &Setting) -> Arg {
    let unit = row.name.rsplit('_').next().unwrap_or(row.name);
    Arg::new(row.name)
        .long(row.flag().trim_start_matches('-').to_owned())
        .value_name(unit.to_uppercase())
        .help(format!(
            "{} [{}: {}]",
            row.doc,
            row.variable(),
            row.limits()
        ))
        .allow_hyphen_values(true)
        .hide_short_help(!row.common)
}

fn config() -> Arg {
    Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("A TOML file with settings; flags and variables win over it.")
}
