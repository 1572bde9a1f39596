//! How invoices, credit notes and their cancellations look.

use domain::address::PostalAddress;
use domain::document::{Document, DocumentKind, rate_of};
use domain::money::Money;
use domain::order::{OrderLine, Purchase};
use domain::tax::TaxKind;

use crate::canvas::{About, Canvas, LEFT, NORMAL, RIGHT, SMALL, STRONG, Style, TITLE};
use crate::words::Words;
use crate::{PdfError, e_invoice, xmp};

/// Where the columns of lines end.
const ITEM_WIDTH: f32 = 196.0;
const QUANTITY: f32 = 297.0;
const UNIT_PRICE: f32 = 362.0;
const DISCOUNT: f32 = 420.0;
const TAX_RATE: f32 = 470.0;

/// The file of a document. `purchase` is that of its order.
pub fn render(document: &Document, purchase: &Purchase) -> Result<Vec<u8>, PdfError> {
    let words = Words::of(document.language);
    let sheet = Sheet { document, purchase, words };
    let canvas = sheet.draw();
    let about = About {
        title: format!("{} {}", words.title(document.kind), document.number),
        author: document.seller.name.clone(),
        language: document.language.as_str().to_owned(),
        id: document.number.clone(),
        made_at: document.issued_at.to_string(),
    };
    let xml = e_invoice::xml(document, purchase);
    let is_e_invoice = xml.is_some();
    let file = canvas.finish(&about, xml.map(|xml| (e_invoice::FILE_NAME, xml.into_bytes())))?;
    if is_e_invoice { xmp::declare_e_invoice(&file) } else { Ok(file) }
}

pub(crate) fn address_lines(address: &PostalAddress) -> Vec<String> {
    let city = format!("{} {}", address.postal_code, address.city);
    let who = [address.company.as_ref(), Some(&address.name)];
    let place = [Some(&address.line1), address.line2.as_ref(), Some(&city), address.region.as_ref()];
    let mut lines: Vec<String> =
        who.into_iter().chain(place).flatten().filter(|line| !line.trim().is_empty()).cloned().collect();
    lines.push(address.country.as_str().to_owned());
    lines
}

struct Sheet<'a> {
    document: &'a Document,
    purchase: &'a Purchase,
    words: &'static Words,
}

