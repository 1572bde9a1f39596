//! Writes made-up documents into a folder, to look at and to validate: `cargo run -p pdf-documents --example samples DIR`.

use std::path::Path;

use domain::document::{Document, DocumentKind, Series};
use domain::mail_language::MailLanguage;
use domain::tax::TaxClass;
use pdf_documents::sample::{Sample, SampleDocument, SampleLine, TAX_ON_TOP, seller};
use pdf_documents::{PackingSlip, SlipLine, render, xml};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).ok_or("Give a folder.")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let line = |price, quantity, class| SampleLine { price, quantity, class };
    let on_top = Sample { tax: TAX_ON_TOP, language: MailLanguage::ENGLISH, ..Sample::of_lines(3) };
    let free = Sample { discount: 100, shipping: 0, ..Sample::of_lines(2) };
    let exempt = Sample {
        lines: vec![line(999, 3, TaxClass::Exempt), line(1999, 1, TaxClass::Zero), line(333, 7, TaxClass::Standard)],
        ..Sample::of_lines(0)
    };
    let reverse = Sample { is_reverse_charged: true, ..Sample::of_lines(4) };
    for (name, sample) in [
        ("one-page", Sample::of_lines(3)),
        ("long", Sample::of_lines(85)),
        ("on-top", on_top),
        ("free", free),
        ("exempt", exempt),
        ("reverse-charge", reverse),
    ] {
        let invoice = sample.invoice().ok_or("The sample cannot be priced.")?;
        write(folder, name, &invoice)?;
        if name == "one-page" {
            write(folder, "credit-note", &refund(&invoice, DocumentKind::CreditNote))?;
            write(folder, "cancellation", &refund(&invoice, DocumentKind::Cancellation))?;
            packing_slip(folder, &invoice)?;
        }
    }
    // Many amounts, so that a cent that is rounded the wrong way shows.
    for at in 0..150_u32 {
        let classes = [TaxClass::Standard, TaxClass::Reduced, TaxClass::Zero];
        let lines = (0..=at % 5).map(|n| {
            let price = i64::from((at * 7919 + n * 104_729) % 9973);
            line(price, 1 + (at + n) % 9, classes[usize::try_from((at + n) % 3).unwrap_or(0)])
        });
        let discount = [0, 3, 15, 33][usize::try_from(at % 4).unwrap_or(0)];
        let tax = if at % 2 == 0 { TAX_ON_TOP } else { Sample::of_lines(0).tax };
        let sample = Sample { lines: lines.collect(), discount, tax, ..Sample::of_lines(0) };
        let invoice = sample.invoice().ok_or("The sample cannot be priced.")?;
        let made = xml(&invoice.document, &invoice.purchase).ok_or("The sample is no e-invoice.")?;
        std::fs::write(folder.join(format!("random-{at}.xml")), made)?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, SampleDocument { document, purchase }: &SampleDocument) -> Result<(), Failure> {
    std::fs::write(folder.join(format!("{name}.pdf")), render(document, purchase)?)?;
    let made = xml(document, purchase).ok_or("The sample is no e-invoice.")?;
    Ok(std::fs::write(folder.join(format!("{name}.xml")), made)?)
}

fn refund(invoice: &SampleDocument, kind: DocumentKind) -> SampleDocument {
    let SampleDocument { document, purchase } = invoice.clone();
    let returned = purchase.lines.first().map(|line| (line.variant_id, 1)).into_iter().collect();
    let taxes = document.taxes[..1].to_vec();
    let number = Series::on(kind, document.day).number(7);
    let amount = taxes.iter().map(|part| part.net + part.tax).sum();
    let refers_to = Some(document.number.clone());
    SampleDocument { document: Document { kind, number, refers_to, taxes, amount, returned, ..document }, purchase }
}

fn packing_slip(folder: &Path, invoice: &SampleDocument) -> Result<(), Failure> {
    let lines = invoice.purchase.lines.iter().map(|line| SlipLine {
        name: &line.name,
        options: &line.options,
        sku: line.sku.as_str(),
        quantity: line.quantity,
    });
    let slip = PackingSlip {
        seller: &seller(),
        language: MailLanguage::GERMAN,
        order_number: &invoice.document.order_number,
        address: &invoice.purchase.shipping,
        shipping_method: Some("Standard"),
        lines: lines.collect(),
        made_at: invoice.document.issued_at.to_string(),
    };
    Ok(std::fs::write(folder.join("packing-slip.pdf"), PackingSlip::render(&[slip])?)?)
}
