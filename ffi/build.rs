//! Gives the shared library its soname: `libpagecrypt.so` and the number of the ABI.

#[path = "src/version/abi.rs"]
#[allow(unreachable_pub, reason = "public in the library")]
mod abi;

fn main() {
    println!("cargo:rerun-if-changed=src/version/abi.rs");
    let abi = abi::PAGECRYPT_ABI;
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux" | "android" | "freebsd" | "netbsd" | "openbsd") => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libpagecrypt.so.{abi}");
        }
        Ok("macos") => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libpagecrypt.{abi}.dylib");
        }
        _ => {}
    }
}
