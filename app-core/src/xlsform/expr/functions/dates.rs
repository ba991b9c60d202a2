//! Dates: today, now, date, format-date, decimal-date-time, … A date is ISO text; its number is days since 1970-01-01.

use super::text::arg;
use super::{Expr, Function, Here, Scope, Value};
use crate::xlsform::num::Num;
use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike};
use std::fmt::Write;

pub const ALL: &[Function] = &[
    Function::new("today", 0, 0, |s, _, _| Value::text(s.env.now.date_naive().to_string())),
    Function::new("now", 0, 0, |s, _, _| Value::text(iso(&s.env.now))),
    Function::new("date", 1, 1, date),
    Function::new("date-time", 1, 1, date_time),
    Function::new("decimal-date-time", 1, 1, decimal_date_time),
    Function::new("decimal-time", 1, 1, decimal_time),
    Function::new("format-date", 2, 2, format),
    Function::new("format-date-time", 2, 2, format),
];

const DAY_MS: i64 = 86_400_000;
/// 1970-01-01.
fn epoch() -> NaiveDate {
    DateTime::UNIX_EPOCH.date_naive()
}

/// A moment as ODK writes it: `2023-05-20T09:30:00.000+08:00`.
pub fn iso(moment: &DateTime<FixedOffset>) -> String {
    moment.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// What a text says about time.
enum When {
    Day(NaiveDate),
    Local(NaiveDateTime),
    Moment(DateTime<FixedOffset>),
}

/// Reads `YYYY-MM-DD`, alone or followed by `T` and a time with or without offset.
fn read(text: &str) -> Option<When> {
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let day = read_day(day)?;
    let Some(time) = time else { return Some(When::Day(day)) };
    let split = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, offset) = time.split_at_checked(split)?;
    let local = day.and_time(read_clock(clock)?);
    if offset.is_empty() {
        return Some(When::Local(local));
    }
    read_offset(offset)?.from_local_datetime(&local).single().map(When::Moment)
}

fn read_day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits =
        |t: &str, n: std::ops::RangeInclusive<usize>| n.contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year, 4..=4) && digits(month, 1..=2) && digits(day, 1..=2)) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn read_clock(text: &str) -> Option<NaiveTime> {
    ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|f| NaiveTime::parse_from_str(text, f).ok())
}

fn read_offset(text: &str) -> Option<FixedOffset> {
    if text.eq_ignore_ascii_case("z") {
        return FixedOffset::east_opt(0);
    }
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let seconds =
        hours.parse::<i32>().ok()?.checked_mul(3600)?.checked_add(minutes.parse::<i32>().ok()?.checked_mul(60)?)?;
    FixedOffset::east_opt(sign * seconds)
}

fn day_number(day: NaiveDate) -> i64 {
    day.signed_duration_since(epoch()).num_days()
}

fn fraction(ms: i64) -> Num {
    Num::from(ms).over(Num::from(DAY_MS))
}

/// The number of an ISO date or date-time; `None` for any other text.
pub fn days_of_text(text: &str) -> Option<Num> {
    // The cheap look first: nearly every text that is not a number is not a date either.
    if !text.as_bytes().first()?.is_ascii_digit() || text.as_bytes().get(4) != Some(&b'-') || text.len() > 40 {
        return None;
    }
    Some(match read(text)? {
        When::Day(day) => Num::from(day_number(day)),
        When::Local(local) => fraction(local.and_utc().timestamp_millis()),
        When::Moment(moment) => fraction(moment.timestamp_millis()),
    })
}

/// Whether a text is a date (`YYYY-MM-DD`).
pub fn is_date(text: &str) -> bool {
    text.len() == 10 && read_day(text).is_some()
}

/// Whether a text is a date with a time.
pub fn is_date_time(text: &str) -> bool {
    matches!(read(text), Some(When::Local(_) | When::Moment(_)))
}

/// Whether a text is a time of day, with or without offset.
pub fn is_time(text: &str) -> bool {
    let split = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    text.split_at_checked(split).is_some_and(|(clock, offset)| {
        read_clock(clock).is_some() && (offset.is_empty() || read_offset(offset).is_some())
    })
}

/// Days since 1970-01-01 as an ISO date.
pub fn day_text(days: i64) -> Option<String> {
    let day = match u64::try_from(days) {
        Ok(n) => epoch().checked_add_days(Days::new(n)),
        Err(_) => epoch().checked_sub_days(Days::new(days.unsigned_abs())),
    }?;
    (1..=9999).contains(&day.year()).then(|| day.to_string())
}

