//! The address book: addresses of two kinds. Each kind that has addresses has exactly one default.
//!
//! The book stores the defaults, not the addresses, so two addresses can never both be the default. Changes are decided
//! on the whole book and committed against its version.

use serde::{Deserialize, Serialize};

use crate::id::AddressId;
use crate::text::{self, InvalidText};
use crate::time::Time;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddressKind {
    Shipping,
    Billing,
}

impl AddressKind {
    pub const ALL: [Self; 2] = [Self::Shipping, Self::Billing];
}

/// A postal address as it is printed on a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    pub name: String,
    pub line1: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    pub city: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    pub postal_code: String,
    pub country: Country,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The company. `name` is the person there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
}

impl PostalAddress {
    pub const MAX_NAME: usize = 100;
    pub const MAX_COMPANY: usize = 100;
    pub const MAX_LINE: usize = 200;
    pub const MAX_CITY: usize = 100;
    pub const MAX_POSTAL_CODE: usize = 20;
    pub const MAX_PHONE: usize = 32;

    /// What every address has.
    pub fn new(name: &str, line1: &str, postal_code: &str, city: &str, country: Country) -> Self {
        Self {
            name: name.to_owned(),
            line1: line1.to_owned(),
            line2: None,
            city: city.to_owned(),
            region: None,
            postal_code: postal_code.to_owned(),
            country,
            phone: None,
            company: None,
        }
    }

    /// Who it belongs to: the company, or without one the person.
    pub fn party(&self) -> &str {
        self.company.as_ref().unwrap_or(&self.name)
    }

