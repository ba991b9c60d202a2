// ODK's own engine under Node: loads a form, sets answers, adds and removes instances, tells the state of every node.
import { JSDOM } from 'jsdom'

const { window } = new JSDOM('<html></html>')
for (const name of ['DOMParser', 'XMLSerializer', 'Node', 'Element', 'Document', 'Attr', 'Text', 'File', 'Blob', 'CDATASection', 'Comment',
  'CharacterData', 'DocumentFragment', 'NodeFilter', 'HTMLElement', 'ProcessingInstruction', 'NamedNodeMap', 'NodeList', 'FormData'])
  globalThis[name] = window[name]
Object.assign(globalThis, { window, document: window.document, __dirname: import.meta.dirname })

const RealDate = Date
export function setToday(day) {
  const now = new RealDate(`${day}T12:00:00`).getTime()
  globalThis.Date = class extends RealDate {
    constructor(...given) { given.length ? super(...given) : super(now) }
    static now() { return now }
  }
}

const { loadForm } = await import('@getodk/xforms-engine')

// What nobody can type (hidden questions) is put into the form's own instance before it is loaded.
function withHidden(xml, hidden, today) {
  const doc = new window.DOMParser().parseFromString(xml, 'text/xml')
  const top = doc.getElementsByTagName('instance')[0].firstElementChild
  const find = (reference) => reference.split('/').slice(2).reduce((at, name) => at && [...at.children].find((c) => c.localName === name), top)
  for (const [reference, text] of Object.entries(hidden)) find(reference).textContent = text
  for (const bind of doc.getElementsByTagName('bind')) {
    if (bind.getAttribute('jr:preload') !== 'date') continue
    find(bind.getAttribute('nodeset')).textContent = today
    bind.removeAttribute('jr:preload')
    bind.removeAttribute('jr:preloadParams')
  }
  return new window.XMLSerializer().serializeToString(doc)
}

const TYPES = { csv: 'text/csv', xml: 'text/xml', geojson: 'application/geo+json' }

export class Odk {
  static async open(xml, tables, hidden, today) {
    setToday(today)
    const fetchFormAttachment = async (url) => {
      const text = tables[String(url).split('/').at(-1)]
      return text === undefined ? new Response('', { status: 404 }) : new Response(text, { headers: { 'content-type': TYPES[String(url).split('.').at(-1)] } })
    }
    const form = await loadForm(withHidden(xml, hidden, today), { fetchFormAttachment })
    if (form.status === 'failure') throw form.error
    const self = new Odk()
    self.root = form.createInstance({ preloadProperties: { deviceID: 'ruhu', username: 'ruhu' } }).root
    return self
  }

  // every node by reference; ranges of repeats apart
  nodes() {
    const found = new Map()
    const ranges = []
    const walk = (node) => {
      if (node.nodeType.startsWith('repeat-range')) ranges.push(node)
      else found.set(node.currentState.reference, node)
      for (const next of node.currentState.children ?? []) walk(next)
    }
    walk(this.root)
    return { found, ranges }
  }

  answer(node, value, kind) {
    // A choice drawn from answers may hold blanks.
    // select_one_external is a text field in ODK's engine.
    if (kind === 'select_one' && node.nodeType === 'select') node.selectValues(value === '' ? [] : [value])
    else if (node.nodeType === 'select') node.selectValues(value === '' ? [] : value.split(' '))
    else if (node.nodeType === 'rank') node.setValues(value === '' ? [] : value.split(' '))
    else if (node.nodeType === 'trigger') node.setValue(value !== '')
    else if (value === '') node.setValue(['string', 'barcode'].includes(node.valueType) ? '' : null)
    else if (node.valueType === 'int') node.setValue(BigInt(value))
    else if (node.valueType === 'decimal') node.setValue(Number(value))
    else node.setValue(value)
  }
}

const container = (node) => ['root', 'group', 'repeat-instance'].includes(node.nodeType)

export function stateOf(node) {
  const state = node.currentState
  return {
    container: container(node), relevant: state.relevant, readonly: state.readonly, required: state.required,
    value: container(node) ? '' : state.instanceValue ?? '',
    violation: node.validationState?.violation?.condition ?? null,
    message: node.validationState?.violation?.message?.asString ?? '',
    choices: state.valueOptions?.map((o) => o.value) ?? null,
    labels: state.valueOptions?.map((o) => o.label?.asString ?? '') ?? null,
    label: state.label?.asString ?? '',
    hint: state.hint?.asString ?? '',
  }
}
