//! The values of a household file, and one edit of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value: text (also dates and money), a whole number, or yes/no. Nothing else is ever written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// yes / no, a ticked or unticked choice
    Bool(bool),
    /// a whole number
    Int(i64),
    /// text; decimals and dates too; `""` = emptied
    Text(String),
}

impl Scalar {
    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(t) => Some(t),
            Self::Int(_) | Self::Bool(_) => None,
        }
    }

    /// As JSON, for facts and screens.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Bool(b) => (*b).into(),
            Self::Int(n) => (*n).into(),
            Self::Text(t) => t.as_str().into(),
        }
    }

    /// Whether it says nothing: the emptied text.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(t) if t.is_empty())
    }
}

/// Answers are private: `Debug` shows the kind of value, never the value.
impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool(_) => "Bool(*)",
            Self::Int(_) => "Int(*)",
            Self::Text(_) => "Text(*)",
        })
    }
}

impl From<&str> for Scalar {
    fn from(t: &str) -> Self {
        Self::Text(t.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(t: String) -> Self {
        Self::Text(t)
    }
}

impl From<i64> for Scalar {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<bool> for Scalar {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

/// One value written at one path (see the layout in `document/mod.rs`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// the path's segments, e.g. `["members", "k3…", "health", "chronic"]`
    pub path: Vec<String>,
    /// what is to stand there
    pub value: Scalar,
}

impl Edit {
    /// An edit from a path written with `/`. For fixed paths and ids; a segment never holds a `/`.
    pub fn new(path: &str, value: impl Into<Scalar>) -> Self {
        Self { path: path.split('/').map(str::to_owned).collect(), value: value.into() }
    }

    /// An edit from segments.
    pub fn at<S: Into<String>>(path: impl IntoIterator<Item = S>, value: impl Into<Scalar>) -> Self {
        Self { path: path.into_iter().map(Into::into).collect(), value: value.into() }
    }
}
