//! Tagged PDF 1.7 after ISO 14289-1 (PDF/UA-1): headings and paragraphs in reading order with their languages, running head
//! and foot as artifacts, the typeface embedded with its letters. The same edition gives the same bytes.

use crate::publication::typeset::{
    Paper, Rank, TypesetError,
    pages::{self, HEIGHT, LEFT, Page, WIDTH, measure, setting},
    typeface::Typeface,
};
use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{
    Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr,
    types::{CidFontType, FontFlags, StructRole, SystemInfo, TabOrder, UnicodeCmap},
};
use std::{collections::BTreeMap, io::Write};

const IDENTITY: SystemInfo<'static> = SystemInfo {
    registry: Str(b"Adobe"),
    ordering: Str(b"Identity"),
    supplement: 0,
};

/// Which indirect object is which.
struct Refs {
    next: i32,
}

impl Refs {
    fn one(&mut self) -> Ref {
        self.next += 1;
        Ref::new(self.next)
    }

    fn many(&mut self, count: usize) -> Vec<Ref> {
        (0..count).map(|_| self.one()).collect()
    }
}

pub fn pdf(paper: &Paper) -> Result<Vec<u8>, TypesetError> {
    let (regular, strong) = (Typeface::regular()?, Typeface::strong()?);
    let pages = pages::pages(paper, &regular, &strong)?;
    let mut refs = Refs { next: 0 };
    let [catalog, tree, info, metadata, structure, document, outline] = [(); 7].map(|()| refs.one());
    let faces = [(&regular, refs.one()), (&strong, refs.one())];
    let page_refs = refs.many(pages.len());
    let contents = refs.many(pages.len());
    let elements = refs.many(paper.pieces.len());
    let headings: Vec<usize> = (0..paper.pieces.len())
        .filter(|index| paper.pieces[*index].rank == Rank::Heading)
        .collect();
    let items = refs.many(headings.len());

    let mut pdf = Pdf::new();
    pdf.set_version(1, 7);
    let id = paper
        .running_foot
        .as_bytes()
        .iter()
        .rev()
        .take(16)
        .copied()
        .collect::<Vec<u8>>();
    pdf.set_file_id((id.clone(), id));
    let mut root = pdf.catalog(catalog);
    root.pages(tree).metadata(metadata).lang(TextStr(&paper.lang));
    root.viewer_preferences().display_doc_title(true);
    root.mark_info().marked(true);
    if !items.is_empty() {
        root.outlines(outline);
    }
    root.pair(Name(b"StructTreeRoot"), structure);
    root.finish();
    pdf.document_info(info)
        .title(TextStr(&paper.title))
        .author(TextStr(&paper.author))
        .subject(TextStr(&paper.address))
        .producer(TextStr("Rostrum"));
    let xmp = xmp(paper);
    pdf.metadata(metadata, xmp.as_bytes());
    pdf.pages(tree)
        .kids(page_refs.iter().copied())
        .count(pages.len() as i32);

    // Where each piece stands: page and number of its marked content there.
    let mut places: Vec<Vec<(usize, i32)>> = vec![Vec::new(); paper.pieces.len()];
    for (number, lines) in pages.iter().enumerate() {
        let mut page = pdf.page(page_refs[number]);
        page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT))
            .parent(tree)
            .contents(contents[number]);
        page.struct_parents(number as i32).tab_order(TabOrder::StructureOrder);
        page.resources()
            .fonts()
            .pair(Name(b"R"), faces[0].1)
            .pair(Name(b"S"), faces[1].1);
        page.finish();
        let drawn = draw(paper, lines, &regular, (number, pages.len()), &mut places)?;
        let packed = packed(&drawn)?;
        pdf.stream(contents[number], &packed).filter(Filter::FlateDecode);
    }

    let mut all = pdf.indirect(structure).dict();
    all.pair(Name(b"Type"), Name(b"StructTreeRoot"))
        .pair(Name(b"K"), document);
    all.pair(Name(b"ParentTreeNextKey"), pages.len() as i32);
    let mut parents = all.insert(Name(b"ParentTree")).dict();
    let mut numbers = parents.insert(Name(b"Nums")).array();
    for (number, _) in pages.iter().enumerate() {
        numbers.item(number as i32);
        let mut inside: Vec<(i32, Ref)> = Vec::new();
        for (piece, places) in places.iter().enumerate() {
            inside.extend(
                places
                    .iter()
                    .filter(|place| place.0 == number)
                    .map(|place| (place.1, elements[piece])),
            );
        }
        inside.sort_unstable_by_key(|place| place.0);
        numbers.push().array().items(inside.into_iter().map(|place| place.1));
    }
    numbers.finish();
    parents.finish();
    all.finish();
    let mut whole = pdf.struct_element(document);
    whole
        .kind(StructRole::Document)
        .parent(structure)
        .lang(TextStr(&paper.lang));
    whole.children().struct_element_all(&elements);
    whole.finish();
    for (index, piece) in paper.pieces.iter().enumerate() {
        let mut element = pdf.struct_element(elements[index]);
        element
            .parent(document)
            .lang(TextStr(&piece.lang))
            .kind(match piece.rank {
                Rank::Title => StructRole::H1,
                Rank::Heading => StructRole::H2,
                Rank::Text | Rank::Note => StructRole::P,
            });
        let mut children = element.children();
        for (page, number) in &places[index] {
            children
                .marked_content_ref()
                .page(page_refs[*page])
                .marked_content_id(*number);
        }
    }
    if let (Some(first), Some(last)) = (items.first(), items.last()) {
        pdf.outline(outline).first(*first).last(*last).count(items.len() as i32);
        for (order, index) in headings.iter().enumerate() {
            let mut item = pdf.outline_item(items[order]);
            item.title(TextStr(&paper.pieces[*index].text)).parent(outline);
            if let Some(before) = order.checked_sub(1) {
                item.prev(items[before]);
            }
            if let Some(next) = items.get(order + 1) {
                item.next(*next);
            }
            if let Some((page, _)) = places[*index].first() {
                let line = pages[*page].iter().find(|line| line.piece == *index);
                let top = line.map_or(HEIGHT, |line| line.y + 20.0);
                item.dest().page(page_refs[*page]).xyz(0.0, top, None);
            }
        }
    }
    for (face, id) in faces {
        embed(&mut pdf, &mut refs, face, id, paper)?;
    }
    Ok(pdf.finish())
}

