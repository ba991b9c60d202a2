//! A visit 入户: its state, its way, its outcome (2-forms.md "A visit"; the outcomes are counted apart in coverage).

use serde::{Deserialize, Serialize};

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum VisitState {
    /// opened, not finished
    Draft,
    /// finished with an outcome
    Finished,
}

/// 入户方式
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// 入户访问
    Home,
    /// 电话或微信访问
    Phone,
    /// 通过邻居或亲戚（代答）访问
    Proxy,
    /// 其他
    Other,
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 已完成
    Done,
    /// 家中无人，改日再访
    NobodyHome,
    /// 举家外出，建议电话访问
    Away,
    /// 拒访
    Refused,
    /// 查无此户或已搬迁
    NotFound,
    /// 整户消亡（转信息员处理）
    Ended,
}

impl Outcome {
    /// The code as it stands in the household file.
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NobodyHome => "nobody_home",
            Self::Away => "away",
            Self::Refused => "refused",
            Self::NotFound => "not_found",
            Self::Ended => "ended",
        }
    }

    /// Reads the code back.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Done, Self::NobodyHome, Self::Away, Self::Refused, Self::NotFound, Self::Ended]
            .into_iter()
            .find(|o| o.code() == code)
    }
}
