// Generated from app-core/src/api/views by the test `bindings_are_fresh`. Do not edit.
// UPDATE_BINDINGS=1 cargo nextest run -p app-core bindings

/**
 * `household.add`: a household that is on no list.
 */
export type AddHouseholdRequest = { head_name: string, head_id_number: string, grid: string, hamlet: string, phone: string, };

/**
 * `visit.add_instance`: `path` of the repeat.
 */
export type AddInstanceRequest = { visit: string, path: string, };

/**
 * `member.add`: facts by their name (`name`, `id_number`, `relation`, `living` …), as the register knows them.
 */
export type AddMemberRequest = { household: string, facts: Record<string, string | number | boolean | string[] | null>, };

/**
 * `visit.answer`; `value` null empties the field, for a proposed field it takes the system's value back.
 */
export type AnswerRequest = { visit: string, path: string, value: string | number | string[] | null, };

export type AreaDeadline = { code: string, deadline: DeadlineView, };

export type AreaProgress = { code: string, name: string, households: number, people: number, done: number, partly: number, attempted: number, left: number, at_risk: number, to_enrol: number, last_visit: string | null, 
/**
 * of the field work: by when, and what is left; absent where the pack names no day
 */
deadline: DeadlineView | null, };

/**
 * `areas.list` → the areas in scope, for filters.
 */
export type AreaView = { code: string, name: string, 
/**
 * county, township, village, grid
 */
level: string, };

/**
 * `bundle.export` → the file to save, and what is in it, in words
 */
export type BundleFileView = { file: FileView, bytes: number, words: Array<string>, };

/**
 * `bundle.import`
 */
export type BundleImportRequest = { 
/**
 * base64 of the file
 */
content: string, };

/**
 * `bundle.import` → what came, in words
 */
export type BundleImportView = { words: Array<string>, 
/**
 * something is new here
 */
news: boolean, };

export type CampaignView = { name: string, phases: Array<PhaseView>, 
/**
 * the privacy notice, shown and read out once a visit; empty until the pack is here
 */
privacy_notice: Array<NoticeView>, };

/**
 * `policy.upload`, `policy.candidate` → the workbook that is being tried; it is in force nowhere.
 */
export type CandidateView = { name: string, at: string, 
/**
 * who uploaded it
 */
person: string, 
/**
 * title of the form, where the workbook held one form
 */
form: string | null, 
/**
 * the forms it has; empty when it is faulty
 */
forms: Array<PolicyForm>, version: string, 
/**
 * the first 12 characters; empty when it is faulty
 */
hash: string, valid: boolean, 
/**
 * it is the pack in force
 */
same: boolean, 
/**
 * at most 200
 */
faults: Array<FaultView>, warnings: Array<FaultView>, };

/**
 * A check and how many households it speaks about.
 */
export type CheckCount = { check: string, 
/**
 * what it says, without the names
 */
words: string, 
/**
 * error, warning
 */
severity: string, paragraph: string, households: number, };

export type ChoiceView = { code: string, label: string, };

/**
 * An area where one kind of risk or one check stands out.
 */
export type ClusterView = { area: string, area_name: string, 
/**
 * code of the risk kind, where it is about one
 */
risk: string | null, 
/**
 * id of the check, where it is about one
 */
check: string | null, label: string, 
/**
 * how many here and elsewhere
 */
words: string, households: number, };

/**
 * `overview.clusters` → where to look first. Takes a walk over every household: asked for apart from the page.
 */
export type ClustersView = { clusters: Array<ClusterView>, 
/**
 * how it is reckoned, in words
 */
explained: string, 
/**
 * data cleaning by area: households with errors, and the phase's day
 */
cleaning: Array<AreaDeadline>, };

/**
 * `pack.codes` → the codes of a list, in order, as `ChoiceView[]`.
 */
export type CodesRequest = { list: string, };

/**
 * What a card is about.
 */
export type ConflictKind = "field" | "same_person" | "two_heads" | "edited_removed" | "elsewhere" | "two_files";

/**
 * One way to decide.
 */
export type ConflictValue = { 
/**
 * for `conflict.settle`
 */
key: string, 
/**
 * masked where it identifies a person, but so far shown that the values can be told apart
 */
value: string, 
/**
 * the one shown until someone decides
 */
shown: boolean, suggested: boolean, by: Array<WroteView>, };

/**
 * A card: both sides, who, when, how they knew, what is suggested.
 */
export type ConflictView = { 
/**
 * its name within the household, for `conflict.settle`
 */
id: string, household: string, head_name: string, hamlet: string, kind: ConflictKind, 
/**
 * of a field: its path; else empty
 */
path: string, 
/**
 * what it is about
 */
label: string, 
/**
 * what to do
 */
hint: string, values: Array<ConflictValue>, 
/**
 * why one of them is suggested; empty when none is
 */
suggestion: string, 
/**
 * this person may decide it
 */
may: boolean, 
/**
 * who may, when this person may not
 */
who_may: string, 
/**
 * goes back with the decision: what was seen
 */
mark: string, };

/**
 * `conflicts.list`
 */
export type ConflictsRequest = { 
/**
 * area code prefix
 */
area?: string, };

/**
 * `conflicts.list` → everything that waits for a decision.
 */
