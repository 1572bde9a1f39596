//! E
pub(crate) fn declare_e_invoice(file: &[u8]) -> Result<Vec<u8>, crate::PdfError> {
    Ok(file.to_vec())
}
