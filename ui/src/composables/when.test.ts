import { describe, expect, it } from 'vitest'
import { clockOf, dayInWords, whenInWords } from './when'

describe('a time in words', () => {
  const now = new Date('2023-05-20T18:00:00+08:00')

  it('is the clock today, the day before that, the year before that', () => {
    expect(whenInWords('2023-05-20T10:32:05', 'zh-CN', now)).toBe('10:32')
    expect(whenInWords('2023-05-18T10:32:05', 'zh-CN', now)).toBe('5月18日 10:32')
    expect(whenInWords('2023-05-18', 'zh-CN', now)).toBe('5月18日')
    expect(whenInWords('2022-11-02T10:32:05', 'zh-CN', now)).toBe('2022年11月2日')
    expect(whenInWords('2023-05-18', 'en', now)).toBe('18 May')
  })

  it('brings an instant to China’s clock, whatever the device is set to', () => {
    const at = '2023-05-19T23:07:00Z'
    expect(clockOf(at)).toBe('07:07')
    expect(dayInWords(at, 'zh-CN')).toBe('2023年5月20日')
    expect(clockOf('2023-05-20T09:07:00+08:00')).toBe('09:07')
  })
})
