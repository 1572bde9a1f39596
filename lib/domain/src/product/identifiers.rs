//! By what goods are known beyond the shop. Who keeps such numbers, does so in the public metadata of variants.

use super::{Product, Variant};
use crate::text::folded;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identifiers {
    /// The number below a bar code: 8, 12, 13 or 14 digits with a right check digit.
    pub gtin: Option<String>,
    /// The number of the manufacturer.
    pub mpn: Option<String>,
}

impl Identifiers {
    pub const GTIN: &'static str = "public.gtin";
    pub const MPN: &'static str = "public.mpn";
    /// No catalogue takes a longer one.
    const MAX_MPN: usize = 70;

    /// What is no such number is left out.
    pub fn of(product: &Product, variant: &Variant) -> Self {
        let Some(metadata) = product.variant_metadata.get(&variant.id) else { return Self::default() };
        let mut shown = metadata.shown(false);
        let is_short = |mpn: &String| mpn.chars().count() <= Self::MAX_MPN && !mpn.contains(['\n', '\r', '\t']);
        Self {
            gtin: shown.remove(Self::GTIN).filter(|gtin| is_gtin(gtin)),
            mpn: shown.remove(Self::MPN).filter(is_short),
        }
    }
}

/// What search engines and catalogues call an option. Most options have a name that only this shop knows.
pub fn known_option(name: &str) -> Option<&'static str> {
    Some(match folded(name).as_str() {
        "size" | "grosse" => "size",
        "color" | "colour" | "farbe" => "color",
        "material" => "material",
        "pattern" | "muster" => "pattern",
        _ => return None,
    })
}

/// The digits before the last one count three times and once, the nearest three times; with the last, the sum ends in 0.
fn is_gtin(text: &str) -> bool {
    let is_number = [8, 12, 13, 14].contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    let digits = text.bytes().rev().map(|c| u32::from(c.wrapping_sub(b'0')));
    let weighed = digits.zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit.min(9) * weight);
    is_number && weighed.sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::{is_gtin, known_option};

    #[test]
    fn options_are_known_in_both_languages() {
        let known = ["Size", "Größe", "COLOUR", "Farbe", "Material", "Length"].map(known_option);
        assert_eq!(known, [Some("size"), Some("size"), Some("color"), Some("color"), Some("material"), None]);
    }

    #[test]
    fn only_a_number_with_a_right_check_digit_is_a_gtin() {
        for good in ["4006381333931", "96385074", "036000291452", "10614141000415"] {
            assert!(is_gtin(good), "{good}");
        }
        for bad in ["", "0", "4006381333932", "400638133393", "40063813339310", "4006381 33931", "９６３８５０７４"]
        {
            assert!(!is_gtin(bad), "{bad}");
        }
    }
}
