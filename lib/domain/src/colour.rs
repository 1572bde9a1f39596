//! The colour of a shop, and what can be read on it. Contrast is that of WCAG 2.2: from 1, the same, to 21, black on white.

/// Such as `#1a73e8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a colour such as #1a73e8")]
pub struct InvalidColour;

impl Colour {
    pub const WHITE: Self = Self([0xff; 3]);
    pub const BLACK: Self = Self([0; 3]);

    pub const fn grey(light: u8) -> Self {
        Self([light; 3])
    }

    pub fn parse(text: &str) -> Result<Self, InvalidColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(InvalidColour)?;
        if !digits.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Err(InvalidColour);
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| InvalidColour);
        Ok(Self([part(0)?, part(2)?, part(4)?]))
    }

    fn luminance(self) -> f64 {
        let linear = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// White or black, whichever is easier to read on this colour. One of them always has a contrast above 4.5.
    #[must_use]
    pub fn text_on(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }

    /// This colour, or the nearest lighter or darker one with this contrast to the background.
    #[must_use]
    pub fn seen_on(self, background: Self, contrast: f64) -> Self {
        let end = background.text_on();
        let steps = (0..=16_u16).map(|step| self.mixed_with(end, step));
        steps.into_iter().find(|colour| colour.contrast(background) >= contrast).unwrap_or(end)
    }

    /// `step` sixteenths of the way to the other colour.
    fn mixed_with(self, other: Self, step: u16) -> Self {
        let mix = |at: usize| {
            let sum = u16::from(self.0[at]) * (16 - step) + u16::from(other.0[at]) * step;
            u8::try_from(sum / 16).unwrap_or(u8::MAX)
        };
        Self([mix(0), mix(1), mix(2)])
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::Colour;

    #[test]
    fn only_six_digits_after_a_sharp_are_a_colour() {
        assert_eq!(Colour::parse("#1A73e8").unwrap().to_string(), "#1a73e8");
        for bad in ["", "#", "red", "#fff", "1a73e8", "#1a73e", "#1a73e88", "#1a73eg", "#+1a73e", "#é1a7", "#1a73e8;"]
        {
            assert!(Colour::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_light_colour_carries_black_text_and_a_dark_one_white() {
        for (colour, text) in [("#222222", "#ffffff"), ("#ffd400", "#000000"), ("#1f6f5c", "#ffffff")] {
            assert_eq!(Colour::parse(colour).unwrap().text_on().to_string(), text, "{colour}");
        }
        assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 0.001);
    }

    proptest! {
        #[test]
        fn text_on_any_colour_and_any_colour_on_a_page_can_be_read(parts in any::<[u8; 3]>()) {
            let colour = Colour(parts);
            prop_assert_eq!(Colour::parse(&colour.to_string()), Ok(colour));
            prop_assert!(colour.contrast(colour.text_on()) > 4.5);
            for page in [Colour::WHITE, Colour::grey(0x1e)] {
                prop_assert!(colour.seen_on(page, 4.5).contrast(page) >= 4.5);
            }
        }
    }
}
