//! Tables out of GeoJSON (the features of a map) and of the XML that ODK takes (`<root><item><name>…`).

use super::env::Table;
use crate::told;
use crate::told::Told;
use quick_xml::events::Event;
use serde_json::{Map, Value as Json};

/// The most cells of one table.
const MAX_CELLS: usize = 2_000_000;

/// A growing table whose rows need not have the same columns.
#[derive(Default)]
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    cells: usize,
}

impl Rows {
    fn set(&mut self, column: &str, text: String) -> Result<(), Told> {
        let known = self.columns.iter().position(|c| c == column);
        let at = known.unwrap_or_else(|| {
            self.columns.push(column.to_string());
            self.columns.len().saturating_sub(1)
        });
        let Some(row) = self.rows.last_mut() else { return Ok(()) };
        let before = row.len();
        if before <= at {
            row.resize(at.saturating_add(1), String::new());
        }
        self.cells = self.cells.saturating_add(row.len().saturating_sub(before));
        if let Some(cell) = row.get_mut(at) {
            *cell = text;
        }
        if self.cells > MAX_CELLS || self.columns.len() > super::workbook::MAX_COLUMNS {
            return Err(told!("the table is too large", "数据表太大。"));
        }
        Ok(())
    }

    fn table(self) -> Table {
        Table::new(self.columns, self.rows)
    }
}

/// The features of a FeatureCollection: `geometry` as ODK writes places, `id`, and every property.
pub fn geojson(text: &str) -> Result<Table, Told> {
    let json: Json = serde_json::from_str(text)
        .map_err(|e| told!("this is not GeoJSON (line {})", "不是 GeoJSON（第 {} 行）。", e.line()))?;
    let features = json.get("features").and_then(Json::as_array);
    let features = features.ok_or_else(|| {
        told!(
            "this is not GeoJSON: a FeatureCollection has features",
            "不是 GeoJSON：FeatureCollection 应有 features。"
        )
    })?;
    let mut out = Rows::default();
    for feature in features {
        out.rows.push(Vec::new());
        out.set("geometry", feature.get("geometry").map(places).unwrap_or_default())?;
        let none = Map::new();
        let properties = feature.get("properties").and_then(Json::as_object).unwrap_or(&none);
        if let Some(id) = feature.get("id").or_else(|| properties.get("id")) {
            out.set("id", super::tree::scalar_text(id))?;
        }
        for (name, value) in properties.iter().filter(|(name, _)| *name != "id") {
            out.set(name, super::tree::scalar_text(value))?;
        }
    }
    Ok(out.table())
}

/// `latitude longitude 0 0`, several separated by `; `; empty for what is no point, line or area.
fn places(geometry: &Json) -> String {
    let coordinates = geometry.get("coordinates");
    let list = |json: Option<&Json>| json.and_then(Json::as_array).cloned().unwrap_or_default();
    let points = match geometry.get("type").and_then(Json::as_str) {
        Some("Point") => coordinates.cloned().into_iter().collect(),
        Some("LineString") => list(coordinates),
        Some("Polygon") => list(coordinates.and_then(|c| c.get(0))),
        _ => Vec::new(),
    };
    let place = |point: &Json| Some(format!("{} {} 0 0", point.get(1)?.as_f64()?, point.get(0)?.as_f64()?));
    points.iter().filter_map(place).collect::<Vec<_>>().join("; ")
}

/// `<root>` of `<item>`s, each with one element a column.
pub fn xml(text: &str) -> Result<Table, Told> {
    let broken = || {
        told!(
            "this is not the XML of a table: a root of items, each with an element for every column",
            "不是数据表的 XML：根元素下应为若干 item，每列一个元素。"
        )
    };
    let mut reader = quick_xml::Reader::from_str(text);
    let mut out = Rows::default();
    let (mut depth, mut column, mut cell) = (0usize, String::new(), String::new());
    loop {
        match reader.read_event().map_err(|_| broken())? {
            Event::Start(tag) => {
                depth = depth.saturating_add(1);
                match depth {
                    2 => out.rows.push(Vec::new()),
                    3 => {
                        column = tag.local_name().as_ref().to_string();
                        cell.clear();
                    }
                    1 => {}
                    _ => return Err(broken()),
                }
            }
            Event::Empty(tag) => match depth {
                2 => out.set(tag.local_name().as_ref(), String::new())?,
                1 => out.rows.push(Vec::new()),
                _ => return Err(broken()),
            },
            Event::Text(text) if depth == 3 => cell.push_str(&text),
            Event::CData(text) if depth == 3 => cell.push_str(&text),
            Event::GeneralRef(name) if depth == 3 => cell.push_str(&character(&name).ok_or_else(broken)?),
            Event::End(_) => {
                if depth == 3 {
                    out.set(&column, cell.trim().to_string())?;
                }
                depth = depth.saturating_sub(1);
            }
            Event::Eof => break,
            _ => {}
        }
        if out.rows.len() > super::workbook::MAX_ROWS {
            return Err(told!("the table is too large", "数据表太大。"));
        }
    }
    if depth != 0 || out.columns.is_empty() { Err(broken()) } else { Ok(out.table()) }
}

/// What `&lt;` or `&#x5165;` stands for; only the five of XML itself and numbers are known.
fn character(name: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Some(c) = name.resolve_char_ref().ok()? {
        return Some(c.to_string());
    }
    quick_xml::escape::resolve_xml_entity(name).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_and_a_list_of_items_are_tables() {
        let map = geojson(
            r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","id":"w1","geometry":{"type":"Point","coordinates":[109.4,24.3]},"properties":{"title":"水井一","depth":12}},
            {"type":"Feature","geometry":{"type":"LineString","coordinates":[[109,24],[109.5,24.5]]},"properties":{"id":"w2"}}]}"#,
        )
        .unwrap();
        assert_eq!(map.lookup("geometry", "id", "w1"), Some("24.3 109.4 0 0"));
        assert_eq!(map.lookup("depth", "title", "水井一"), Some("12"));
        assert_eq!(map.lookup("geometry", "id", "w2"), Some("24 109 0 0; 24.5 109.5 0 0"));
        let list = xml(
            "<root><item><name>a</name><label>甲 &amp; 乙 &#x4e19;</label></item><item><name>b</name><x/></item></root>",
        );
        let list = list.unwrap();
        assert_eq!(list.lookup("label", "name", "a"), Some("甲 & 乙 丙"));
        assert_eq!(list.lookup("x", "name", "b"), Some(""));
    }

    #[test]
    fn what_is_neither_is_said() {
        for text in ["", "{", "[]", "{\"features\": 3}"] {
            assert!(geojson(text).is_err(), "{text}");
        }
        for text in ["", "<root>", "<a><b><c><d/></c></b></a>", "<root><item><x>&nobody;</x></item></root>", "text"] {
            assert!(xml(text).is_err(), "{text}");
        }
    }
}
