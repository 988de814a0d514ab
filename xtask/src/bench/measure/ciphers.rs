//! The cipher of every message against the instructions that it is made of.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use mtproto::crypto::aes_ige;

use super::{Row, Rows};

/// Long enough for a steady rate, short enough for the second level of cache.
const DATA_BYTES: usize = 512 * 1024;
/// Runs of each kind, in turns; the best counts.
const ROUNDS: usize = 300;
/// Source: the bound on IGE.
const RATIO_MAX: f64 = 1.15;

/// One way to go over the data.
type Run<'a> = &'a dyn Fn(&mut [u8]);

/// IGE both ways against a chain of as many dependent AES instructions.
pub(super) fn ige() -> Rows {
    let (key, iv) = ([1; 32], [2; 32]);
    let mut data = vec![0; DATA_BYTES];
    let mut best = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        let runs: [Run; 3] = [
            &aes_ige::chain_of_instructions,
            &|data| aes_ige::encrypt_in_place(data, &key, &iv),
            &|data| aes_ige::decrypt_in_place(data, &key, &iv),
        ];
        for (run, best) in runs.iter().zip(&mut best) {
            let begun = Instant::now();
            run(black_box(&mut data));
            *best = begun.elapsed().min(*best);
        }
    }
    let [floor, encrypt, decrypt] = best.map(|time| time.as_secs_f64() * 1e9 / DATA_BYTES as f64);
    Ok(vec![
        Row::over("ige encrypt", "ns/byte", (encrypt, floor), RATIO_MAX),
        Row::over("ige decrypt", "ns/byte", (decrypt, floor), RATIO_MAX),
    ])
}