export type ConflictsView = { 
/**
 * households with something to decide
 */
households: number, 
/**
 * of the first 200 of them
 */
cards: Array<ConflictView>, };

/**
 * The controls a screen knows; the one switch in `ui/src/forms/`.
 */
export type Control = "text" | "multiline" | "integer" | "decimal" | "money" | "phone" | "id_number" | "date" | "year_month" | "time" | "date_time" | "yes_no" | "select_one" | "select_multiple" | "rank" | "range" | "acknowledge" | "position" | "picture" | "file" | "barcode" | "note" | "computed";

export type Count = { code: string, label: string, count: number, };

export type DeadlineState = "done" | "ahead" | "near" | "over";

/**
 * A phase of the campaign for one area: by when, and how much is left there.
 */
export type DeadlineView = { 
/**
 * name of the phase
 */
phase: string, 
/**
 * ISO date
 */
to: string, 
/**
 * from today; negative when past
 */
days_left: number, 
/**
 * households not finished
 */
left: number, state: DeadlineState, words: string, };

/**
 * The changes in one form, or in one table of the pack.
 */
export type DifferenceGroup = { 
/**
 * slug of a form, or `rules`, `checks`, `params`, `codes`, `other`
 */
id: string, title: string, lines: Array<DifferenceLine>, };

export type DifferenceLine = { 
/**
 * added, removed, renamed, choice_added, choice_removed, logic, words, changed
 */
what: string, words: string, };

/**
 * `policy.difference`
 */
export type DifferenceRequest = { 
/**
 * `running`, `candidate`, or the hash of a version whose files are here; absent = what is being tried
 */
pack?: string, };

/**
 * `policy.difference` → what the candidate changes, in words.
 */
export type DifferenceView = { total: number, groups: Array<DifferenceGroup>, };

/**
 * `session.enrol`: `server` may be empty when `ticket` is a whole ticket line (`ruhu:…`).
 */
export type EnrolRequest = { server: string, ticket: string, pin: string, 
/**
 * zh-CN or en: the language that was chosen on the first page; kept when the enrolment is done
 */
language?: string, 
/**
 * what people call this device; where nobody says, the kind of device
 */
device?: string, };

/**
 * Every failed call.
 */
export type ErrorView = { kind: Kind, 
/**
 * what happened, what is safe, what to do; in the language of the screen
 */
words: string, };

/**
 * `policy.export`
 */
export type ExportRequest = { 
/**
 * slug: this form alone, as an XLSForm; the whole pack when absent
 */
form?: string, 
/**
 * `running`, `candidate`, or the hash of a version whose files are here; absent = what runs
 */
pack?: string, };

/**
 * `register.export` → a file that was written for a person.
 */
export type ExportedView = { 
/**
 * where it lies on this computer
 */
file: string, households: number, };

export type FactView = { path: string, label: string, value: string, masked: boolean, conflict: boolean, 
/**
 * editable in place: the control to use
 */
control: Control | null, choices: Array<ChoiceView>, };

/**
 * Something wrong in a workbook, where the person sees it.
 */
export type FaultView = { 
/**
 * of their workbook; empty = the whole file
 */
sheet: string, 
/**
 * as a spreadsheet counts; 0 = the whole sheet
 */
row: number, 
/**
 * heading of the column; empty = the whole row
 */
column: string, words: string, };

/**
 * One line of `visit.checks`: a data check (checks.csv) that speaks of an answer in this form.
 */
export type FieldCheck = { 
/**
 * path of the question
 */
path: string, 
/**
 * id of the check
 */
rule: string, words: string, 
/**
 * warning, error
 */
severity: string, };

/**
 * `policy.export` → a file to save.
 */
export type FileView = { name: string, 
/**
 * base64
 */
content: string, media: string, };

/**
 * A finding of the rules, explaining itself.
 */
export type FindingView = { rule: string, paragraph: string, words: string, 
/**
 * name and value of each number that made it true
 */
numbers: Array<[string, string]>, 
/**
 * info, warning, error
 */
severity: string, 
/**
 * question names or fact paths it points at
 */
fields: Array<string>, 
/**
 * hangs on something that two people said differently and nobody has decided: 暂定
 */
provisional: boolean, };

/**
 * `visit.finish`
 */
export type FinishRequest = { visit: string, outcome: Outcome, 
/**
 * nobody home: the day to try again
 */
try_again_on?: string, 
/**
 * leaflets handed over now (application, support)
 */
leaflets_given: Array<string>, remark?: string, 
/**
 * 纸质录入: who filled the sheet and on which day; the person at the device is the typist
 */
paper?: PaperEntry, };

/**
 * `visit.summary {visit}` → the finish page.
 */
export type FinishView = { 
/**
 * unanswered required and invalid answers; finishing as *done* needs none
 */
problems: Array<ProblemView>, 
/**
 * data-cleaning warnings, which do not block
 */
warnings: Array<FindingView>, 
/**
 * the judgement in words, line by line: label, value, why
 */
judgement: Array<JudgementLine>, 
/**
 * things of this household that wait for a person's decision: until then the judgement is 暂定
 */
undecided: number, 
/**
 * what comes next: forms due after this one
 */
next_forms: Array<FormDue>, findings: Array<FindingView>, outcomes: Array<OutcomeView>, 
/**
 * leaflets to hand over now
 */
leaflets_due: Array<ChoiceView>, };

