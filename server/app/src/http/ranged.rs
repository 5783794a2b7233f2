//! A file in ranges (RFC 9110 section 14), so that a player can seek and a broken download go on. One range per request.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::{io, io::SeekFrom, path::Path};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
};
use tokio_util::io::ReaderStream;

/// Serves `path`. `tag` names this state of the file: a range of another state is answered whole.
pub async fn serve(path: &Path, media_type: &str, tag: &str, request: &HeaderMap) -> io::Result<Response> {
    let mut file = File::open(path).await?;
    let size = file.metadata().await?.len();
    let tag = format!("\"{tag}\"");
    let wanted = match header_text(request, header::IF_RANGE) {
        Some(known) if known != tag => Wanted::Whole,
        _ => header_text(request, header::RANGE).map_or(Wanted::Whole, |range| parse(range, size)),
    };
    let (status, first, length) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0, size),
        Wanted::Part { first, last } => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Wanted::Nothing => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            set(&mut response, header::CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(response);
        }
    };
    file.seek(SeekFrom::Start(first)).await?;
    let mut response = Response::new(Body::from_stream(ReaderStream::with_capacity(
        file.take(length),
        64 * 1024,
    )));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, media_type);
    set(&mut response, header::CONTENT_LENGTH, &length.to_string());
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    set(&mut response, header::ETAG, &tag);
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if status == StatusCode::PARTIAL_CONTENT {
        set(
            &mut response,
            header::CONTENT_RANGE,
            &format!("bytes {first}-{}/{size}", first + length - 1),
        );
    }
    Ok(response)
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part {
        first: u64,
        last: u64,
    },
    /// A range outside the file.
    Nothing,
}

/// `bytes=0-499`, `bytes=500-`, `bytes=-500`. Several ranges, or what cannot be read, get the whole file.
fn parse(range: &str, size: u64) -> Wanted {
    let Some((first, last)) = range
        .strip_prefix("bytes=")
        .and_then(|spec| spec.trim().split_once('-'))
    else {
        return Wanted::Whole;
    };
    match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), _) if first >= size => Wanted::Nothing,
        (Ok(first), Ok(last)) if last >= first => Wanted::Part {
            first,
            last: last.min(size - 1),
        },
        (Ok(first), Err(_)) if last.trim().is_empty() => Wanted::Part { first, last: size - 1 },
        (Err(_), Ok(length)) if first.trim().is_empty() && (length == 0 || size == 0) => Wanted::Nothing,
        (Err(_), Ok(length)) if first.trim().is_empty() => Wanted::Part {
            first: size.saturating_sub(length),
            last: size - 1,
        },
        _ => Wanted::Whole,
    }
}

fn header_text(request: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    request.get(name).and_then(|value| value.to_str().ok())
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests;
