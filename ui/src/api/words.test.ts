import { describe, expect, it } from 'vitest'
import { inLanguage } from './words'

describe('words in two languages', () => {
  const both = '日期应写作 2023-06-01。 A date is written 2023-06-01.'

  it('are shown in one', () => {
    expect(inLanguage(both, 'zh-CN')).toBe('日期应写作 2023-06-01。')
    expect(inLanguage(both, 'en')).toBe('A date is written 2023-06-01.')
    expect(inLanguage('连不上服务器。都在本机。 Offline. All is safe.', 'zh-CN')).toBe('连不上服务器。都在本机。')
    expect(inLanguage('连不上服务器。都在本机。 Offline. All is safe.', 'en')).toBe('Offline. All is safe.')
  })

  it('stay whole when there is only one, or no telling where it ends', () => {
    for (const words of ['没有这户。', 'No such household.', '没有 Excel 文件。请选 XLSX 文件。', '']) expect(inLanguage(words, 'en')).toBe(words)
  })
})