/**
 * `visit.finish`, `visit.put_down` →
 */
export type FinishedView = { household: string, 
/**
 * bytes of the one change
 */
bytes: number, 
/**
 * the next form due for this household, if any
 */
next_form: FormDue | null, };

/**
 * What became of a question.
 */
export type FormChangeKind = "type" | "choice" | "constraint" | "new" | "computed" | "gone" | "replaced";

export type FormChangeView = { kind: FormChangeKind, 
/**
 * the question's path, and the section to jump to; null where it is not asked
 */
path: string | null, section: string | null, label: string, 
/**
 * what was answered, in words
 */
old: string, 
/**
 * what to do, or what became of it
 */
note: string, 
/**
 * nothing is left to do about it
 */
done: boolean, };

/**
 * 这张表改了: what a newer form means for this draft.
 */
export type FormChangesView = { 
/**
 * the writer has seen it (`visit.changes_seen`)
 */
acknowledged: boolean, 
/**
 * versions of the form
 */
from: string, to: string, 
/**
 * what is to be done first; empty when nothing here is touched
 */
items: Array<FormChangeView>, };

export type FormDue = { slug: string, title: string, why: string, done: boolean, 
/**
 * may be filled, nobody asks for it
 */
optional: boolean, 
/**
 * open draft of this form on this device
 */
draft: string | null, };

export type GroupView = { path: string, label: string, relevant: boolean, nodes: Array<NodeView>, };

export type HistoryView = { at: string, who: string, device: string, 
/**
 * 登记导入, 入户排查, 更正 …
 */
what: string, 
/**
 * label, before, after
 */
changes: Array<[string, string, string]>, };

/**
 * `household.at`
 */
export type HouseholdAtRequest = { id: string, 
/**
 * ISO day: as known at its end, in China
 */
on: string, };

/**
 * `household.at` → the household as it was known at the end of a day, by the clocks of those who wrote. Read-only.
 */
export type HouseholdAtView = { on: string, 
/**
 * the days on which something was written, ascending
 */
days: Array<string>, 
/**
 * there was a file by then; else nothing was known
 */
founded: boolean, facts: Array<FactView>, members: Array<MemberView>, measures: Array<FactView>, visits: Array<VisitRow>, 
/**
 * written after that day, newest first (of the latest 200 changes)
 */
since: Array<HistoryView>, };

export type HouseholdPage = { total: number, rows: Array<HouseholdRow>, };

export type HouseholdProgress = "left" | "draft" | "attempted" | "partly" | "done";

/**
 * `households.search` and `register.query`.
 */
export type HouseholdQuery = { 
/**
 * name, pinyin, initials, ID tail, hamlet, phone tail
 */
text?: string, list?: ListKind, 
/**
 * area code prefix
 */
area?: string, progress?: ProgressFilter, 
/**
 * has a risk found this campaign
 */
at_risk?: boolean, risk_kind?: string, 
/**
 * place (the default), name, last_visit, standing, progress, population, risks
 */
sort?: string, 
/**
 * the other way round
 */
reverse?: boolean, offset?: number, 
/**
 * 1–500
 */
limit?: number, };

/**
 * `household.view`
 */
export type HouseholdRequest = { id: string, };

export type HouseholdRow = { id: string, head_name: string, village: string, hamlet: string, grid: string, population: number, standing: Standing, standing_label: string, list: ListKind, priority: boolean, progress: HouseholdProgress, 
/**
 * words for the progress: 未排查, 有草稿, 已排查, 待填重点户表 …
 */
progress_label: string, 
/**
 * last four of the head's ID number
 */
id_tail: string, phone_masked: string, 
/**
 * risk labels found this campaign
 */
risks: Array<string>, last_visit: string | null, unsynced: boolean, conflicts: number, 
/**
 * its judgement hangs on something that is not decided: 暂定
 */
provisional: boolean, };

/**
 * `household.view`, and the answer of every correction.
 */
export type HouseholdView = { row: HouseholdRow, address: string, 
/**
 * label → value, with the path of the fact; masked where personal
 */
facts: Array<FactView>, members: Array<MemberView>, visits: Array<VisitRow>, measures: Array<FactView>, 
/**
 * the forms due now, in order, with why
 */
forms_due: Array<FormDue>, findings: Array<FindingView>, history: Array<HistoryView>, 
/**
 * what waits for a person's decision
 */
conflicts: Array<ConflictView>, 
/**
 * what is computed here hangs on something that is not decided: 暂定
 */
provisional: boolean, 
/**
 * head of each household whose file was merged into this one, with its id
 */
merged_from: Array<[string, string]>, 
/**
 * head of the household into whose file this one was merged, and its id: this one is closed
 */
merged_into: [string, string] | null, safety: SafetyView, 
/**
 * hash of the file's content
 */
digest: string, 
/**
 * edits are permitted
 */
editable: boolean, };

export type JudgementLine = { path: string, label: string, value: string, why: string, overridden: boolean, };

/**
 * `visit.keep`: the choice about a visit that went on on another phone of the same person (`VisitView.went_on`).
 */
export type KeepRequest = { visit: string, 
/**
 * what was typed here goes on; else it is given up for what the other phone brought
 */
mine: boolean, };

/**
 * What went wrong, by what the person can do about it.
 */
