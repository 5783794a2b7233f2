//! WordprocessingML (ECMA-376): the same document for those who work on in a word processor, with real heading styles,
//! languages per paragraph, edition and hash in the footer. No macros, no links to elsewhere.

use crate::publication::typeset::{Paper, Rank, TypesetError};
use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};
use zip::{DateTime, ZipWriter, write::SimpleFileOptions};

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#;
const PACKAGE: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;
const PARTS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>"#;
const WORDS: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
     xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

pub fn docx(paper: &Paper) -> Result<Vec<u8>, TypesetError> {
    let mut container = ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time: the same edition gives the same bytes.
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
    let parts = [
        ("[Content_Types].xml", TYPES.to_owned()),
        ("_rels/.rels", PACKAGE.to_owned()),
        ("docProps/core.xml", core(paper)),
        ("word/document.xml", document(paper)),
        ("word/_rels/document.xml.rels", PARTS.to_owned()),
        ("word/styles.xml", styles(paper)),
        ("word/header1.xml", header(paper)),
        ("word/footer1.xml", footer(paper)),
    ];
    for (name, content) in parts {
        container.start_file(name, options)?;
        container.write_all(content.as_bytes())?;
    }
    Ok(container.finish()?.into_inner())
}

fn document(paper: &Paper) -> String {
    let mut out = format!("{HEAD}<w:document {WORDS}><w:body>");
    for piece in &paper.pieces {
        let style = match piece.rank {
            Rank::Title => "Title",
            Rank::Heading => "Heading1",
            Rank::Text => "Normal",
            Rank::Note => "Note",
        };
        let _ = write!(
            out,
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:rPr><w:lang w:val=\"{}\"/></w:rPr>\
             <w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
            escape(&piece.lang),
            escape(&piece.text)
        );
    }
    out.push_str(
        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId2\"/><w:footerReference w:type=\"default\" r:id=\"rId3\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1440\" w:right=\"1440\" w:bottom=\"1440\" w:left=\"1440\" \
         w:header=\"708\" w:footer=\"708\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
    );
    out
}

fn styles(paper: &Paper) -> String {
    let style = |id: &str, name: &str, paragraph: &str, run: &str| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/>\
             <w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        )
    };
    format!(
        "{HEAD}<w:styles {WORDS}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Arial\" w:hAnsi=\"Arial\" \
         w:cs=\"Arial\"/><w:sz w:val=\"22\"/><w:lang w:val=\"{}\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>\
         <w:spacing w:after=\"100\" w:line=\"300\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>{}{}{}\
         </w:styles>",
        escape(&paper.lang),
        style(
            "Title",
            "Title",
            "<w:spacing w:after=\"160\"/>",
            "<w:b/><w:sz w:val=\"40\"/>"
        ),
        style(
            "Heading1",
            "heading 1",
            "<w:keepNext/><w:spacing w:before=\"240\" w:after=\"40\"/><w:outlineLvl w:val=\"0\"/>",
            "<w:b/>"
        ),
        style("Note", "Note", "", "<w:color w:val=\"444444\"/><w:sz w:val=\"18\"/>"),
    )
}

fn header(paper: &Paper) -> String {
    format!(
        "{HEAD}<w:hdr {WORDS}><w:p><w:pPr><w:pStyle w:val=\"Note\"/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p></w:hdr>",
        escape(&paper.running_head)
    )
}

fn footer(paper: &Paper) -> String {
    let small = "<w:rPr><w:sz w:val=\"14\"/></w:rPr>";
    let field = |code: &str| format!("<w:fldSimple w:instr=\" {code} \"><w:r>{small}<w:t>1</w:t></w:r></w:fldSimple>");
    let text = |text: &str| format!("<w:r>{small}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escape(text));
    let mut label = String::new();
    for part in paper.page_label.split_inclusive('}') {
        let (before, name) = part.split_once('{').unwrap_or((part, ""));
        label.push_str(&text(before));
        match name {
            "page}" => label.push_str(&field("PAGE")),
            "pages}" => label.push_str(&field("NUMPAGES")),
            _ => {}
        }
    }
    format!(
        "{HEAD}<w:ftr {WORDS}><w:p><w:pPr><w:pStyle w:val=\"Note\"/></w:pPr>{}{label}</w:p></w:ftr>",
        text(&format!("{} · ", paper.running_foot))
    )
}

fn core(paper: &Paper) -> String {
    format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title><dc:creator>{}</dc:creator>\
         <dc:identifier>{}</dc:identifier><dc:language>{}</dc:language>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{}</dcterms:created></cp:coreProperties>",
        escape(&paper.title),
        escape(&paper.author),
        escape(&paper.address),
        escape(&paper.lang),
        paper.made_at,
    )
}

/// The text is already free of control characters.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
