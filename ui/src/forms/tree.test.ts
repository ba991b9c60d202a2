import { describe, expect, it } from 'vitest'
import type { NodeView, QuestionView, RepeatView, VisitPatch, VisitView } from '@/api/bindings'
import { applyPatch, indexOf, missingIn, openIn, questionsIn } from './tree'

const question = (path: string, more: Partial<QuestionView> = {}): { node: 'question' } & QuestionView => ({
  node: 'question',
  path,
  name: path.split('/').pop() ?? '',
  control: 'integer',
  label: path,
  hint: '',
  value: null,
  shown: '',
  relevant: true,
  required: true,
  readonly: false,
  known: false,
  proposed: false,
  overridden: false,
  system_shown: null,
  explanation: null,
  choices: [],
  violation: null,
  warning: null,
  cancelled: [],
  former: [],
  appearance: '',
  range: null,
  ...more,
})

const roster = (...keys: string[]): { node: 'repeat' } & RepeatView => ({
  node: 'repeat',
  path: '/roster/member',
  label: '家庭成员',
  relevant: true,
  editable: true,
  instances: keys.map((key) => ({
    path: `/roster/member[${key}]`,
    key,
    title: key,
    complete: false,
    nodes: [
      question(`/roster/member[${key}]/name`, { value: key, known: true, control: 'text' }),
      question(`/roster/member[${key}]/work`, { control: 'select_one' }),
    ],
  })),
})

const visit = (nodes: NodeView[]): VisitView => ({
  id: 'v1',
  household: 'h1',
  head_name: '韦秀英',
  form: 'screening-lifted',
  form_title: '脱贫户及已消除风险监测对象户排查表',
  state: 'draft',
  privacy_shown: true,
  window: null,
  correcting: false,
  went_on: false,
  elsewhere: [],
  notices: [],
  retired: [],
  changes: null,
  answered: 0,
  asked: 3,
  sections: [{ path: '/roster', label: '家庭成员信息', relevant: true, nodes }],
})

const patch = (more: Partial<VisitPatch>): VisitPatch => ({
  questions: [],
  groups: [],
  repeats: [],
  instances: [],
  answered: 1,
  asked: 3,
  form_changed: false,
  saved_at: '2023-05-20T10:00:00',
  ...more,
})

describe('a visit kept fresh by patches', () => {
  it('writes an answer, its consequences and the count into the same tree', () => {
    const view = visit([question('/roster/has_risk'), question('/roster/risks', { relevant: false })])
    const index = indexOf(view)
    applyPatch(view, index, patch({ questions: [question('/roster/has_risk', { value: 'yes' }), question('/roster/risks')], groups: [['/roster', true]] }))
    expect(questionsIn(view.sections[0]?.nodes ?? []).map((q) => [q.name, q.value])).toEqual([['has_risk', 'yes'], ['risks', null]])
    expect(view.answered).toBe(1)
  })

  it('finds the members that a patch brought', () => {
    const view = visit([roster('李建国')])
    const after = applyPatch(view, indexOf(view), patch({ repeats: [roster('李建国', '韦秀英')], instances: [['/roster/member[韦秀英]', '韦秀英 · 配偶', true]] }))
    expect(after.questions.has('/roster/member[韦秀英]/work')).toBe(true)
    expect(after.instances.get('/roster/member[韦秀英]')).toMatchObject({ title: '韦秀英 · 配偶', complete: true })
  })

  it('hides what is not relevant or has no words, and what lies in a closed group', () => {
    const closed: NodeView = { node: 'group', path: '/roster/more', label: '更多', relevant: false, nodes: [question('/roster/more/a')] }
    expect(questionsIn([question('/a', { label: '', control: 'computed' }), question('/b', { relevant: false }), closed])).toEqual([])
  })

  it('asks of a known member only what is missing', () => {
    expect(missingIn([roster('覃桂花')]).map((q) => q.name)).toEqual(['work'])
  })

  it('counts as open what is required and empty or wrong, not what is optional, shown or computed', () => {
    const nodes = [
      question('/a'),
      question('/b', { required: false }),
      question('/c', { value: 3, violation: '不能超过家庭人口' }),
      question('/d', { control: 'note' }),
      question('/e', { readonly: true }),
      question('/f', { value: 0 }),
    ]
    expect(openIn(nodes).map((q) => q.name)).toEqual(['a', 'c'])
  })
})
