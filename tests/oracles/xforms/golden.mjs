// The golden cases of tests/golden/forms: the same values, relevance, choices and violations as the case expects.
//
//   python ../forms/check.py --xml DIR; node golden.mjs DIR [part of a case's name]
import fs from 'node:fs'
import path from 'node:path'
import { asText, give, open, root, same, valueOf, violations } from './household.mjs'

const [xmlFolder, only = ''] = process.argv.slice(2)

async function run(given) {
  const wrong = []
  const form = await open(given, xmlFolder)
  give(form, given.answers)
  const { byName, start } = form
  const { values = {}, relevant = {}, choices = {} } = given.expect
  for (const [name, want] of Object.entries(values)) {
    if (Array.isArray(want) && typeof want[0] === 'object') continue
    const node = byName.get(name)
    const got = node.currentState.relevant ? valueOf(node) : ''
    if (!same(got, asText(want))) wrong.push(`${name} is “${got}”, expected “${asText(want)}”`)
  }
  for (const [name, want] of Object.entries(relevant))
    if (byName.get(name).currentState.relevant !== want) wrong.push(`${name} should ${want ? '' : 'not '}be asked`)
  for (const [name, want] of Object.entries(choices)) {
    const got = byName.get(name).currentState.valueOptions.map((o) => o.value)
    if (String(got) !== String(want)) wrong.push(`${name} offers ${got}`)
  }
  const told = violations(start).map((v) => `${v.name} ${v.kind}`).sort()
  const want = (given.expect.violations ?? []).map((v) => `${v.name} ${v.kind}`).sort()
  if (String(told) !== String(want)) wrong.push(`violations [${told}], expected [${want}]`)
  return wrong
}

let passed = 0
let failed = 0
const folder = path.join(root, 'tests/golden/forms')
for (const file of fs.readdirSync(folder).filter((f) => f.endsWith('.json') && f.includes(only)).sort()) {
  const wrong = await run(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'))).catch((error) => [String(error.stack ?? error)])
  wrong.length ? failed++ : passed++
  for (const line of wrong) console.log(`FAIL ${file}: ${line}`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed || !passed ? 1 : 0)
