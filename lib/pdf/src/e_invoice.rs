//! A document for machines: the XML of EN 16931 in the syntax of UN/CEFACT, as Factur-X attaches it to a PDF file.
//!
//! Amounts are without tax there. They come from what the order stored of each line and each rate, so they add up to the
//! same cents as on paper.

use std::collections::BTreeMap;
use std::fmt::Write;

use domain::address::PostalAddress;
use domain::calendar::Day;
use domain::document::{Document, DocumentKind, rate_of};
use domain::money::Money;
use domain::order::{Method, Purchase};
use domain::tax::{TaxKind, TaxRate};

use crate::words::Words;

/// Factur-X wants this name.
pub(crate) const FILE_NAME: &str = "factur-x.xml";

/// What it is built for: the profile EN 16931.
const GUIDELINE: &str = "urn:cen.eu:en16931:2017";

const NAMESPACES: &str = concat!(
    r#"xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" "#,
    r#"xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" "#,
    r#"xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100""#,
);

/// `None`: the shop has no VAT number, so its documents are no e-invoices.
pub fn xml(document: &Document, purchase: &Purchase) -> Option<String> {
    let vat_number = document.seller.vat_number.as_deref()?;
    let mut xml = Xml(r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned());
    let invoice = Invoice { document, purchase, words: Words::of(document.language), vat_number };
    xml.0.push('\n');
    xml.open(&format!("rsm:CrossIndustryInvoice {NAMESPACES}"));
    invoice.header(&mut xml);
    xml.open("rsm:SupplyChainTradeTransaction");
    let lines = invoice.lines();
    for (at, line) in lines.iter().enumerate() {
        invoice.line(&mut xml, at + 1, line);
    }
    invoice.agreement(&mut xml);
    invoice.delivery(&mut xml);
    invoice.settlement(&mut xml, &lines);
    xml.close("rsm:SupplyChainTradeTransaction");
    xml.close("rsm:CrossIndustryInvoice");
    Some(xml.0)
}

struct Xml(String);

impl Xml {
    fn open(&mut self, tag: &str) {
        let _ = write!(self.0, "<{tag}>");
    }

    fn close(&mut self, name: &str) {
        let _ = write!(self.0, "</{name}>");
    }

    fn text(&mut self, tag: &str, text: &str) {
        let name = tag.split(' ').next().unwrap_or(tag);
        let _ = write!(self.0, "<{tag}>{}</{name}>", escaped(text));
    }

    fn optional(&mut self, tag: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            self.text(tag, text);
        }
    }

    fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.open(name);
        inner(self);
        self.close(name.split(' ').next().unwrap_or(name));
    }

    fn date(&mut self, name: &str, day: Day) {
        self.within(name, |xml| xml.text(r#"udt:DateTimeString format="102""#, &day.to_string().replace('-', "")));
    }
}

/// Characters that XML has no place for are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// What the codes of EN 16931 call a kind of tax.
fn category(kind: TaxKind) -> &'static str {
    match kind {
        TaxKind::Taxed => "S",
        TaxKind::Zero => "Z",
        TaxKind::Exempt => "E",
        TaxKind::ReverseCharge => "AE",
    }
}

fn percent(rate: TaxRate) -> String {
    format!("{}.{:02}", rate.rate / 100, rate.rate % 100)
}

struct Line {
    name: String,
    sku: Option<String>,
    quantity: u32,
    net: i64,
    rate: TaxRate,
}

struct Invoice<'a> {
    document: &'a Document,
    purchase: &'a Purchase,
    words: &'static Words,
    vat_number: &'a str,
}

