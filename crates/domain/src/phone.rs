//! Phone numbers as accounts are found by: digits only, however they were typed.

use crate::Refusal;

/// Fewest digits of a number. Source: shortest international numbers.
const DIGITS_MIN: usize = 5;
/// Most digits of a number. Source: E.164.
const DIGITS_MAX: usize = 15;

/// The digits of `typed`, which may hold `+`, spaces, brackets and dashes.
///
/// # Errors
/// PHONE_NUMBER_INVALID: other characters, too few or too many digits.
pub fn normal(typed: &str) -> Result<String, Refusal> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let strange = typed
        .chars()
        .any(|c| !c.is_ascii_digit() && !"+ -().\u{a0}".contains(c));
    if strange || !(DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) {
        return Err(Refusal::PHONE_NUMBER_INVALID);
    }
    Ok(digits)
}

/// The fixed code of the reserved test numbers `99966XYYYY`: five times `X`.
///
/// Source: official page on authorization, test accounts.
pub fn test_code(digits: &str) -> Option<String> {
    let centre = digits
        .strip_prefix("99966")
        .filter(|rest| rest.len() == 5)?
        .chars()
        .next()?;
    Some(centre.to_string().repeat(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_type_a_number_is_the_same_account() {
        for typed in [
            "+1 (555) 000-1111",
            "15550001111",
            "+15550001111",
            " 1 555 000 1111",
        ] {
            assert_eq!(normal(typed), Ok("15550001111".to_owned()), "{typed}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for typed in ["", "+", "1234", "1234567890123456", "+1555abc1111"] {
            assert_eq!(normal(typed), Err(Refusal::PHONE_NUMBER_INVALID), "{typed}");
        }
    }

    #[test]
    fn test_numbers_carry_their_code() {
        assert_eq!(test_code("9996621234").as_deref(), Some("22222"));
        assert_eq!(test_code("99966212345"), None);
        assert_eq!(test_code("15550001111"), None);
    }
}