export type Kind = "invalid" | "form" | "pin" | "locked" | "refused" | "offline" | "stopped" | "disk" | "damaged" | "internal";

/**
 * The four lists of 排查工作.
 */
export type ListKind = "ordinary" | "priority" | "lifted" | "monitored";

/**
 * 一般农户 / 重点户 / 脱贫户及已消除 / 未消除: work left by list.
 */
export type ListProgress = { list: ListKind, label: string, total: number, done: number, left: number, };

export type MemberView = { id: string, name: string, relation: string, age: number | null, sex: string, id_number_masked: string, 
/**
 * living, education or schooling, health, work … as label/value
 */
facts: Array<FactView>, removed: boolean, };

/**
 * A line of a page.
 */
export type NodeView = { "node": "question" } & QuestionView | { "node": "group" } & GroupView | { "node": "repeat" } & RepeatView;

/**
 * The parameters of a method that takes none.
 */
export type Nothing = Record<string, never>;

/**
 * One point of a text that is read out.
 */
export type NoticeView = { heading: string, text: string, 
/**
 * the law or line it rests on, Chinese
 */
source: string, };

/**
 * `visit.open`: the first form due when none is named. An open draft of the form is taken up again.
 */
export type OpenVisitRequest = { household: string, form?: string, 
/**
 * open the form although it is not due for this household: the person was told, and wants it
 */
anyway?: boolean, };

/**
 * How a visit ended.
 */
export type Outcome = "done" | "nobody_home" | "away" | "refused" | "not_found" | "ended";

export type OutcomeView = { code: Outcome, label: string, hint: string, };

/**
 * `overview.view`
 */
export type OverviewRequest = { 
/**
 * area code; the whole scope when absent
 */
area?: string, };

/**
 * `overview.view` → the supervisor's first page, by village (or by grid within a village).
 */
export type OverviewView = { area: string, area_name: string, as_of: string, phases: Array<PhaseView>, totals: AreaProgress, areas: Array<AreaProgress>, lists: Array<ListProgress>, 
/**
 * risk kinds found this campaign: code, label, households
 */
risk_kinds: Array<Count>, suggestions: Array<Count>, outcomes: Array<Count>, 
/**
 * visits finished per day: date, visits
 */
by_day: Array<Count>, leaflets: Array<Count>, };

/**
 * `policy.forms`: the forms of a version
 */
export type PackFormsRequest = { 
/**
 * `running`, `candidate`, or the hash of a version whose files are here; absent = what runs
 */
pack?: string, };

/**
 * `policy.forms`
 */
export type PackFormsView = { version: string, forms: Array<PolicyForm>, };

export type PackView = { 
/**
 * hex
 */
hash: string, id: string, version: string, };

/**
 * A visit entered from paper: collector and day of the visit; never counts as evidence made in the house.
 */
export type PaperEntry = { collector: string, date: string, };

export type PersonView = { id: string, name: string, 
/**
 * official Chinese (or English) title
 */
title: string, at_desk: boolean, 
/**
 * names of the areas
 */
areas: Array<string>, };

export type PhaseView = { id: string, name: string, from: string, to: string, 
/**
 * today lies in it
 */
current: boolean, 
/**
 * days from today to `to`; negative when past
 */
days_left: number, 
/**
 * a note where the notice disagrees with itself
 */
note: string | null, };

export type PolicyForm = { slug: string, title: string, version: string, 
/**
 * questions that a person sees
 */
questions: number, };

/**
 * One value of one parameter over one period.
 */
export type PolicyParam = { key: string, label: string, 
/**
 * empty = a slot that the county has not filled
 */
value: string, unit: string, from: string | null, to: string | null, 
/**
 * nobody official has confirmed it
 */
provisional: boolean, source: string, 
/**
 * it is the one that counts today
 */
in_force: boolean, };

/**
 * A rule or a check, its rows of the same id together.
 */
export type PolicyRule = { id: string, paragraph: string, 
/**
 * what it says, without names and numbers
 */
words: string, 
/**
 * risk, proposal, must, due, may, block, form, watch, problem
 */
kind: string, 
/**
 * error, warning; checks only
 */
severity: string | null, };

/**
 * `policy.running` → the pack in force.
 */
export type PolicyView = { id: string, title: string, region: string, version: string, 
/**
 * the first 12 characters
 */
hash: string, valid_from: string | null, 
/**
 * when this computer took it
 */
since: string | null, forms: Array<PolicyForm>, rules: Array<PolicyRule>, checks: Array<PolicyRule>, params: Array<PolicyParam>, 
/**
 * answers that rules need and no form asks for
 */
warnings: Array<FaultView>, 
/**
 * the person here may upload and try
 */
may_upload: boolean, 
/**
 * the person here may propose and publish
 */
may_publish: boolean, };

/**
 * `preview.open` → a `VisitView` whose id goes to the other `preview.*`, which answer as `visit.*` do and write nothing.
 */
export type PreviewRequest = { 
/**
 * slug
 */
form: string, 
/**
 * `running`, `candidate`, or the hash of a version whose files are here; absent = what runs
 */
pack?: string, 
/**
 * a household held here; an invented one when absent
 */
household?: string, 
/**
 * of the invented household; absent = one that this form is for
 */
standing?: Standing, };

/**
 * A household and what to correct.
 */
