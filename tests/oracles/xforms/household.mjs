// ODK's own engine, which knows nothing of Ruhu, under Node: a form with a household's facts in it, and answers given.
//
// Facts are put into the form's instance before it is loaded (that is what `ruhu:fact` means); answers are given in the
// case's order, those to computed questions last, since an ODK engine recomputes an overwritten answer.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { JSDOM } from 'jsdom'

const here = path.dirname(fileURLToPath(import.meta.url))
export const root = path.resolve(here, '../../..')
const { window } = new JSDOM('<html></html>')
for (const name of ['DOMParser', 'XMLSerializer', 'Node', 'Element', 'Document', 'Attr', 'Text', 'File', 'Blob', 'CDATASection', 'Comment',
  'CharacterData', 'DocumentFragment', 'NodeFilter', 'HTMLElement', 'ProcessingInstruction', 'NamedNodeMap', 'NodeList', 'FormData'])
  globalThis[name] = window[name]
Object.assign(globalThis, { window, document: window.document, __dirname: here })
const { loadForm } = await import('@getodk/xforms-engine')

const RealDate = Date
function setToday(day) {
  const now = new RealDate(`${day}T10:00:00`).getTime()
  globalThis.Date = class extends RealDate {
    constructor(...given) { given.length ? super(...given) : super(now) }
    static now() { return now }
  }
}

export const asText = (value) => value == null ? '' : Array.isArray(value) ? value.join(' ') : value === true ? 'yes' : value === false ? 'no' : String(value)
const look = (facts, where) => where.split('/').reduce((at, key) => at?.[key], facts)
const steps = (nodeset) => nodeset.split('/').slice(2)
const isTemplate = (element) => element.hasAttribute('jr:template')
const child = (element, names) => names.reduce((at, name) => [...at.children].find((c) => c.localName === name && !isTemplate(c)), element)

function withFacts(xml, facts, today) {
  const doc = new window.DOMParser().parseFromString(xml, 'text/xml')
  const instance = doc.getElementsByTagName('instance')[0].firstElementChild
  const binds = [...doc.getElementsByTagName('bind')].map((bind) => ({ bind, nodeset: bind.getAttribute('nodeset'), fact: bind.getAttribute('ruhu:fact') }))
  for (const { bind, nodeset, fact } of binds) {
    if (fact && !fact.startsWith('members')) child(instance, steps(nodeset)).textContent = asText(look(facts, fact))
    if (bind.getAttribute('jr:preload') === 'date') {
      child(instance, steps(nodeset)).textContent = today
      bind.removeAttribute('jr:preload')
      bind.removeAttribute('jr:preloadParams')
    }
  }
  const repeat = doc.getElementsByTagName('repeat')[0]?.getAttribute('nodeset')
  if (repeat) {
    const names = steps(repeat)
    const parent = child(instance, names.slice(0, -1))
    const all = [...parent.children].filter((c) => c.localName === names.at(-1))
    const template = all.find(isTemplate) ?? all[0]
    all.filter((c) => !isTemplate(c)).forEach((c) => parent.removeChild(c))
    const after = all.find(isTemplate)?.nextSibling ?? parent.firstChild
    for (const member of facts.members ?? []) {
      const copy = template.cloneNode(true)
      copy.removeAttribute('jr:template')
      for (const { nodeset, fact } of binds)
        if (fact?.startsWith('members/*/')) child(copy, steps(nodeset).slice(names.length)).textContent = asText(look(member, fact.slice('members/*/'.length)))
      parent.insertBefore(copy, after)
    }
  }
  return new window.XMLSerializer().serializeToString(doc)
}

// questions outside the roster, by name
function questions(start) {
  const found = new Map()
  const walk = (node) => {
    if (node.nodeType.startsWith('repeat-range')) return
    const name = node.currentState.reference.split('/').at(-1)
    if (!found.has(name)) found.set(name, node)
    for (const next of node.currentState.children ?? []) walk(next)
  }
  walk(start)
  return found
}

function answer(node, value) {
  if (node.nodeType === 'select') node.selectValues([].concat(value).map(String))
  else if (node.valueType === 'int') node.setValue(BigInt(value))
  else if (node.valueType === 'decimal') node.setValue(Number(value))
  else node.setValue(value)
}

export const valueOf = (node) => new window.DOMParser().parseFromString(`<x>${node.instanceState.instanceXML}</x>`, 'text/xml').documentElement.textContent
export const same = (got, want) => got === want || (got !== '' && want !== '' && Math.abs(Number(got) - Number(want)) < 1e-9)

// the form of `given` with its facts, answered: questions outside the roster by name, and the engine's root
export async function open(given, xmlFolder) {
  setToday(given.today)
  const xml = withFacts(fs.readFileSync(path.join(xmlFolder, `${given.form}.xml`), 'utf8'), given.facts, given.today)
  const params = fs.readFileSync(path.join(root, 'app-core/packs/guangxi-2023/params.csv'), 'utf8')
  const form = await loadForm(xml, { fetchFormAttachment: async () => new Response(params, { headers: { 'content-type': 'text/csv' } }) })
  if (form.status === 'failure') throw form.error
  const start = form.createInstance().root
  const overridable = [...xml.matchAll(/<bind [^>]*>/g)].map((m) => m[0]).filter((b) => b.includes('ruhu:override="yes"')).map((b) => /nodeset="[^"]*\/(\w+)"/.exec(b)[1])
  return { start, byName: questions(start), overridable: new Set(overridable) }
}

export function give({ byName, overridable }, answers) {
  const last = (name) => name === 'suggestion' ? 3 : name === 'at_risk' ? 2 : overridable.has(name) ? 1 : 0
  for (const [name, value] of Object.entries(answers).sort(([a], [b]) => last(a) - last(b))) {
    const node = byName.get(name)
    // an answer to a question that is not asked is refused by this engine and ignored by ours
    if (node.currentState.relevant) answer(node, value)
  }
}

export const violations = (start) => start.validationState.violations
  .map((v) => ({ name: v.reference.split('/').at(-1), kind: v.violation.condition }))
