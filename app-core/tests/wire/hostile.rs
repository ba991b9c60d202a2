//! Bodies from strangers: bounded, never a panic.

use app_core::wire::message::{EnrolRequest, SyncAnswer, SyncRequest};
use app_core::wire::{FRAMING_V1, decode, encode};

use app_core::testing::{self, Dice, Worker};

#[test]
fn a_body_that_unfolds_beyond_the_bound_is_refused() {
    let mut dice = Dice(1);
    let mut request = testing::request(&[], &mut dice);
    request.pack = "0".repeat(3_000_000);
    let small = encode(&request).unwrap();
    assert!(small.len() < 2000, "{}", small.len());
    assert!(decode::<SyncRequest>(&small, 1_000_000).is_err());
    assert!(decode::<SyncRequest>(&small, 4_000_000).is_ok());
}

#[test]
fn nesting_is_bounded() {
    // 200,000 arrays in one another, unknown to the message and so skipped by a recursive reader
    let mut cbor = vec![0xa1, 0x62, b'z', b'z'];
    cbor.extend(vec![0x81; 200_000]);
    cbor.push(0x00);
    assert!(decode::<SyncRequest>(&framed(&cbor), 1 << 20).is_err());
}

#[test]
fn other_framings_and_leftovers_are_refused() {
    let mut dice = Dice(2);
    let body = encode(&testing::request(&[], &mut dice)).unwrap();
    for bad in [&[][..], &[FRAMING_V1], &[0], &[2, 1, 2, 3], &body[1..]] {
        assert!(decode::<SyncRequest>(bad, 1 << 20).is_err());
    }
    for cut in 0..body.len() {
        assert!(decode::<SyncRequest>(&body[..cut], 1 << 20).is_err(), "{cut}");
    }
    assert!(decode::<SyncRequest>(&[body.as_slice(), &[0]].concat(), 1 << 20).is_err());
    // a second frame after the first
    let twice = [body.as_slice(), &[0x28, 0xb5, 0x2f, 0xfd], &body[1..]].concat();
    assert!(decode::<SyncRequest>(&twice, 1 << 20).is_err());
    // CBOR after the message
    let mut cbor = Vec::new();
    ciborium::into_writer(&testing::request(&[], &mut dice), &mut cbor).unwrap();
    assert!(decode::<SyncRequest>(&framed(&cbor), 1 << 20).is_ok());
    cbor.push(0);
    assert!(decode::<SyncRequest>(&framed(&cbor), 1 << 20).is_err());
}

#[test]
fn unknown_fields_are_ignored() {
    let mut dice = Dice(3);
    let mut cbor = Vec::new();
    ciborium::into_writer(&testing::request(&[], &mut dice), &mut cbor).unwrap();
    // one more entry in the map: "zz" → {"a": [1, 2]}
    assert_eq!(cbor[0] & 0xe0, 0xa0);
    cbor[0] += 1;
    cbor.extend([0x62, b'z', b'z', 0xa1, 0x61, b'a', 0x82, 1, 2]);
    let read: SyncRequest = decode(&framed(&cbor), 1 << 20).unwrap();
    assert_eq!(read.v, 1);
}

#[test]
fn damaged_bodies_never_panic() {
    let mut dice = Dice(4);
    let worker = Worker::new(&mut dice);
    let (doc, change) = testing::visited(1, &worker, "screening-lifted", 3, &mut dice);
    let body = encode(&testing::request(&[(doc.id(), change)], &mut dice)).unwrap();
    let rounds: u32 = std::env::var("RUHU_MUTANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(3000);
    let mut cbor = Vec::new();
    ciborium::into_writer(&decode::<SyncRequest>(&body, 1 << 20).unwrap(), &mut cbor).unwrap();
    for n in 0..rounds {
        let of_frame = n % 2 == 0;
        let mut bytes = if of_frame { body.clone() } else { cbor.clone() };
        for _ in 0..=dice.below(3) {
            let at = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
            bytes[at] = u8::try_from(dice.below(256)).unwrap();
        }
        let bytes = if of_frame { bytes } else { framed(&bytes) };
        let _ = decode::<SyncRequest>(&bytes, 1 << 20);
        let _ = decode::<SyncAnswer>(&bytes, 1 << 20);
        let _ = decode::<EnrolRequest>(&bytes, 1 << 20);
    }
}

/// CBOR as a body, without the dictionary (a frame may do without it).
fn framed(cbor: &[u8]) -> Vec<u8> {
    let frame = zstd::bulk::compress(cbor, 1).unwrap();
    [&[FRAMING_V1], &frame[4..]].concat()
}
