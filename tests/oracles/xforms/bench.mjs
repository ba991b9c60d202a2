// What a person waits for with ODK's own engine, for the ratios of docs/benchmarks.md: loading a form, and one answer with
// everything that hangs on it; the same forms and rosters as `cargo bench -p app-core --bench form`, names of measures alike.
// One JSON line a measure. An engine that computes when it is looked at is looked at: the answered form's validity is read.
//
//   node bench.mjs --python PYTHON_WITH_PYXFORM
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'

process.env.TZ = 'UTC'
const here = import.meta.dirname
const pack = path.resolve(here, '../../../app-core/packs/guangxi-2023')
const { values: given } = parseArgs({ options: { python: { type: 'string', default: 'python3' } } })
const { Odk, stateOf } = await import('./odk.mjs')

let state = 20230515
const below = (n) => { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4294967296 * n)
}

function report(measure, times) {
  times.sort((a, b) => a - b)
  const at = (share) => Number((times[Math.floor((times.length - 1) * share)] * 1000).toFixed(2))
  console.log(JSON.stringify({ bench: 'peer', measure, unit: 'µs', p50: at(0.5), p99: at(0.99), samples: times.length }))
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ruhu-xforms-'))
function xml(form) {
  const out = path.join(scratch, `${path.basename(form)}.xml`)
  execFileSync(given.python, [path.join(here, 'convert.py'), form, out])
  return fs.readFileSync(out, 'utf8')
}
const tables = Object.fromEntries(fs.readdirSync(pack).filter((f) => f.endsWith('.csv')).map((f) => [f, fs.readFileSync(path.join(pack, f), 'utf8')]))
const today = '2023-05-20'

async function loads(measure, source) {
  const times = []
  for (let n = 0; n < 30; n += 1) {
    const started = performance.now()
    await Odk.open(source, tables, {}, today)
    times.push(performance.now() - started)
  }
  report(measure, times.slice(5))
}

function value(node) {
  if (node.nodeType === 'select') {
    const offered = stateOf(node).choices ?? []
    if (!offered.length) return ''
    return node.selectType === 'select' ? offered.filter(() => below(3) === 0).join(' ') : offered[below(offered.length)]
  }
  if (node.valueType === 'int') return String(below(8))
  if (node.valueType === 'decimal') return (below(9000000) / 100).toFixed(2)
  if (node.valueType === 'date') return `2022-0${below(9) + 1}-15`
  return `韦秀英${below(1000)}`
}

async function answers(measure, source, members, count) {
  const odk = await Odk.open(source, tables, {}, today)
  for (const range of odk.nodes().ranges) {
    if (range.nodeType !== 'repeat-range:uncontrolled' || !range.currentState.reference.endsWith('/member')) continue
    while (range.currentState.children.length < members) range.addInstances(range.currentState.children.length - 1)
  }
  const times = []
  for (let n = 0; n < count; n += 1) {
    const open = [...odk.nodes().found.values()].filter((node) =>
      ['input', 'select'].includes(node.nodeType) && node.currentState.relevant && !node.currentState.readonly)
    const node = open[below(open.length)]
    const text = value(node)
    const started = performance.now()
    odk.answer(node, text)
    void odk.root.validationState.violations.length
    times.push(performance.now() - started)
  }
  report(measure, times.slice(Math.floor(count / 10)))
}

try {
  const priority = xml(path.join(pack, 'forms/screening-priority'))
  const wide = xml(path.join(here, 'wide.md'))
  await loads('load screening-priority', priority)
  await loads('load a form of 250 questions', wide)
  await answers('one answer, screening-priority, 4 members', priority, 4, 1000)
  await answers('one answer, screening-priority, 30 members', priority, 30, 500)
  await answers('one answer, a form of 250 questions', wide, 0, 1000)
} finally {
  fs.rmSync(scratch, { recursive: true })
}