impl Sheet<'_> {
    fn draw(&self) -> Canvas {
        let mut canvas = Canvas::new();
        self.head(&mut canvas);
        if self.document.kind == DocumentKind::Invoice {
            self.lines(&mut canvas);
            self.totals(&mut canvas);
        } else {
            self.refund(&mut canvas);
        }
        self.taxes(&mut canvas);
        self.notes(&mut canvas);
        canvas.footer(&self.seller(), &self.words.page);
        canvas
    }

    fn money(&self, amount: i64) -> String {
        self.words.amount(Money::new(amount, self.document.currency()))
    }

    fn head(&self, canvas: &mut Canvas) {
        let (document, words) = (self.document, self.words);
        canvas.text(LEFT, Style { size: 13.0, ..STRONG }, &document.seller.name);
        canvas.text_to(RIGHT, TITLE, words.title(document.kind));
        canvas.y += 34.0;
        let top = canvas.y;
        if let Some(address) = &document.seller.address {
            canvas.text(LEFT, Style { size: 7.0, ..SMALL }, &format!("{} · {address}", document.seller.name));
        }
        canvas.y += 16.0;
        let billing = self.purchase.billing.as_ref().unwrap_or(&self.purchase.shipping);
        for line in address_lines(billing) {
            canvas.paragraph(LEFT, 240.0, NORMAL, &line);
        }
        if let Some(number) = &document.buyer_vat_number {
            canvas.paragraph(LEFT, 240.0, NORMAL, &format!("{} {number}", words.vat_number));
        }
        let below = canvas.y;
        canvas.y = top + 16.0;
        for (name, value) in self.facts() {
            canvas.text(330.0, SMALL, &name);
            canvas.text_to(RIGHT, NORMAL, &value);
            canvas.y += NORMAL.line() + 1.0;
        }
        canvas.y = canvas.y.max(below) + 22.0;
        if document.kind == DocumentKind::Invoice
            && self.purchase.billing.as_ref().is_some_and(|own| *own != self.purchase.shipping)
        {
            canvas.text(LEFT, SMALL, &words.delivery_address);
            canvas.y += SMALL.line();
            canvas.paragraph(LEFT, RIGHT - LEFT, NORMAL, &address_lines(&self.purchase.shipping).join(", "));
            canvas.y += 14.0;
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let (document, words) = (self.document, self.words);
        let mut facts = vec![
            (&words.number, document.number.clone()),
            (&words.date, words.day(document.day)),
            (&words.order, document.order_number.clone()),
        ];
        match (document.kind, &document.refers_to) {
            (DocumentKind::CreditNote, Some(invoice)) => facts.push((&words.for_invoice, invoice.clone())),
            (DocumentKind::Cancellation, Some(note)) => facts.push((&words.for_credit_note, note.clone())),
            _ => {}
        }
        match document.kind {
            DocumentKind::Invoice => facts.push((&words.paid_on, words.day(document.paid_on))),
            DocumentKind::CreditNote => facts.push((&words.refunded_on, words.day(document.paid_on))),
            DocumentKind::Cancellation => {}
        }
        if let Some(day) = document.supplied_on {
            facts.push((&words.supplied_on, words.day(day)));
        }
        facts.into_iter().map(|(name, value)| (name.clone(), value)).collect()
    }

    fn has_discounts(&self) -> bool {
        self.purchase.lines.iter().any(|line| line.discount > 0)
    }

    fn columns(&self, canvas: &mut Canvas) {
        let words = self.words;
        canvas.text(LEFT, SMALL, &words.item);
        canvas.text_to(QUANTITY, SMALL, &words.quantity);
        canvas.text_to(UNIT_PRICE, SMALL, &words.unit_price);
        if self.has_discounts() {
            canvas.text_to(DISCOUNT, SMALL, &words.discount);
        }
        canvas.text_to(TAX_RATE, SMALL, &words.tax_rate);
        canvas.text_to(RIGHT, SMALL, &words.line_total);
        canvas.y += SMALL.line() + 2.0;
        canvas.rule(LEFT, RIGHT);
        canvas.y += 6.0;
    }

    fn lines(&self, canvas: &mut Canvas) {
        self.columns(canvas);
        for line in &self.purchase.lines {
            let names = NORMAL.wrap(&line.name, ITEM_WIDTH);
            let details = SMALL.wrap(&self.details(line), ITEM_WIDTH);
            let lines = |style: Style, texts: &[String]| (0..texts.len()).map(|_| style.line()).sum::<f32>();
            let height = lines(NORMAL, &names) + lines(SMALL, &details) + 5.0;
            if !canvas.has_room(height) {
                canvas.next_page();
                self.columns(canvas);
            }
            let (top, rate) = (canvas.y, rate_of(line.tax_rate, self.purchase, &self.document.taxes));
            canvas.text_to(QUANTITY, NORMAL, &line.quantity.to_string());
            canvas.text_to(UNIT_PRICE, NORMAL, &self.money(line.unit_price));
            if line.discount > 0 {
                canvas.text_to(DISCOUNT, NORMAL, &self.money(-line.discount));
            }
            canvas.text_to(TAX_RATE, NORMAL, &self.words.percent(rate));
            canvas.text_to(RIGHT, NORMAL, &self.money(line.total() - line.discount));
            for name in names {
                canvas.text(LEFT, NORMAL, &name);
                canvas.y += NORMAL.line();
            }
            for detail in details {
                canvas.text(LEFT, SMALL, &detail);
                canvas.y += SMALL.line();
            }
            canvas.y = canvas.y.max(top + NORMAL.line()) + 5.0;
        }
    }

    fn details(&self, line: &OrderLine) -> String {
        let sku = format!("{} {}", self.words.sku, line.sku.as_str());
        line.options.iter().cloned().chain([sku]).collect::<Vec<_>>().join(" · ")
    }

    fn sum(&self, canvas: &mut Canvas, style: Style, name: &str, amount: i64) {
        canvas.need(style.line() + 2.0);
        canvas.text(330.0, style, name);
        canvas.text_to(RIGHT, style, &self.money(amount));
        canvas.y += style.line() + 2.0;
    }

    fn totals(&self, canvas: &mut Canvas) {
        let (totals, words) = (&self.document.totals, self.words);
        canvas.need(90.0);
        canvas.rule(LEFT, RIGHT);
        canvas.y += 8.0;
        self.sum(canvas, NORMAL, &words.subtotal, totals.subtotal);
        if totals.discount > 0 {
            self.sum(canvas, NORMAL, &words.discount, -totals.discount);
        }
        let method = self.purchase.shipping_method.as_ref().map(|method| method.name.as_str());
        let shipping = method.map_or_else(|| words.shipping.clone(), |name| format!("{}: {name}", words.shipping));
        let shipping = NORMAL.wrap(&shipping, 140.0).swap_remove(0);
        self.sum(canvas, NORMAL, &shipping, totals.shipping);
        if !totals.tax_included {
            self.sum(canvas, NORMAL, &words.tax, totals.tax);
        }
        self.sum(canvas, Style { size: 11.0, ..STRONG }, &words.total, totals.total);
        if totals.tax_included {
            self.sum(canvas, SMALL, &words.included_tax, totals.tax);
        }
        canvas.y += 10.0;
    }

    fn refund(&self, canvas: &mut Canvas) {
        let (document, words) = (self.document, self.words);
        let reason = words.refund_of.replace("{order}", &document.order_number);
        let reason = match (&document.kind, &document.refers_to) {
            (DocumentKind::Cancellation, Some(note)) => words.cancellation_of.replace("{number}", note),
            _ => reason,
        };
        canvas.paragraph(LEFT, RIGHT - LEFT, NORMAL, &reason);
        canvas.y += 6.0;
        let came_back = document.returned.iter().filter_map(|(variant, units)| {
            let line = self.purchase.lines.iter().find(|line| line.variant_id == *variant)?;
            Some(format!("{units} × {} ({})", line.name, self.details(line)))
        });
        let came_back: Vec<String> = came_back.collect();
        if !came_back.is_empty() {
            canvas.text(LEFT, SMALL, &words.returned);
            canvas.y += SMALL.line();
            for line in came_back {
                canvas.paragraph(LEFT, RIGHT - LEFT, NORMAL, &line);
            }
            canvas.y += 6.0;
        }
        self.sum(canvas, Style { size: 11.0, ..STRONG }, &words.total, document.amount);
        canvas.y += 10.0;
    }

    /// What there is of each rate.
    fn taxes(&self, canvas: &mut Canvas) {
        let words = self.words;
        let columns = [300.0, 380.0, 460.0, RIGHT];
        canvas.need(SMALL.line() + 10.0 + NORMAL.line() * 2.0);
        for (x, name) in columns.into_iter().zip([&words.tax_rate, &words.net, &words.tax, &words.gross]) {
            canvas.text_to(x, SMALL, name);
        }
        canvas.y += SMALL.line() + 2.0;
        canvas.rule(220.0, RIGHT);
        canvas.y += 4.0;
        for part in &self.document.taxes {
            canvas.need(NORMAL.line());
            let amounts = [part.net, part.tax, part.net + part.tax].map(|amount| self.money(amount));
            canvas.text_to(columns[0], NORMAL, &words.rate(part.rate));
            for (x, amount) in columns.into_iter().skip(1).zip(&amounts) {
                canvas.text_to(x, NORMAL, amount);
            }
            canvas.y += NORMAL.line();
        }
        canvas.y += 16.0;
    }

    fn notes(&self, canvas: &mut Canvas) {
        let (document, words) = (self.document, self.words);
        let has = |kind: TaxKind| document.taxes.iter().any(|part| part.rate.kind == kind);
        let is_invoice = document.kind == DocumentKind::Invoice;
        let with_tax = if document.totals.tax_included { &words.with_tax } else { &words.without_tax };
        let paid = words.paid_with.get(document.method.name());
        let notes = [
            has(TaxKind::ReverseCharge).then_some(&words.reverse_charge_note),
            has(TaxKind::Exempt).then_some(&words.exempt_note),
            is_invoice.then_some(with_tax),
            paid.filter(|_| is_invoice),
            (is_invoice && document.supplied_on.is_none()).then_some(&words.supplied_later),
        ];
        for note in notes.into_iter().flatten() {
            canvas.paragraph(LEFT, RIGHT - LEFT, NORMAL, note);
            canvas.y += 3.0;
        }
    }

    fn seller(&self) -> Vec<String> {
        let (seller, words) = (&self.document.seller, self.words);
        let named = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} {value}"));
        let who = [Some(seller.name.clone()), seller.address.clone()];
        let numbers = [
            seller.contact.clone(),
            named(&words.vat_number, &seller.vat_number),
            named(&words.tax_number, &seller.tax_number),
        ];
        let line = |parts: Vec<Option<String>>| parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let lines = [line(who.to_vec()), line(numbers.to_vec())];
        let lines = lines.into_iter().flat_map(|line| SMALL.wrap(&line, RIGHT - LEFT));
        lines.filter(|line| !line.is_empty()).collect()
    }
}
