//! The core's own words, in both languages. Labels of forms, codes and rules come from the pack, never from here.

use std::fmt::Display;

/// The languages of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// zh-CN, the default
    Zh,
    /// en
    En,
}

impl Lang {
    /// Reads a setting; anything but English is Chinese.
    pub fn of(code: &str) -> Self {
        if code.starts_with("en") { Self::En } else { Self::Zh }
    }

    /// The code of the setting, also the pack's.
    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// One of two.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $zh:literal, $en:literal;)*) => {
        /// A word or sentence of the core. `{}` stands for what [`Word::fill`] puts in, in order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Word { $($(#[$doc])* $name,)* }

        impl Word {
            /// In this language.
            pub fn say(self, lang: Lang) -> &'static str {
                match self { $(Self::$name => lang.pick($zh, $en),)* }
            }

            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

words! {
    // progress of a household
    Left: "未排查", "Not visited";
    HasDraft: "有草稿", "Draft";
    Attempted: "已上门，未完成", "Tried, not done";
    AttemptedAs: "已上门：{}", "Tried: {}";
    StillDue: "待填：{}", "Still due: {}";
    DoneWord: "已排查", "Done";
    // lists
    ListOrdinary: "一般农户排查", "Ordinary households";
    ListPriority: "重点户排查", "Priority households";
    ListLifted: "脱贫户及已消除风险监测对象", "Lifted and cleared households";
    ListMonitored: "未消除风险监测对象", "Monitored households";
    // outcomes
    OutcomeDone: "已完成", "Done";
    OutcomeDoneHint: "表中应填的都已填好。", "Everything that was to be asked is answered.";
    OutcomeNobodyHome: "家中无人", "Nobody home";
    OutcomeNobodyHomeHint: "改日再访，请选日期；已填的内容都保留。", "Choose a day to try again; what was filled in is kept.";
    OutcomeAway: "举家外出", "Whole family away";
    OutcomeAwayHint: "建议改用电话或微信访问。", "A visit by phone is proposed.";
    OutcomeRefused: "拒访", "Refused";
    OutcomeRefusedHint: "请在备注中写明情况。", "Say in the remark what happened.";
    OutcomeNotFound: "查无此户或已搬迁", "Not found or moved";
    OutcomeNotFoundHint: "转信息员核实。", "Goes to the data clerk to verify.";
    OutcomeEnded: "整户消亡", "Household ended";
    OutcomeEndedHint: "转信息员处理。", "Goes to the data clerk.";
    // safety
    SafeNowhere: "仅保存在本机，尚未上传", "On this device only, not sent yet";
    SafeServer: "本机和服务器都已保存", "On this device and on the server";
    SafeServerOnly: "与服务器一致", "The same as on the server";
    // visit
    SecondVisit: "本户本次排查已由{}于{}用此表完成过一次；再次排查会保留并注明。", "{} finished this form here on {}; another visit is kept and flagged.";
    DraftElsewhere: "{}有此表未完成的草稿；两份都会保留。", "{} has an unfinished draft of this form; both are kept.";
    FormChanged: "表格已更新：同名的答案已保留，{}条旧答案另列在下方，需核对。", "The form was updated: answers of the same name are kept; {} older ones are listed below, please check.";
    Correcting: "正在更正已完成的排查，原来的答案保留在历史中。", "Correcting a finished visit; the earlier answers stay in the history.";
    RosterSays: "与系统统计不一致，系统为{}。系统所依据的内容（如家庭成员表）有误的，请先更正。", "Differs from what the system counts: {}. If what it counts from (such as the roster) is wrong, mend that first.";
    SystemSays: "系统为：{}", "The system says: {}";
    MemberUnnamed: "新成员", "New member";
    InstanceNumber: "第{}项", "No. {}";
    RequiredMissing: "此项必填。", "This must be answered.";
    Invalid: "此项不符合要求，请核对。", "This is not as it should be; please check.";
    ChoiceGone: "所选的选项已不在表中，请重新选择。", "The option is no longer in the form; please choose again.";
    NotANumber: "这里要填数字。", "A number is needed here.";
    NotADate: "这里要填日期。", "A date is needed here.";
    NotGiven: "未填", "not given";
    Overridden: "已人工修改", "Changed by a person";
    Yes: "是", "Yes";
    No: "否", "No";
    // facts
    Given: "{}已发放", "given on {}";
    GivenBare: "已发放", "given";
    SinceDay: "自{}起", "since {}";
    Founding: "登记导入", "Imported from the register";
    FoundedHere: "现场新增", "Added in the field";
    VisitMade: "入户排查", "Visit";
    VisitDraft: "排查草稿", "Visit draft";
    Correction: "更正", "Correction";
    Outcome: "入户结果", "Outcome";
    Remark: "备注", "Remark";
    TryAgain: "再访日期", "To try again on";
    Conflict: "两处填写不一致", "Two people wrote different values";
    /// shown once a visit, and logged that it was
    PrivacyNotice: "本次入户排查由乡镇人民政府按防止返贫监测帮扶集中排查工作方案组织。所采集的家庭成员、健康、收入等信息只用于防止返贫监测和帮扶，由经办人员在其负责的范围内查看，依法保密。您可以要求查看、更正本户的信息；不愿回答的问题可以不回答。", "This visit is part of the township's screening against falling back into poverty. What is recorded about the household (members, health, income) is used for monitoring and support only, seen by the staff responsible for this area, and kept confidential. You may ask to see and correct it, and you need not answer a question you do not wish to answer.";
    SyncNever: "还没有同步过。", "Never synced yet.";
}

impl Word {
    /// In this language, with each `{}` replaced in turn.
    pub fn fill(self, lang: Lang, with: &[&dyn Display]) -> String {
        let mut out = String::new();
        let mut parts = self.say(lang).split("{}");
        out.push_str(parts.next().unwrap_or(""));
        let mut with = with.iter();
        for part in parts {
            if let Some(value) = with.next() {
                out.push_str(&value.to_string());
            }
            out.push_str(part);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_holes_and_neither_is_empty() {
        for word in Word::ALL {
            let (zh, en) = (word.say(Lang::Zh), word.say(Lang::En));
            assert!(!zh.is_empty() && !en.is_empty(), "{word:?}");
            assert_eq!(zh.matches("{}").count(), en.matches("{}").count(), "{word:?}");
        }
    }

    #[test]
    fn holes_are_filled_in_order() {
        assert_eq!(
            Word::SecondVisit.fill(Lang::En, &[&"韦秀英", &"2023-05-20"]),
            "韦秀英 finished this form here on 2023-05-20; another visit is kept and flagged."
        );
    }
}
