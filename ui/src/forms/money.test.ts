import { describe, expect, it } from 'vitest'
import { moneyGrouped, moneyInChinese, moneyInWords } from './money'

describe('an amount in words', () => {
  it.each([
    ['0', '零元'],
    ['7', '七元'],
    ['10', '十元'],
    ['15', '十五元'],
    ['110', '一百一十元'],
    ['1005', '一千零五元'],
    ['7500', '七千五百元'],
    ['32500', '三万二千五百元'],
    ['100000', '十万元'],
    ['100005', '十万零五元'],
    ['1000500', '一百万零五百元'],
    ['10050000', '一千零五万元'],
    ['100000000', '一亿元'],
    ['100010000', '一亿零一万元'],
    ['100000001', '一亿零一元'],
    ['12.5', '十二元五角'],
    ['12.05', '十二元零五分'],
    ['12.34', '十二元三角四分'],
    ['0.30', '零元三角'],
    ['007500', '七千五百元'],
    ['-300', '负三百元'],
  ])('%s is %s', (digits, words) => {
    expect(moneyInChinese(digits)).toBe(words)
  })

  it('says nothing about what is no amount', () => {
    for (const text of ['', ' ', '.', 'abc', '1.234', '1,000', '1e3']) expect(moneyInChinese(text), text).toBeUndefined()
  })

  it('groups digits in English', () => {
    expect(moneyGrouped('1234567.5')).toBe('1,234,567.50')
    expect(moneyGrouped('999')).toBe('999')
    expect(moneyInWords('32500', 'en')).toBe('32,500 yuan')
    expect(moneyInWords('32500', 'zh-CN')).toBe('三万二千五百元')
  })
})