fn moment_of_days(scope: &Scope<'_>, days: Num) -> Option<DateTime<FixedOffset>> {
    let ms = days.times(Num::from(DAY_MS));
    if !ms.is_finite() {
        return None;
    }
    scope.env.now.timezone().timestamp_millis_opt(ms.to_i64_lossy()).single()
}

/// The date of a value, whatever it says of the time: an ISO text or a number of days.
fn date<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let Some(value) = args.first().map(|e| scope.eval(e, here)) else { return Value::empty() };
    let text = match &value {
        Value::Num(n) if n.is_finite() => day_text(floor(*n)),
        Value::Num(_) | Value::Bool(_) => None,
        other => match read(&scope.text(other)) {
            Some(When::Day(day)) => Some(day.to_string()),
            Some(When::Local(local)) => Some(local.date().to_string()),
            Some(When::Moment(moment)) => Some(moment.with_timezone(scope.env.now.offset()).date_naive().to_string()),
            // Text that is a number counts days too.
            None => Num::parse(&scope.text(other)).and_then(|n| day_text(floor(n))),
        },
    };
    Value::text(text.unwrap_or_default())
}

fn floor(n: Num) -> i64 {
    match n {
        Num::Dec(d) => Num::Dec(d.floor()).to_i64_lossy(),
        Num::Float(f) => f.floor() as i64,
    }
}

fn moment<'a>(scope: &Scope<'a>, value: &Value<'a>) -> Option<DateTime<FixedOffset>> {
    let zone = scope.env.now.timezone();
    match value {
        Value::Num(n) => moment_of_days(scope, *n),
        Value::Bool(_) => None,
        other => match read(&scope.text(other))? {
            When::Day(day) => zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).single(),
            When::Local(local) => zone.from_local_datetime(&local).single(),
            When::Moment(moment) => Some(moment.with_timezone(&zone)),
        },
    }
}

fn date_time<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let value = args.first().map(|e| scope.eval(e, here));
    Value::text(value.and_then(|v| moment(scope, &v)).map(|m| iso(&m)).unwrap_or_default())
}

fn decimal_date_time<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let value = args.first().map(|e| scope.eval(e, here));
    let moment = value.and_then(|v| moment(scope, &v));
    Value::Num(moment.map_or(Num::NAN, |m| fraction(m.timestamp_millis())))
}

/// The part of the day that has passed, 0 at midnight; the text's own clock counts, not its offset.
fn decimal_time<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let text = arg(scope, here, args, 0);
    let text = text.rsplit('T').next().unwrap_or_default();
    let split = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let clock = text.split_at_checked(split).and_then(|(clock, _)| read_clock(clock));
    let ms = clock.map(|c| i64::from(c.num_seconds_from_midnight()) * 1000 + i64::from(c.nanosecond() / 1_000_000));
    Value::Num(ms.map_or(Num::NAN, fraction))
}

fn format<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let value = args.first().map(|e| scope.eval(e, here));
    let Some(moment) = value.and_then(|v| moment(scope, &v)) else { return Value::empty() };
    Value::text(write_pattern(&arg(scope, here, args, 1), &moment))
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

fn write_pattern(pattern: &str, m: &DateTime<FixedOffset>) -> String {
    let mut out = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let done = match chars.next() {
            Some('Y') => write!(out, "{:04}", m.year()),
            Some('y') => write!(out, "{:02}", m.year().rem_euclid(100)),
            Some('m') => write!(out, "{:02}", m.month()),
            Some('n') => write!(out, "{}", m.month()),
            Some('b') => write!(out, "{}", MONTHS.get(m.month0() as usize).unwrap_or(&"")),
            Some('d') => write!(out, "{:02}", m.day()),
            Some('e') => write!(out, "{}", m.day()),
            Some('a') => write!(out, "{}", WEEKDAYS.get(m.weekday().num_days_from_sunday() as usize).unwrap_or(&"")),
            Some('H') => write!(out, "{:02}", m.hour()),
            Some('h') => write!(out, "{}", m.hour()),
            Some('M') => write!(out, "{:02}", m.minute()),
            Some('S') => write!(out, "{:02}", m.second()),
            Some('3') => write!(out, "{:03}", m.timestamp_subsec_millis()),
            Some(other) => write!(out, "%{other}"),
            None => write!(out, "%"),
        };
        // Writing to a String does not fail.
        let _ = done;
    }
    out
}
