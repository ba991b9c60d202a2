import { describe, expect, it } from 'vitest'
import { usePages, type Page } from './usePages'

const register = (total: number, offset: number, limit: number): Page<string> => ({
  total,
  rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, at) => `户${offset + at}`),
})

describe('a list fetched page by page', () => {
  it('asks each page once, when its rows are needed', async () => {
    const asked: number[] = []
    const list = usePages(100, (offset, limit) => {
      asked.push(offset)
      return Promise.resolve(register(10_000, offset, limit))
    })
    await list.reset()
    await list.need({ from: 0, to: 13 })
    await list.need({ from: 4_995, to: 5_010 })
    await list.need({ from: 4_995, to: 5_010 })
    expect(asked).toEqual([0, 4_900, 5_000])
    expect(list.total.value).toBe(10_000)
    expect(list.rows.get(5_009)).toBe('户5009')
  })

  it('drops the answer to a question that was overtaken', async () => {
    const release: (() => void)[] = []
    let total = 500
    const list = usePages(100, (offset, limit) => {
      const answer = register(total, offset, limit)
      return new Promise<Page<string>>((resolve) => release.push(() => resolve(answer)))
    })
    const slow = list.reset()
    total = 3
    const quick = list.reset()
    release[1]?.()
    await quick
    release[0]?.()
    await slow
    expect(list.total.value).toBe(3)
    expect(list.rows.size).toBe(3)
  })

  it('asks again for a page that failed', async () => {
    let fail = true
    const list = usePages(100, (offset, limit) => (fail ? Promise.reject(new Error('busy')) : Promise.resolve(register(5, offset, limit))))
    await expect(list.reset()).rejects.toThrow('busy')
    fail = false
    await list.need({ from: 0, to: 1 })
    expect(list.total.value).toBe(5)
  })
})
