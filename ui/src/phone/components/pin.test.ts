import { describe, expect, it } from 'vitest'
import { isWeak, mayConfirm, MOST, pressed } from './pin'

describe('the PIN', () => {
  it('takes digits, gives them back, and stops at its length', () => {
    expect(pressed('12', '3')).toBe('123')
    expect(pressed('12', 'x')).toBe('12')
    expect(pressed('12', 'Backspace')).toBe('1')
    expect(pressed('1'.repeat(MOST), '2')).toHaveLength(MOST)
  })

  it('may be confirmed from four digits on', () => {
    expect(['123', '1234', '1'.repeat(13)].map(mayConfirm)).toEqual([false, true, false])
  })

  it('is weak when it is one digit or a run', () => {
    expect(['0000', '1234', '654321', '246810', '1357'].map(isWeak)).toEqual([true, true, true, false, false])
  })
})
