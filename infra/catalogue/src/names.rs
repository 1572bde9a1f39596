//! Invented names: a different one for each number.

use crate::words::{CODAS, ONSETS, VOWELS};

/// How many names there are with two syllables.
const SHORT: usize = ONSETS.len() * VOWELS.len() * ONSETS.len() * VOWELS.len() * CODAS.len();

/// Small letters. Different numbers up to half a million have different names, later ones a third syllable.
pub(crate) fn name(number: usize) -> String {
    // Neighbours look different: the factor has no common divisor with the number of names.
    let mut rest = (number % SHORT) * 264_959 % SHORT;
    let mut next = |of: &'static [&'static str]| {
        let part = of[rest % of.len()];
        rest /= of.len();
        part
    };
    let parts = [next(ONSETS), next(VOWELS), next(ONSETS), next(VOWELS), next(CODAS)];
    let mut name = parts.concat();
    if let Some(more) = (number / SHORT).checked_sub(1) {
        name.push_str(VOWELS[more % VOWELS.len()]);
        name.push_str(CODAS[more / VOWELS.len() % CODAS.len()]);
    }
    name
}

pub(crate) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The name of the n-th brand.
pub(crate) fn brand(number: usize) -> String {
    let own = capitalised(&name(number));
    match number % 12 {
        0..8 => own,
        8 => format!("{own} & {}", capitalised(&name(number + 40_000))),
        9 => format!("Studio {own}"),
        10 => format!("{own} Supply"),
        _ => format!("Atelier {own}"),
    }
}