export type ProblemHousehold = { household: HouseholdRow, problems: Array<FindingView>, };

export type ProblemView = { path: string, label: string, message: string, 
/**
 * section to jump to
 */
section: string, };

/**
 * `problems.view`: the checks over everything held.
 */
export type ProblemsRequest = { 
/**
 * area code; everything held when absent
 */
area?: string, 
/**
 * id of a check
 */
check?: string, 
/**
 * error, warning
 */
severity?: string, offset: number, 
/**
 * 0 = 50; most 200
 */
limit: number, };

/**
 * `problems.view` → the households with something to correct.
 */
export type ProblemsView = { 
/**
 * households looked at
 */
households: number, 
/**
 * households that match
 */
total: number, 
/**
 * most households first
 */
checks: Array<CheckCount>, 
/**
 * in the order of codes
 */
villages: Array<VillageProblems>, rows: Array<ProblemHousehold>, };

export type ProgressFilter = "left" | "draft" | "done" | "unsynced" | "leaflet_due" | "attempted" | "partly" | "conflict";

export type ProposalStateView = "waiting" | "open" | "published" | "withdrawn" | "stale" | "refused";

export type ProposalView = { 
/**
 * hex; what `policy.publish` and `policy.withdraw` take
 */
id: string, pack: PackView, 
/**
 * hash of the pack that it was compared with
 */
base: string, 
/**
 * why
 */
note: string, 
/**
 * the first lines of the difference
 */
summary: Array<string>, 
/**
 * how many more lines there are
 */
more: number, 
/**
 * empty until the server has it: this person then
 */
proposed_by: string, proposed_by_title: string, proposed_at: string, state: ProposalStateView, state_words: string, 
/**
 * who published or withdrew it; empty until the server has it
 */
decided_by: string, decided_at: string | null, 
/**
 * why it was withdrawn
 */
decided_note: string, 
/**
 * the decision is on this device only
 */
decision_waits: boolean, 
/**
 * why the server would not take it, or the latest decision about it
 */
refused: string | null, 
/**
 * the pack's files are on this device: difference and what-if can be shown
 */
files_here: boolean, may_publish: boolean, 
/**
 * why not: the button's hint
 */
may_not_publish: string | null, 
/**
 * to withdraw one's own, or not to agree to another's
 */
may_withdraw: boolean, 
/**
 * the person here proposed it
 */
mine: boolean, };

/**
 * `policy.proposals`, `policy.propose`, `policy.publish`, `policy.withdraw` → what stands.
 */
export type ProposalsView = { 
/**
 * by the server's word; its files may still be on the way
 */
in_force: PackView | null, may_propose: boolean, 
/**
 * why not
 */
may_not_propose: string | null, 
/**
 * the latest first
 */
proposals: Array<ProposalView>, 
/**
 * what was put in force, the latest first
 */
published: Array<PublicationView>, };

/**
 * `policy.propose`: the candidate that was uploaded for trying; or a pack of this device by its hash (`pack`); or files.
 */
export type ProposeRequest = { 
/**
 * hash (hex) of a pack whose files are on this device
 */
pack?: string, 
/**
 * path inside the pack → base64
 */
files?: { [key in string]: string }, 
/**
 * why
 */
note: string, };

/**
 * A pack that was put in force.
 */
export type PublicationView = { pack: PackView, at: string, 
/**
 * empty: the server's operator, without a second person
 */
by: string, 
/**
 * empty where nobody proposed it
 */
proposed_by: string, };

/**
 * `policy.publish`
 */
export type PublishRequest = { 
/**
 * id of the proposal
 */
proposal: string, };

export type QuestionView = { 
/**
 * `/group/member[key]/health`
 */
path: string, name: string, control: Control, label: string, hint: string, 
/**
 * text, number, array of codes, or null
 */
value: string | number | string[] | null, 
/**
 * value as words (choice labels, money in words)
 */
shown: string, relevant: boolean, required: boolean, readonly: boolean, 
/**
 * the value comes from the household file and is shown as *known* until touched
 */
known: boolean, 
/**
 * proposed by the system and may be overwritten
 */
proposed: boolean, overridden: boolean, 
/**
 * what the system says, when overridden
 */
system_shown: string | null, 
/**
 * why the system says so
 */
explanation: string | null, choices: Array<ChoiceView>, 
/**
 * the message to show at the field, when it was answered and is wrong
 */
violation: string | null, 
/**
 * not wrong, but to be looked at (the roster says otherwise); does not block
 */
warning: string | null, 
/**
 * choices that were ticked and are cancelled since, in words
 */
cancelled: Array<string>, 
/**
 * what was answered when the question was another, and cannot hold, in words
 */
former: Array<string>, appearance: string, 
/**
 * `range`: start, end, step
 */
range: [string, string, string] | null, };

/**
 * What the server has signed for.
 */
export type ReceiptsView = { 
/**
 * when it last signed for something of this device, by its own clock
 */
last_signed: string | null, 
/**
 * households of which it has signed for everything held here
 */
proven: number, 
/**
 * the others
 */
unproven: number, 
/**
 * the first of them (at most 200), in the order of lists
 */
rows: Array<UnprovenView>, };

export type RefusedView = { household: string, head_name: string, reason: string, at: string, };

