import { describe, expect, it } from 'vitest'
import { pagesFor, rowsInView } from './virtual'

describe('the rows of a long list', () => {
  it('draws a handful out of ten thousand', () => {
    const rows = rowsInView(0, 700, 100, 10_000)
    expect(rows).toEqual({ from: 0, to: 13 })
    expect(rowsInView(500_000, 700, 100, 10_000)).toEqual({ from: 4_994, to: 5_013 })
  })

  it('stays inside the list when it became shorter than the scroll position', () => {
    expect(rowsInView(500_000, 700, 100, 5)).toEqual({ from: 5, to: 5 })
    expect(rowsInView(0, 700, 100, 0)).toEqual({ from: 0, to: 0 })
    expect(rowsInView(-40, 700, 100, 3)).toEqual({ from: 0, to: 3 })
  })

  it('draws nothing before the height of a row is known', () => {
    expect(rowsInView(0, 700, 0, 10)).toEqual({ from: 0, to: 0 })
  })

  it('asks for the pages that hold them, and no others', () => {
    expect(pagesFor({ from: 0, to: 13 }, 100)).toEqual([0])
    expect(pagesFor({ from: 95, to: 105 }, 100)).toEqual([0, 1])
    expect(pagesFor({ from: 100, to: 100 }, 100)).toEqual([])
    expect(pagesFor({ from: 0, to: 100 }, 100)).toEqual([0])
  })
})
