//! The SQL of both engines, once; one file per noun. No rule of the domain lives here.

/// Whether `$1`, `$2`, … are first used in ascending order: one engine binds by first appearance.
pub(crate) fn placeholders_ascend(sql: &str) -> bool {
    let mut highest = 0;
    for piece in sql.split('$').skip(1) {
        let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Ok(number) = piece[..digits].parse::<usize>() else {
            return false;
        };
        if number == 0 || number > highest + 1 {
            return false;
        }
        highest = highest.max(number);
    }
    true
}
