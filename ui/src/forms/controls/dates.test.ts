import { describe, expect, it } from 'vitest'
import { dateInWords, daysLater, isoDay, partsOfDate } from './dates'

describe('dates', () => {
  const now = new Date(2023, 4, 31, 9, 5)

  it('are said in the language of the screen', () => {
    expect(dateInWords('2023-05-02', 'date', 'zh-CN')).toBe('2023年5月2日')
    expect(dateInWords('2023-05-01', 'year_month', 'zh-CN')).toBe('2023年5月')
    expect(dateInWords('2023-05-02T08:30:00', 'date_time', 'zh-CN')).toBe('2023年5月2日 08:30')
    expect(dateInWords('08:30:00', 'time', 'zh-CN')).toBe('08:30')
    expect(dateInWords('2023-05-02', 'date', 'en')).toBe('2 May 2023')
    expect(dateInWords('', 'date', 'en')).toBeUndefined()
  })

  it('open the wheels at the value, else at now', () => {
    expect(partsOfDate('2021-03', now)).toEqual({ day: ['2021', '03', '01'], time: ['09', '05'] })
    expect(partsOfDate('', now).day).toEqual(['2023', '05', '31'])
  })

  it('count days over the end of a month', () => {
    expect(isoDay(daysLater(now, 1))).toBe('2023-06-01')
  })
})
