// Seeded chance, and answers that mean something to a form: its choices, the words its formulas look for, numbers
// around its numbers.
let state = 0
export function seed(number) { state = number >>> 0 }
export function dice() { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
export const below = (n) => Math.floor(dice() * n)
export const one = (list) => list[below(list.length)]
export const maybe = (chance) => dice() < chance

// As ODK's engine writes places, so that the texts are the same.
const place = () => `${24.1 + below(300) / 1000} ${109.1 + below(300) / 1000} ${below(300)}.5 ${one([3.5, 12.5, 40.5])}`

export function randomValue(mine, pool) {
  if (maybe(0.1)) return ''
  switch (mine.kind) {
    case 'select_one': return mine.choices.length ? one(mine.choices) : ''
    case 'select_multiple': return mine.choices.filter(() => maybe(0.3)).join(' ')
    case 'rank': return [...mine.choices].sort(() => dice() - 0.5).join(' ')
    case 'range': {
      // ODK's engine empties what lies outside, ours refuses it and keeps what stood there: only what lies within.
      const [start, end, step] = ['start', 'end', 'step'].map((key, i) => Number(mine.parameters[key] ?? [1, 10, 1][i]))
      return String(start + step * below(Math.floor((end - start) / step) + 1))
    }
    case 'geopoint': return place()
    case 'geotrace': return Array.from({ length: 2 + below(4) }, place).join(';')
    case 'geoshape': { const around = Array.from({ length: 3 + below(3) }, place); return [...around, around[0]].join(';') }
    case 'integer': return String(maybe(0.1) ? -1 : below(maybe(0.2) ? 60 : 7))
    case 'decimal': return String(maybe(0.05) ? -0.5 : one([0, below(60000), below(6000000) / 100, 7500 * below(6), below(40) / 4]))
    case 'date': return one(['2021-05-01', '2023-01-01', '2023-05-19', '2023-05-20', '2024-02-29', '2099-01-01'])
    case 'dateTime': return one(['2023-05-20T09:30:00.000+00:00', '2021-01-01T00:00:00.000+00:00'])
    case 'time': return one(['09:30:00.000', '23:59:59.000'])
    case 'acknowledge': return 'OK'
    default: return one([...pool, '999999195003071234', '99999919500307123X42', '韦秀英', 'abc def', '12', '0.5', '2023-05-20', '13900000001'])
  }
}

// A text question that the form binds to another type takes what that type takes.
const SHAPES = { int: 'integer', integer: 'integer', decimal: 'decimal', date: 'date', time: 'time', dateTime: 'dateTime' }
export const asked = (mine) => mine.kind === 'text' && SHAPES[mine.bound] ? { ...mine, kind: SHAPES[mine.bound] } : mine

export const answerable = (m) => !m.computed && !m.overridable && m.relevant && !m.readonly &&
  ['text', 'barcode', 'integer', 'decimal', 'date', 'select_one', 'select_multiple', 'rank', 'acknowledge', 'dateTime', 'time', 'range',
    'geopoint', 'geotrace', 'geoshape'].includes(m.kind)
