//! The `type` column. Its words are in `type_names.rs`.

use super::type_names::{NOT_RUN, SELECTS, SIMPLE};
use crate::told;
use crate::told::Told;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are XLSForm's")]
pub enum Kind {
    Form,
    Group,
    Repeat,
    Text,
    Integer,
    Decimal,
    Range,
    Date,
    Time,
    DateTime,
    SelectOne,
    SelectMultiple,
    Rank,
    Note,
    Calculate,
    Hidden,
    Acknowledge,
    Geopoint,
    Geotrace,
    Geoshape,
    Image,
    Audio,
    Video,
    File,
    Barcode,
    Start,
    End,
    Today,
    DeviceId,
    Username,
    Email,
    PhoneNumber,
    SimSerial,
    SubscriberId,
    StartGeopoint,
    BackgroundAudio,
    Audit,
}

impl Kind {
    /// Groups, repeats and the form: they hold questions and no value.
    pub fn is_container(self) -> bool {
        matches!(self, Kind::Form | Kind::Group | Kind::Repeat)
    }

    /// Selects and ranks.
    pub fn has_choices(self) -> bool {
        matches!(self, Kind::SelectOne | Kind::SelectMultiple | Kind::Rank)
    }

    /// Filled by the device, never shown.
    pub fn is_metadata(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Start
                | End
                | Today
                | DeviceId
                | Username
                | Email
                | PhoneNumber
                | SimSerial
                | SubscriberId
                | StartGeopoint
                | BackgroundAudio
                | Audit
        )
    }

    /// Whether a screen shows it.
    pub fn is_visible(self) -> bool {
        !matches!(self, Kind::Calculate | Kind::Hidden) && !self.is_metadata()
    }

    /// How it is named for screens and tools.
    pub fn name(self) -> &'static str {
        use Kind::*;
        match self {
            Form => "form",
            Group => "group",
            Repeat => "repeat",
            Text => "text",
            Integer => "integer",
            Decimal => "decimal",
            Range => "range",
            Date => "date",
            Time => "time",
            DateTime => "dateTime",
            SelectOne => "select_one",
            SelectMultiple => "select_multiple",
            Rank => "rank",
            Note => "note",
            Calculate => "calculate",
            Hidden => "hidden",
            Acknowledge => "acknowledge",
            Geopoint => "geopoint",
            Geotrace => "geotrace",
            Geoshape => "geoshape",
            Image => "image",
            Audio => "audio",
            Video => "video",
            File => "file",
            Barcode => "barcode",
            Start => "start",
            End => "end",
            Today => "today",
            DeviceId => "deviceid",
            Username => "username",
            Email => "email",
            PhoneNumber => "phonenumber",
            SimSerial => "simserial",
            SubscriberId => "subscriberid",
            StartGeopoint => "start-geopoint",
            BackgroundAudio => "background-audio",
            Audit => "audit",
        }
    }
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// No value.
    Nothing,
    /// Any text.
    Text,
    /// Computed without a declared type: text, or a number if the calculation gave one.
    Computed,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// `YYYY-MM-DD`.
    Date,
    /// A time of day.
    Time,
    /// A date with time.
    DateTime,
    /// `true` or `false`.
    Boolean,
    /// One choice.
    One,
    /// Choices separated by spaces.
    Many,
    /// `latitude longitude altitude accuracy`.
    Point,
}

/// A type cell, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// `begin group` / `begin repeat`.
    Begin(Kind),
    /// `end group` / `end repeat`.
    End(Kind),
    /// A select with its list or file.
    Choices { kind: Kind, list: String, from_file: bool, or_other: bool },
    /// A table beside the form that formulas ask (`csv-external`, `xml-external`); the name column names it.
    Table,
    /// A select whose choices are the answers to a question inside a repeat (`select_one ${name}`).
    Drawn { kind: Kind, from: String },
    /// Anything else.
    Plain(Kind),
}

/// Understands a type cell; the error says what is wrong with it.
pub fn read(cell: &str) -> Result<Type, Told> {
    let text = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((_, kind)) = SIMPLE.iter().find(|(name, _)| *name == text) {
        return Ok(Type::Plain(*kind));
    }
    if matches!(text.as_str(), "csv-external" | "xml-external") {
        return Ok(Type::Table);
    }
    if let Some((_, kinds)) = NOT_RUN.iter().find(|(name, _)| *name == text) {
        return Err(told!(
            "“{}” is not run here: ask for a {}",
            "这里不能用“{}”，请改用 {}。",
            cell,
            kinds.join(" / ")
        ));
    }
    if let Some((name, _)) = SIMPLE.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text)) {
        return Err(told!(
            "the type “{}” is not known: it is written “{}”",
            "不认识题型“{}”，应写作“{}”。",
            cell,
            *name
        ));
    }
    if let Some(what) = text.strip_prefix("begin").map(|w| w.trim_start_matches([' ', '_'])) {
        return container(what).map(Type::Begin).ok_or_else(|| {
            told!("“{}” begins nothing known: group or repeat", "“{}”后面应写 group 或 repeat。", cell)
        });
    }
    if let Some(what) = text.strip_prefix("end").map(|w| w.trim_start_matches([' ', '_'])) {
        return container(what)
            .map(Type::End)
            .ok_or_else(|| told!("“{}” ends nothing known: group or repeat", "“{}”后面应写 group 或 repeat。", cell));
    }
    for (prefix, kind, from_file) in SELECTS {
        if let Some(rest) = text.strip_prefix(prefix)
            && (rest.is_empty() || rest.starts_with(' '))
        {
            let parsed = select(*kind, *from_file, rest.trim(), cell)?;
            return if *prefix == "select_one_external" { external(parsed, cell) } else { Ok(parsed) };
        }
    }
    Err(told!("the type “{}” is not known", "不认识题型“{}”。", cell))
}