/**
 * `visit.remove_instance`: `path` of the instance. In the roster of members `living` says how the person left
 * (dead, moved_out, reduced); empty = the entry was a mistake. Nothing is lost: a tombstone stays in the file.
 */
export type RemoveInstanceRequest = { visit: string, path: string, living?: string, };

/**
 * `member.remove`: how the person left (code of list `living`: dead, moved_out, reduced), or empty when the entry
 * itself was a mistake (a tombstone stays either way).
 */
export type RemoveMemberRequest = { household: string, member: string, living?: string, };

/**
 * `visit.reopen`: one's own finished visit, to correct it; or one's own draft, from whatever device it was put down.
 */
export type ReopenRequest = { household: string, visit: string, };

export type RepeatInstanceView = { path: string, key: string, 
/**
 * e.g. the member's name and relation
 */
title: string, nodes: Array<NodeView>, 
/**
 * every asked question is answered and valid
 */
complete: boolean, };

export type RepeatView = { path: string, label: string, relevant: boolean, 
/**
 * instances may be added and removed here
 */
editable: boolean, instances: Array<RepeatInstanceView>, };

/**
 * `reveal`: the ID number of a member, or the phone of the household (`member` empty).
 */
export type RevealRequest = { household: string, member?: string, what: Revealed, };

/**
 * `reveal` →
 */
export type RevealView = { value: string, };

/**
 * What of a person may be shown in full, once, with a row in the audit log.
 */
export type Revealed = "id_number" | "phone";

export type RoundView = { at: string, round_trips: number, bytes_up: number, bytes_down: number, changes_up: number, changes_down: number, households_new: number, households_forgotten: number, };

/**
 * Where the household's answers are safe.
 */
export type SafetyView = { on_this_device: boolean, on_server: boolean, 
/**
 * names of colleagues on whose phones it lies as well
 */
also_on: Array<string>, 
/**
 * when the server confirmed
 */
confirmed_at: string | null, words: string, };

/**
 * One page of the form.
 */
export type SectionView = { path: string, label: string, relevant: boolean, nodes: Array<NodeView>, };

export type SessionStage = "new" | "locked" | "open";

/**
 * `session.state` → where the app stands; the first call of every screen.
 */
export type SessionView = { stage: SessionStage, 
/**
 * an enrolment was begun and not finished: it goes on with the same ticket and PIN
 */
unfinished: boolean, 
/**
 * who is enrolled on this device (shown while locked too)
 */
person: PersonView | null, campaign: CampaignView | null, 
/**
 * zh-CN or en
 */
language: string, 
/**
 * px of body text: 17, 20, 23
 */
text_size: number, 
/**
 * PIN attempts: how many are left before the device locks, and how long to wait before the next (seconds)
 */
pin_attempts_left: number | null, pin_wait_seconds: number, 
/**
 * version of the app and of the pack in force
 */
app_version: string, pack_version: string | null, };

/**
 * `household.set_fact`
 */
export type SetFactRequest = { household: string, path: string, value: string | number | boolean | string[] | null, };

/**
 * `settings.set`
 */
export type SettingsRequest = { language?: string, text_size?: number, };

/**
 * `conflict.settle`
 */
export type SettleRequest = { household: string, id: string, 
/**
 * key of a choice
 */
choice: string, 
/**
 * the card's mark as it was shown
 */
mark: string, };

/**
 * A rule or form and how many households would get or lose it.
 */
export type ShiftView = { what: string, 
/**
 * title of the form, or what the rule says
 */
words: string, gained: number, lost: number, };

/**
 * The derived standing: cleared, else monitored, else the base. Never edited.
 */
export type Standing = "ordinary" | "lifted" | "monitored" | "cleared";

/**
 * What a round does at the moment.
 */
export type SyncPhase = "idle" | "enrolling" | "pack" | "exchanging" | "filing";

/**
 * `sync.progress`, `sync.cancel` → where a round (or an enrolment) under way stands. Counts are from its beginning.
 */
export type SyncProgressView = { 
/**
 * something is under way
 */
running: boolean, phase: SyncPhase, requests: number, bytes_up: number, 
/**
 * with what has come of the answer under way
 */
bytes_down: number, 
/**
 * household files that came and are kept
 */
households: number, changes_down: number, 
/**
 * own changes signed for, of those that waited at the beginning
 */
changes_up: number, changes_waiting: number, 
/**
 * asked to stop: it ends before the next request
 */
stopping: boolean, 
/**
 * it can be asked to stop
 */
can_stop: boolean, };

/**
 * `sync.status`, `sync.now` →
 */
export type SyncView = { server: string, 
/**
 * what its operator calls it
 */
server_name: string, last_synced: string | null, households_held: number, 
/**
 * households with changes that are only on this device
 */
waiting: Array<HouseholdRow>, waiting_changes: number, drafts: number, 
/**
 * changes the server would not take, with the reason
 */
refused: Array<RefusedView>, last_round: RoundView | null, 
/**
 * set when the last try failed: what happened, what is safe
 */
trouble: string | null, 
/**
 * a receipt covers every finished visit
 */
all_safe: boolean, receipts: ReceiptsView, 
/**
 * other people's sealed data that this device carries and the server has not got
 */
carrying: number, };

/**
 * `session.ticket`: is this a ticket? `server` may be empty when `ticket` is a whole ticket line.
 */
