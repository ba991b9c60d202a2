//! The nodes along an axis.

use super::ast::Axis;
use crate::xlsform::tree::{NodeId, Tree};

/// Visits the nodes of an axis, nearest first.
pub fn walk_axis(tree: &Tree, node: NodeId, axis: Axis, see: &mut dyn FnMut(NodeId)) {
    match axis {
        Axis::Itself => see(node),
        Axis::Child => tree.children(node).iter().copied().for_each(see),
        Axis::Parent => tree.parent(node).into_iter().for_each(see),
        Axis::Ancestor | Axis::AncestorOrSelf => {
            let mut at = if axis == Axis::Ancestor { tree.parent(node) } else { Some(node) };
            while let Some(n) = at {
                see(n);
                at = tree.parent(n);
            }
        }
        Axis::Descendant => tree.descendants(node).into_iter().for_each(see),
        Axis::DescendantOrSelf => {
            see(node);
            tree.descendants(node).into_iter().for_each(see);
        }
        Axis::FollowingSibling | Axis::PrecedingSibling => {
            let Some(parent) = tree.parent(node) else { return };
            let (before, after) = tree.children(parent).split_at(tree.index_in_parent(node));
            match axis {
                Axis::FollowingSibling => after.iter().skip(1).copied().for_each(see),
                _ => before.iter().rev().copied().for_each(see),
            }
        }
        Axis::Following | Axis::Preceding => {
            let all = tree.descendants(NodeId::DOCUMENT);
            let Some(at) = all.iter().position(|n| *n == node) else { return };
            let (before, after) = all.split_at(at);
            match axis {
                Axis::Following => after.iter().skip(1).filter(|n| !tree.is_below(**n, node)).copied().for_each(see),
                _ => before.iter().rev().filter(|n| !tree.is_below(node, **n)).copied().for_each(see),
            }
        }
    }
}
