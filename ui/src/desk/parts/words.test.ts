import { describe, expect, it } from 'vitest'
import { moment, share } from './words'

describe('figures', () => {
  it('never round up to finished', () => {
    expect(share(2999, 3000)).toBe('>99.9%')
    expect(share(1, 3000)).toBe('<0.1%')
    expect(share(3000, 3000)).toBe('100%')
    expect(share(0, 0)).toBe('–')
    expect(share(1, 3)).toBe('33.3%')
  })

  it('keep a date a date', () => {
    expect(moment('2026-05-20')).toBe('2026-05-20')
    expect(moment('2026-05-20T09:05:00')).toBe('2026-05-20 09:05')
  })

  it('are by China’s clock, as the days of the core are', () => {
    expect(moment('2026-05-20T23:05:12+08:00')).toBe('2026-05-20 23:05')
    expect(moment('2026-05-20T17:30:00Z')).toBe('2026-05-21 01:30')
  })
})
