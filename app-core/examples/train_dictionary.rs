//! Trains the zstd dictionary of the wire from invented visits, the same bytes at every run:
//! `cargo run --release --example train_dictionary -- OUT` (writes OUT; prints its size and SHA-256).
//! A dictionary that was released is never changed: train a better one into a new file and a new framing version.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test or a bench stops at the first surprise"
)]

mod invented;

use app_core::wire::lean::make_lean;
use app_core::wire::message::{SyncAnswer, Whole};
use app_core::wire::sign::sign_push;
use invented::{Dice, FORMS, Worker};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};

/// Bytes of the dictionary: 4, 8, 16 KiB differ by a few per cent (findings §4).
const SIZE: usize = 8 * 1024;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).ok_or("usage: train_dictionary OUT")?;
    let mut dice = Dice(0x5275_6875_2023);
    let mut samples = Vec::new();
    for n in 0..1500 {
        // Every sample by another device: what is a device's own must not get into the dictionary.
        let worker = Worker::new(&mut dice);
        let form = dice.of(&FORMS);
        let facts = usize::try_from(dice.below(7))?;
        let (doc, change) = invented::visited(n, &worker, form, facts, &mut dice);
        let mut request = invented::request(&[(doc.id(), change)], &mut dice);
        sign_push(&mut request, &dice.bytes()).ok_or("unsound change")?;
        make_lean(&mut request, &worker.actor);
        samples.push(cbor(&request)?);
        if n % 4 == 0 {
            let whole = Whole {
                household: ByteBuf::from(doc.id().as_bytes().to_vec()),
                grid: "999999101203-04".into(),
                doc: ByteBuf::from(doc.snapshot()),
            };
            samples.push(cbor(&SyncAnswer { whole: vec![whole], ..SyncAnswer::default() })?);
        }
    }
    let dictionary = zstd::dict::from_samples(&samples, SIZE)?;
    std::fs::write(&out, &dictionary)?;
    println!("{} bytes, sha256 {}", dictionary.len(), hex::encode(Sha256::digest(&dictionary)));
    Ok(())
}

fn cbor<T: serde::Serialize>(message: &T) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut out = Vec::new();
    ciborium::into_writer(message, &mut out)?;
    Ok(out)
}
