//! Makes sure that the folder of the web build exists (it is not checked in) and that a new migration is embedded.

fn main() -> std::io::Result<()> {
    let here = std::path::PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let web = here.join("../../web/build");
    std::fs::create_dir_all(&web)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../migrations");
    println!("cargo::rerun-if-changed=../../web/build/index.html");
    Ok(())
}
