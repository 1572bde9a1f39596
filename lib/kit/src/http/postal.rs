//! Postal addresses in JSON.

use domain::address::PostalAddress;
use serde::Serialize;
use utoipa::ToSchema;

/// Defines an input with the fields of a postal address and others. This is a macro because serde cannot flatten a
/// struct and refuse unknown fields at the same time.
#[macro_export]
macro_rules! postal_input {
    ($visibility:vis struct $name:ident { $($others:tt)* }) => {
        #[derive(Debug, Clone, ::serde::Deserialize, ::utoipa::ToSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        $visibility struct $name {
            #[schema(example = "Ada Lovelace")]
            $visibility name: String,
            #[schema(example = "1 Main Street")]
            $visibility line1: String,
            $visibility line2: Option<String>,
            $visibility city: String,
            $visibility region: Option<String>,
            $visibility postal_code: String,
            #[schema(example = "DE")]
            $visibility country: String,
            $visibility phone: Option<String>,
            $visibility company: Option<String>,
            $($others)*
        }

        impl $name {
            /// `path` is put before the names of refused fields, such as `shippingAddress.`.
            $visibility fn into_domain(
                self,
                path: &str,
            ) -> Result<::domain::address::PostalAddress, $crate::http::problem::Problem> {
                use ::domain::address::PostalAddress as Postal;
                let mut fields = $crate::http::body::Fields::default();
                let at = |name: &str| format!("{path}{name}");
                let line = |max| move |value: String| ::domain::text::address_line(&value, max);
                let checked = (
                    fields.check(&at("name"), line(Postal::MAX_NAME)(self.name)),
                    fields.check(&at("line1"), line(Postal::MAX_LINE)(self.line1)),
                    fields.check_optional(&at("line2"), self.line2, line(Postal::MAX_LINE)),
                    fields.check(&at("city"), line(Postal::MAX_CITY)(self.city)),
                    fields.check_optional(&at("region"), self.region, line(Postal::MAX_CITY)),
                    fields.check(&at("postalCode"), line(Postal::MAX_POSTAL_CODE)(self.postal_code)),
                    fields.check(&at("country"), ::domain::address::Country::parse(&self.country)),
                    fields.check_optional(&at("phone"), self.phone, |phone| ::domain::address::parse_phone(&phone)),
                    fields.check_optional(&at("company"), self.company, line(Postal::MAX_COMPANY)),
                );
                let (name, line1, line2, city, region, postal_code, country, phone, company) =
                    fields.finish(checked)?;
                Ok(Postal { name, line1, line2, city, region, postal_code, country, phone, company })
            }
        }
    };
}

postal_input! {
    pub struct PostalInput {}
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
    pub company: Option<String>,
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
            company: postal.company,
        }
    }
}
