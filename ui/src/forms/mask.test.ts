import { describe, expect, it } from 'vitest'
import { maskNumber } from './mask'

describe('a personal number', () => {
  it('shows its ends only', () => {
    expect(maskNumber('999999197003150025')).toBe('999999********0025')
    expect(maskNumber('13800000001')).toBe('138****0001')
    expect(maskNumber('6888123')).toBe('***8123')
    expect(maskNumber('120')).toBe('120')
  })
})
