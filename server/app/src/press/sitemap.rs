//! `sitemap.xml` with every language of every public page, and an honest `robots.txt`.

use crate::press::{dates, public::PublicEvent, words::LANGUAGES};
use rostrum_domain::time::Timestamp;
use std::fmt::Write;

pub fn sitemap(base: &str, series: &[String], events: &[PublicEvent]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    let newest = events.iter().map(|event| event.changed_at).max();
    entry(&mut out, base, "/", newest);
    for slug in series {
        entry(&mut out, base, &format!("/{slug}"), None);
    }
    for event in events {
        entry(&mut out, base, &event.path, Some(event.changed_at));
    }
    out.push_str("</urlset>\n");
    out
}

pub fn robots(base: &str) -> String {
    format!("User-agent: *\nDisallow: /api/\nDisallow: /app/\nSitemap: {base}/sitemap.xml\n")
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
