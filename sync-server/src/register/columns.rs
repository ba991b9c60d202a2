//! Columns of a register and the headings offices write over them.

use std::collections::BTreeMap;

/// Heading as written → column code; overrides the aliases (`--map`, JSON object).
pub type Map = BTreeMap<String, String>;

macro_rules! columns {
    ($($name:ident $code:literal $household:literal [$($alias:literal),*];)*) => {
        /// A column that is understood.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Column {
            $(#[doc = concat!($($alias, " "),*)] $name,)*
        }

        impl Column {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code used in a mapping file.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The headings it is found under; the first is the usual one.
            pub fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($alias),*],)* }
            }

            /// Whether it says something of the household, so that all rows of the household must agree.
            pub fn of_household(self) -> bool {
                match self { $(Self::$name => $household,)* }
            }
        }
    };
}

columns! {
    County "county" true ["县", "县（市、区）", "县区", "区县", "县名称"];
    Township "township" true ["乡镇", "乡（镇）", "镇", "乡镇名称", "镇（乡）"];
    Village "village" true ["行政村", "村", "村（社区）", "行政村名称", "村名称"];
    Hamlet "hamlet" true ["自然村（屯）", "自然村", "屯", "村民小组", "自然村（村民小组）", "组"];
    Grid "grid" true ["网格", "网格编码", "网格代码", "网格编号", "所属网格"];
    GridName "grid_name" true ["网格名称"];
    VillageCode "village_code" true ["行政村代码", "行政村编码", "村代码", "村编码"];
    Address "address" true ["家庭住址", "住址", "地址"];
    Number "number" true ["户编号", "户编码", "农户编号", "户号"];
    HeadName "head_name" true ["户主姓名", "户主"];
    Name "name" false ["姓名", "成员姓名", "家庭成员姓名"];
    IdNumber "id_number" false ["证件号码", "居民身份证号码", "身份证号码", "身份证号", "居民身份证（残疾人证）号码", "公民身份号码"];
    Relation "relation" false ["与户主关系", "与户主的关系"];
    Sex "sex" false ["性别"];
    Living "living" false ["生存状态", "人员状态"];
    Education "education" false ["文化程度", "学历"];
    Schooling "schooling" false ["在校生状况", "在校生情况"];
    Health "health" false ["健康状况", "健康情况"];
    Work "work" false ["劳动技能", "劳动能力", "劳动力情况"];
    Phone "phone" true ["联系电话", "电话", "手机号码", "联系方式"];
    Base "base" true ["户类型", "农户类型", "户属性"];
    MonitoredKind "monitored_kind" true ["监测对象类别", "监测对象类型", "监测户类型"];
    Cleared "cleared" true ["风险是否已消除", "是否消除风险", "风险消除状态", "是否风险消除"];
    IdentifiedOn "identified_on" true ["识别监测时间", "识别时间", "纳入监测时间", "监测对象识别时间"];
    ClearedOn "cleared_on" true ["消除监测时间", "风险消除时间", "消除时间"];
    ClearanceWay "clearance_way" true ["风险消除方式", "消除方式"];
    Risk1 "risk1" true ["风险类型1", "致贫返贫风险1", "风险1", "风险类型"];
    Risk2 "risk2" true ["风险类型2", "致贫返贫风险2", "风险2"];
    Risk3 "risk3" true ["风险类型3", "致贫返贫风险3", "风险3"];
    Risk4 "risk4" true ["风险类型4", "致贫返贫风险4", "风险4"];
    Risk5 "risk5" true ["风险类型5", "致贫返贫风险5", "风险5"];
    SafetyNet "safety_net" true ["整户无劳动能力兜底保障户", "是否整户无劳动能力兜底保障户", "整户无劳力兜底"];
    Allowance "allowance" true ["低保/特困", "低保特困", "享受低保特困情况", "低保或特困"];
    AllowanceClass "allowance_class" true ["低保类别", "低保档次", "低保等级"];
    AllowanceWhole "allowance_whole" true ["是否整户享受", "整户享受低保特困", "整户享受"];
    AllowanceSince "allowance_since" true ["低保/特困起始时间", "享受起始时间"];
    AllowanceApplied "allowance_applied" true ["低保/特困申请时间", "申请时间"];
    Priority "priority" true ["是否重点户", "重点户"];
    Relocation "relocation_site" true ["易地搬迁安置点", "安置点", "易地扶贫搬迁安置点"];
}

impl Column {
    /// The five risk columns.
    pub const RISKS: [Self; 5] = [Self::Risk1, Self::Risk2, Self::Risk3, Self::Risk4, Self::Risk5];

    /// Columns without which a register cannot be read.
    pub const NEEDED: [Self; 5] = [Self::Number, Self::Name, Self::IdNumber, Self::Relation, Self::Grid];

    /// The column under a heading; blanks, line breaks and width of brackets do not matter.
    pub fn of_heading(heading: &str, map: &Map) -> Option<Self> {
        let heading = plain(heading);
        if let Some((_, code)) = map.iter().find(|(h, _)| plain(h) == heading) {
            return Self::ALL.iter().copied().find(|c| c.code() == code);
        }
        Self::ALL.iter().copied().find(|c| c.aliases().iter().any(|a| plain(a) == heading))
    }
}

/// Without blanks, with half-width brackets, without a trailing star or colon.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            '／' => '/',
            '，' => ',',
            other => other,
        })
        .collect::<String>()
        .trim_matches(['*', ':', '：'])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offices_write_their_headings_as_they_like() {
        let none = Map::new();
        assert_eq!(Column::of_heading(" 居民身份证（残疾人证）\n号码 ", &none), Some(Column::IdNumber));
        assert_eq!(Column::of_heading("自然村(屯)", &none), Some(Column::Hamlet));
        assert_eq!(Column::of_heading("*姓名：", &none), Some(Column::Name));
        assert_eq!(Column::of_heading("备注", &none), None);
        let map = Map::from([("农户代码".to_owned(), "number".to_owned())]);
        assert_eq!(Column::of_heading("农户代码", &map), Some(Column::Number));
    }

    #[test]
    fn no_heading_means_two_columns() {
        let mut all: Vec<String> = Column::ALL.iter().flat_map(|c| c.aliases()).map(|a| plain(a)).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
