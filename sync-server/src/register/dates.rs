//! Dates and yes/no as offices write them.

use chrono::NaiveDate;

/// `2021-06-15`, `2021/6/15`, `2021.6.15`, `2021年6月15日`, `20210615`; a month alone is its first day.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let text = text.split([' ', 'T']).next().unwrap_or(text);
    let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月', '日']).filter(|p| !p.is_empty()).collect();
    let day = match parts.as_slice() {
        [all] if all.len() == 8 => NaiveDate::parse_from_str(all, "%Y%m%d").ok(),
        [all] if all.len() == 6 => NaiveDate::parse_from_str(&format!("{all}01"), "%Y%m%d").ok(),
        [y, m] => NaiveDate::from_ymd_opt(y.parse().ok()?, m.parse().ok()?, 1),
        [y, m, d] => NaiveDate::from_ymd_opt(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?),
        _ => None,
    }?;
    let century = NaiveDate::from_ymd_opt(1900, 1, 1)?..NaiveDate::from_ymd_opt(2100, 1, 1)?;
    century.contains(&day).then_some(day)
}

/// 是 / 否 and their kin.
pub(super) fn yes(text: &str) -> Option<bool> {
    match text.trim() {
        "是" | "有" | "已消除" | "风险已消除" | "消除" | "1" | "Y" | "y" | "√" => Some(true),
        "否" | "无" | "未消除" | "风险未消除" | "0" | "N" | "n" | "×" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_however_written() {
        let day = NaiveDate::from_ymd_opt(2021, 6, 15);
        for text in ["2021-06-15", "2021/6/15", "2021.6.15", "2021年6月15日", "20210615", "2021-06-15 00:00:00"] {
            assert_eq!(date(text), day, "{text}");
        }
        assert_eq!(date("2021年6月"), NaiveDate::from_ymd_opt(2021, 6, 1));
        for text in ["", "去年", "2021-13-01", "1021-01-01", "9999999999"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