/// A child of a structure element that is one itself, many times.
trait Children {
    fn struct_element_all(&mut self, elements: &[Ref]);
}

impl Children for pdf_writer::writers::StructChildren<'_> {
    fn struct_element_all(&mut self, elements: &[Ref]) {
        for element in elements {
            self.struct_element(*element);
        }
    }
}

fn draw(
    paper: &Paper,
    lines: &Page,
    regular: &Typeface,
    (number, count): (usize, usize),
    places: &mut [Vec<(usize, i32)>],
) -> Result<Vec<u8>, TypesetError> {
    let mut content = Content::new();
    let label = paper
        .page_label
        .replace("{page}", &(number + 1).to_string())
        .replace("{pages}", &count.to_string());
    content.begin_marked_content(Name(b"Artifact"));
    content.set_fill_gray(0.35);
    let (head, wide) = measure(regular, &paper.running_head, 8.0)?;
    // A long house name is set smaller rather than over the edge.
    let size = if wide > WIDTH - 2.0 * LEFT {
        8.0 * (WIDTH - 2.0 * LEFT) / wide
    } else {
        8.0
    };
    show(&mut content, b"R", size, LEFT, HEIGHT - 48.0, &head);
    let (foot, _) = measure(regular, &paper.running_foot, 7.0)?;
    show(&mut content, b"R", 7.0, LEFT, 44.0, &foot);
    let (label, width) = measure(regular, &label, 7.0)?;
    show(&mut content, b"R", 7.0, WIDTH - LEFT - width, 44.0, &label);
    content.end_marked_content();

    let mut marked: Option<usize> = None;
    let mut next = 0;
    for line in lines {
        let piece = &paper.pieces[line.piece];
        let setting = setting(piece.rank);
        if marked != Some(line.piece) {
            if marked.is_some() {
                content.end_marked_content();
            }
            let role: &[u8] = match piece.rank {
                Rank::Title => b"H1",
                Rank::Heading => b"H2",
                Rank::Text | Rank::Note => b"P",
            };
            content
                .begin_marked_content_with_properties(Name(role))
                .properties()
                .identify(next);
            places[line.piece].push((number, next));
            next += 1;
            marked = Some(line.piece);
            content.set_fill_gray(setting.grey);
        }
        let face: &[u8] = if setting.strong { b"S" } else { b"R" };
        show(
            &mut content,
            face,
            setting.size,
            LEFT,
            line.y + setting.leading * 0.28,
            &line.glyphs,
        );
    }
    if marked.is_some() {
        content.end_marked_content();
    }
    Ok(content.finish().into_vec())
}

