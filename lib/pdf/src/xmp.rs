//! Declares in the metadata of a PDF file that it carries an e-invoice. The crate that writes the file has no place for
//! such a declaration, so the metadata, which is never compressed, is replaced in the finished file.

use crate::PdfError;

/// What Factur-X says about a file.
const PROPERTIES: &str = concat!(
    r#"<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">"#,
    "<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>",
    "<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>",
);

/// PDF/A wants every property described.
fn schema() -> String {
    let property = |(name, about): (&str, &str)| {
        format!(
            "<rdf:li rdf:parseType=\"Resource\"><pdfaProperty:name>{name}</pdfaProperty:name>\
             <pdfaProperty:valueType>Text</pdfaProperty:valueType>\
             <pdfaProperty:category>external</pdfaProperty:category>\
             <pdfaProperty:description>{about}</pdfaProperty:description></rdf:li>"
        )
    };
    let properties = [
        ("DocumentFileName", "The name of the attached XML file"),
        ("DocumentType", "What kind of document it is"),
        ("Version", "The version of the schema"),
        ("ConformanceLevel", "The profile of the XML file"),
    ];
    format!(
        "<rdf:li rdf:parseType=\"Resource\"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\
         <pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>\
         <pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>{}</rdf:Seq></pdfaSchema:property></rdf:li>",
        properties.map(property).concat()
    )
}

pub(crate) fn declare_e_invoice(file: &[u8]) -> Result<Vec<u8>, PdfError> {
    let (bag, end) = ("<pdfaExtension:schemas><rdf:Bag>", "</rdf:RDF>");
    declare(file, &[(bag, &schema(), false), (end, PROPERTIES, true)])
        .ok_or_else(|| PdfError("its metadata is not where it should be".to_owned()))
}

/// Puts each text after a mark of the metadata, or before it, and moves everything that follows.
fn declare(file: &[u8], texts: &[(&str, &str, bool)]) -> Option<Vec<u8>> {
    let stream = find(file, b"<?xpacket begin", 0)?;
    let object = rfind(file.get(..stream)?, b" 0 obj")?;
    let stream_end = find(file, b"endstream", stream)?;
    let mut metadata = String::from_utf8(file.get(stream..stream_end)?.to_vec()).ok()?;
    let length_before = metadata.trim_end_matches('\n').len();
    for (mark, text, before) in texts {
        let at = metadata.find(mark)? + if *before { 0 } else { mark.len() };
        metadata.insert_str(at, text);
    }
    let head = std::str::from_utf8(file.get(object..stream)?).ok()?;
    let length = metadata.trim_end_matches('\n').len();
    let new_head = head.replace(&format!("/Length {length_before}"), &format!("/Length {length}"));
    if new_head == head {
        return None;
    }
    let grown = new_head.len() + metadata.len() - head.len() - (stream_end - stream);
    let mut declared = file.get(..object)?.to_vec();
    declared.extend_from_slice(new_head.as_bytes());
    declared.extend_from_slice(metadata.as_bytes());
    // The table of offsets is the last part of the file.
    let start = rfind(file, b"startxref")?;
    let table_at: usize = std::str::from_utf8(file.get(start + 9..)?).ok()?.split_whitespace().next()?.parse().ok()?;
    declared.extend_from_slice(file.get(stream_end..table_at)?);
    let table = std::str::from_utf8(file.get(table_at..start)?).ok()?;
    for line in table.split_inclusive('\n') {
        let offset = line.get(..10).and_then(|digits| digits.parse::<usize>().ok()).filter(|_| line.len() == 20);
        match offset {
            Some(offset) if offset > object => {
                declared.extend_from_slice(format!("{:010}", offset + grown).as_bytes());
                declared.extend_from_slice(line.get(10..)?.as_bytes());
            }
            _ => declared.extend_from_slice(line.as_bytes()),
        }
    }
    declared.extend_from_slice(format!("startxref\n{}\n%%EOF", table_at + grown).as_bytes());
    Some(declared)
}

fn find(bytes: &[u8], part: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(part.len()).position(|window| window == part).map(|at| at + from)
}

fn rfind(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}