impl Invoice<'_> {
    fn decimal(&self, amount: i64) -> String {
        Money::new(amount, self.document.currency()).decimal()
    }

    /// What one unit costs, with six decimals.
    fn price(&self, line: &Line) -> String {
        let digits = 6_u32.saturating_sub(self.document.currency().decimals());
        let whole = i128::from(line.net) * 10_i128.pow(digits);
        let quantity = i128::from(line.quantity.max(1));
        let millionths = (2 * whole + quantity).div_euclid(2 * quantity);
        format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
    }

    fn header(&self, xml: &mut Xml) {
        xml.within("rsm:ExchangedDocumentContext", |xml| {
            xml.within("ram:GuidelineSpecifiedDocumentContextParameter", |xml| xml.text("ram:ID", GUIDELINE));
        });
        // A cancelled credit note is owed again, like an invoice.
        let code = if self.document.kind == DocumentKind::CreditNote { "381" } else { "380" };
        xml.within("rsm:ExchangedDocument", |xml| {
            xml.text("ram:ID", &self.document.number);
            xml.text("ram:TypeCode", code);
            xml.date("ram:IssueDateTime", self.document.day);
        });
    }

    /// The lines of the order. A document about a refund has one for each rate.
    fn lines(&self) -> Vec<Line> {
        let (document, included) = (self.document, self.document.totals.tax_included);
        if document.kind == DocumentKind::Invoice {
            let lines = self.purchase.lines.iter().map(|line| Line {
                name: [line.name.as_str()]
                    .into_iter()
                    .chain(line.options.iter().map(String::as_str))
                    .collect::<Vec<_>>()
                    .join(", "),
                sku: Some(line.sku.as_str().to_owned()),
                quantity: line.quantity,
                net: line.total() - line.discount - if included { line.tax } else { 0 },
                rate: rate_of(line.tax_rate, self.purchase, &document.taxes),
            });
            return lines.collect();
        }
        let lines = document.taxes.iter().map(|part| Line {
            name: self.words.refund_of.replace("{order}", &document.order_number),
            sku: None,
            quantity: 1,
            net: part.net,
            rate: part.rate,
        });
        lines.collect()
    }

    fn line(&self, xml: &mut Xml, number: usize, line: &Line) {
        xml.within("ram:IncludedSupplyChainTradeLineItem", |xml| {
            xml.within("ram:AssociatedDocumentLineDocument", |xml| xml.text("ram:LineID", &number.to_string()));
            xml.within("ram:SpecifiedTradeProduct", |xml| {
                xml.optional("ram:SellerAssignedID", line.sku.as_deref());
                xml.text("ram:Name", &line.name);
            });
            xml.within("ram:SpecifiedLineTradeAgreement", |xml| {
                xml.within("ram:NetPriceProductTradePrice", |xml| xml.text("ram:ChargeAmount", &self.price(line)));
            });
            xml.within("ram:SpecifiedLineTradeDelivery", |xml| {
                xml.text(r#"ram:BilledQuantity unitCode="C62""#, &line.quantity.to_string());
            });
            xml.within("ram:SpecifiedLineTradeSettlement", |xml| {
                xml.within("ram:ApplicableTradeTax", |xml| {
                    xml.text("ram:TypeCode", "VAT");
                    xml.text("ram:CategoryCode", category(line.rate.kind));
                    xml.text("ram:RateApplicablePercent", &percent(line.rate));
                });
                xml.within("ram:SpecifiedTradeSettlementLineMonetarySummation", |xml| {
                    xml.text("ram:LineTotalAmount", &self.decimal(line.net));
                });
            });
        });
    }

    fn agreement(&self, xml: &mut Xml) {
        let seller = &self.document.seller;
        xml.within("ram:ApplicableHeaderTradeAgreement", |xml| {
            xml.within("ram:SellerTradeParty", |xml| {
                xml.text("ram:Name", &seller.name);
                xml.within("ram:PostalTradeAddress", |xml| {
                    xml.optional("ram:LineOne", seller.address.as_deref());
                    xml.text("ram:CountryID", country_of(self.vat_number));
                });
                if let Some(number) = &seller.tax_number {
                    xml.within("ram:SpecifiedTaxRegistration", |xml| xml.text(r#"ram:ID schemeID="FC""#, number));
                }
                xml.within("ram:SpecifiedTaxRegistration", |xml| xml.text(r#"ram:ID schemeID="VA""#, self.vat_number));
            });
            let buyer = self.purchase.billing.as_ref().unwrap_or(&self.purchase.shipping);
            xml.within("ram:BuyerTradeParty", |xml| {
                xml.text("ram:Name", buyer.party());
                if let Some(person) = buyer.contact() {
                    xml.within("ram:DefinedTradeContact", |xml| xml.text("ram:PersonName", person));
                }
                place(xml, buyer);
                if let Some(number) = &self.document.buyer_vat_number {
                    xml.within("ram:SpecifiedTaxRegistration", |xml| xml.text(r#"ram:ID schemeID="VA""#, number));
                }
            });
            xml.within("ram:SellerOrderReferencedDocument", |xml| {
                xml.text("ram:IssuerAssignedID", &self.document.order_number);
            });
        });
    }

    fn delivery(&self, xml: &mut Xml) {
        xml.within("ram:ApplicableHeaderTradeDelivery", |xml| {
            let to = &self.purchase.shipping;
            xml.within("ram:ShipToTradeParty", |xml| {
                xml.text("ram:Name", to.party());
                place(xml, to);
            });
            if let Some(day) = self.document.supplied_on {
                xml.within("ram:ActualDeliverySupplyChainEvent", |xml| xml.date("ram:OccurrenceDateTime", day));
            }
        });
    }

    fn settlement(&self, xml: &mut Xml, lines: &[Line]) {
        let document = self.document;
        let currency = document.currency().as_str().to_uppercase();
        xml.within("ram:ApplicableHeaderTradeSettlement", |xml| {
            xml.text("ram:InvoiceCurrencyCode", &currency);
            // Cash; or a payment service on the internet, because it does not tell the shop how the buyer paid it.
            let means = match document.method {
                Method::CashOnDelivery => Some("10"),
                Method::PaymentIntent | Method::CheckoutSession => Some("68"),
                Method::Free | Method::Elsewhere => None,
            };
            if let Some(code) = means {
                xml.within("ram:SpecifiedTradeSettlementPaymentMeans", |xml| xml.text("ram:TypeCode", code));
            }
            for part in &document.taxes {
                let reason = match part.rate.kind {
                    TaxKind::Exempt => Some(self.words.exempt_note.as_str()),
                    TaxKind::ReverseCharge => Some(self.words.reverse_charge_note.as_str()),
                    TaxKind::Taxed | TaxKind::Zero => None,
                };
                xml.within("ram:ApplicableTradeTax", |xml| {
                    xml.text("ram:CalculatedAmount", &self.decimal(part.tax));
                    xml.text("ram:TypeCode", "VAT");
                    xml.optional("ram:ExemptionReason", reason);
                    xml.text("ram:BasisAmount", &self.decimal(part.net));
                    xml.text("ram:CategoryCode", category(part.rate.kind));
                    xml.text("ram:RateApplicablePercent", &percent(part.rate));
                });
            }
            let charges = self.shipping(lines);
            for (rate, amount) in &charges {
                self.charge(xml, *rate, *amount);
            }
            let (of_lines, of_charges): (i64, i64) = (lines.iter().map(|line| line.net).sum(), charges.values().sum());
            let total = document.net() + document.tax();
            xml.within("ram:SpecifiedTradeSettlementHeaderMonetarySummation", |xml| {
                xml.text("ram:LineTotalAmount", &self.decimal(of_lines));
                xml.text("ram:ChargeTotalAmount", &self.decimal(of_charges));
                xml.text("ram:AllowanceTotalAmount", &self.decimal(0));
                xml.text("ram:TaxBasisTotalAmount", &self.decimal(document.net()));
                xml.text(&format!(r#"ram:TaxTotalAmount currencyID="{currency}""#), &self.decimal(document.tax()));
                xml.text("ram:GrandTotalAmount", &self.decimal(total));
                xml.text("ram:TotalPrepaidAmount", &self.decimal(total));
                xml.text("ram:DuePayableAmount", &self.decimal(0));
            });
            if let Some(number) = &document.refers_to {
                xml.within("ram:InvoiceReferencedDocument", |xml| xml.text("ram:IssuerAssignedID", number));
            }
        });
    }

    /// What of each rate is not in the lines: shipping.
    fn shipping(&self, lines: &[Line]) -> BTreeMap<TaxRate, i64> {
        let mut left: BTreeMap<TaxRate, i64> = BTreeMap::new();
        for part in &self.document.taxes {
            *left.entry(part.rate).or_default() += part.net;
        }
        for line in lines {
            *left.entry(line.rate).or_default() -= line.net;
        }
        left.retain(|_, amount| *amount != 0);
        left
    }

    fn charge(&self, xml: &mut Xml, rate: TaxRate, amount: i64) {
        xml.within("ram:SpecifiedTradeAllowanceCharge", |xml| {
            xml.within("ram:ChargeIndicator", |xml| xml.text("udt:Indicator", "true"));
            xml.text("ram:ActualAmount", &self.decimal(amount));
            xml.text("ram:Reason", &self.words.shipping);
            xml.within("ram:CategoryTradeTax", |xml| {
                xml.text("ram:TypeCode", "VAT");
                xml.text("ram:CategoryCode", category(rate.kind));
                xml.text("ram:RateApplicablePercent", &percent(rate));
            });
        });
    }
}

fn place(xml: &mut Xml, address: &PostalAddress) {
    xml.within("ram:PostalTradeAddress", |xml| {
        xml.optional("ram:PostcodeCode", Some(&address.postal_code));
        xml.optional("ram:LineOne", Some(&address.line1));
        xml.optional("ram:LineTwo", address.line2.as_deref());
        xml.optional("ram:CityName", Some(&address.city));
        xml.text("ram:CountryID", address.country.as_str());
        xml.optional("ram:CountrySubDivisionName", address.region.as_deref());
    });
}

/// VAT numbers begin with the code of their country. Only Greece has its own.
fn country_of(vat_number: &str) -> &str {
    match vat_number.get(..2) {
        Some("EL") => "GR",
        Some(country) => country,
        None => "",
    }
}