fn show(content: &mut Content, face: &[u8], size: f32, x: f32, y: f32, glyphs: &[u16]) {
    let bytes: Vec<u8> = glyphs.iter().flat_map(|glyph| glyph.to_be_bytes()).collect();
    content
        .begin_text()
        .set_font(Name(face), size)
        .next_line(x, y)
        .show(Str(&bytes))
        .end_text();
}

fn embed(pdf: &mut Pdf, refs: &mut Refs, face: &Typeface, id: Ref, paper: &Paper) -> Result<(), TypesetError> {
    let [cid, descriptor, file, letters] = [(); 4].map(|()| refs.one());
    let name = Name(face.name.as_bytes());
    pdf.type0_font(id)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(cid)
        .to_unicode(letters);
    let mut font = pdf.cid_font(cid);
    font.subtype(CidFontType::Type2)
        .base_font(name)
        .system_info(IDENTITY)
        .font_descriptor(descriptor);
    font.cid_to_gid_map_predefined(Name(b"Identity"));
    font.widths()
        .consecutive(0, (0..face.glyphs()).map(|glyph| face.advance(glyph)));
    font.finish();
    let ([ascent, descent, capitals], [left, bottom, right, top]) = (face.heights(), face.bounds());
    let mut about = pdf.font_descriptor(descriptor);
    about
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(left, bottom, right, top))
        .italic_angle(0.0);
    about
        .ascent(ascent)
        .descent(descent)
        .cap_height(capitals)
        .stem_v(80.0)
        .weight(face.weight)
        .font_file2(file);
    about.finish();
    let bytes = packed(face.bytes)?;
    let mut stream = pdf.stream(file, &bytes);
    stream
        .filter(Filter::FlateDecode)
        .pair(Name(b"Length1"), face.bytes.len() as i32);
    stream.finish();

    let mut used: BTreeMap<u16, char> = BTreeMap::new();
    let texts = paper.pieces.iter().map(|piece| piece.text.as_str());
    let label = "0123456789";
    for letter in texts
        .chain([
            paper.running_head.as_str(),
            paper.running_foot.as_str(),
            paper.page_label,
            label,
        ])
        .flat_map(str::chars)
    {
        // Braces of the page label are not drawn.
        if let Ok(glyph) = face.glyph(letter) {
            used.entry(glyph).or_insert(letter);
        }
    }
    let mut map = UnicodeCmap::new(Name(b"Letters"), IDENTITY);
    for (glyph, letter) in used {
        map.pair(glyph, letter);
    }
    let map = packed(&map.finish())?;
    pdf.cmap(letters, &map).filter(Filter::FlateDecode);
    Ok(())
}

fn packed(bytes: &[u8]) -> Result<Vec<u8>, TypesetError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// XMP: title, author, language, and the claim of PDF/UA-1.
fn xmp(paper: &Paper) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
    };
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n<rdf:Description rdf:about=\"\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" \
         xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">\n\
         <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\n\
         <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>\n\
         <dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>\n\
         <dc:identifier>{address}</dc:identifier>\n<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{foot}</rdf:li></rdf:Alt></dc:description>\n\
         <xmp:CreateDate>{made_at}</xmp:CreateDate>\n<pdf:Producer>Rostrum</pdf:Producer>\n<pdfuaid:part>1</pdfuaid:part>\n\
         </rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>",
        title = escape(&paper.title),
        author = escape(&paper.author),
        lang = escape(&paper.lang),
        address = escape(&paper.address),
        foot = escape(&paper.running_foot),
        made_at = paper.made_at,
    )
}
