//! Postal addresses of rows.

use domain::address::{Country, PostalAddress, parse_phone};
use domain::text::address_line;

use super::Wrong;
use super::rows::Row;

/// The address in the columns that begin with `prefix`.
pub(super) fn postal(row: &Row, prefix: &str) -> Result<PostalAddress, Vec<Wrong>> {
    let column = |field: &str| format!("{prefix}{field}");
    let mut wrong = Vec::new();
    let mut optional = |field: &str, max: usize| {
        row.parsed(&column(field), |cell| address_line(cell, max)).unwrap_or_else(|error| {
            wrong.push(error);
            Some(String::new())
        })
    };
    let name = optional("name", PostalAddress::MAX_NAME);
    let line1 = optional("line1", PostalAddress::MAX_LINE);
    let line2 = optional("line2", PostalAddress::MAX_LINE);
    let city = optional("city", PostalAddress::MAX_CITY);
    let region = optional("region", PostalAddress::MAX_CITY);
    let postal_code = optional("postal_code", PostalAddress::MAX_POSTAL_CODE);
    let company = optional("company", PostalAddress::MAX_COMPANY);
    let country = row.parsed(&column("country"), Country::parse);
    let phone = row.parsed(&column("phone"), parse_phone);
    let mut required = |field: &str, value: Option<String>| {
        if value.is_none() {
            wrong.push(Wrong::new(&column(field), "is required"));
        }
        value.unwrap_or_default()
    };
    let (name, line1) = (required("name", name), required("line1", line1));
    let (city, postal_code) = (required("city", city), required("postal_code", postal_code));
    match (country, phone) {
        (Ok(Some(country)), Ok(phone)) if wrong.is_empty() => {
            Ok(PostalAddress { name, line1, line2, city, region, postal_code, country, phone, company })
        }
        (country, phone) => {
            if let Ok(None) = country {
                wrong.push(Wrong::new(&column("country"), "is required"));
            }
            wrong.extend([country.err(), phone.err()].into_iter().flatten());
            Err(wrong)
        }
    }
}
