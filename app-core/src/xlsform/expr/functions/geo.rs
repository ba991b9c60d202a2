//! Places: distance and area over geopoints and traces (`lat lon alt acc; …`), on ODK's sphere.

use super::{Expr, Function, Here, Scope, Value, texts};
use crate::xlsform::num::Num;

pub const ALL: &[Function] = &[
    Function::new("area", 1, 1, area),
    Function::new("distance", 1, super::ANY, distance),
    Function::new("geofence", 2, 2, geofence),
];

/// Metres; the radius ODK's engines use.
const EARTH: f64 = 6_378_100.0;

type Point = (f64, f64);

/// One point in radians; `None` if it is not on the globe.
fn point(text: &str) -> Option<Point> {
    let mut parts = text.split_whitespace();
    let lat: f64 = parts.next()?.parse().ok()?;
    let lon: f64 = parts.next()?.parse().ok()?;
    (lat.abs() <= 90.0 && lon.abs() <= 180.0 && parts.count() <= 2).then(|| (lat.to_radians(), lon.to_radians()))
}

/// All points of the arguments; `None` if any is malformed.
fn points<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Option<Vec<Point>> {
    let all = texts(scope, here, args);
    all.iter().flat_map(|t| t.split(';')).map(str::trim).filter(|t| !t.is_empty()).map(point).collect()
}

fn to_cm(metres: f64) -> Num {
    Num::from_f64((metres * 100.0).round() / 100.0)
}

fn area<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let points = points(scope, here, args).unwrap_or_default();
    if points.len() < 3 {
        return Value::Num(Num::ZERO);
    }
    let around = points.iter().zip(points.iter().cycle().skip(1));
    let total: f64 = around.map(|(a, b)| (b.1 - a.1) * (2.0 + b.0.sin() + a.0.sin())).sum();
    Value::Num(to_cm((total * EARTH * EARTH / 2.0).abs()))
}

fn distance<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let points = points(scope, here, args).unwrap_or_default();
    let legs = points.iter().zip(points.iter().skip(1));
    let metres = legs.map(|(a, b)| {
        let cosine = a.0.sin() * b.0.sin() + a.0.cos() * b.0.cos() * (a.1 - b.1).cos();
        cosine.clamp(-1.0, 1.0).acos() * EARTH
    });
    Value::Num(to_cm(metres.sum()))
}

/// `geofence(place, shape)`: whether the place lies inside the closed shape (a ray to the east crosses its border an
/// odd number of times).
fn geofence<'a>(scope: &Scope<'a>, here: Here, args: &'a [Expr]) -> Value<'a> {
    let all = |i: usize| points(scope, here, args.get(i..=i).unwrap_or_default()).unwrap_or_default();
    let (place, shape) = (all(0), all(1));
    let (Some((lat, lon)), true) = (place.first().copied(), shape.len() > 1 && shape.first() == shape.last()) else {
        return Value::Bool(false);
    };
    let crossed =
        |(a, b): &(&Point, &Point)| (b.0 > lat) != (a.0 > lat) && lon < (a.1 - b.1) * (lat - b.0) / (a.0 - b.0) + b.1;
    let crossings = shape.iter().zip(shape.iter().skip(1)).filter(crossed).count();
    Value::Bool(crossings % 2 == 1)
}
