/** A long label has a name and, in brackets at its end, an explanation: 因病（指家庭中有…）. The name is read, the rest
 *  looked up. A label with brackets elsewhere, or with a mere unit in them (人, 元), stays as the notice has it. */

const LONG = 16
const LEAST_EXPLANATION = 6
const BRACKETED = /^([^（(]+?)\s*[（(]([^（()）]*)[)）]$/

export interface Label {
  name: string
  rest: string
}

export function splitLabel(label: string): Label {
  const found = label.length > LONG ? BRACKETED.exec(label) : null
  const [, name = '', rest = ''] = found ?? []
  return rest.length < LEAST_EXPLANATION ? { name: label, rest: '' } : { name, rest }
}
