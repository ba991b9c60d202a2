//! What a household is to the system: its base, its monitored kind, and the standing derived from both
//! (附件2's four lists; 2-forms.md "Facts").

use serde::{Deserialize, Serialize};

/// 户类型: what the household was before any monitoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// 一般农户
    Ordinary,
    /// 脱贫户
    Lifted,
}

/// 监测户类型
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum MonitoredKind {
    /// 脱贫不稳定户
    UnstableLifted,
    /// 边缘易致贫户
    Marginal,
    /// 突发严重困难户
    SuddenHardship,
}

/// The derived standing: cleared, else monitored, else the base. Never edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// 一般农户
    Ordinary,
    /// 脱贫户
    Lifted,
    /// 监测对象（未消除风险）
    Monitored,
    /// 监测对象（已消除风险）
    Cleared,
}

impl Standing {
    /// Derives the standing from the facts.
    pub fn derive(base: Base, monitored: Option<MonitoredKind>, cleared: bool) -> Self {
        match (cleared, monitored, base) {
            (true, _, _) => Self::Cleared,
            (false, Some(_), _) => Self::Monitored,
            (false, None, Base::Lifted) => Self::Lifted,
            (false, None, Base::Ordinary) => Self::Ordinary,
        }
    }

    /// Reads the code back.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Ordinary, Self::Lifted, Self::Monitored, Self::Cleared].into_iter().find(|s| s.code() == code)
    }

    /// The code as the forms and rules write it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Lifted => "lifted",
            Self::Monitored => "monitored",
            Self::Cleared => "cleared",
        }
    }
}

/// The four lists of 排查工作.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// 一般农户排查
    Ordinary,
    /// 重点户排查
    Priority,
    /// 脱贫户及已消除风险监测对象
    Lifted,
    /// 未消除风险监测对象
    Monitored,
}

impl ListKind {
    /// The code as it stands in the projection and on the screens' wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Priority => "priority",
            Self::Lifted => "lifted",
            Self::Monitored => "monitored",
        }
    }

    /// Reads the code back.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Ordinary, Self::Priority, Self::Lifted, Self::Monitored].into_iter().find(|l| l.code() == code)
    }
}
