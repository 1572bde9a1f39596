//! The page on which a carrier shows where a parcel is. Only these pages are ever links in our mails: what staff write is
//! never a link.

use std::fmt::Write;

use crate::order::Shipment;

/// A carrier's names, in small letters and digits only, and the beginning of its page's address. The tracking code
/// follows it.
struct Carrier {
    names: &'static [&'static str],
    page: &'static str,
}

const fn carrier(names: &'static [&'static str], page: &'static str) -> Carrier {
    Carrier { names, page }
}

/// Carriers whose page needs more than the code, such as PostNL's the postal code, are not here.
const CARRIERS: [Carrier; 17] = [
    carrier(
        &["dhl", "dhlexpress", "dhlecommerce", "dhlparcel"],
        "https://www.dhl.com/global-en/home/tracking.html?tracking-id=",
    ),
    carrier(
        &["dhlpaket", "dhlgermany", "dhldeutschland", "deutschepost", "deutschepostdhl"],
        "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=",
    ),
    carrier(
        &["ups", "unitedparcelservice", "upsground", "upsstandard", "upsexpress", "upssaver"],
        "https://www.ups.com/track?tracknum=",
    ),
    carrier(
        &["fedex", "federalexpress", "fedexground", "fedexexpress", "fedexhomedelivery"],
        "https://www.fedex.com/fedextrack/?trknbr=",
    ),
    carrier(
        &["usps", "unitedstatespostalservice", "uspostalservice", "usmail"],
        "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
    ),
    carrier(&["dpd", "dpdgermany", "dpddeutschland"], "https://tracking.dpd.de/status/en_US/parcel/"),
    carrier(&["gls", "generallogisticssystems"], "https://gls-group.com/track/"),
    carrier(
        &["hermes", "hermesgermany", "hermesdeutschland"],
        "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#",
    ),
    // Hermes in the United Kingdom took this name.
    carrier(&["evri", "hermesuk", "myhermes"], "https://www.evri.com/track/parcel/"),
    carrier(&["royalmail"], "https://www.royalmail.com/track-your-item#/tracking-results/"),
    carrier(&["laposte", "colissimo", "lapostecolissimo"], "https://www.laposte.fr/outils/suivre-vos-envois?code="),
    carrier(
        &["correos", "correosespaña", "correosespana"],
        "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number=",
    ),
    carrier(&["posteitaliane", "poste"], "https://www.poste.it/cerca/index.html#/risultati-spedizioni/"),
    carrier(
        &["österreichischepost", "oesterreichischepost", "austrianpost", "postat"],
        "https://www.post.at/sv/sendungsdetails?snr=",
    ),
    carrier(
        &["swisspost", "schweizerischepost", "dieschweizerischepost", "schweizerpost", "lapostesuisse", "postch"],
        "https://service.post.ch/ekp-web/ui/entry/search/",
    ),
    carrier(
        &["canadapost", "postescanada"],
        "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor=",
    ),
    carrier(&["australiapost", "auspost"], "https://auspost.com.au/mypost/track/#/details/"),
];

impl Shipment {
    /// Where the buyer can follow the parcel. `None` without a code, or if the carrier is not known.
    pub fn tracking_url(&self) -> Option<String> {
        let name: String = self.carrier.as_deref()?.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        let carrier = CARRIERS.iter().find(|carrier| carrier.names.contains(&name.as_str()))?;
        let code = percent_encoded(self.tracking_code.as_deref()?);
        (!code.is_empty()).then(|| format!("{}{code}", carrier.page))
    }
}

/// The code as a part of an address. People write codes in groups; carriers read them without spaces.
fn percent_encoded(code: &str) -> String {
    let mut encoded = String::new();
    for byte in code.bytes().filter(|byte| *byte != b' ') {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::CARRIERS;
    use crate::order::Shipment;

    fn url(carrier: Option<&str>, code: Option<&str>) -> Option<String> {
        let (carrier, tracking_code) = (carrier.map(str::to_owned), code.map(str::to_owned));
        Shipment { carrier, tracking_code }.tracking_url()
    }

    #[test]
    fn a_known_carrier_has_a_page_however_its_name_is_written() {
        for (name, page) in [
            ("DHL", "https://www.dhl.com/global-en/home/tracking.html?tracking-id=X1"),
            ("dhl paket", "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=X1"),
            ("U.P.S.", "https://www.ups.com/track?tracknum=X1"),
            ("Royal-Mail", "https://www.royalmail.com/track-your-item#/tracking-results/X1"),
            ("ÖSTERREICHISCHE POST", "https://www.post.at/sv/sendungsdetails?snr=X1"),
        ] {
            assert_eq!(url(Some(name), Some("X1")).as_deref(), Some(page), "{name}");
        }
    }

    #[test]
    fn without_a_known_carrier_or_a_code_there_is_no_page() {
        for (carrier, code) in [
            (None, Some("X1")),
            (Some("UPS"), None),
            (Some("UPS"), Some(" ")),
            (Some("Upsilon"), Some("X1")),
            (Some("."), Some("X1")),
        ] {
            assert_eq!(url(carrier, code), None, "{carrier:?} {code:?}");
        }
    }

    #[test]
    fn a_code_cannot_leave_its_place_in_the_address() {
        let evil = url(Some("ups"), Some("1Z 99/../?a=b&c#d%\"<é")).unwrap();
        assert_eq!(evil, "https://www.ups.com/track?tracknum=1Z99%2F..%2F%3Fa%3Db%26c%23d%25%22%3C%C3%A9");
    }

    #[test]
    fn every_name_is_written_as_it_is_looked_up_and_belongs_to_one_carrier() {
        let names: Vec<&str> = CARRIERS.iter().flat_map(|carrier| carrier.names).copied().collect();
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase())));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(CARRIERS.iter().all(|carrier| carrier.page.starts_with("https://")));
    }
}
