//! What counts as an emoji, and where one ends and the next begins, as far as a host's words need it.

/// Most emoji of one sticker. Chosen: clients list a sticker under each of them.
pub const EMOJI_MAX: usize = 10;
/// Longest emoji. Chosen: above the longest sequence in use, a family with skin tones.
const EMOJI_BYTES_MAX: usize = 64;

const JOINER: char = '\u{200d}';
const KEYCAP: char = '\u{20e3}';

/// The emoji of a text, in its order; whatever else it holds is passed over.
///
/// Source: UTS #51, sequences: a base with selectors, skin tones and tags, others joined to it; two letters
/// of a flag; a keycap. No table of all emoji: what is no letter and not ASCII counts as a base.
pub fn emoji_of(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut open = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if continues(c) {
            match found.last_mut() {
                Some(last) if open => last.push(c),
                _ => {}
            }
        } else if c == JOINER {
            let next = chars.next_if(|next| open && is_base(*next));
            if let (Some(last), Some(next)) = (found.last_mut(), next) {
                last.extend([c, next]);
            }
        } else if is_flag_letter(c) {
            match found.last_mut() {
                Some(last) if open && half_a_flag(last) => last.push(c),
                _ => found.push(c.to_string()),
            }
            open = true;
        } else if is_base(c) || is_keycap(c, chars.clone()) {
            found.push(c.to_string());
            open = true;
        } else {
            open = false;
        }
    }
    found
}

/// Whether a text is one emoji and nothing else.
pub fn is_emoji(text: &str) -> bool {
    text.len() <= EMOJI_BYTES_MAX && emoji_of(text) == [text]
}

fn continues(c: char) -> bool {
    let tag = matches!(c, '\u{e0020}'..='\u{e007f}');
    let tone = matches!(c, '\u{1f3fb}'..='\u{1f3ff}');
    tag || tone || matches!(c, '\u{fe0e}' | '\u{fe0f}' | KEYCAP)
}

fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

fn half_a_flag(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_flag_letter) && chars.next().is_none()
}

fn is_keycap(c: char, mut rest: impl Iterator<Item = char>) -> bool {
    if !matches!(c, '0'..='9' | '#' | '*') {
        return false;
    }
    match rest.next() {
        Some(KEYCAP) => true,
        Some('\u{fe0f}') => rest.next() == Some(KEYCAP),
        _ => false,
    }
}

fn is_base(c: char) -> bool {
    !c.is_ascii()
        && !c.is_alphanumeric()
        && !c.is_whitespace()
        && !c.is_control()
        && !continues(c)
        && c != JOINER
        // Punctuation, marks and byte order, none of which is drawn as a picture.
        && !matches!(c, '\u{80}'..='\u{a8}' | '\u{aa}'..='\u{ad}' | '\u{af}'..='\u{bf}'
            | '\u{300}'..='\u{36f}' | '\u{2000}'..='\u{203b}' | '\u{203d}'..='\u{2048}'
            | '\u{fe00}'..='\u{feff}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_into_its_emoji() {
        for (text, emoji) in [
            ("🙂", vec!["🙂"]),
            ("🙂😀", vec!["🙂", "😀"]),
            ("01 wave 👋🏽 hello", vec!["👋🏽"]),
            ("❤️⭐", vec!["❤️", "⭐"]),
            ("👩‍👩‍👧", vec!["👩‍👩‍👧"]),
            ("🇳🇱🇩🇪", vec!["🇳🇱", "🇩🇪"]),
            ("1️⃣#️⃣", vec!["1️⃣", "#️⃣"]),
            ("cat – 2. naïve", vec![]),
            ("\u{fe0f}\u{200d}", vec![]),
            ("🙂\u{200d}x", vec!["🙂"]),
            ("", vec![]),
        ] {
            assert_eq!(emoji_of(text), emoji, "{text}");
        }
    }

    #[test]
    fn one_emoji_is_one() {
        for text in ["🙂", "❤️", "👩‍👩‍👧", "🇳🇱", "1️⃣", "©", "™"] {
            assert!(is_emoji(text), "{text}");
        }
        let endless = "\u{1f3f4}".to_owned() + &"\u{e0061}".repeat(40);
        for text in ["", "a", "🙂 ", "🙂😀", "1", "\u{fe0f}", "–", &endless] {
            assert!(!is_emoji(text), "{text}");
        }
    }
}
