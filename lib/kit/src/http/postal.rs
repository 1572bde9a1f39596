//! Postal addresses as they stand in JSON.

use domain::address::{Country, PostalAddress, parse_phone};
use domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::body::Fields;
use crate::http::problem::Problem;

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostalInput {
    #[schema(example = "Ada Lovelace")]
    pub name: String,
    #[schema(example = "1 Main Street")]
    pub line1: String,
    pub line2: Option<String>,
    pub city: String,
    pub region: Option<String>,
    pub postal_code: String,
    #[schema(example = "DE")]
    pub country: String,
    pub phone: Option<String>,
}

impl PostalInput {
    /// `path` stands before the fields' names where they are refused, such as `shippingAddress.`.
    pub fn into_domain(self, path: &str) -> Result<PostalAddress, Problem> {
        let mut fields = Fields::default();
        let at = |name: &str| format!("{path}{name}");
        let line = |max| move |value: String| text::line(&value, max);
        let checked = (
            fields.check(&at("name"), line(100)(self.name)),
            fields.check(&at("line1"), line(200)(self.line1)),
            fields.check_optional(&at("line2"), self.line2, line(200)),
            fields.check(&at("city"), line(100)(self.city)),
            fields.check_optional(&at("region"), self.region, line(100)),
            fields.check(&at("postalCode"), line(20)(self.postal_code)),
            fields.check(&at("country"), Country::parse(&self.country)),
            fields.check_optional(&at("phone"), self.phone, |phone| parse_phone(&phone)),
        );
        let (name, line1, line2, city, region, postal_code, country, phone) = fields.finish(checked)?;
        Ok(PostalAddress { name, line1, line2, city, region, postal_code, country, phone })
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostalBody {
    pub name: String,
    pub line1: String,
    pub line2: Option<String>,
    pub city: String,
    pub region: Option<String>,
    pub postal_code: String,
    pub country: String,
    pub phone: Option<String>,
}

impl From<&PostalAddress> for PostalBody {
    fn from(postal: &PostalAddress) -> Self {
        let postal = postal.clone();
        Self {
            name: postal.name,
            line1: postal.line1,
            line2: postal.line2,
            city: postal.city,
            region: postal.region,
            postal_code: postal.postal_code,
            country: postal.country.as_str().to_owned(),
            phone: postal.phone,
        }
    }
}
