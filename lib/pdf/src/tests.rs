use domain::document::{Document, DocumentKind};
use domain::tax::TaxClass;

use crate::invoice::address_lines;
use crate::sample::{Sample, SampleDocument, SampleLine};
use crate::{render, xml};

fn invoice(lines: usize) -> SampleDocument {
    Sample::of_lines(lines).invoice().unwrap()
}

fn has(file: &[u8], text: &str) -> bool {
    file.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn a_document_is_always_the_same_bytes() {
    let SampleDocument { document, purchase } = invoice(7);
    let file = render(&document, &purchase).unwrap();
    assert!(render(&document, &purchase).unwrap() == file);
    let other = Document { number: "IN-2026-000043".to_owned(), ..document };
    assert!(render(&other, &purchase).unwrap() != file);
}

#[test]
fn a_shop_without_a_vat_number_has_invoices_that_are_no_e_invoices() {
    let SampleDocument { mut document, purchase } = invoice(1);
    let with = render(&document, &purchase).unwrap();
    assert!(has(&with, "factur-x.xml") && has(&with, "<fx:ConformanceLevel>EN 16931<"));
    document.seller.vat_number = None;
    let without = render(&document, &purchase).unwrap();
    assert!(!has(&without, "factur-x.xml") && xml(&document, &purchase).is_none());
}

#[test]
fn a_company_is_the_buyer_and_the_person_its_contact() {
    let sample = Sample { is_reverse_charged: true, ..Sample::of_lines(1) };
    let SampleDocument { document, mut purchase } = sample.invoice().unwrap();
    let made = xml(&document, &purchase).unwrap();
    let contact = "<ram:DefinedTradeContact><ram:PersonName>Žofia Wójcik-Ångström</ram:PersonName>";
    assert!(made.contains(&format!("<ram:BuyerTradeParty><ram:Name>Wójcik &amp; Töchter s.r.o.</ram:Name>{contact}")));
    let billing = purchase.billing.clone().unwrap();
    assert_eq!(address_lines(&billing)[..2], ["Wójcik & Töchter s.r.o.", "Žofia Wójcik-Ångström"]);
    purchase.shipping.company = Some("Engines Ltd".to_owned());
    purchase.billing = None;
    let made = xml(&document, &purchase).unwrap();
    assert!(made.contains("<ram:ShipToTradeParty><ram:Name>Engines Ltd</ram:Name><ram:PostalTradeAddress>"));
    purchase.shipping.company = None;
    let made = xml(&document, &purchase).unwrap();
    assert!(made.contains("<ram:BuyerTradeParty><ram:Name>Jürgen Groß</ram:Name><ram:PostalTradeAddress>"));
}

#[test]
fn whatever_people_write_makes_a_file() {
    let SampleDocument { document, mut purchase } = invoice(2);
    purchase.lines[0].name = "W".repeat(500);
    purchase.lines[1].name = "寿司 🍣 \u{202e}مرحبا\u{0}\t<&>]]>\u{fffe} \u{1e9e}".to_owned();
    purchase.shipping.name = String::new();
    for kind in DocumentKind::ALL {
        let document = Document { kind, refers_to: Some("IN-2026-000001".to_owned()), ..document.clone() };
        assert!(render(&document, &purchase).unwrap().starts_with(b"%PDF-"));
    }
    let xml = xml(&document, &purchase).unwrap();
    assert!(xml.contains("&lt;&amp;&gt;]]&gt;") && !xml.contains(['\u{0}', '\u{fffe}', '\t']));
}

#[test]
fn amounts_of_a_currency_without_cents_have_none() {
    let line = SampleLine { price: 499, quantity: 3, class: TaxClass::Standard };
    let sample = Sample { lines: vec![line], discount: 0, shipping: 0, ..Sample::of_lines(0) };
    let SampleDocument { mut document, purchase } = sample.invoice().unwrap();
    document.totals.currency = domain::money::Currency::parse("jpy").unwrap();
    let xml = xml(&document, &purchase).unwrap();
    assert!(xml.contains("<ram:LineTotalAmount>1258</ram:LineTotalAmount>"));
    assert!(xml.contains("<ram:ChargeAmount>419.333333</ram:ChargeAmount>"), "{xml}");
}
