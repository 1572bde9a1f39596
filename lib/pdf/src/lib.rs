//! Documents of an order as PDF files. Every function is pure: the same document is always the same bytes.
//!
//! Invoices and credit notes are PDF/A-3. Where the shop has a VAT number they carry the same as XML, as EN 16931 and
//! Factur-X want it, so they are e-invoices.

mod canvas;
mod e_invoice;
mod invoice;
mod packing_slip;
pub mod sample;
#[cfg(test)]
mod tests;
mod words;
mod xmp;

pub use e_invoice::xml;
pub use invoice::render;
pub use packing_slip::{PackingSlip, SlipLine};

/// A file could not be made. The inputs are checked long before, so this is a defect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the PDF file could not be made: {0}")]
pub struct PdfError(pub(crate) String);
