/** A long label has a name and, in brackets, an explanation: 因病（指家庭中有…）. The name is read, the rest looked up. */

const LONG = 16

export interface Label {
  name: string
  rest: string
}

/** Splits at the first bracket of a long label; a short one stays whole. */
export function splitLabel(label: string): Label {
  const at = label.search(/（|\s\(/)
  if (label.length <= LONG || at < 1) return { name: label, rest: '' }
  const rest = label.slice(at).trim()
  const inner = /^[（(](.*)[）)]$/.exec(rest)
  return { name: label.slice(0, at).trim(), rest: inner?.[1] ?? rest }
}
