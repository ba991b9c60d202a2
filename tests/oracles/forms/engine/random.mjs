// Random answers over random households, as cases with everything ODK's engine then says: golden.py runs them through ours.
//
//   node random.mjs XML_DIR SEED HOW_MANY OUT_DIR && python ../golden.py path/to/ruhu --cases OUT_DIR
import fs from 'node:fs'
import path from 'node:path'
import { give, open, valueOf, violations } from './lib.mjs'

const [xmlFolder, seed, many, out] = process.argv.slice(2)
let state = Number(seed) >>> 0
function dice() { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const below = (n) => Math.floor(dice() * n)
const one = (list) => list[below(list.length)]
const maybe = (chance) => dice() < chance
const some = (list) => list.filter(() => maybe(0.3))

const surnames = ['韦', '覃', '李', '黄', '蒙']
const given = ['秀英', '建国', '桂花', '大山', '小军', '玉兰']
const birth = () => `${1935 + below(88)}${String(1 + below(12)).padStart(2, '0')}${String(1 + below(28)).padStart(2, '0')}`
const number = () => `999999${birth()}${String(below(1000)).padStart(3, '0')}${one([...'0123456789X'])}`
function member(n) {
  const m = { id: `m${n}`, name: one(surnames) + one(given), relation: n ? one(['spouse', 'son', 'daughter', 'mother', 'head']) : 'head', living: one(['alive', 'alive', 'alive', 'moved_in', 'dead', 'moved_out', 'reduced']) }
  if (maybe(0.9)) m.id_number = number() + (maybe(0.2) ? `${1 + below(7)}${1 + below(4)}` : '') + (maybe(0.03) ? '1' : '')
  if (maybe(0.1)) m.disability = { kind: 1 + below(7), level: 1 + below(4) }
  if (maybe(0.7)) m.education = one(['illiterate', 'primary', 'junior', 'senior'])
  if (maybe(0.3)) m.schooling = one(['preschool_age', 'kindergarten', 'primary', 'grade9', 'high2', 'bachelor1'])
  m.health = maybe(0.9) ? some(['healthy', 'chronic', 'major_illness', 'disabled']) : []
  if (maybe(0.9)) m.work = one(['ordinary', 'skilled', 'weak', 'lost', 'none'])
  return m
}
function facts() {
  const profile = { base: one(['ordinary', 'lifted']), cleared: maybe(0.2), phone: maybe(0.8) ? '13900000001' : undefined, head_name: maybe(0.8) ? '韦秀英' : undefined }
  if (profile.cleared || maybe(0.3)) profile.monitored_kind = one(['unstable_lifted', 'marginal', 'sudden_hardship'])
  profile.standing = profile.cleared ? 'cleared' : profile.monitored_kind ? 'monitored' : profile.base // derived by the command line
  profile.screened_this_campaign = 'no'
  profile.registered_risks = some(['illness', 'schooling', 'work'])
  if (maybe(0.3)) Object.assign(profile, { screened_this_campaign: 'yes', screened_risks: some(['illness', 'work', 'labour', 'other']) })
  if (maybe(0.3)) profile.allowance = { kind: one(['dibao', 'tekun_scattered']), whole: maybe(0.5), since: one(['2022-03-01', '2023-02']) }
  return { profile, members: Array.from({ length: below(7) }, (_, n) => member(n)) }
}
function value(node) {
  const name = node.currentState.reference.split('/').at(-1)
  const options = node.currentState.valueOptions?.map((o) => o.value)
  if (node.nodeType === 'select') return node.selectType === 'select' ? some(options) : one(options)
  if (node.valueType === 'int') return maybe(0.05) ? -1 : below(6)
  if (node.valueType === 'decimal') return maybe(0.05) ? 1.003 : one([0, below(60000), below(6000000) / 100, 7500 * below(6)])
  if (node.valueType === 'date') return one(['2021-05-01', '2023-01-01', '2099-01-01'])
  return name === 'phone' ? one(['13900000002', '1390']) : name.includes('id_number') ? number() : one(['无', '亲友借款', '情况属实'])
}
const readonly = (node) => node.currentState.readonly || !['input', 'select'].includes(node.nodeType)

fs.mkdirSync(out, { recursive: true })
const slugs = fs.readdirSync(xmlFolder).filter((f) => f.endsWith('.xml')).map((f) => f.slice(0, -4)).sort()
for (let n = 0; n < Number(many); n++) {
  const it = { story: `random ${seed}/${n}`, form: slugs[n % slugs.length], today: one(['2023-05-20', '2024-03-31', '2023-01-01', '2023-12-31']), facts: JSON.parse(JSON.stringify(facts())), answers: {} }
  const form = await open(it, xmlFolder)
  const often = one([0.5, 0.9, 1])
  for (const [name, node] of form.byName) {
    if (readonly(node) || !maybe(form.overridable.has(name) ? 0.1 : often)) continue
    if (!node.currentState.relevant) continue
    const given = value(node)
    if (given === undefined || (Array.isArray(given) && !given.length)) continue
    it.answers[name] = given
    give(form, { [name]: given })
  }
  give(form, it.answers) // overwritten answers once more, now that all else stands
  it.expect = { values: {}, relevant: {}, violations: violations(form.start) }
  for (const [name, node] of form.byName) {
    if (['root', 'group', 'repeat-range:uncontrolled'].includes(node.nodeType) || name === 'instanceID' || name === 'meta') continue
    const relevant = node.currentState.relevant
    if (node.nodeType !== 'model-value') it.expect.relevant[name] = relevant
    if (node.nodeType !== 'note') it.expect.values[name] = relevant ? valueOf(node) : ''
  }
  fs.writeFileSync(path.join(out, `random-${seed}-${String(n).padStart(4, '0')}.json`), JSON.stringify(it, null, 1))
}
console.log(`${many} cases in ${out}`)
