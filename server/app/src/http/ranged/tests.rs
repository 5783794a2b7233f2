use super::*;

#[test]
fn ranges_are_read_as_rfc_9110_says() {
    assert_eq!(parse("bytes=0-499", 1000), Wanted::Part { first: 0, last: 499 });
    assert_eq!(parse("bytes=500-", 1000), Wanted::Part { first: 500, last: 999 });
    assert_eq!(parse("bytes=-500", 1000), Wanted::Part { first: 500, last: 999 });
    assert_eq!(parse("bytes=-5000", 1000), Wanted::Part { first: 0, last: 999 });
    assert_eq!(parse("bytes=900-5000", 1000), Wanted::Part { first: 900, last: 999 });
    assert_eq!(parse("bytes=1000-", 1000), Wanted::Nothing);
    assert_eq!(parse("bytes=-0", 1000), Wanted::Nothing);
    for odd in ["bytes=5-2", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=-"] {
        assert_eq!(parse(odd, 1000), Wanted::Whole, "{odd}");
    }
}

#[tokio::test]
async fn a_part_of_a_file_is_served_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take.webm");
    std::fs::write(&path, (0u8..100).collect::<Vec<_>>()).unwrap();
    let mut request = HeaderMap::new();
    request.insert(header::RANGE, HeaderValue::from_static("bytes=10-19"));
    let response = serve(&path, "video/webm", "v1", &request).await.unwrap();
    assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(response.headers()[header::CONTENT_RANGE], "bytes 10-19/100");
    let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
    assert_eq!(body[..], (10u8..20).collect::<Vec<_>>());

    request.insert(header::IF_RANGE, HeaderValue::from_static("\"v0\""));
    let whole = serve(&path, "video/webm", "v1", &request).await.unwrap();
    assert_eq!(whole.status(), StatusCode::OK);
}
