//! What an expression evaluates to.

use crate::xlsform::num::Num;
use crate::xlsform::tree::NodeId;
use std::borrow::Cow;

/// A node of the main tree (list 0) or of a secondary instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeRef {
    /// 0 is the main tree; `n` is secondary list `n - 1`.
    pub list: u32,
    /// The node there.
    pub node: NodeId,
}

impl NodeRef {
    /// A node of the main tree.
    pub fn main(node: NodeId) -> NodeRef {
        NodeRef { list: 0, node }
    }
}

/// A value of XPath's four types.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// Nodes, in document order.
    Nodes(Vec<NodeRef>),
    /// A number.
    Num(Num),
    /// Text. Dates are ISO text.
    Text(Cow<'a, str>),
    /// A boolean.
    Bool(bool),
}

impl<'a> Value<'a> {
    /// Borrowed or owned text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Value<'a> {
        Value::Text(text.into())
    }

    /// Empty text.
    pub fn empty() -> Value<'a> {
        Value::Text(Cow::Borrowed(""))
    }
}

impl From<Num> for Value<'_> {
    fn from(n: Num) -> Self {
        Value::Num(n)
    }
}

impl From<bool> for Value<'_> {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}
