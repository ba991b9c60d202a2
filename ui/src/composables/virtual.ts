/** The arithmetic of a long list: which rows are on the screen, and which pages of the answer they need. */

export interface Rows {
  from: number
  /** exclusive */
  to: number
}

/** Rows to draw for a scroll position, with `spare` more on either side. */
export function rowsInView(scrollTop: number, height: number, rowHeight: number, total: number, spare = 6): Rows {
  if (rowHeight <= 0 || total <= 0) return { from: 0, to: 0 }
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight)
  const last = Math.ceil((Math.max(0, scrollTop) + height) / rowHeight)
  const to = Math.min(total, last + spare)
  return { from: Math.max(0, Math.min(first - spare, to)), to }
}

/** Pages of `size` rows that cover the rows. */
export function pagesFor(rows: Rows, size: number): number[] {
  if (rows.to <= rows.from) return []
  const first = Math.floor(rows.from / size)
  const last = Math.floor((rows.to - 1) / size)
  return Array.from({ length: last - first + 1 }, (_, at) => first + at)
}
