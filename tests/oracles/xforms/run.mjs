// The same forms, the same seeded random answers, ODK's engine and ours side by side; every node compared after every
// step (compare.mjs). Exit 0 means: no difference that known.mjs does not explain.
//
//   node run.mjs --bin FOLDER_OF_RUHU --python PYTHON_WITH_PYXFORM [--seed N] [--seeds HOW_MANY] [--cases PER_FORM]
//                [--steps N] [--form SLUG]
//
// Not compared: questions that may be overwritten (ODK knows no override: they are never answered here).
// Numbers are compared to 1e-9 relative.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'

process.env.TZ = 'UTC'
const here = import.meta.dirname
const { values: given } = parseArgs({ options: {
  bin: { type: 'string' }, python: { type: 'string', default: 'python3' }, seed: { type: 'string', default: '20230515' },
  seeds: { type: 'string', default: '1' }, cases: { type: 'string', default: '4' }, steps: { type: 'string', default: '40' },
  form: { type: 'string' },
} })
const { Odk } = await import('./odk.mjs')
const { counts, differences } = await import('./compare.mjs')
const { answerable, asked, below, maybe, one, randomValue, seed: throwFrom } = await import('./dice.mjs')
const { corpus } = await import('./corpus.mjs')
const { Ours } = await import('./ours.mjs')
const { KNOWN, NOT_RUN, REFUSED } = await import('./known.mjs')

const explained = {}
const explain = (id) => { explained[id] = (explained[id] ?? 0) + 1 }

// Whether a state is the same but for what is explained.
function same(form, where, odk, ours) {
  const left = differences(odk.nodes().found, ours).filter((d) => {
    const known = KNOWN.find((k) => k.is(d, ours, form.slug))
    if (known) explain(known.id)
    return !known
  })
  if (!left.length) return true
  console.log(`DIFFERENT  ${where()}`)
  for (const d of left.slice(0, 8)) console.log(`    ${d.reference}: ${d.what}: ODK ${JSON.stringify(d.theirs)}, ours ${JSON.stringify(d.mine)}`)
  return false
}

