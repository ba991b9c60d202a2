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

  it('stays whole when the brackets are a unit, are inside, or are several', () => {
    for (const label of [
      '务工（人）',
      '一、二级重度残疾/三、四级智力或精神残疾共（人）',
      '有条件较好子女（非共同居住）赡养老人是否属实',
      '非义务教育阶段在校生教育支出（需支付的学费和住宿费）（元）',
      '（一）“三保障”和饮水安全是否都有保障达标',
    ])
      expect(splitLabel(label)).toEqual({ name: label, rest: '' })
  })
})