export type TicketRequest = { server: string, ticket: string, 
/**
 * zh-CN or en: the language of the first page
 */
language?: string, };

/**
 * `session.ticket` → whose ticket it is.
 */
export type TicketView = { 
/**
 * the server's address
 */
server: string, };

/**
 * `today.view` → the worker's first page.
 */
export type TodayView = { today: string, phase: PhaseView | null, lists: Array<ListProgress>, 
/**
 * returned visits first, then drafts
 */
returned: Array<VisitRow>, drafts: Array<VisitRow>, 
/**
 * households where nobody was home, with the day to try again
 */
try_again: Array<HouseholdRow>, leaflets_due: number, conflicts: number, 
/**
 * changes not yet on the server
 */
unsynced: number, last_synced: string | null, };

export type UnlockRequest = { pin: string, 
/**
 * of the lock screen: a wrong PIN is said in it (the dispatcher reads it); it is not kept
 */
language?: string, };

/**
 * A household of which the server has not signed for everything, and why.
 */
export type UnprovenView = { household: HouseholdRow, why: string, };

/**
 * `policy.upload`
 */
export type UploadRequest = { 
/**
 * of the file
 */
name: string, 
/**
 * the .xlsx, base64; at most 8 MB of file
 */
content: string, };

/**
 * A village and its households with problems.
 */
export type VillageProblems = { code: string, name: string, households: number, with_errors: number, with_warnings: number, };

/**
 * `visit.answer`, `visit.add_instance`, `visit.remove_instance` → what changed; durable when this arrives.
 */
export type VisitPatch = { 
/**
 * questions whose value, relevance, validity or choices changed
 */
questions: Array<QuestionView>, 
/**
 * sections and groups whose relevance changed: path, relevant
 */
groups: Array<[string, boolean]>, 
/**
 * repeats whose instances changed, whole
 */
repeats: Array<RepeatView>, 
/**
 * repeat instances whose title or completeness changed: path, title, complete
 */
instances: Array<[string, string, boolean]>, answered: number, asked: number, 
/**
 * the form was changed meanwhile and its writer has not seen how: the whole visit is to be looked at again
 */
form_changed: boolean, saved_at: string, };

/**
 * `visit.view` · `visit.privacy_shown` · `visit.summary` · `visit.put_down`
 */
export type VisitRequest = { visit: string, };

export type VisitRow = { id: string, household: string, head_name: string, hamlet: string, form: string, form_title: string, state: VisitState, outcome: Outcome | null, outcome_label: string | null, date: string, collector: string, 
/**
 * what people call the device it was made with, in a household's view; empty where that is not known
 */
device: string, 
/**
 * answered questions of a draft; how many are asked is known only to the running form (`visit.view`)
 */
answered: number, 
/**
 * why it came back
 */
returned_for: string | null, 
/**
 * the household has another finished visit with this form in this campaign (kept and flagged)
 */
second: boolean, 
/**
 * this person's own visit: may be reopened to correct it
 */
mine: boolean, };

/**
 * Where a visit stands.
 */
export type VisitState = "draft" | "finished";

/**
 * `visit.open`, `visit.view`, `visit.privacy_shown`, `visit.reopen`, `visit.keep` → the whole form as it stands.
 */
export type VisitView = { id: string, household: string, head_name: string, form: string, form_title: string, state: VisitState, 
/**
 * the privacy notice was shown and logged
 */
privacy_shown: boolean, 
/**
 * income window of the form 排查时往前推12个月: from, to
 */
window: [string, string] | null, 
/**
 * a finished visit that was reopened
 */
correcting: boolean, 
/**
 * it went on on another phone while something of its own was here: nothing can be written before the choice
 * (`visit.keep`)
 */
went_on: boolean, 
/**
 * then: what the other phone brought and this form says otherwise
 */
elsewhere: Array<FactView>, 
/**
 * what to know before starting: another visit of this campaign, a changed form …
 */
notices: Array<string>, 
/**
 * answers that were given to questions the form no longer asks: kept, shown, never dropped
 */
retired: Array<FactView>, 
/**
 * the form was changed since the visit was begun (or since its writer was last told): shown once before the form, then
 * reachable from it
 */
changes: FormChangesView | null, 
/**
 * questions asked now, and those of them that are answered
 */
answered: number, asked: number, sections: Array<SectionView>, };

export type WhatIfHousehold = { household: HouseholdRow, 
/**
 * by the new version only
 */
gained: Array<string>, 
/**
 * by the running version only
 */
lost: Array<string>, 
/**
 * answers of people against the system's, which stay
 */
overrides: number, };

/**
 * `policy.what_if`
 */
export type WhatIfRequest = { 
/**
 * `running`, `candidate`, or the hash of a version whose files are here; absent = what is being tried
 */
pack?: string, 
/**
 * area code; everything held when absent
 */
area?: string, };

/**
 * `policy.what_if` → what the candidate would change over the register. Nothing is written; answers of people stay.
 */
export type WhatIfView = { 
/**
 * it was stopped and says nothing
 */
stopped: boolean, 
/**
 * households looked at
 */
households: number, 
/**
 * households that would change
 */
changed: number, shifts: Array<ShiftView>, 
/**
 * the first 500
 */
rows: Array<WhatIfHousehold>, };

/**
 * `policy.withdraw`
 */
