import { describe, expect, it } from 'vitest'
import { splitLabel } from './label'

describe('a long label', () => {
  it('is a name and an explanation', () => {
    expect(splitLabel('因住房安全（指农户唯一住房出现问题被住建部门认定为C/D级危房）')).toEqual({
      name: '因住房安全',
      rest: '指农户唯一住房出现问题被住建部门认定为C/D级危房',
    })
    expect(splitLabel('Illness (a member has a major illness)')).toEqual({ name: 'Illness', rest: 'a member has a major illness' })
  })

  it('stays whole when short, without brackets, or when it begins with one', () => {
    for (const label of ['务工（人）', '文盲或半文盲', '（一）“三保障”和饮水安全是否都有保障达标'])
      expect(splitLabel(label)).toEqual({ name: label, rest: '' })
  })
})
