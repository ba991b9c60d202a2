//! People who work with the system: 4+2+2 网格 titles and offices (附件1-2(一); 4-sync.md "Nobody gets in").

use serde::{Deserialize, Serialize};

use super::area::Area;

/// A title; `permits.csv` of the pack gives each its permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Title {
    /// 一级网格员 (routine visits)
    GridWorker1,
    /// 二级网格员 (point-to-point help)
    GridWorker2,
    /// 帮扶干部 / 帮扶责任人
    SupportCadre,
    /// 乡村振兴村级协理员
    Assistant,
    /// 驻村 / 包村干部
    ResidentCadre,
    /// 防返贫监测信息员
    DataClerk,
    /// 县级网格长
    LeadCounty,
    /// 乡级网格长
    LeadTownship,
    /// 村级网格长
    LeadVillage,
    /// 屯级网格长
    LeadHamlet,
    /// 村委会 / 第一书记
    VillageCommittee,
    /// 乡村振兴站
    TownshipStation,
    /// 县乡村振兴局
    CountyBureau,
    /// 纪委
    Discipline,
    /// 系统管理员 (no household data)
    Administrator,
}

impl Title {
    /// Every title, in the order above.
    pub const ALL: [Self; 15] = [
        Self::GridWorker1,
        Self::GridWorker2,
        Self::SupportCadre,
        Self::Assistant,
        Self::ResidentCadre,
        Self::DataClerk,
        Self::LeadCounty,
        Self::LeadTownship,
        Self::LeadVillage,
        Self::LeadHamlet,
        Self::VillageCommittee,
        Self::TownshipStation,
        Self::CountyBureau,
        Self::Discipline,
        Self::Administrator,
    ];

    /// The code used in `permits.csv`, on the command line and on the wire (snake case of the name).
    pub fn code(self) -> &'static str {
        match self {
            Self::GridWorker1 => "grid_worker1",
            Self::GridWorker2 => "grid_worker2",
            Self::SupportCadre => "support_cadre",
            Self::Assistant => "assistant",
            Self::ResidentCadre => "resident_cadre",
            Self::DataClerk => "data_clerk",
            Self::LeadCounty => "lead_county",
            Self::LeadTownship => "lead_township",
            Self::LeadVillage => "lead_village",
            Self::LeadHamlet => "lead_hamlet",
            Self::VillageCommittee => "village_committee",
            Self::TownshipStation => "township_station",
            Self::CountyBureau => "county_bureau",
            Self::Discipline => "discipline",
            Self::Administrator => "administrator",
        }
    }

    /// Reads the code back.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.code() == code)
    }

    /// The official Chinese.
    pub fn label(self) -> &'static str {
        match self {
            Self::GridWorker1 => "一级网格员",
            Self::GridWorker2 => "二级网格员",
            Self::SupportCadre => "帮扶干部",
            Self::Assistant => "村级协理员",
            Self::ResidentCadre => "驻村（包村）干部",
            Self::DataClerk => "防返贫监测信息员",
            Self::LeadCounty => "县级网格长",
            Self::LeadTownship => "乡级网格长",
            Self::LeadVillage => "村级网格长",
            Self::LeadHamlet => "屯级网格长",
            Self::VillageCommittee => "村委会（第一书记）",
            Self::TownshipStation => "乡村振兴站",
            Self::CountyBureau => "县乡村振兴局",
            Self::Discipline => "纪委",
            Self::Administrator => "系统管理员",
        }
    }

    /// Whether this person works at the desk (reviews an area) rather than in the house.
    pub fn at_desk(self) -> bool {
        matches!(
            self,
            Self::DataClerk
                | Self::LeadCounty
                | Self::LeadTownship
                | Self::LeadVillage
                | Self::VillageCommittee
                | Self::TownshipStation
                | Self::CountyBureau
                | Self::Discipline
                | Self::Administrator
        )
    }
}

/// A person with a title in some areas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// the server's id of the person
    pub id: String,
    /// name as colleagues know it
    pub name: String,
    /// one title a person for now
    pub title: Title,
    /// where the person works
    pub scope: Vec<Area>,
}

impl Person {
    /// Whether the area lies in the person's scope.
    pub fn reaches(&self, area: &Area) -> bool {
        self.scope.iter().any(|s| s.contains(area))
    }
}
