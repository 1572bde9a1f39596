//! What is in a parcel, for those who pack and unpack it: no prices.

use domain::address::PostalAddress;
use domain::document::Seller;
use domain::mail_language::MailLanguage;
use qrcode::{Color, QrCode};

use crate::PdfError;
use crate::canvas::{About, Canvas, LEFT, NORMAL, RIGHT, SMALL, STRONG, Style, TITLE};
use crate::invoice::address_lines;
use crate::words::Words;

/// The side of the code with the order's number, in points.
const CODE: f32 = 72.0;

#[derive(Debug, Clone)]
pub struct PackingSlip<'a> {
    pub seller: &'a Seller,
    pub language: MailLanguage,
    pub order_number: &'a str,
    pub address: &'a PostalAddress,
    pub shipping_method: Option<&'a str>,
    pub lines: Vec<SlipLine<'a>>,
    /// When it was asked for, such as `2026-11-20T10:00:00Z`.
    pub made_at: String,
}

#[derive(Debug, Clone)]
pub struct SlipLine<'a> {
    pub name: &'a str,
    pub options: &'a [String],
    pub sku: &'a str,
    pub quantity: u32,
}

impl PackingSlip<'_> {
    /// One file with the pages of all of these, at least one. Its language, author and time are those of the first one.
    pub fn render(slips: &[Self]) -> Result<Vec<u8>, PdfError> {
        let [first, others @ ..] = slips else { return Err(PdfError("there is no packing slip".to_owned())) };
        let mut canvas = first.pages()?;
        for other in others {
            canvas.append(other.pages()?);
        }
        let numbers = slips.iter().map(|slip| slip.order_number).collect::<Vec<_>>().join(", ");
        let about = About {
            title: format!("{} {numbers}", Words::of(first.language).packing_slip),
            author: first.seller.name.clone(),
            language: first.language.as_str().to_owned(),
            id: numbers,
            made_at: first.made_at.clone(),
        };
        canvas.finish(&about, None)
    }

    fn pages(&self) -> Result<Canvas, PdfError> {
        let words = Words::of(self.language);
        let mut canvas = Canvas::new();
        canvas.text(LEFT, Style { size: 13.0, ..STRONG }, &self.seller.name);
        canvas.text_to(RIGHT, TITLE, &words.packing_slip);
        canvas.y += 40.0;
        let top = canvas.y;
        self.code(&mut canvas, top)?;
        canvas.text(LEFT, SMALL, &words.delivery_address);
        canvas.y += SMALL.line();
        for line in address_lines(self.address) {
            canvas.paragraph(LEFT, 300.0, NORMAL, &line);
        }
        if let Some(phone) = &self.address.phone {
            canvas.paragraph(LEFT, 300.0, NORMAL, phone);
        }
        canvas.y = canvas.y.max(top + CODE) + 16.0;
        let order = format!("{} {}", words.order, self.order_number);
        canvas.text(LEFT, STRONG, &order);
        if let Some(method) = self.shipping_method {
            canvas.text_to(RIGHT, NORMAL, &format!("{}: {method}", words.shipping));
        }
        canvas.y += 22.0;
        columns(&mut canvas, words);
        for line in &self.lines {
            let details: Vec<String> = line.options.to_vec();
            let names = NORMAL.wrap(line.name, 280.0);
            let details = SMALL.wrap(&details.join(" · "), 280.0);
            let rows = names.iter().map(|_| NORMAL.line()).chain(details.iter().map(|_| SMALL.line()));
            if !canvas.has_room(rows.sum::<f32>() + 6.0) {
                canvas.next_page();
                columns(&mut canvas, words);
            }
            canvas.text(360.0, NORMAL, line.sku);
            canvas.text_to(RIGHT, STRONG, &line.quantity.to_string());
            for name in names {
                canvas.text(LEFT, NORMAL, &name);
                canvas.y += NORMAL.line();
            }
            for detail in details.iter().filter(|detail| !detail.is_empty()) {
                canvas.text(LEFT, SMALL, detail);
                canvas.y += SMALL.line();
            }
            canvas.y += 6.0;
        }
        canvas.need(30.0);
        canvas.rule(LEFT, RIGHT);
        canvas.y += 6.0;
        let units: u32 = self.lines.iter().map(|line| line.quantity).sum();
        canvas.text_to(RIGHT, STRONG, &words.parts.replace("{units}", &units.to_string()));
        let seller = [Some(self.seller.name.clone()), self.seller.address.clone(), self.seller.contact.clone()];
        let line = seller.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        canvas.footer(&SMALL.wrap(&line, RIGHT - LEFT), &words.page);
        Ok(canvas)
    }

    /// The number of the order as a QR code.
    fn code(&self, canvas: &mut Canvas, top: f32) -> Result<(), PdfError> {
        let code = QrCode::new(self.order_number).map_err(|error| PdfError(error.to_string()))?;
        let width = code.width();
        let side = CODE / f32::from(u16::try_from(width).unwrap_or(1).max(1));
        let mut x = RIGHT - CODE;
        let mut y = top;
        for (at, colour) in code.to_colors().into_iter().enumerate() {
            if at > 0 && at % width == 0 {
                (x, y) = (RIGHT - CODE, y + side);
            }
            if colour == Color::Dark {
                // A little larger, so that no reader sees lines between them.
                canvas.square(x, y, side + 0.1);
            }
            x += side;
        }
        Ok(())
    }
}

fn columns(canvas: &mut Canvas, words: &Words) {
    canvas.text(LEFT, SMALL, &words.item);
    canvas.text(360.0, SMALL, &words.sku);
    canvas.text_to(RIGHT, SMALL, &words.quantity);
    canvas.y += SMALL.line() + 2.0;
    canvas.rule(LEFT, RIGHT);
    canvas.y += 6.0;
}
