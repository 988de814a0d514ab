//! The token of a bot: its id, a colon, and 35 characters that nobody can guess.

use std::fmt;

use sha2::{Digest, Sha256};
use store::rows::bots::BotRow;

use crate::{Fault, Refusal, random_bytes};

/// Characters of the secret part. Source: clients and web services expect this length.
const SECRET_CHARS: usize = 35;
/// Characters that a secret is made of, 64 of them: six bits each.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// A token that was made or that somebody shows. Never stored and never printed but by its maker.
pub(super) struct Token {
    /// The bot that it is for.
    pub(super) user_id: i64,
    secret: String,
}

impl Token {
    /// A new one: 210 random bits.
    pub(super) fn random(user_id: i64) -> Result<Self, Fault> {
        let bytes: [u8; SECRET_CHARS] = random_bytes()?;
        let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 64)]);
        let secret = bytes.iter().map(letter).collect();
        Ok(Self { user_id, secret })
    }

    /// `None`: not a token at all.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (user_id, secret) = text.split_once(':')?;
        let digits = user_id.bytes().all(|byte| byte.is_ascii_digit());
        let letters = secret.bytes().all(|byte| ALPHABET.contains(&byte));
        if !digits || !letters || secret.len() != SECRET_CHARS {
            return None;
        }
        Some(Self {
            user_id: user_id.parse().ok()?,
            secret: secret.to_owned(),
        })
    }

    /// SHA-256 of the secret part: what is kept.
    pub(super) fn hash(&self) -> Vec<u8> {
        Sha256::digest(&self.secret).to_vec()
    }

    /// Whether it is the token of `bot` now. Digests are compared, so the time that it takes tells
    /// nothing of the secret.
    pub(super) fn opens(&self, bot: &BotRow) -> Result<(), Refusal> {
        let hash = self.hash();
        if bot.token_hash == hash {
            Ok(())
        } else if bot.revoked_hash.as_ref() == Some(&hash) {
            Err(Refusal::ACCESS_TOKEN_EXPIRED)
        } else {
            Err(Refusal::ACCESS_TOKEN_INVALID)
        }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.user_id, self.secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bot(token: &Token, revoked: Option<&Token>) -> BotRow {
        BotRow {
            user_id: token.user_id,
            owner_id: 1,
            token_hash: token.hash(),
            revoked_hash: revoked.map(Token::hash),
            created_at: 0,
        }
    }

    #[test]
    fn a_token_is_read_as_it_was_written() {
        let token = Token::random(42).unwrap();
        let text = token.to_string();
        assert_eq!(text.len(), "42:".len() + SECRET_CHARS);
        let read = Token::parse(&text).unwrap();
        assert_eq!((read.user_id, read.hash()), (42, token.hash()));
        assert_ne!(text, Token::random(42).unwrap().to_string());
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        let secret = "a".repeat(SECRET_CHARS);
        assert!(Token::parse(&format!("7:{secret}")).is_some());
        for text in [
            String::new(),
            secret.clone(),
            format!(":{secret}"),
            format!("-7:{secret}"),
            format!("+7:{secret}"),
            format!("7:{secret}a"),
            format!("7:{}", &secret[1..]),
            format!("7:{}:", &secret[1..]),
            format!("99999999999999999999:{secret}"),
            format!("7:{}é", &secret[2..]),
        ] {
            assert!(Token::parse(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_token_before_is_told_from_a_wrong_one() {
        let [first, second, third] = [(); 3].map(|()| Token::random(7).unwrap());
        let bot = bot(&second, Some(&first));
        assert_eq!(second.opens(&bot), Ok(()));
        assert_eq!(first.opens(&bot), Err(Refusal::ACCESS_TOKEN_EXPIRED));
        assert_eq!(third.opens(&bot), Err(Refusal::ACCESS_TOKEN_INVALID));
    }
}
