//! Trains the zstd dictionary of the wire from the pushes of real apps over invented households:
//! `cargo run -p ruhu-tests --example train_dictionary -- OUT [SAMPLES]` (writes OUT, and each sample into the folder
//! SAMPLES; prints size and SHA-256). A dictionary that was released is never changed: train a better one into a new file
//! and a new framing version.
//!
//! What is one county's, one year's or one pack's own is another in every sample, so that it does not get in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test or a bench stops at the first surprise"
)]

use ruhu_tests::Dice;
use ruhu_tests::corpus::{Corpus, FORMS};
use sha2::{Digest, Sha256};

/// Bytes of the dictionary: 4, 8, 16 KiB differ by a few per cent (findings §4).
const SIZE: usize = 8 * 1024;

fn main() {
    let out = std::env::args().nth(1).expect("usage: train_dictionary OUT [SAMPLES]");
    let mut dice = Dice::new(2023);
    let mut samples = Vec::new();
    for seed in [11, 12, 13, 14] {
        let mut corpus = Corpus::new(seed, 700, 12);
        for form in FORMS {
            // The long forms need the most room in it. First syncs need none: each is its own dictionary soon.
            let many = if matches!(form, "screening-monitored" | "screening-priority") { 60 } else { 30 };
            samples.extend(corpus.visits(form, many, 6).iter().map(|sent| foreign(cbor(&sent.request), &mut dice)));
        }
    }
    if let Some(folder) = std::env::args().nth(2) {
        for (n, sample) in samples.iter().enumerate() {
            std::fs::write(format!("{folder}/{n:05}"), sample).unwrap();
        }
    }
    let dictionary = zstd::dict::from_samples(&samples, SIZE).unwrap();
    std::fs::write(&out, &dictionary).unwrap();
    println!(
        "{} samples, {} bytes, sha256 {}",
        samples.len(),
        dictionary.len(),
        hex::encode(Sha256::digest(&dictionary))
    );
}

fn cbor<T: serde::Serialize>(message: &T) -> Vec<u8> {
    let mut out = Vec::new();
    ciborium::into_writer(message, &mut out).unwrap();
    out
}

/// The same from another county, in another year, under another pack. Lengths stay, so it is CBOR still.
fn foreign(mut sample: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    let digits = |n: usize, dice: &mut Dice| (0..n).map(|_| b'0' + dice.below(10) as u8).collect::<Vec<_>>();
    let hex = |n: usize, dice: &mut Dice| (0..n).map(|_| *dice.of(b"0123456789abcdef")).collect::<Vec<_>>();
    let pack = hex::encode(ruhu_tests::township::pack().hash());
    let (county, year, before) = (digits(6, dice), digits(1, dice), digits(1, dice));
    replace(&mut sample, b"999999", &county);
    replace(&mut sample, b"2023-", &[b"203".as_slice(), &year, b"-"].concat());
    replace(&mut sample, b"2022-", &[b"203".as_slice(), &before, b"-"].concat());
    replace(&mut sample, &pack.as_bytes()[..12], &hex(12, dice));
    sample
}

fn replace(sample: &mut [u8], from: &[u8], to: &[u8]) {
    let places: Vec<usize> =
        sample.windows(from.len()).enumerate().filter(|(_, w)| *w == from).map(|(i, _)| i).collect();
    for at in places {
        sample[at..at + from.len()].copy_from_slice(to);
    }
}
