import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AnswerRequest, FieldCheck, VisitPatch, VisitView } from '@/api/bindings'
import { setCarrier, type Answer } from '@/api/call'
import { looseQuestion } from '@/forms/fact'
import { useVisit } from './visit'

const question = (path: string): { node: 'question' } & ReturnType<typeof looseQuestion> => ({ node: 'question', ...looseQuestion(path, path, 'integer', null, [], true) })
const view = (): VisitView => ({
  id: 'v1', household: 'h1', head_name: '李建国', form: 'screening-ordinary', form_title: '一般农户排查表', state: 'draft', privacy_shown: true,
  window: null, correcting: false, went_on: false, elsewhere: [], notices: [], retired: [], changes: null, answered: 0, asked: 2,
  sections: [{ path: '/s', label: '一', relevant: true, nodes: [question('/s/a'), question('/s/b')] }],
})
const patched = ({ path, value }: AnswerRequest): VisitPatch => ({
  questions: [{ ...looseQuestion(path, path, 'integer', value, [], true), shown: String(value) }],
  groups: [], repeats: [], instances: [], answered: 1, asked: 2, form_changed: false, saved_at: '2023-05-20T10:32:00',
})

describe('the visit on the screen', () => {
  const sent: AnswerRequest[] = []
  let disk: 'fine' | 'full' = 'fine'
  let said: FieldCheck[] = []

  beforeEach(() => {
    sent.length = 0
    disk = 'fine'
    said = []
    setActivePinia(createPinia())
    setCarrier(async (method, params): Promise<Answer<unknown>> => {
      if (method === 'visit.view') return { ok: view() }
      if (method === 'visit.checks') return { ok: said }
      const request = params as AnswerRequest
      await Promise.resolve()
      if (disk === 'full') return { error: { kind: 'disk', words: '磁盘满了，这一项没有保存。' } }
      sent.push(request)
      return { ok: patched(request) }
    })
  })
  afterEach(() => setCarrier(undefined))

  it('sends answers one after the other and is settled when the last is saved', async () => {
    const visit = useVisit()
    await visit.load('v1')
    void visit.answer('/s/a', 1)
    void visit.answer('/s/a', 2)
    void visit.answer('/s/b', 3)
    expect(visit.saving).toBe(true)
    await visit.settled()
    expect(sent.map(({ path, value }) => [path, value])).toEqual([['/s/a', 1], ['/s/a', 2], ['/s/b', 3]])
    expect(visit.question('/s/a')?.value).toBe(2)
    expect(visit.savedAt).toBe('2023-05-20T10:32:00')
    expect(visit.saving).toBe(false)
  })

  it('shows what the checks say at the field, after everything sent is saved, and drops it when it is mended', async () => {
    const visit = useVisit()
    await visit.load('v1')
    said = [{ path: '/s/a', rule: 'minor-labour', words: '李小明：未满16周岁。', severity: 'error' }]
    await visit.answer('/s/a', 1)
    await vi.waitFor(() => expect(visit.checks.get('/s/a')?.[0]?.words).toBe('李小明：未满16周岁。'))
    expect(visit.checks.get('/s/b')).toBeUndefined()
    said = []
    await visit.answer('/s/a', 2)
    await vi.waitFor(() => expect(visit.checks.size).toBe(0))
  })

  it('keeps an answer that the disk would not take, says so, and sends it again', async () => {
    const visit = useVisit()
    await visit.load('v1')
    disk = 'full'
    await visit.answer('/s/a', 7)
    expect(visit.question('/s/a')?.value).toBe(7)
    expect(visit.unsaved.get('/s/a')?.words).toBe('磁盘满了，这一项没有保存。')
    disk = 'fine'
    await visit.retry()
    expect(visit.unsaved.size).toBe(0)
    expect(sent.map(({ value }) => value)).toEqual([7])
  })
})
