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

    /// The half of an error's words in this language. They are said in both, Chinese first, each a sentence or more:
    /// 没有这户。 There is no such household. What has one half only is shown whole.
    pub fn half(self, both: &str) -> &str {
        let ends = both.char_indices().filter(|(_, c)| matches!(c, '。' | '！' | '？'));
        let cut = ends.map(|(at, c)| at.saturating_add(c.len_utf8())).find_map(|at| {
            let (zh, rest) = both.split_at_checked(at)?;
            let en = rest.trim_start();
            // English follows a blank and has no Chinese sentence after it.
            let split = rest.len() != en.len()
                && en.starts_with(|c: char| c.is_ascii_alphabetic())
                && !en.contains(['。', '，', '；']);
            split.then_some((zh, en))
        });
        cut.map_or(both, |(zh, en)| self.pick(zh, en))
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
    OutcomeNobodyHomeHint: "请选哪天再去；已填的内容都保留。", "Choose a day; what was filled in is kept.";
    OutcomeAway: "举家外出", "Whole family away";
    TableRules: "规则", "Rules";
    TableChecks: "核查规则", "Data checks";
    TableParams: "参数", "Parameters";
    TableCodes: "代码", "Codes";
    TableOther: "其他", "Other";
    OutcomeAwayHint: "已填的内容都保留，可以在电话里接着问。", "What was filled in is kept; ask the rest on the phone.";
    OutcomeRefused: "拒访", "Refused";
    OutcomeRefusedHint: "请在备注中写明情况。", "Say in the remark what happened.";
    OutcomeNotFound: "查无此户或已搬迁", "Not found or moved";
    OutcomeNotFoundHint: "转信息员核实。", "Goes to the data clerk to verify.";
    OutcomeEnded: "整户消亡", "Household ended";
    OutcomeEndedHint: "转信息员处理。", "Goes to the data clerk.";
    // safety
    SafeNowhere: "有内容仅保存在本机，尚未上传", "Something is on this device only, not sent yet";
    SafeRefused: "服务器没有接收本机的部分内容，内容仍保存在本机", "The server did not take part of it; that part is kept on this device";
    SafeDraft: "没填完的表只在本机；其余与服务器一致", "The unfinished form is on this device only; the rest is on the server";
    SafeServer: "本机和服务器都已保存", "On this device and on the server";
    SafeServerOnly: "与服务器一致", "The same as on the server";
    // visit
    SecondVisit: "本户本次排查已由{}于{}用此表完成过一次；再次排查会保留并注明。", "{} finished this form here on {}; another visit is kept and flagged.";
    DraftElsewhere: "{}有此表未完成的草稿；两份都会保留。", "{} has an unfinished draft of this form; both are kept.";
    FormOfThen: "这次排查按当时的表格（版本{}）显示。", "Shown in the form it was made with (version {}).";
    FormNotHere: "当时的表格（版本{}）本机还没有，暂按现行表格显示；同步后可看原样。", "The form it was made with (version {}) is not on this device yet: shown in the present one, and as it was after the next sync.";
    ChangeType: "题型改了，原来的答案不能直接沿用，请重新填写。", "Now asked in another way: please answer again.";
    ChangeChoice: "选过的选项已取消，请重新选择。", "The option that was chosen is gone: please choose again.";
    ChangeNew: "新增的问题。", "A new question.";
    ChangeComputed: "计算办法改了；您填的保留，系统现在为：{}", "Computed in another way; what you entered stands. The system says: {}";
    ChangeGone: "不再询问，答案已保留。", "No longer asked; the answer is kept.";
    ChangeReplaced: "已重新填写，原来的答案已保留。", "Answered again; the earlier answer is kept.";
    NoLongerAsked: "{}（不再询问）", "{} (no longer asked)";
    Correcting: "正在更正已完成的排查，原来的答案保留在历史中。", "Correcting a finished visit; the earlier answers stay in the history.";
    WentOnOnAnother: "这次排查在您的另一部手机上接着填过。请对照下面，选定用哪一份；选定之前什么都不会改动。", "This visit went on on another phone of yours. Compare below and choose which to use; nothing changes before that.";
    FinishedOnAnother: "这次排查已在您的另一部手机上完成。请对照下面，选定用哪一份；选定之前什么都不会改动。", "This visit was finished on another phone of yours. Compare below and choose which to use; nothing changes before that.";
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
    // where a proposed pack stands
    ProposalWaiting: "只在本机，下次同步时送出", "On this device only; it goes up with the next sync";
    ProposalOpen: "等另一人核对后发布", "For a second person to look at and publish";
    ProposalPublished: "已发布", "Published";
    ProposalWithdrawn: "已撤回", "Withdrawn";
    ProposalDeclined: "对方没有同意", "Not agreed to";
    ProposalStale: "现行政策包已换过，须重新提出", "Another pack came in force since: to be proposed again";
    ProposalRefused: "服务器没有接收", "The server did not take it";
    // why the server set a change aside
    RefusedScope: "这户不在您的工作范围内，服务器没有收下。您填的内容还在本机，服务器也另存了一份，请联系管理员。", "This household is outside your area and the server did not take the change. It is kept here, and apart on the server: ask the administrator.";
    RefusedPermit: "您的岗位不能改这一项，服务器没有收下。您填的内容还在本机，服务器也另存了一份，请联系管理员。", "Your title may not change this and the server did not take the change. It is kept here, and apart on the server: ask the administrator.";
    RefusedNotYours: "这是别人的入户记录，服务器没有收下这处改动。您填的内容还在本机，服务器也另存了一份。", "This is another person's visit and the server did not take the change. It is kept here, and apart on the server.";
    RefusedDuplicate: "这台设备恢复过旧数据，这处改动会重新编号再送一次，没有丢。", "This device went back to older data: the change is numbered anew and sent again. Nothing is lost.";
    RefusedDependency: "前一处改动服务器还没有收到，这一处先放着，还在本机。", "The change before this one has not reached the server yet, so this one waits. It is kept here.";
    RefusedOther: "服务器认为这处改动有误，没有收下。您填的内容还在本机，请联系管理员。", "The server found the change faulty and did not take it. It is kept here: ask the administrator.";
    // by when, and how much is left
    DeadlineDone: "已完成", "Done";
    DeadlineAhead: "还有{}天，{}", "{} days, {}";
    DeadlineToday: "今天截止，{}", "Due today, {}";
    DeadlineOver: "已逾期{}天，{}", "{} days overdue, {}";
    DeadlineVisits: "余{}户", "{} left";
    DeadlineErrors: "{}户有错误", "{} with errors";
    // where something stands out
    ClusterOfRisk: "这里已排查{}户，有这种情况的{}户（占{}）；别处{}户中有{}户（占{}）。", "Of {} households visited, {} ({}); elsewhere, of {}, {} ({}).";
    ClusterOfCheck: "这里{}户中有{}户（占{}）；别处{}户中有{}户（占{}）。", "Of {} households, {} ({}); elsewhere, of {}, {} ({}).";
    ClustersExplained: "同一种情况，哪个区域明显比别处多，就列在这里：至少有{}户，比例是别处的两倍以上，不像是碰巧（共比较了{}项）。这里只提示先去看哪里，不说明原因。", "Listed are areas with clearly more of something than elsewhere: at least {} households and twice the share of elsewhere, too much to be chance ({} comparisons made). It says where to look first, not why.";
    // the register as a workbook
    Register: "户登记册", "Register of households";
    ExportAsOf: "截至{}，共{}户，由{}导出", "As of {}, {} households, exported by {}";
    ExportAsked: "条件：{}", "Asked for: {}";
    ExportMasked: "证件号码和电话只显示部分数字。", "ID numbers and phones are shown in part only.";
    ColumnHead: "户主", "Head";
    ColumnIdNumber: "户主证件号码", "ID number of the head";
    ColumnPhone: "电话", "Phone";
    ColumnVillage: "村", "Village";
    ColumnHamlet: "屯", "Hamlet";
    ColumnGrid: "网格", "Grid";
    ColumnPeople: "人口", "People";
    ColumnStanding: "户类型", "Kind of household";
    ColumnList: "排查名单", "List";
    ColumnPriority: "重点户", "Priority";
    ColumnProgress: "排查进度", "Progress";
    ColumnRisks: "发现的风险", "Risks found";
    ColumnLastVisit: "最近入户", "Last visit";
    FilterLeft: "还没有完成", "Not done yet";
    FilterUnsynced: "有修改未上传", "With changes not sent";
    FilterLeaflet: "明白纸未发", "Leaflet due";
    FilterPartly: "待补表", "Another form due";
    FilterRisk: "发现风险", "Risk found";
    FilterNoRisk: "未发现风险", "No risk found";
    // why there is no proof yet that the server holds everything of a household
    UnprovenWaiting: "有修改还没有上传", "Changes have not gone up yet";
    UnprovenRefused: "有修改服务器没有接受", "The server did not take a change";
    UnprovenUnsigned: "服务器还没有为这一户签收过", "The server has not signed for this household yet";
    // what two people said differently
    HintField: "两个都保留着，没有丢。请问清楚后点一个；都不对的，在“情况”或“成员”里改。", "Both are kept; nothing is lost. Ask, then tap one; if neither is right, correct it under Facts or People.";
    HintSamePerson: "证件号码相同。点要留下的一条：另一条移出名册，它独有的内容并过来。确实是两个人的，请先改正证件号码。", "The ID number is the same. Tap the entry to keep: the other leaves the roster, and what only it knew is taken over. If they are two people, correct the ID number first.";
    HintTwoHeads: "一户只能有一位户主。点户主是谁；另一位与户主的关系下次入户再填。", "A household has one head. Tap who it is; what the other is to the head is asked at the next visit.";
    HintEditedRemoved: "移出的人没有看到这次修改。改的内容保留着；请确定此人是否还在名册上。", "Whoever took the person off had not seen the other's work. It is kept; say whether the person is on the roster.";
    HintElsewhere: "同一个证件号码在两户的名册上。点此人属于哪一户；在另一户移出名册。", "The same ID number stands on two rosters. Tap where the person belongs; the other entry leaves its roster.";
    HintTwoFiles: "两份档案里是同一家人。点保留哪一份：另一份停用，其中独有的成员并过来，入户记录都能查看。", "The same family stands in two files. Tap the one to keep: the other is closed, people whom only it has are taken over, and its visits can still be read.";
    SamePerson: "同一个人登记了两次：{}", "One person twice on the roster: {}";
    TwoHeads: "有两位户主", "Two heads of household";
    EditedRemoved: "一人移出名册，另一人修改了：{}", "Taken off by one, worked on by another: {}";
    Elsewhere: "同一个人在两户的名册上：{}", "One person on two rosters: {}";
    TwoFiles: "一户有两份档案", "Two files for one household";
    StaysOff: "不在名册上", "Off the roster";
    StandsAgain: "在名册上", "On the roster";
    TwoHouseholds: "是两户，都保留", "They are two households: keep both";
    ThisHousehold: "这一户", "This household";
    OtherHousehold: "另一户", "The other household";
    AnotherHousehold: "另一户（不在本机）", "Another household (not on this device)";
    NotVisited: "未入户", "not visited";
    VisitedOn: "最近入户 {}", "last visit {}";
    People: "{} 人", "{} people";
    ClerkMay: "由村信息员确定。", "The village clerk decides.";
    OthersMay: "由有权修改的人确定。", "Somebody who may change this decides.";
    SuggestUnion: "建议：多选题两人选的都保留。", "Suggested: of a multiple choice both ticks stay.";
    SuggestInPerson: "建议：较新，且是入户当面问到的。", "Suggested: newer, and asked in person at the house.";
    ByRegister: "登记导入", "Register";
    Somebody: "同事", "A colleague";
    ClockBehind: "此手机的时间可能慢了", "this phone's clock may be behind";
    ClockAhead: "此手机的时间可能快了", "this phone's clock may be ahead";
    Emptied: "（清空）", "(emptied)";
    VisitState: "入户记录", "Visit";
    VisitFinished: "已完成", "Finished";
    VisitPutDown: "草稿", "Draft";
    Decided: "核对结果", "Decided";
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
    fn an_error_is_said_in_one_language() {
        let both = "日期应写作 2023-06-01。 A date is written 2023-06-01.";
        assert_eq!(Lang::Zh.half(both), "日期应写作 2023-06-01。");
        assert_eq!(Lang::En.half(both), "A date is written 2023-06-01.");
        let long = "连不上服务器。内容都在本机。 Offline: all is safe. Sync later.";
        assert_eq!(Lang::Zh.half(long), "连不上服务器。内容都在本机。");
        assert_eq!(Lang::En.half(long), "Offline: all is safe. Sync later.");
        let named = "必填：家庭人口。 Not answered: 家庭人口.";
        assert_eq!((Lang::Zh.half(named), Lang::En.half(named)), ("必填：家庭人口。", "Not answered: 家庭人口."));
        assert_eq!(Lang::En.half(crate::storage::fault::DISK).find("The disk"), Some(0));
        for whole in ["没有这户。", "No such household.", "没有 Excel 文件。请选 XLSX 文件。", ""] {
            assert_eq!(Lang::En.half(whole), whole);
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
