// Every node of ODK's engine beside the same of ours: relevance, value, readonly, required, violation with its words,
// offered choices with their labels, label, hint.
import { stateOf } from './odk.mjs'

const closeTo = (a, b) => a !== '' && b !== '' && Math.abs(Number(a) - Number(b)) <= 1e-9 * Math.max(1, Math.abs(Number(b)))
// Numbers inside words (a narrative) are held to the same measure.
const words = (text) => text.split(/(-?\d+(?:\.\d+)?)/)
function sameText(a, b) {
  if (a === b || closeTo(a, b)) return true
  const [x, y] = [words(a), words(b)]
  return x.length === y.length && x.every((w, i) => w === y[i] || closeTo(w, y[i]))
}
const sameMoment = (a, b) => /^\d{4}-\d\d-\d\dT/.test(a) && new Date(a).getTime() === new Date(b).getTime()
const samePlace = (a, b) => sameText(a.replace(/\s*;\s*/g, ';'), b.replace(/\s*;\s*/g, ';'))

// pyxform straightens quotation marks and joins blanks in every cell; ours leaves the notice's words as they are.
const plain = (label) => label.replace(/[“”]/g, '"').replace(/[‘’]/g, "'").replace(/\s+/g, ' ').trim()

export const counts = { nodes: 0, valued: 0, hidden: 0, violated: 0, readonly: 0, required: 0, offered: 0 }

export function differences(found, ours) {
  const out = []
  for (const [reference, node] of found) {
    const name = reference.split('/').at(-1)
    if (['meta', 'instanceID', 'instanceName'].includes(name) || reference.includes('/meta/')) continue
    const theirs = stateOf(node), mine = ours[reference]
    const say = (what, a, b) => out.push({ reference, what, theirs: a, mine: b, node: mine, odk: node.nodeType })
    if (!mine) { say('node', 'there', 'not there'); continue }
    counts.nodes += 1
    if (theirs.value !== '') counts.valued += 1
    if (!theirs.relevant) counts.hidden += 1
    if (theirs.violation) counts.violated += 1
    if (theirs.readonly) counts.readonly += 1
    if (theirs.required) counts.required += 1
    if (theirs.choices) counts.offered += 1
    if (theirs.relevant !== mine.relevant) say('relevance', theirs.relevant, mine.relevant)
    if (mine.kind !== 'note' && theirs.readonly !== mine.readonly) say('readonly', theirs.readonly, mine.readonly)
    if (theirs.label && !sameText(plain(theirs.label), plain(mine.label))) say('label', theirs.label, mine.label)
    if (theirs.hint && !sameText(plain(theirs.hint), plain(mine.hint))) say('hint', theirs.hint, mine.hint)
    if (theirs.container) continue
    // ODK's engine stores several choices as they were shown (shuffled, where they are), ours in the order of the list.
    const inOrder = (text) => mine.kind === 'select_multiple' ? text.split(' ').sort().join(' ') : text
    const [a, b] = [inOrder(theirs.value), inOrder(mine.value)]
    if (!sameText(a, b) && !sameMoment(theirs.value, mine.value) && !(mine.kind.startsWith('geo') && samePlace(a, b))) say('value', theirs.value, mine.value)
    if (theirs.required !== mine.required) say('required', theirs.required, mine.required)
    const violation = mine.violation === 'choice' ? null : mine.violation
    if (theirs.violation !== violation) say('violation', theirs.violation, violation)
    else if (theirs.message && !sameText(plain(theirs.message), plain(mine.message))) say('message', theirs.message, mine.message)
    // Two answers alike are one choice in ours: nobody could tell them apart.
    const offered = theirs.choices && [...new Set(theirs.choices)]
    if (offered && JSON.stringify(offered) !== JSON.stringify(mine.choices)) say('choices', theirs.choices, mine.choices)
    else if (offered && offered.length === theirs.choices.length)
      offered.forEach((_, i) => { if (!sameText(plain(theirs.labels[i]), plain(mine.labels[i]))) say(`label of choice ${i + 1}`, theirs.labels[i], mine.labels[i]) })
  }
  for (const reference of Object.keys(ours)) {
    // ODK's engine keeps it among the metadata, which are not part of a filling here.
    if (ours[reference].kind === 'audit') continue
    if (!found.has(reference)) out.push({ reference, what: 'node', theirs: 'not there', mine: 'there', node: ours[reference] })
  }
  return out
}
