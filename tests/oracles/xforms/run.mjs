// The same forms, the same seeded random answers, ODK's engine and ours side by side; every node compared after every
// step: value, relevance, readonly, required, violation, offered choices, label.
//
//   node run.mjs --bin FOLDER_OF_RUHU --python PYTHON_WITH_PYXFORM [--seed N] [--cases PER_FORM] [--steps N] [--form SLUG]
//
// Not compared: questions that may be overwritten (ODK knows no override: they are never answered here).
// Numbers are compared to 1e-9 relative; where a word differs because a number did by less, it would be counted apart.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { execFileSync, spawn } from 'node:child_process'
import { parseArgs } from 'node:util'

process.env.TZ = 'UTC'
const here = import.meta.dirname
const root = path.resolve(here, '../../..')
const { values: given } = parseArgs({ options: {
  bin: { type: 'string' }, python: { type: 'string', default: 'python3' }, seed: { type: 'string', default: '20230515' },
  cases: { type: 'string', default: '8' }, steps: { type: 'string', default: '50' }, form: { type: 'string' },
} })
const { Odk, stateOf } = await import('./odk.mjs')

const seed = Number(given.seed)
let state = seed >>> 0
function dice() { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const below = (n) => Math.floor(dice() * n)
const one = (list) => list[below(list.length)]
const maybe = (chance) => dice() < chance

// ours, one command and one answer a line
class Ours {
  constructor(ruhu) {
    this.process = spawn(ruhu, ['form', 'drive'], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.lines = readline.createInterface({ input: this.process.stdout })[Symbol.asyncIterator]()
  }
  async ask(command) {
    this.process.stdin.write(JSON.stringify(command) + '\n')
    const { value, done } = await this.lines.next()
    if (done) throw new Error('our engine ended')
    const answer = JSON.parse(value)
    if (answer.error) throw new Error(`${JSON.stringify(command)}: ${answer.error}`)
    return answer
  }
  end() { this.process.stdin.end() }
}

function listForms() {
  const packs = path.join(root, 'app-core/packs')
  const found = fs.readdirSync(packs).flatMap((pack) => {
    const folder = path.join(packs, pack, 'forms')
    if (!fs.existsSync(folder)) return []
    const tables = fs.readdirSync(path.join(packs, pack)).filter((f) => f.endsWith('.csv')).map((f) => [f, path.join(packs, pack, f)])
    return fs.readdirSync(folder).map((slug) => ({ slug, form: path.join(folder, slug), tables }))
  })
  const own = path.join(here, 'forms')
  const more = fs.existsSync(own) ? fs.readdirSync(own).filter((f) => f.endsWith('.md')).sort() : []
  const tables = fs.existsSync(own) ? fs.readdirSync(own).filter((f) => f.endsWith('.csv')).map((f) => [f, path.join(own, f)]) : []
  return [...found, ...more.map((f) => ({ slug: f.slice(0, -3), form: path.join(own, f), tables }))].filter((f) => !given.form || f.slug === given.form)
}

const closeTo = (a, b) => a !== '' && b !== '' && Math.abs(Number(a) - Number(b)) <= 1e-9 * Math.max(1, Math.abs(Number(b)))
// Numbers inside words (a narrative) are held to the same measure.
const words = (text) => text.split(/(-?\d+(?:\.\d+)?)/)
function sameText(a, b) {
  if (a === b || closeTo(a, b)) return true
  const [x, y] = [words(a), words(b)]
  return x.length === y.length && x.every((w, i) => w === y[i] || closeTo(w, y[i]))
}
const sameMoment = (a, b) => /^\d{4}-\d\d-\d\dT/.test(a) && new Date(a).getTime() === new Date(b).getTime()

// pyxform straightens quotation marks and joins blanks in every cell; ours leaves the notice's words as they are.
const plain = (label) => label.replace(/[“”]/g, '"').replace(/[‘’]/g, "'").replace(/\s+/g, ' ').trim()

let compared = 0, failed = 0, valued = 0, hiddenAway = 0, violated = 0
function compare(where, odk, ours) {
  const differences = []
  const { found } = odk.nodes()
  for (const [reference, node] of found) {
    const name = reference.split('/').at(-1)
    if (['meta', 'instanceID', 'instanceName'].includes(name) || reference.includes('/meta/')) continue
    const theirs = stateOf(node), mine = ours[reference]
    if (!mine) { differences.push(`${reference}: not in ours`); continue }
    const say = (what, a, b) => differences.push(`${reference}: ${what}: ODK ${JSON.stringify(a)}, ours ${JSON.stringify(b)}`)
    compared += 1
    if (theirs.value !== '') valued += 1
    if (!theirs.relevant) hiddenAway += 1
    if (theirs.violation) violated += 1
    if (theirs.relevant !== mine.relevant) say('relevance', theirs.relevant, mine.relevant)
    if (theirs.container) continue
    // ODK's engine stores several choices as they were shown (shuffled, where they are), ours in the order of the list.
    const inOrder = (text) => mine.kind === 'select_multiple' ? text.split(' ').sort().join(' ') : text
    if (!sameText(inOrder(theirs.value), inOrder(mine.value)) && !sameMoment(theirs.value, mine.value)) say('value', theirs.value, mine.value)
    if (mine.kind !== 'note' && theirs.readonly !== mine.readonly) say('readonly', theirs.readonly, mine.readonly)
    if (theirs.required !== mine.required) say('required', theirs.required, mine.required)
    const violation = mine.violation === 'choice' ? null : mine.violation
    if (theirs.violation !== violation) say('violation', theirs.violation, violation)
    // Two answers alike are one choice in ours: nobody could tell them apart.
    const offered = theirs.choices && [...new Set(theirs.choices)]
    if (offered && JSON.stringify(offered) !== JSON.stringify(mine.choices)) say('choices', theirs.choices, mine.choices)
    if (theirs.label && !sameText(plain(theirs.label), plain(mine.label))) say('label', theirs.label, mine.label)
  }
  for (const reference of Object.keys(ours)) if (!found.has(reference)) differences.push(`${reference}: only in ours`)
  if (differences.length) {
    failed += 1
    console.log(`DIFFERENT  ${where}`)
    differences.slice(0, 8).forEach((d) => console.log(`    ${d}`))
  }
  return differences.length === 0
}

// As ODK's engine writes places, so that the texts are the same.
const place = () => `${24.1 + below(300) / 1000} ${109.1 + below(300) / 1000} ${below(300)}.5 ${one([3.5, 12.5, 40.5])}`

// Values that mean something to this form: its choices, the words its formulas look for, numbers around its numbers.
function randomValue(mine, pool) {
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
const answerable = (m) => !m.computed && !m.overridable && m.relevant && !m.readonly &&
  ['text', 'integer', 'decimal', 'date', 'select_one', 'select_multiple', 'rank', 'acknowledge', 'dateTime', 'time', 'range',
    'geopoint', 'geotrace', 'geoshape'].includes(m.kind)

async function runCase(ours, form, number) {
  const today = one(['2023-05-20', '2024-03-31', '2023-01-01', '2023-12-31'])
  await ours.ask({ op: 'load', form: form.form, today })
  const start = await ours.ask({ op: 'dump' })
  const hidden = {}
  for (const [reference, mine] of Object.entries(start)) {
    if (mine.kind !== 'hidden' || reference.includes('[') || maybe(0.3)) continue
    hidden[reference] = one(form.pool)
    await ours.ask({ op: 'fact', ref: reference, value: hidden[reference] })
  }
  const odk = await Odk.open(form.xml, form.contents, hidden, today)
  // A repeat bound to outside members begins without any in ours, with one in ODK's.
  for (const range of odk.nodes().ranges) {
    const there = range.currentState.children.length
    const mine = Object.keys(start).filter((r) => r.startsWith(`${range.currentState.reference}[`) && !r.slice(range.currentState.reference.length).includes('/')).length
    for (let i = mine; i < there; i += 1) await ours.ask({ op: 'add', ref: range.currentState.reference })
  }
  const trail = []
  const where = () => `${form.slug} seed ${seed} case ${number} (${today}) after ${trail.slice(-6).join(', ') || 'the beginning'}`
  let dump = await ours.ask({ op: 'dump' })
  if (!compare(where(), odk, dump)) return false
  for (let step = 0; step < Number(given.steps); step += 1) {
    const { found, ranges } = odk.nodes()
    const open = ranges.filter((r) => r.nodeType === 'repeat-range:uncontrolled' && r.currentState.relevant)
    if (open.length && maybe(0.12)) {
      const range = one(open)
      const reference = range.currentState.reference
      const count = range.currentState.children.length
      if (count > 0 && (count > 5 || maybe(0.35))) {
        const index = below(count)
        range.removeInstances(index)
        await ours.ask({ op: 'remove', ref: `${reference}[${index + 1}]` })
        trail.push(`remove ${reference}[${index + 1}]`)
      } else {
        range.addInstances(count - 1)
        await ours.ask({ op: 'add', ref: reference })
        trail.push(`add ${reference}`)
      }
    } else {
      const candidates = Object.entries(dump).filter(([reference, mine]) => answerable(mine) && found.has(reference))
      if (!candidates.length) break
      const [reference, mine] = one(candidates)
      const value = randomValue(mine, form.pool)
      odk.answer(found.get(reference), value, mine.kind)
      await ours.ask({ op: 'set', ref: reference, value })
      trail.push(`${reference} = ${JSON.stringify(value)}`)
    }
    dump = await ours.ask({ op: 'dump' })
    if (!compare(where(), odk, dump)) return false
  }
  return true
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ruhu-xforms-'))
const ours = new Ours(path.join(given.bin ?? path.join(root, 'target/debug'), 'ruhu'))
let passed = 0, broken = 0
const per = {}
try {
  for (const form of listForms()) {
    const out = path.join(scratch, `${form.slug}.xml`)
    execFileSync(given.python, [path.join(here, 'convert.py'), form.form, out])
    form.xml = fs.readFileSync(out, 'utf8')
    form.contents = Object.fromEntries(form.tables.map(([name, file]) => [name, fs.readFileSync(file, 'utf8')]))
    form.pool = ['', ...new Set([...form.xml.matchAll(/(?:'|&apos;)([a-z_]{2,20})(?:'|&apos;)/g)].map((m) => m[1]))]
    per[form.slug] = 0
    for (let number = 0; number < Number(given.cases); number += 1) {
      // Each case has its own seed, so that one can be run again alone.
      state = (seed + number * 7919 + form.slug.length) >>> 0
      try {
        if (await runCase(ours, form, number)) { passed += 1; per[form.slug] += 1 } else broken += 1
      } catch (error) {
        broken += 1
        console.log(`BROKEN  ${form.slug} seed ${seed} case ${number}: ${error.stack}`)
      }
    }
  }
} finally {
  ours.end()
  fs.rmSync(scratch, { recursive: true })
}
for (const [slug, count] of Object.entries(per)) console.log(`${slug}: ${count} of ${given.cases} cases of ${given.steps} steps`)
console.log(`seed ${seed}: ${compared} node states compared: ${valued} with a value, ${hiddenAway} not relevant, ${violated} violated`)
console.log(`${passed} passed, ${broken} failed`)
process.exitCode = broken || !passed ? 1 : 0
