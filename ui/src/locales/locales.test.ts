import { describe, expect, it } from 'vitest'
import en from './en'
import zhCN from './zh-CN'

type Tree = { [key: string]: string | Tree }

const leaves = (tree: Tree, at = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${at}${key}`, value] as [string, string]] : leaves(value, `${at}${key}.`),
  )
const slots = (words: string): string[] => [...new Set(words.match(/\{\w+\}/g) ?? [])].sort()

describe('the catalogue', () => {
  const chinese = new Map(leaves(zhCN))
  const english = new Map(leaves(en))

  it('has every word in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('leaves no word empty, and fills the same slots in both', () => {
    for (const [key, words] of chinese) {
      expect(words.trim(), key).not.toBe('')
      expect((english.get(key) ?? '').trim(), key).not.toBe('')
      expect(slots(english.get(key) ?? ''), key).toEqual(slots(words))
    }
  })

  it('speaks no Chinese in English', () => {
    for (const [key, words] of english) expect(/\p{Script=Han}/u.test(words) && !key.endsWith('.chinese'), key).toBe(false)
  })
})