/// What stands before the names of lists on the sheet `external_choices`, so that they are not those of `choices`.
pub const EXTERNAL: &str = "external_choices/";

fn external(parsed: Type, cell: &str) -> Result<Type, Told> {
    match parsed {
        Type::Choices { kind, list, from_file: false, or_other: false } => {
            Ok(Type::Choices { kind, list: format!("{EXTERNAL}{list}"), from_file: false, or_other: false })
        }
        _ => Err(told!(
            "“{}” takes the name of one list on the sheet external_choices",
            "“{}”后面应写 external_choices 工作表中一个列表的名称。",
            cell
        )),
    }
}

fn container(what: &str) -> Option<Kind> {
    match what {
        "group" => Some(Kind::Group),
        "repeat" | "lgroup" | "looped group" => Some(Kind::Repeat),
        _ => None,
    }
}

fn select(kind: Kind, from_file: bool, rest: &str, cell: &str) -> Result<Type, Told> {
    let (list, or_other) = match rest.strip_suffix("or_other").or_else(|| rest.strip_suffix("or specify other")) {
        Some(list) if list.is_empty() || list.ends_with(' ') => (list.trim(), true),
        _ => (rest, false),
    };
    if list.is_empty() {
        return Err(told!("“{}” does not say which list", "“{}”没有写用哪个选项列表。", cell));
    }
    if list.contains(' ') {
        return Err(told!("“{}”: “{}” is not the name of one list", "“{}”中的“{}”不是一个列表的名称。", cell, list));
    }
    if let Some(from) = list.strip_prefix("${").and_then(|l| l.strip_suffix('}')) {
        return if from_file || or_other {
            Err(told!(
                "“{}”: choices taken from answers go with neither a file nor or_other",
                "“{}”：选项取自答案时，不能再用文件或 or_other。",
                cell
            ))
        } else {
            Ok(Type::Drawn { kind, from: from.trim().to_string() })
        };
    }
    if or_other && (kind == Kind::Rank || from_file) {
        return Err(told!(
            "or_other goes with select_one and select_multiple only",
            "or_other 只能用于 select_one 和 select_multiple。"
        ));
    }
    Ok(Type::Choices { kind, list: list.to_string(), from_file, or_other })
}

/// The shape of a kind's values, or of the type declared in `bind::type`.
pub fn shape(kind: Kind, declared: Option<&str>) -> Shape {
    match declared {
        Some("int" | "integer") => return Shape::Integer,
        Some("decimal") => return Shape::Decimal,
        Some("date") => return Shape::Date,
        Some("time") => return Shape::Time,
        Some("dateTime") => return Shape::DateTime,
        Some("boolean") => return Shape::Boolean,
        Some("string") if kind == Kind::Calculate => return Shape::Text,
        _ => {}
    }
    match kind {
        Kind::Form | Kind::Group | Kind::Repeat => Shape::Nothing,
        Kind::Integer => Shape::Integer,
        Kind::Decimal | Kind::Range => Shape::Decimal,
        Kind::Date | Kind::Today => Shape::Date,
        Kind::Time => Shape::Time,
        Kind::DateTime | Kind::Start | Kind::End => Shape::DateTime,
        Kind::SelectOne => Shape::One,
        Kind::SelectMultiple | Kind::Rank => Shape::Many,
        Kind::Geopoint | Kind::StartGeopoint => Shape::Point,
        Kind::Calculate => Shape::Computed,
        _ => Shape::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_cells_are_read_as_people_write_them() {
        let choices =
            |kind, list: &str, from_file, or_other| Type::Choices { kind, list: list.into(), from_file, or_other };
        for (cell, is) in [
            ("text", Type::Plain(Kind::Text)),
            ("dateTime", Type::Plain(Kind::DateTime)),
            ("begin group", Type::Begin(Kind::Group)),
            ("begin_repeat", Type::Begin(Kind::Repeat)),
            ("end repeat", Type::End(Kind::Repeat)),
            ("end", Type::Plain(Kind::End)),
            ("select_one yes_no", choices(Kind::SelectOne, "yes_no", false, false)),
            ("select_multiple Risks or_other", choices(Kind::SelectMultiple, "Risks", false, true)),
            ("select one from places", choices(Kind::SelectOne, "places", false, false)),
            ("select_one_from_file villages.csv", choices(Kind::SelectOne, "villages.csv", true, false)),
            ("select_one ${who}", Type::Drawn { kind: Kind::SelectOne, from: "who".into() }),
            ("rank order", choices(Kind::Rank, "order", false, false)),
        ] {
            assert_eq!(read(cell), Ok(is), "{cell}");
        }
        for bad in ["", "txt", "select_one", "begin loop", "select_one a b", "select_one ${who} or_other"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
