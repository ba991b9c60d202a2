//! Why a change is parked. Said by the permit check and by the gate, carried by the wire.

/// Why a change is parked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusedWhy {
    /// outside the author's areas
    Scope,
    /// a path the author's title may not write
    Permit,
    /// another's visit
    NotYours,
    /// malformed, oversized or poisoned
    Malformed,
    /// its author is not this device
    Author,
    /// (actor, seq) exists with other content: write it again under a new actor
    Duplicate,
    /// rests on a change that is not here
    Dependency,
    /// the file has reached its bound
    Full,
    /// its device has been shut out: a person looks at it first
    Revoked,
}

impl RefusedWhy {
    /// The code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Permit => "permit",
            Self::NotYours => "not_yours",
            Self::Malformed => "malformed",
            Self::Author => "author",
            Self::Duplicate => "duplicate",
            Self::Dependency => "dependency",
            Self::Full => "full",
            Self::Revoked => "revoked",
        }
    }

    /// Words for the author: what happened and what is safe. No personal data.
    pub fn words(self) -> &'static str {
        match self {
            Self::Scope => "该户不在你的工作范围内，这次修改已暂存，未写入。",
            Self::Permit => "你的岗位不能修改这一项，这次修改已暂存，未写入。",
            Self::NotYours => "这是他人的入户记录，不能改动；这次修改已暂存，未写入。",
            Self::Malformed => "数据格式有误，未写入；原内容仍保存在本机。",
            Self::Author => "这次修改不是由本机签署的，未写入。",
            Self::Duplicate => "本机曾恢复过旧数据，这次修改将重新编号后再提交。",
            Self::Dependency => "这次修改所依据的前一次修改尚未收到，暂未写入。",
            Self::Full => "该户档案的内容已到上限，这次修改已暂存，未写入；请联系管理员。",
            Self::Revoked => "写入这次修改的设备已停用，这次修改已暂存，由管理员核对后再写入。",
        }
    }
}