    /// The person at a company.
    pub fn contact(&self) -> Option<&str> {
        self.company.as_ref().map(|_| self.name.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub id: AddressId,
    pub kind: AddressKind,
    #[serde(flatten)]
    pub postal: PostalAddress,
    pub created_at: Time,
}

/// An ISO 3166-1 alpha-2 code in upper case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a country code of two letters, such as DE")]
pub struct InvalidCountry;

impl Country {
    const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW \
        BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
        FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO \
        JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS \
        MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU \
        RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA \
        UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

    pub fn parse(text: &str) -> Result<Self, InvalidCountry> {
        let bytes: [u8; 2] = text.as_bytes().try_into().map_err(|_| InvalidCountry)?;
        let code = bytes.map(|c| c.to_ascii_uppercase());
        if Self::CODES.split_ascii_whitespace().any(|known| known.as_bytes() == code) {
            Ok(Self(code))
        } else {
            Err(InvalidCountry)
        }
    }

    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Debug for Country {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.as_str().to_owned()
    }
}

impl TryFrom<String> for Country {
    type Error = InvalidCountry;
    fn try_from(text: String) -> Result<Self, InvalidCountry> {
        Self::parse(&text)
    }
}

/// A telephone number as people write it: digits, spaces and `+-().`, with 5 to 20 digits.
pub fn parse_phone(text: &str) -> Result<String, InvalidPhone> {
    let line = text::line(text, PostalAddress::MAX_PHONE).map_err(|_: InvalidText| InvalidPhone)?;
    let digits = line.bytes().filter(u8::is_ascii_digit).count();
    let good = line.bytes().all(|c| c.is_ascii_digit() || b" +-().".contains(&c)) && (5..=20).contains(&digits);
    if good { Ok(line) } else { Err(InvalidPhone) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a telephone number such as +49 30 1234567")]
pub struct InvalidPhone;

/// What the book stores besides its addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookHead {
    pub version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_shipping: Option<AddressId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_billing: Option<AddressId>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressBook {
    pub head: BookHead,
    pub addresses: Vec<Address>,
}

/// A decided change: the new head, and the address that is written or removed with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookChange {
    /// The version that the change was decided on.
    pub from_version: u64,
    pub head: BookHead,
    pub write: Option<Address>,
    pub remove: Option<AddressId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BookRefusal {
    #[error("the address book is full")]
    Full,
    #[error("there is no such address")]
    Missing,
}

impl AddressBook {
    pub const MAX_ADDRESSES: usize = 50;

    pub fn find(&self, id: AddressId) -> Option<&Address> {
        self.addresses.iter().find(|address| address.id == id)
    }

    pub fn is_default(&self, address: &Address) -> bool {
        self.head.default_of(address.kind) == Some(address.id)
    }

    pub fn add(&self, address: Address, make_default: bool) -> Result<BookChange, BookRefusal> {
        if self.addresses.len() >= Self::MAX_ADDRESSES {
            return Err(BookRefusal::Full);
        }
        let mut head = self.head.next();
        if make_default || head.default_of(address.kind).is_none() {
            head.set_default(address.kind, Some(address.id));
        }
        Ok(BookChange { from_version: self.head.version, head, write: Some(address), remove: None })
    }

    /// The kind stays the same. A default stays the default until another address replaces it.
    pub fn update(&self, id: AddressId, postal: PostalAddress, make_default: bool) -> Result<BookChange, BookRefusal> {
        let old = self.find(id).ok_or(BookRefusal::Missing)?;
        let mut head = self.head.next();
        if make_default {
            head.set_default(old.kind, Some(id));
        }
        let address = Address { postal, ..old.clone() };
        Ok(BookChange { from_version: self.head.version, head, write: Some(address), remove: None })
    }

    /// Removing a default makes the newest other address of its kind the default.
    pub fn remove(&self, id: AddressId) -> Result<BookChange, BookRefusal> {
        let old = self.find(id).ok_or(BookRefusal::Missing)?;
        let mut head = self.head.next();
        if self.is_default(old) {
            let next = self.addresses.iter().filter(|a| a.kind == old.kind && a.id != id).max_by_key(|a| a.id);
            head.set_default(old.kind, next.map(|a| a.id));
        }
        Ok(BookChange { from_version: self.head.version, head, write: None, remove: Some(id) })
    }
}

impl BookHead {
    pub fn default_of(&self, kind: AddressKind) -> Option<AddressId> {
        match kind {
            AddressKind::Shipping => self.default_shipping,
            AddressKind::Billing => self.default_billing,
        }
    }

    fn set_default(&mut self, kind: AddressKind, id: Option<AddressId>) {
        match kind {
            AddressKind::Shipping => self.default_shipping = id,
            AddressKind::Billing => self.default_billing = id,
        }
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};

    use super::{Address, AddressBook, AddressKind, BookChange, BookRefusal, Country, PostalAddress, parse_phone};
    use crate::id::AddressId;
    use crate::time::Time;

    fn postal() -> PostalAddress {
        PostalAddress::new("Ada", "1 Main St", "N1", "London", Country::parse("gb").unwrap())
    }

    fn address(n: u8, kind: AddressKind) -> Address {
        let now = Time::from_unix_millis(i64::from(n));
        Address { id: AddressId::new(now, u128::from(n)), kind, postal: postal(), created_at: now }
    }

    fn apply(book: &mut AddressBook, change: BookChange) {
        assert_eq!(change.from_version, book.head.version);
        book.head = change.head;
        let gone = change.remove.or(change.write.as_ref().map(|a| a.id));
        book.addresses.retain(|a| Some(a.id) != gone);
        book.addresses.extend(change.write);
    }

    proptest! {
        #[test]
        fn each_kind_with_addresses_has_exactly_one_default(steps in prop::collection::vec((0_u8..3, any::<u8>(), any::<bool>(), any::<bool>()), 0..120)) {
            let mut book = AddressBook::default();
            for (step, n, shipping, default) in steps {
                let kind = if shipping { AddressKind::Shipping } else { AddressKind::Billing };
                let known = book.addresses.get(usize::from(n) % book.addresses.len().max(1)).map(|a| a.id);
                let change = match (step, known) {
                    (0, _) if book.find(address(n, kind).id).is_none() => book.add(address(n, kind), default),
                    (1, Some(id)) => book.update(id, postal(), default),
                    (2, Some(id)) => book.remove(id),
                    _ => continue,
                };
                match change {
                    Ok(change) => apply(&mut book, change),
                    Err(refusal) => prop_assert_eq!(refusal, BookRefusal::Full),
                }
                for kind in [AddressKind::Shipping, AddressKind::Billing] {
                    let of_kind: Vec<_> = book.addresses.iter().filter(|a| a.kind == kind).collect();
                    let defaults = of_kind.iter().filter(|a| book.is_default(a)).count();
                    prop_assert_eq!(defaults, usize::from(!of_kind.is_empty()));
                    prop_assert!(book.head.default_of(kind).is_none_or(|id| of_kind.iter().any(|a| a.id == id)));
                }
                prop_assert!(book.addresses.len() <= AddressBook::MAX_ADDRESSES);
            }
        }
    }

    #[test]
    fn countries_and_telephones_are_checked() {
        assert_eq!(Country::parse("de").unwrap().as_str(), "DE");
        assert!(["", "D", "DEU", "XX", "ÄÖ", "UK"].iter().all(|code| Country::parse(code).is_err()));
        assert!(parse_phone("+49 (30) 123-4567").is_ok());
        assert!(
            ["", "1234", "call me", "+49\n30 1234567", "123456789012345678901"].iter().all(|p| parse_phone(p).is_err())
        );
    }
}
