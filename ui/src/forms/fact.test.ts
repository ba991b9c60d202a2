import { describe, expect, it } from 'vitest'
import type { FactView } from '@/api/bindings'
import { valueOfFact } from './fact'

const fact = (more: Partial<FactView>): FactView => ({
  path: 'members/a/health',
  label: '健康状况',
  value: '',
  masked: false,
  conflict: false,
  control: 'text',
  choices: [],
  ...more,
})
const health = [
  { code: 'healthy', label: '健康' },
  { code: 'chronic', label: '长期慢性病' },
  { code: 'disabled', label: '残疾' },
]

describe('the value behind the words of a fact', () => {
  it('is the code where there are choices', () => {
    expect(valueOfFact(fact({ control: 'select_one', choices: health, value: '长期慢性病' }))).toBe('chronic')
    expect(valueOfFact(fact({ control: 'select_multiple', choices: health, value: '长期慢性病、残疾' }))).toEqual(['chronic', 'disabled'])
    expect(valueOfFact(fact({ control: 'select_one', choices: health, value: '旧词' }))).toBeNull()
  })

  it('is never a mask', () => {
    expect(valueOfFact(fact({ control: 'phone', value: '138****0001', masked: true }))).toBeNull()
    expect(valueOfFact(fact({ value: '上屯', control: 'text' }))).toBe('上屯')
  })
})
