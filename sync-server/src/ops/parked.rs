//! Parked changes, for the operator: see why they lie here, take them in after all, throw them away.

use std::collections::{BTreeSet, HashSet};

use app_core::document::Hash;
use serde::Serialize;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::intake::waiting::{Wish, release as take_in};
use crate::store::rows::ParkedWish;
use crate::store::{Store, read, write};

/// Most lines in memory at once.
const PAGE: usize = 1_000;

/// A parked change as printed: no name, no content.
#[derive(Debug, Serialize)]
pub struct ParkedView {
    /// household id
    pub household: String,
    /// hash of the change, hex
    pub change: String,
    /// the device that brought it
    pub device: String,
    /// its person's id
    pub user: Option<String>,
    /// code of the reason
    pub why: String,
    /// the reason in words
    pub words: String,
    /// the grid given with a household founded on a phone
    pub grid: Option<String>,
    /// seconds since 1970
    pub at: i64,
    /// bytes
    pub size: u64,
}

/// A page of them.
#[derive(Debug, Serialize)]
pub struct ParkedPage {
    /// the oldest first
    pub parked: Vec<ParkedView>,
    /// where the next page begins (`--after`)
    pub more: Option<String>,
}

/// What a release did.
#[derive(Debug, Serialize)]
pub struct Released {
    /// changes that went in
    pub released: u64,
    /// what still lies here of the household (hashes): title or form forbid it, or what it rests on never came
    pub left: Vec<String>,
}

/// Which parked changes, as typed.
pub fn wish(device: Option<&str>, household: Option<&str>, why: Option<&str>) -> Result<ParkedWish> {
    Ok(ParkedWish {
        device: device.map(str::to_owned),
        household: household.map(household_id).transpose()?,
        why: why.map(str::to_owned),
        after: None,
        limit: PAGE,
    })
}

fn household_id(text: &str) -> Result<Uuid> {
    Uuid::parse_str(text).map_err(|e| Error::invalid("户编号有误。 This is not a household id.").because(e))
}

fn change_hash(text: &str) -> Result<Hash> {
    let bytes = hex::decode(text).ok().and_then(|b| b.try_into().ok());
    bytes.ok_or_else(|| Error::invalid("修改编号有误。 This is not the hash of a change."))
}

/// A page of parked changes.
pub fn list(store: &dyn Store, wish: &ParkedWish, after: Option<&str>, limit: usize) -> Result<ParkedPage> {
    let limit = limit.clamp(1, PAGE);
    let wish = ParkedWish { after: after.map(position).transpose()?, limit, ..wish.clone() };
    read(store, |r| {
        let lines = r.parked_lines(&wish)?;
        let more = lines.last().filter(|_| lines.len() == limit).map(|l| format!("{}.{}", l.at, hex::encode(l.hash)));
        let parked = lines
            .into_iter()
            .map(|l| {
                Ok(ParkedView {
                    user: r.device(&l.device)?.map(|d| d.person),
                    words: r.parked_change(l.household, &l.hash)?.map(|p| p.words).unwrap_or_default(),
                    household: l.household.to_string(),
                    change: hex::encode(l.hash),
                    device: l.device,
                    why: l.why,
                    grid: l.unit,
                    at: l.at,
                    size: l.size,
                })
            })
            .collect::<Result<_>>()?;
        Ok(ParkedPage { parked, more })
    })
}

fn position(text: &str) -> Result<(i64, Hash)> {
    let bad = || Error::invalid("续页位置有误。 This is not a position (`more` of the page before).");
    let (at, hash) = text.split_once('.').ok_or_else(bad)?;
    Ok((at.parse().map_err(|_| bad())?, change_hash(hash)?))
}

/// Takes parked changes of a household in; without `changes`, all of them.
pub fn release(store: &dyn Store, household: &str, changes: &[String], now: i64) -> Result<Released> {
    let id = household_id(household)?;
    let only: HashSet<Hash> = changes.iter().map(|c| change_hash(c)).collect::<Result<_>>()?;
    write(store, move |w| {
        let permits = crate::routes::policy::permits(&super::pack(&*w)?);
        let all = ParkedWish { household: Some(id), limit: usize::MAX, ..ParkedWish::default() };
        let reasons: BTreeSet<String> = w.parked_lines(&all)?.into_iter().map(|l| l.why).collect();
        let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
        let only = (!only.is_empty()).then_some(&only);
        let wish = Wish { permits: &permits, reasons: Some(&reasons), vouched: true, only, now };
        let released = take_in(w, id, &wish)?;
        let left = w.parked_lines(&all)?.into_iter().map(|l| hex::encode(l.hash)).collect();
        Ok(Released { released, left })
    })
}

/// Throws parked changes away that lie here for at least so many days; how many.
pub fn discard(store: &dyn Store, wish: &ParkedWish, days: u32, now: i64) -> Result<u64> {
    if wish.device.is_none() && wish.household.is_none() && wish.why.is_none() && days == 0 {
        return Err(Error::invalid(
            "请指明要清除哪些，没有清除。 Say which (--device, --household, --why, --before DAYS); nothing was dropped.",
        ));
    }
    let wish = wish.clone();
    let until = now.saturating_sub(i64::from(days).saturating_mul(86_400));
    write(store, move |w| {
        let (mut dropped, mut wish) = (0_u64, wish);
        loop {
            let lines = w.parked_lines(&wish)?;
            let Some(last) = lines.last() else { return Ok(dropped) };
            wish.after = Some((last.at, last.hash));
            for line in lines.iter().filter(|l| l.at <= until) {
                w.unpark(line.household, &line.hash)?;
                dropped = dropped.saturating_add(1);
            }
        }
    })
}
