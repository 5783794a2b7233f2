use super::*;
use std::fs;

fn load(toml: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rostrum.toml");
    fs::write(folder.path().join("password"), "hunter2\n").unwrap();
    fs::write(&file, toml.replace("{folder}", folder.path().to_str().unwrap())).unwrap();
    Config::load(Some(&file))
}

#[test]
fn an_empty_file_is_enough_to_start() {
    let config = load("").unwrap();
    assert!(config.database_url().starts_with("sqlite://"));
    assert_eq!(config.public_url(), "http://localhost:8080");
    assert_eq!(config.public_host(), "localhost");
}

#[test]
fn a_secret_is_read_from_its_file_and_never_printed() {
    let config = load(
        "database_url = 'postgres://me:sesame@db/rostrum'\n[smtp]\nhost='mail'\nfrom='Press <press@example.org>'\n\
         username='u'\npassword_file='{folder}/password'",
    )
    .unwrap();
    assert_eq!(
        config.smtp.as_ref().unwrap().password.as_ref().unwrap().reveal(),
        "hunter2"
    );
    let printed = format!("{config:?}");
    assert!(!printed.contains("hunter2") && !printed.contains("sesame"), "{printed}");
}

#[test]
fn every_contradiction_is_told_in_a_sentence() {
    let error = load("public_url='press.example.org'\n[smtp]\nhost=''\nfrom='nobody'\nusername='u'\n[limits]\nbody=1")
        .unwrap_err()
        .to_string();
    for sentence in [
        "public_url must begin",
        "smtp.host is empty",
        "smtp.from must be",
        "go together",
        "limits.body",
    ] {
        assert!(error.contains(sentence), "{sentence} not in {error}");
    }
    let unknown = load("pubic_url='https://x.example'").unwrap_err().to_string();
    assert!(unknown.contains("pubic_url"), "{unknown}");
}

#[test]
fn a_network_holds_its_addresses_and_no_others() {
    let inside = |network: &str, address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
    assert!(inside("10.0.0.0/8", "10.200.3.4"));
    assert!(!inside("10.0.0.0/8", "11.0.0.1"));
    assert!(inside("127.0.0.1", "::ffff:127.0.0.1"));
    assert!(inside("fd00::/8", "fd12::1") && !inside("fd00::/8", "fe80::1"));
    assert!(inside("0.0.0.0/0", "203.0.113.9") && !inside("0.0.0.0/0", "::1"));
    assert!("10.0.0.0/33".parse::<Network>().is_err() && "press".parse::<Network>().is_err());
}
