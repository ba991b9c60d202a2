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
})
