import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync('src/tokens.css', 'utf8')
const token = (name: string): string => new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(css)?.[1] ?? ''

const channel = (value: number): number => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => channel(parseInt(colour.slice(at, at + 2), 16) / 255))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(token(one)), luminance(token(other))].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

describe('the colours, in sunlight', () => {
  const text = ['ink', 'ink-soft', 'accent', 'accent-strong', 'ok', 'wait', 'bad', 'quiet'].flatMap((ink) => [
    [ink, 'paper'],
    [ink, 'ground'],
  ])
  const marks = ['ok', 'wait', 'bad', 'quiet', 'accent'].map((tone) => [tone, `${tone}-wash`])
  const others = [
    ['on-accent', 'accent'],
    ['on-accent', 'accent-strong'],
    ['accent-strong', 'accent-wash'],
    ['ink', 'wait-wash'],
    ['ink', 'ok-wash'],
    ['ink-soft', 'quiet-wash'],
  ]

  it.each([...text, ...marks, ...others])('%s on %s is read (AA)', (ink, paper) => {
    expect(contrast(ink ?? '', paper ?? '')).toBeGreaterThanOrEqual(4.5)
  })

  it.each([
    ['rule-strong', 'paper'],
    ['rule-strong', 'ground'],
    ['accent', 'paper'],
  ])('%s on %s is seen as the edge of a control', (edge, paper) => {
    expect(contrast(edge ?? '', paper ?? '')).toBeGreaterThanOrEqual(3)
  })
})
