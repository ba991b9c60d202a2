import { mount, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Control, QuestionView } from '@/api/bindings'
import { i18n, setLanguage } from '@/locales'
import QuestionCard from './QuestionCard.vue'
import { looseQuestion } from './fact'

const yesNo = [
  { code: 'yes', label: '有' },
  { code: 'no', label: '无' },
]
const risks = [
  { code: 'illness', label: '因病' },
  { code: 'water', label: '因安全饮水' },
]

function card(control: Control, more: Partial<QuestionView> = {}, props: Record<string, unknown> = {}): VueWrapper {
  const question = { ...looseQuestion('/a/q', '问题', control, null), ...more }
  return mount(QuestionCard, { props: { question, ...props }, global: { plugins: [i18n] }, attachTo: document.body })
}
const answers = (wrapper: VueWrapper): unknown[] => (wrapper.emitted('answer') ?? []).map(([value]) => value)

describe('a question', () => {
  beforeEach(() => {
    document.body.innerHTML = ''
    setLanguage('zh-CN')
  })

  it('answers yes or no in the words of the form', async () => {
    const asked = card('yes_no', { choices: yesNo })
    await asked.findAll('button')[1]?.trigger('click')
    expect(answers(asked)).toEqual(['no'])
  })

  it('takes any number of choices, keeps their order, and none is no answer', async () => {
    const asked = card('select_multiple', { choices: risks, value: ['water'] })
    await asked.findAll('button')[0]?.trigger('click')
    await asked.findAll('button')[1]?.trigger('click')
    expect(answers(asked)).toEqual([['illness', 'water'], null])
  })

  it('shows what was answered before the form changed, in both languages', () => {
    const asked = card('select_one', { choices: yesNo, cancelled: ['煤炭'], former: ['3亩'] })
    const words = (): string[] => asked.findAll('[data-test="former"]').map((each) => each.text())
    expect(words()).toEqual(['原来填的：煤炭（已取消）', '原来填的：3亩'])
    expect(card('select_one', { choices: yesNo }).find('[data-test="former"]').exists()).toBe(false)
    setLanguage('en')
    expect(card('select_one', { cancelled: ['Coal'] }).get('[data-test="former"]').text()).toBe('Answered before: Coal (cancelled)')
  })

  it('counts by buttons, never below nothing', async () => {
    const asked = card('integer', { value: 0 })
    expect(asked.findAll('button')[0]?.attributes('disabled')).toBeDefined()
    await asked.findAll('button')[1]?.trigger('click')
    expect(answers(asked)).toEqual([1])
  })

  it('sends a typed number when its field is left, once, and an emptied one as no answer', async () => {
    const asked = card('integer', { value: 3 })
    const field = asked.get('input')
    await field.trigger('focus')
    await field.setValue('1x2')
    expect(answers(asked)).toEqual([])
    await field.trigger('blur')
    await field.setValue('')
    await field.trigger('blur')
    expect(answers(asked)).toEqual([12, null])
  })

  it('says an amount in words while it is typed, and sends it as text', async () => {
    const asked = card('money')
    await asked.get('input').setValue('32,500.5')
    expect(asked.text()).toContain('三万二千五百元五角')
    await asked.get('input').trigger('blur')
    expect(answers(asked)).toEqual(['32500.5'])
  })

  it('does not send what was not changed', async () => {
    const asked = card('text', { value: '上屯' })
    await asked.get('input').trigger('focus')
    await asked.get('input').trigger('blur')
    expect(answers(asked)).toEqual([])
  })

  it('folds what is known, and opens it to be changed', async () => {
    const asked = card('text', { value: '上屯', shown: '上屯', known: true })
    expect(asked.text()).toContain('已知')
    expect(asked.find('input').exists()).toBe(false)
    await asked.get('button').trigger('click')
    expect(asked.get('input').element.value).toBe('上屯')
  })

  it('covers a personal number until it is opened, and says that it was', async () => {
    const asked = card('phone', { value: '13800000001', shown: '13800000001', known: true })
    expect(asked.text()).toContain('138****0001')
    await asked.get('button').trigger('click')
    expect(asked.text()).toContain('13800000001')
    expect(asked.emitted('reveal')).toHaveLength(1)
  })

  it('shows that a proposal was changed, what the system says, and gives it back', async () => {
    const asked = card('integer', { value: 5, proposed: true, overridden: true, system_shown: '4', explanation: '成员表共4人' })
    expect(asked.text()).toContain('已人工修改')
    expect(asked.text()).toContain('系统算的是：4')
    expect(asked.text()).toContain('依据：成员表共4人')
    await asked.get('.system button').trigger('click')
    expect(answers(asked)).toEqual([null])
  })

  it('does not call an answer a change where the system has nothing to say', () => {
    const asked = card('yes_no', { choices: yesNo, value: 'no', proposed: true, overridden: true })
    expect(asked.text()).not.toContain('已人工修改')
    expect(asked.text()).not.toContain('系统')
  })

  it('says what is wrong at the field, and what is missing only when someone wants to finish', () => {
    expect(card('integer', { value: 9, violation: '不能超过家庭人口。' }).get('[role=alert]').text()).toBe('不能超过家庭人口。')
    expect(card('integer', { required: true }).find('[role=alert]').exists()).toBe(false)
    expect(card('integer', { required: true }, { strict: true }).get('[role=alert]').text()).toBe('这一项还没有填')
    expect(card('integer', { required: true, value: 0 }, { strict: true }).find('[role=alert]').exists()).toBe(false)
  })

  it('keeps what could not be saved on the page and offers to try again', async () => {
    const asked = card('text', { value: '新屯' }, { unsaved: '磁盘满了。' })
    expect(asked.get('[role=alert]').text()).toContain('磁盘满了。')
    await asked.get('[role=alert] button').trigger('click')
    expect(asked.emitted('retry')).toHaveLength(1)
  })

  it('only shows what is decided elsewhere or computed', () => {
    const computed = card('computed', { value: 6875, shown: '6875.00', explanation: '（32500元－5000元）÷4人' })
    expect(computed.find('input').exists()).toBe(false)
    expect(computed.text()).toContain('6875.00')
    expect(card('select_one', { readonly: true, choices: risks, value: 'water', shown: '因安全饮水' }).find('button').exists()).toBe(false)
    expect(card('computed').text()).toContain('填完后自动得出')
  })

  const every: Control[] = ['text', 'multiline', 'integer', 'decimal', 'money', 'phone', 'id_number', 'date', 'year_month', 'time', 'date_time', 'yes_no', 'select_one', 'select_multiple', 'rank', 'range', 'acknowledge', 'position', 'picture', 'file', 'barcode', 'note', 'computed']
  it.each(every)('of kind %s has something to show', (control) => {
    expect(card(control, { choices: yesNo, range: ['0', '10', '1'] }).html().length).toBeGreaterThan(60)
  })
})
