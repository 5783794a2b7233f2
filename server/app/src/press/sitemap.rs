//! `sitemap.xml` with every language of every public page, and an honest `robots.txt`.

use crate::press::{dates, public::PublicEvent, words::LANGUAGES};
use rostrum_domain::{text::Text, time::Timestamp};
use std::fmt::Write;

pub fn sitemap(base: &str, series: &[String], events: &[PublicEvent]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    let newest = events.iter().map(|event| event.changed_at).max();
    entry(&mut out, base, "/", newest);
    entry(&mut out, base, "/search", None);
    entry(&mut out, base, "/quote-check", None);
    entry(&mut out, base, "/corrections", None);
    for slug in series {
        entry(&mut out, base, &format!("/{slug}"), None);
    }
    for event in events {
        entry(&mut out, base, &event.path, Some(event.changed_at));
    }
    out.push_str("</urlset>\n");
    out
}

/// The news sitemap of the search engines: each record in every language of the press centre.
pub fn news(base: &str, house: &Text, records: &[(PublicEvent, Timestamp)]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n",
    );
    for (event, published) in records {
        for lang in LANGUAGES {
            let _ = writeln!(
                out,
                "<url><loc>{}/{lang}{}</loc><news:news><news:publication><news:name>{}</news:name>\
                 <news:language>{lang}</news:language></news:publication><news:publication_date>{}\
                 </news:publication_date><news:title>{}</news:title></news:news></url>",
                escape(base),
                escape(&event.path),
                escape(house.read(lang)),
                dates::iso(*published),
                escape(event.title.read(lang)),
            );
        }
    }
    out.push_str("</urlset>\n");
    out
}

pub fn robots(base: &str) -> String {
    format!(
        "User-agent: *\nDisallow: /api/\nDisallow: /app/\nSitemap: {base}/sitemap.xml\nSitemap: {base}/news-sitemap.xml\n"
    )
}

fn entry(out: &mut String, base: &str, path: &str, changed: Option<Timestamp>) {
    for lang in LANGUAGES {
        let _ = write!(out, "<url><loc>{}/{lang}{}</loc>", escape(base), escape(path));
        if let Some(changed) = changed {
            let _ = write!(out, "<lastmod>{}</lastmod>", dates::iso(changed));
        }
        for other in LANGUAGES {
            let _ = write!(
                out,
                "<xhtml:link rel=\"alternate\" hreflang=\"{other}\" href=\"{}/{other}{}\"/>",
                escape(base),
                escape(path)
            );
        }
        out.push_str("</url>\n");
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
