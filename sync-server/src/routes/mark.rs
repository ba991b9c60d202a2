//! The mark on a cursor: what row of which log it was read from, under the server's own key. A server that was put back by
//! hand (somebody copied an older file over it) keeps its epoch and soon has as many rows as before, but not the same
//! ones; the first device that shows a mark it can no longer have given makes it begin a new epoch, as `restore` does.

use app_core::wire::message::Cursor;
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};

use super::App;
use crate::error::Result;
use crate::store::{Reads, read, write};

/// The row's own mark (its beginning), and the server's tag on it: 4 bytes each, so that a round costs 8 more. One wrong guess
/// in 2^32 begins a new epoch, which costs everyone a comparison and loses nothing.
const HALF: usize = 4;

/// The mark of a cursor.
pub(super) fn of(r: &dyn Reads, secret: &[u8; 32], cursor: &Cursor) -> Result<ByteBuf> {
    let row = r.mark(cursor.seq)?;
    let Some(row) = row.as_deref().and_then(|m| m.get(..HALF)) else { return Ok(ByteBuf::new()) };
    let tag = tag(secret, &cursor.epoch, cursor.seq, row);
    Ok(ByteBuf::from([row, &tag].concat()))
}

/// The epoch, which is a new one if the cursor shows that the log has been put back.
pub(super) fn epoch_now(app: &App, cursor: &Cursor, epoch: String) -> Result<String> {
    if cursor.epoch != epoch || !read(&*app.store, |r| put_back(r, &app.sign, cursor))? {
        return Ok(epoch);
    }
    let (cursor, sign, now) = (cursor.clone(), app.sign, crate::now());
    write(&*app.store, move |w| {
        // Asked again inside the transaction: another device may have shown it a moment ago.
        if crate::ops::epoch(&*w)? == cursor.epoch && put_back(&*w, &sign, &cursor)? {
            tracing::error!("the data was put back to an older copy without `restore`: a new epoch begins");
            crate::ops::backup::begin_again(w, now)?;
        }
        crate::ops::epoch(&*w)
    })
}

/// Whether the server has given this mark, and its log does not have it.
fn put_back(r: &dyn Reads, secret: &[u8; 32], cursor: &Cursor) -> Result<bool> {
    let Some((row, tag_given)) = cursor.mark.split_at_checked(HALF) else { return Ok(false) };
    let own = tag(secret, &cursor.epoch, cursor.seq, row).as_slice() == tag_given;
    Ok(own && r.mark(cursor.seq)?.as_deref().and_then(|m| m.get(..HALF)) != Some(row))
}

fn tag(secret: &[u8; 32], epoch: &str, seq: u64, row: &[u8]) -> [u8; HALF] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(b"ruhu-cursor-v1")
        .chain_update(secret)
        .chain_update(seq.to_be_bytes())
        .chain_update(row)
        .chain_update(epoch)
        .finalize()
        .into();
    let mut tag = [0; HALF];
    tag.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    tag
}