async function begin(ours, form) {
  const today = one(['2023-05-20', '2024-03-31', '2023-01-01', '2023-12-31'])
  await ours.ask({ op: 'load', form: form.form, today })
  const start = await ours.ask({ op: 'dump' })
  const hidden = {}
  for (const [reference, mine] of Object.entries(start)) {
    if (mine.kind !== 'hidden' || reference.includes('[') || mine.value !== '' || mine.computed || maybe(0.3)) continue
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
  return { odk, today }
}

async function step(ours, form, odk, dump) {
  const { found, ranges } = odk.nodes()
  const open = ranges.filter((r) => r.nodeType === 'repeat-range:uncontrolled' && r.currentState.relevant)
  if (open.length && maybe(0.15)) {
    const range = one(open)
    const reference = range.currentState.reference
    const count = range.currentState.children.length
    if (count > 0 && (count > 5 || maybe(0.35))) {
      const index = below(count)
      range.removeInstances(index)
      await ours.ask({ op: 'remove', ref: `${reference}[${index + 1}]` })
      return `remove ${reference}[${index + 1}]`
    }
    range.addInstances(count - 1)
    await ours.ask({ op: 'add', ref: reference })
    return `add ${reference}`
  }
  const candidates = Object.entries(dump).filter(([reference, mine]) => answerable(mine) && found.has(reference))
  if (!candidates.length) return null
  const [reference, mine] = one(candidates)
  const value = randomValue(asked(mine), form.pool)
  odk.answer(found.get(reference), value, mine.kind)
  await ours.ask({ op: 'set', ref: reference, value })
  return `${reference} = ${JSON.stringify(value)}`
}

async function runCase(ours, form, seed, number) {
  const { odk, today } = await begin(ours, form)
  const trail = []
  const where = () => `${form.slug} seed ${seed} case ${number} (${today}) after ${trail.slice(-6).join(', ') || 'the beginning'}`
  let dump = await ours.ask({ op: 'dump' })
  if (!same(form, where, odk, dump)) return false
  for (let n = 0; n < Number(given.steps); n += 1) {
    const done = await step(ours, form, odk, dump)
    if (done === null) break
    trail.push(done)
    dump = await ours.ask({ op: 'dump' })
    if (!same(form, where, odk, dump)) return false
  }
  return true
}

// What is left out before anything is run, and why: pyxform refuses, ours refuses (as REFUSED says), ODK's engine cannot.
async function select(ours, forms) {
  const chosen = [], left = { pyxform: [], refused: [], odk: [] }
  let wrong = 0
  for (const form of forms) {
    const mine = await ours.ask({ op: 'load', form: form.form ?? form.source, today: '2023-05-20' }).then(() => null, (e) => e.message)
    const refused = REFUSED.find((r) => r.slug === form.slug)
    if (form.error) {
      left.pyxform.push(form.slug)
      if (form.from !== 'pyxform' || (mine === null && !refused)) { wrong += 1; console.log(`${mine === null ? 'ACCEPTED' : 'REFUSED'}  ${form.slug}: pyxform: ${form.error}`) }
    } else if (mine !== null) {
      left.refused.push(form.slug)
      if (!refused || !mine.includes(refused.says)) { wrong += 1; console.log(`REFUSED  ${form.slug}: ${mine}`) }
    } else {
      const known = NOT_RUN.find((r) => r.slug === form.slug)
      if (known?.apart) {
        left.odk.push(form.slug)
        continue
      }
      const fails = await Odk.open(form.xml, form.contents, {}, '2023-05-20').then(() => null, (e) => String(e?.message ?? e))
      if (fails === null) chosen.push(form)
      else {
        left.odk.push(form.slug)
        if (!known) { wrong += 1; console.log(`ODK FAILS  ${form.slug}: ${fails.slice(0, 300)}`) }
      }
    }
  }
  return { chosen, left, wrong }
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'ruhu-xforms-'))
const ours = new Ours(path.join(given.bin ?? path.resolve(here, '../../../target/debug'), 'ruhu'))
let passed = 0, broken = 0
try {
  const { chosen, left, wrong } = await select(ours, corpus(given.python, scratch, given.form))
  broken += wrong
  const of = (from) => chosen.filter((f) => f.from === from).length
  console.log(`${chosen.length} forms: ${of('pack')} of the packs, ${of('own')} of our own, ${of('pyxform')} of pyxform's workbooks`)
  console.log(`not run: ${left.pyxform.length} that pyxform refuses, ${left.refused.length} that ours refuses, ${left.odk.length} that ODK's engine cannot load`)
  for (let n = 0; n < Number(given.seeds); n += 1) {
    const seed = Number(given.seed) + n
    const before = { nodes: counts.nodes, passed, broken, apart: Object.values(explained).reduce((a, b) => a + b, 0) }
    for (const form of chosen) {
      for (let number = 0; number < Number(given.cases); number += 1) {
        // Each case has its own seed, so that one can be run again alone.
        throwFrom(seed + number * 7919 + form.slug.length)
        try {
          if (await runCase(ours, form, seed, number)) passed += 1
          else broken += 1
        } catch (error) {
          broken += 1
          console.log(`BROKEN  ${form.slug} seed ${seed} case ${number}: ${error.stack}`)
        }
      }
    }
    const apart = Object.values(explained).reduce((a, b) => a + b, 0) - before.apart
    console.log(`seed ${seed}: ${chosen.length} forms, ${passed - before.passed} cases alike, ${broken - before.broken} not, ${counts.nodes - before.nodes} node states compared, ${apart} differences explained`)
  }
} finally {
  ours.end()
  fs.rmSync(scratch, { recursive: true })
}
console.log(`in all ${counts.nodes} node states: ${counts.valued} with a value, ${counts.hidden} not relevant, ${counts.violated} violated, ${counts.readonly} readonly, ${counts.required} required, ${counts.offered} with choices`)
for (const [id, count] of Object.entries(explained)) console.log(`explained: ${id}: ${count}`)
console.log(`${passed} passed, ${broken} failed`)
process.exitCode = broken || !passed ? 1 : 0
