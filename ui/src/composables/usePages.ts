/** A long answer fetched page by page, as the rows come into view. A new question drops what was on its way. */
import { ref, shallowReactive, type Ref } from 'vue'
import { pagesFor, type Rows } from './virtual'

export interface Page<T> {
  total: number
  rows: T[]
}

export interface Pages<T> {
  total: Ref<number | undefined>
  rows: Map<number, T>
  /** Asks anew; resolves when the first page is there. */
  reset(): Promise<void>
  /** Sees to it that these rows are there. */
  need(rows: Rows): Promise<void>
}

export function usePages<T>(size: number, fetch: (offset: number, limit: number) => Promise<Page<T>>): Pages<T> {
  const total = ref<number>()
  const rows = shallowReactive(new Map<number, T>())
  let asked = new Set<number>()
  let question = 0

  async function bring(page: number): Promise<void> {
    if (asked.has(page)) return
    asked.add(page)
    const mine = question
    try {
      const answer = await fetch(page * size, size)
      if (mine !== question) return
      if (page === 0) rows.clear()
      total.value = answer.total
      answer.rows.forEach((row, at) => rows.set(page * size + at, row))
    } catch (error) {
      if (mine !== question) return
      asked.delete(page)
      throw error
    }
  }

  return {
    total,
    rows,
    reset: () => {
      question++
      asked = new Set()
      return bring(0)
    },
    need: async (range) => {
      await Promise.all(pagesFor(range, size).map(bring))
    },
  }
}
