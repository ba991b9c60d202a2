//! digest(text, algorithm, encoding?) and base64-decode: the algorithms of the ODK specification. MD5 and SHA-1 are for
//! forms that match codes made elsewhere; nothing here relies on them.

use super::text::arg;
use super::{Expr, Function, Here, Scope, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

pub const ALL: &[Function] =
    &[Function::new("digest", 2, 3, digest), Function::new("base64-decode", 1, 1, base64_decode)];

/// The algorithms `digest()` knows.
pub const ALGORITHMS: [&str; 5] = ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"];

fn digest<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let text = arg(scope, here, args, 0);
    let bytes = match &*arg(scope, here, args, 1) {
        "MD5" => Md5::digest(text.as_bytes()).to_vec(),
        "SHA-1" => Sha1::digest(text.as_bytes()).to_vec(),
        "SHA-256" => Sha256::digest(text.as_bytes()).to_vec(),
        "SHA-384" => Sha384::digest(text.as_bytes()).to_vec(),
        "SHA-512" => Sha512::digest(text.as_bytes()).to_vec(),
        _ => return Value::empty(),
    };
    Value::text(if arg(scope, here, args, 2) == "hex" { hex::encode(bytes) } else { STANDARD.encode(bytes) })
}

fn base64_decode<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let bytes = STANDARD.decode(arg(scope, here, args, 0).trim()).unwrap_or_default();
    Value::text(String::from_utf8_lossy(&bytes).into_owned())
}
