//! VAT numbers of businesses in the European Union, and when such a business pays the tax itself.
//!
//! Only the form of a number is decided here. Whether it belongs to a business, the authority says.

use serde::{Deserialize, Serialize};

use crate::address::Country;
use crate::time::Time;

/// What follows the prefix: `9` is a digit, `A` a letter, `*` a letter or a digit; anything else is itself.
const FORMS: [(&str, &[&str]); 28] = [
    ("AT", &["u99999999"]),
    ("BE", &["9999999999"]),
    ("BG", &["999999999", "9999999999"]),
    ("CY", &["99999999A"]),
    ("CZ", &["99999999", "999999999", "9999999999"]),
    ("DE", &["999999999"]),
    ("DK", &["99999999"]),
    ("EE", &["999999999"]),
    ("EL", &["999999999"]),
    ("ES", &["A99999999", "A9999999A", "99999999A"]),
    ("FI", &["99999999"]),
    ("FR", &["**999999999"]),
    ("HR", &["99999999999"]),
    ("HU", &["99999999"]),
    ("IE", &["9999999A", "9999999AA", "9*99999A"]),
    ("IT", &["99999999999"]),
    ("LT", &["999999999", "999999999999"]),
    ("LU", &["99999999"]),
    ("LV", &["99999999999"]),
    ("MT", &["99999999"]),
    ("NL", &["999999999b99"]),
    ("PL", &["9999999999"]),
    ("PT", &["999999999"]),
    ("RO", &["99", "999", "9999", "99999", "999999", "9999999", "99999999", "999999999", "9999999999"]),
    ("SE", &["999999999999"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
    // Northern Ireland, for goods.
    ("XI", &["999999999", "999999999999", "gd999", "ha999"]),
];

/// A VAT number with its prefix, such as `DE123456789`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VatNumber(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a VAT number of the European Union, such as DE123456789")]
pub struct InvalidVatNumber;

impl VatNumber {
    /// The most characters, with the spaces, dots and hyphens that people write.
    pub const MAX_WRITTEN: usize = 24;

    pub fn parse(text: &str) -> Result<Self, InvalidVatNumber> {
        if text.len() > Self::MAX_WRITTEN {
            return Err(InvalidVatNumber);
        }
        let kept = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-'));
        let mut number: String = kept.map(|c| c.to_ascii_uppercase()).collect();
        // Greece has a prefix that is not its country code.
        if number.starts_with("GR") {
            number.replace_range(..2, "EL");
        }
        let (prefix, rest) = number.split_at_checked(2).ok_or(InvalidVatNumber)?;
        let forms = FORMS.iter().find(|(known, _)| *known == prefix).map(|(_, forms)| *forms);
        let is_good = forms.is_some_and(|forms| forms.iter().any(|form| has_form(rest, form)));
        if is_good { Ok(Self(number)) } else { Err(InvalidVatNumber) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country as VAT numbers write it: `EL` is Greece, `XI` is Northern Ireland.
    pub fn prefix(&self) -> &str {
        &self.0[..2]
    }

    /// What follows the prefix.
    pub fn rest(&self) -> &str {
        &self.0[2..]
    }

    /// Whether its business pays the tax itself on what a shop with the VAT number `shop` sends to this place: neither the
    /// number nor the place is of the shop's own country, and both are in the European Union.
    pub fn is_reverse_charged(&self, shop: &Self, country: Country, postal_code: Option<&str>) -> bool {
        let place = territory(country, postal_code);
        self.prefix() != shop.prefix() && place.is_some_and(|place| place != shop.prefix())
    }
}

fn has_form(text: &str, form: &str) -> bool {
    let fits = |(c, kind): (u8, u8)| match kind {
        b'9' => c.is_ascii_digit(),
        b'A' => c.is_ascii_uppercase(),
        b'*' => c.is_ascii_digit() || c.is_ascii_uppercase(),
        own => c == own.to_ascii_uppercase(),
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

/// The prefix of the place's VAT numbers. `None`: it is outside the European Union.
fn territory(country: Country, postal_code: Option<&str>) -> Option<&'static str> {
    let code = match country.as_str() {
        "GR" => "EL",
        "GB" => {
            let area = postal_code.and_then(|code| code.trim_start().get(..2));
            return area.filter(|area| area.eq_ignore_ascii_case("BT")).map(|_| "XI");
        }
        code => code,
    };
    FORMS.iter().map(|(prefix, _)| *prefix).find(|prefix| *prefix == code)
}

impl From<VatNumber> for String {
    fn from(number: VatNumber) -> Self {
        number.0
    }
}

impl TryFrom<String> for VatNumber {
    type Error = InvalidVatNumber;
    fn try_from(text: String) -> Result<Self, InvalidVatNumber> {
        Self::parse(&text)
    }
}

/// That the authority knows a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatCheck {
    pub checked_at: Time,
    /// What the authority calls its answer. With it the shop can show later that it asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl VatCheck {
    /// The most characters of a reference.
    pub const MAX_REFERENCE: usize = 100;
}

/// The VAT number of a buyer, as it stays with the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuyerVat {
    pub number: VatNumber,
    /// With it the buyer pays the tax. `None`: the order is taxed as any other, so nobody was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<VatCheck>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{FORMS, VatNumber};
    use crate::address::Country;

    fn number(text: &str) -> VatNumber {
        VatNumber::parse(text).unwrap()
    }

    #[test]
    fn a_number_has_the_form_of_its_country_and_is_written_in_one_way() {
        for (written, kept) in [
            ("de 123.456-789", "DE123456789"),
            ("GR123456789", "EL123456789"),
            ("ATU12345678", "ATU12345678"),
            ("nl123456789b01", "NL123456789B01"),
            ("FRXX123456789", "FRXX123456789"),
            ("ESX1234567X", "ESX1234567X"),
            ("IE1A12345B", "IE1A12345B"),
            ("XIGD123", "XIGD123"),
            ("RO12", "RO12"),
        ] {
            assert_eq!(number(written).as_str(), kept);
        }
        for bad in [
            "",
            "D",
            "DE",
            "DE12345678",
            "DE1234567890",
            "DE12345678A",
            "AT12345678",
            "NL123456789C01",
            "ES123456789",
            "GB123456789",
            "US123456789",
            "CHE123456789",
            "123456789",
            "DE١٢٣٤٥٦٧٨٩",
            "ÄÖ123",
            "DE123456789\n",
            "DE 1 2 3 4 5 6 7 8 9 . . .",
        ] {
            assert!(VatNumber::parse(bad).is_err(), "{bad}");
        }
        assert_eq!((number("DE123456789").prefix(), number("DE123456789").rest()), ("DE", "123456789"));
    }

    #[test]
    fn every_country_of_the_union_has_a_form_and_is_a_place() {
        for (prefix, forms) in FORMS {
            for form in forms {
                let example = form.replace(['A', '*'], "K").replace('9', "1").to_uppercase();
                number(&format!("{prefix}{example}"));
            }
            let country = match prefix {
                "EL" => "GR",
                "XI" => "GB",
                code => code,
            };
            let country = Country::parse(country).unwrap();
            let shop = number(if prefix == "DE" { "FRXX123456789" } else { "DE123456789" });
            let buyer = number("ATU12345678");
            assert!(buyer.is_reverse_charged(&shop, country, Some("BT1 1AA")), "{prefix}");
        }
    }

    #[test]
    fn a_business_of_another_country_pays_the_tax_itself_on_what_leaves_the_country_of_the_shop() {
        let shop = number("DE123456789");
        let is_reversed = |buyer: &str, country: &str, postal_code: Option<&str>| {
            number(buyer).is_reverse_charged(&shop, Country::parse(country).unwrap(), postal_code)
        };
        assert!(is_reversed("FRXX123456789", "FR", None));
        assert!(is_reversed("FRXX123456789", "GR", None));
        // The goods stay in the country of the shop, or leave the Union.
        assert!(!is_reversed("FRXX123456789", "DE", None));
        assert!(!is_reversed("FRXX123456789", "CH", None));
        // The buyer is a business of the shop's own country.
        assert!(!is_reversed("DE987654321", "FR", None));
        // Of the United Kingdom, only Northern Ireland is a part of the Union's rules for goods.
        assert!(is_reversed("XI123456789", "GB", Some("bt1 1aa")));
        assert!(!is_reversed("XI123456789", "GB", Some("EC1A 1BB")));
        assert!(!is_reversed("XI123456789", "GB", None));
    }

    proptest! {
        #[test]
        fn what_is_accepted_stays_as_it_is(text in "[A-Za-z]{2}[-A-Za-z0-9. ]{0,14}") {
            if let Ok(number) = VatNumber::parse(&text) {
                prop_assert_eq!(VatNumber::parse(number.as_str()), Ok(number.clone()));
                prop_assert!(number.as_str().bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()));
            }
        }
    }
}
