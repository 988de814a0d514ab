//! Formatting of a text in our own form: one line per entity, independent of any layer.

use crate::Refusal;

/// Source: `MESSAGE_ENTITIES_MAX` of the apps; the official server drops what is beyond.
const ENTITIES_MAX: usize = 100;

/// A stretch of a text and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// UTF-16 units before it.
    pub offset: i64,
    /// UTF-16 units; at least 1.
    pub length: i64,
}

/// What a stretch of text is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the protocol's own")]
pub enum EntityKind {
    Bold,
    Italic,
    Underline,
    Strike,
    Spoiler,
    Code,
    /// With the name of its language, which may be empty.
    Pre(String),
    Blockquote {
        collapsed: bool,
    },
    /// With an address that is not the text itself.
    TextUrl(String),
    /// Of a user without a username.
    MentionName(i64),
    /// With the id of its document.
    CustomEmoji(i64),
    Mention,
    Hashtag,
    Cashtag,
    BotCommand,
    Url,
    Email,
    Phone,
    BankCard,
}

/// Kinds without an argument, and their words in a stored line.
const PLAIN: [(&str, EntityKind); 14] = [
    ("bold", EntityKind::Bold),
    ("italic", EntityKind::Italic),
    ("underline", EntityKind::Underline),
    ("strike", EntityKind::Strike),
    ("spoiler", EntityKind::Spoiler),
    ("code", EntityKind::Code),
    ("mention", EntityKind::Mention),
    ("hashtag", EntityKind::Hashtag),
    ("cashtag", EntityKind::Cashtag),
    ("bot_command", EntityKind::BotCommand),
    ("url", EntityKind::Url),
    ("email", EntityKind::Email),
    ("phone", EntityKind::Phone),
    ("bank_card", EntityKind::BankCard),
];

/// Checks entities against their text and orders them by place. Those beyond the limit are dropped,
/// like those whose argument would not survive (a line break in an address).
///
/// # Errors
/// ENTITY_BOUNDS_INVALID: one that is empty or reaches beyond the text.
pub(super) fn checked(text: &str, mut entities: Vec<Entity>) -> Result<Vec<Entity>, Refusal> {
    let units = text.encode_utf16().count() as i64;
    for Entity { offset, length, .. } in &entities {
        let end = offset.checked_add(*length);
        if *offset < 0 || *length < 1 || end.is_none_or(|end| end > units) {
            return Err(Refusal::ENTITY_BOUNDS_INVALID);
        }
    }
    entities.retain(|entity| match &entity.kind {
        EntityKind::Pre(argument) | EntityKind::TextUrl(argument) => {
            !argument.contains(['\n', '\r', '\0'])
        }
        _ => true,
    });
    entities.truncate(ENTITIES_MAX);
    entities.sort_by_key(|entity| (entity.offset, -entity.length));
    Ok(entities)
}

/// The stored form.
pub(super) fn write(entities: &[Entity]) -> String {
    let lines: Vec<String> = entities.iter().map(line).collect();
    lines.join("\n")
}

fn line(entity: &Entity) -> String {
    let Entity {
        kind,
        offset,
        length,
    } = entity;
    let at = |word: &str| format!("{word},{offset},{length}");
    match kind {
        EntityKind::Pre(language) => format!("{},{language}", at("pre")),
        EntityKind::TextUrl(url) => format!("{},{url}", at("text_url")),
        EntityKind::MentionName(user_id) => format!("{},{user_id}", at("mention_name")),
        EntityKind::CustomEmoji(document_id) => format!("{},{document_id}", at("custom_emoji")),
        EntityKind::Blockquote { collapsed: true } => format!("{},collapsed", at("blockquote")),
        EntityKind::Blockquote { collapsed: false } => at("blockquote"),
        plain => at(PLAIN
            .iter()
            .find(|(_, kind)| kind == plain)
            .map_or("", |(word, _)| word)),
    }
}

/// The entities of a stored form; a line that cannot be read is passed over.
pub(crate) fn read(stored: &str) -> Vec<Entity> {
    stored.lines().filter_map(read_line).collect()
}

fn read_line(line: &str) -> Option<Entity> {
    let mut cells = line.splitn(4, ',');
    let (word, offset, length) = (cells.next()?, cells.next()?, cells.next()?);
    let argument = cells.next();
    let kind = match word {
        "pre" => EntityKind::Pre(argument.unwrap_or_default().to_owned()),
        "text_url" => EntityKind::TextUrl(argument?.to_owned()),
        "mention_name" => EntityKind::MentionName(argument?.parse().ok()?),
        "custom_emoji" => EntityKind::CustomEmoji(argument?.parse().ok()?),
        "blockquote" => EntityKind::Blockquote {
            collapsed: argument == Some("collapsed"),
        },
        plain => PLAIN.iter().find(|(word, _)| *word == plain)?.1.clone(),
    };
    Some(Entity {
        kind,
        offset: offset.parse().ok()?,
        length: length.parse().ok()?,
    })
}

impl Entity {
    /// The entities of a stored message.
    pub fn of(message: &store::rows::messages::MessageRow) -> Vec<Self> {
        read(&message.entities)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(kind: EntityKind, offset: i64, length: i64) -> Entity {
        Entity {
            kind,
            offset,
            length,
        }
    }

    #[test]
    fn every_kind_survives_its_stored_form() {
        let mut entities: Vec<Entity> = PLAIN
            .iter()
            .map(|(_, kind)| entity(kind.clone(), 1, 2))
            .collect();
        entities.extend([
            entity(EntityKind::Pre("rust".into()), 0, 9),
            entity(EntityKind::Pre(String::new()), 0, 9),
            entity(
                EntityKind::TextUrl("https://example.org/?a=1,2,3".into()),
                3,
                4,
            ),
            entity(EntityKind::MentionName(77), 3, 4),
            entity(EntityKind::CustomEmoji(-5), 3, 4),
            entity(EntityKind::Blockquote { collapsed: true }, 3, 4),
            entity(EntityKind::Blockquote { collapsed: false }, 3, 4),
        ]);
        assert_eq!(read(&write(&entities)), entities);
        assert_eq!(read(&write(&[])), []);
    }

    #[test]
    fn places_are_counted_in_utf_16_units() {
        // One emoji is two units.
        let bold = |offset, length| vec![entity(EntityKind::Bold, offset, length)];
        assert!(checked("\u{1f600}!", bold(0, 3)).is_ok());
        assert_eq!(
            checked("\u{1f600}!", bold(0, 4)),
            Err(Refusal::ENTITY_BOUNDS_INVALID)
        );
        assert_eq!(
            checked("abc", bold(-1, 2)),
            Err(Refusal::ENTITY_BOUNDS_INVALID)
        );
        assert_eq!(
            checked("abc", bold(1, 0)),
            Err(Refusal::ENTITY_BOUNDS_INVALID)
        );
        assert_eq!(
            checked("abc", bold(1, i64::MAX)),
            Err(Refusal::ENTITY_BOUNDS_INVALID)
        );
    }

    #[test]
    fn an_argument_that_would_break_its_line_is_dropped() {
        let url = |url: &str| vec![entity(EntityKind::TextUrl(url.into()), 0, 1)];
        assert_eq!(checked("abc", url("https://a\nbold,0,1")), Ok(Vec::new()));
        assert_eq!(
            checked("abc", url("https://a")).map(|kept| kept.len()),
            Ok(1)
        );
    }
}
