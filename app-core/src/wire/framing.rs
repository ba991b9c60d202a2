//! Bodies: one byte for the version of the framing, then CBOR compressed by zstd with that version's dictionary.
//!
//! Version 1 (2026-11-24): zstd, one frame without its four magic bytes (they are the same in every frame, and
//! to put them back here keeps zstd's legacy formats and skippable frames out), dictionary `dictionary-v1.bin` (trained
//! on invented visits by `examples/train_dictionary.rs`; never changed once released: a better one is a new version).

use std::io::Read;
use std::sync::OnceLock;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::{CParameter, DParameter};

use crate::error::{Error, Result};

/// The first byte of a body framed by this version.
pub const FRAMING_V1: u8 = 1;

/// The dictionary of framing version 1.
pub const DICTIONARY_V1: &[u8] = include_bytes!("dictionary-v1.bin");

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// What a phone pushes after a day (tens of KB): 5 % less than at level 9 for a few milliseconds. 19 gains nothing more.
const LEVEL_OF_A_DAY: i32 = 15;
/// Longest message, uncompressed, for which that is worth its time.
const A_DAY: usize = 64 * 1024;
/// Everything longer: a first sync at level 19 takes twenty times as long for 5 % (findings §4).
const LEVEL: i32 = 9;
/// Memory a decoder may take for its window: 8 MiB.
const MAX_WINDOW_LOG: u32 = 23;
/// Messages nest five deep.
const MAX_NESTING: usize = 32;

/// A message as a body.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>> {
    let broken = |e: std::io::Error| {
        Error::internal("消息打包失败；本机内容都在。 The message could not be packed; everything here is safe.")
            .because(e)
    };
    let mut cbor = Vec::new();
    ciborium::into_writer(message, &mut cbor).map_err(|e| {
        Error::internal("消息打包失败；本机内容都在。 The message could not be packed; everything here is safe.")
            .because(e)
    })?;
    let mut compressor =
        zstd::bulk::Compressor::with_prepared_dictionary(dictionary_for(cbor.len())).map_err(broken)?;
    for flag in [CParameter::ContentSizeFlag(false), CParameter::ChecksumFlag(false), CParameter::DictIdFlag(false)] {
        compressor.set_parameter(flag).map_err(broken)?;
    }
    let frame = compressor.compress(&cbor).map_err(broken)?;
    let body = frame.strip_prefix(&MAGIC).ok_or_else(|| {
        Error::internal("消息打包失败；本机内容都在。 The message could not be packed; everything here is safe.")
    })?;
    let mut out = Vec::with_capacity(body.len() + 1);
    out.push(FRAMING_V1);
    out.extend_from_slice(body);
    Ok(out)
}

fn dictionary_for(len: usize) -> &'static EncoderDictionary<'static> {
    static DAY: OnceLock<EncoderDictionary<'static>> = OnceLock::new();
    static LONG: OnceLock<EncoderDictionary<'static>> = OnceLock::new();
    let (cell, level) = if len <= A_DAY { (&DAY, LEVEL_OF_A_DAY) } else { (&LONG, LEVEL) };
    cell.get_or_init(|| EncoderDictionary::copy(DICTIONARY_V1, level))
}

/// Reads a body. Takes at most about `max_len` bytes of memory (the CBOR inside may not be longer) and never panics.
pub fn decode<T: DeserializeOwned>(body: &[u8], max_len: usize) -> Result<T> {
    let damaged = || {
        Error::damaged(
            "收到的数据不完整或已损坏，没有采用；本机内容都在，请再试一次。 What came is torn or damaged and was not used; everything here is safe. Try again.",
        )
    };
    let frame = match body.split_first() {
        Some((&FRAMING_V1, frame)) => frame,
        Some(_) => {
            return Err(Error::new(
                crate::error::Kind::Refused,
                "对方使用了不同的版本，请先升级程序；本机内容都在。 The other side speaks another version: update the app first; everything here is safe.",
            ));
        }
        None => return Err(damaged()),
    };
    let cbor = inflate(frame, max_len).map_err(|e| damaged().because(e))?.ok_or_else(damaged)?;
    let mut rest = cbor.as_slice();
    let message = ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_NESTING)
        .map_err(|e| damaged().because(e.to_string()))?;
    if rest.is_empty() { Ok(message) } else { Err(damaged()) }
}

/// `None`: longer than allowed, or bytes follow the frame.
fn inflate(frame: &[u8], max_len: usize) -> std::io::Result<Option<Vec<u8>>> {
    static DICTIONARY: OnceLock<DecoderDictionary<'static>> = OnceLock::new();
    let dictionary = DICTIONARY.get_or_init(|| DecoderDictionary::copy(DICTIONARY_V1));
    let source = std::io::BufReader::new(MAGIC.chain(frame));
    let mut decoder = zstd::stream::read::Decoder::with_prepared_dictionary(source, dictionary)?.single_frame();
    decoder.set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG))?;
    let mut out = Vec::new();
    let limit = u64::try_from(max_len).unwrap_or(u64::MAX);
    decoder.by_ref().take(limit.saturating_add(1)).read_to_end(&mut out)?;
    let mut after = decoder.finish();
    let mut byte = [0];
    Ok((out.len() <= max_len && after.read(&mut byte)? == 0).then_some(out))
}