export type WithdrawRequest = { 
/**
 * id of the proposal
 */
proposal: string, 
/**
 * why
 */
note: string, };

/**
 * `policy.progress` → how far the what-if is.
 */
export type WorkView = { running: boolean, done: number, total: number, };

/**
 * Who said so.
 */
export type WroteView = { who: string, at: string, 
/**
 * 入户访问, 电话 …; empty when it did not come with a visit
 */
how: string, 
/**
 * a warning about the clock, or empty
 */
clock: string, };

/** Every method of the dispatcher: what it is asked and what it answers. */
export type Methods = {
  "session.state": { request: Nothing; answer: SessionView };
  "session.ticket": { request: TicketRequest; answer: TicketView };
  "session.enrol": { request: EnrolRequest; answer: SessionView };
  "session.unlock": { request: UnlockRequest; answer: SessionView };
  "session.lock": { request: Nothing; answer: SessionView };
  "settings.set": { request: SettingsRequest; answer: SessionView };
  "today.view": { request: Nothing; answer: TodayView };
  "households.search": { request: HouseholdQuery; answer: HouseholdPage };
  "register.query": { request: HouseholdQuery; answer: HouseholdPage };
  "register.export": { request: HouseholdQuery; answer: ExportedView };
  "household.view": { request: HouseholdRequest; answer: HouseholdView };
  "household.at": { request: HouseholdAtRequest; answer: HouseholdAtView };
  "household.add": { request: AddHouseholdRequest; answer: HouseholdView };
  "household.set_fact": { request: SetFactRequest; answer: HouseholdView };
  "member.add": { request: AddMemberRequest; answer: HouseholdView };
  "member.remove": { request: RemoveMemberRequest; answer: HouseholdView };
  "conflicts.list": { request: ConflictsRequest; answer: ConflictsView };
  "conflict.settle": { request: SettleRequest; answer: HouseholdView };
  "reveal": { request: RevealRequest; answer: RevealView };
  "visit.open": { request: OpenVisitRequest; answer: VisitView };
  "visit.view": { request: VisitRequest; answer: VisitView };
  "visit.privacy_shown": { request: VisitRequest; answer: VisitView };
  "visit.answer": { request: AnswerRequest; answer: VisitPatch };
  "visit.add_instance": { request: AddInstanceRequest; answer: VisitPatch };
  "visit.remove_instance": { request: RemoveInstanceRequest; answer: VisitPatch };
  "visit.checks": { request: VisitRequest; answer: Array<FieldCheck> };
  "visit.summary": { request: VisitRequest; answer: FinishView };
  "visit.finish": { request: FinishRequest; answer: FinishedView };
  "visit.put_down": { request: VisitRequest; answer: FinishedView };
  "visit.reopen": { request: ReopenRequest; answer: VisitView };
  "visit.changes_seen": { request: VisitRequest; answer: VisitView };
  "visit.keep": { request: KeepRequest; answer: VisitView };
  "sync.status": { request: Nothing; answer: SyncView };
  "sync.now": { request: Nothing; answer: SyncView };
  "sync.progress": { request: Nothing; answer: SyncProgressView };
  "sync.cancel": { request: Nothing; answer: SyncProgressView };
  "bundle.export": { request: Nothing; answer: BundleFileView };
  "bundle.import": { request: BundleImportRequest; answer: BundleImportView };
  "overview.view": { request: OverviewRequest; answer: OverviewView };
  "overview.clusters": { request: OverviewRequest; answer: ClustersView };
  "problems.view": { request: ProblemsRequest; answer: ProblemsView };
  "policy.proposals": { request: Nothing; answer: ProposalsView };
  "policy.propose": { request: ProposeRequest; answer: ProposalsView };
  "policy.publish": { request: PublishRequest; answer: ProposalsView };
  "policy.withdraw": { request: WithdrawRequest; answer: ProposalsView };
  "policy.running": { request: Nothing; answer: PolicyView };
  "policy.candidate": { request: Nothing; answer: CandidateView | null };
  "policy.upload": { request: UploadRequest; answer: CandidateView | null };
  "policy.discard": { request: Nothing; answer: CandidateView | null };
  "policy.forms": { request: PackFormsRequest; answer: PackFormsView };
  "policy.export": { request: ExportRequest; answer: FileView };
  "policy.difference": { request: DifferenceRequest; answer: DifferenceView };
  "policy.what_if": { request: WhatIfRequest; answer: WhatIfView };
  "policy.progress": { request: Nothing; answer: WorkView };
  "policy.stop": { request: Nothing; answer: WorkView };
  "preview.open": { request: PreviewRequest; answer: VisitView };
  "preview.view": { request: VisitRequest; answer: VisitView };
  "preview.privacy_shown": { request: VisitRequest; answer: VisitView };
  "preview.answer": { request: AnswerRequest; answer: VisitPatch };
  "preview.add_instance": { request: AddInstanceRequest; answer: VisitPatch };
  "preview.remove_instance": { request: RemoveInstanceRequest; answer: VisitPatch };
  "preview.checks": { request: VisitRequest; answer: Array<FieldCheck> };
  "preview.summary": { request: VisitRequest; answer: FinishView };
  "areas.list": { request: Nothing; answer: Array<AreaView> };
  "pack.codes": { request: CodesRequest; answer: Array<ChoiceView> };
};
