/** A fact shown as a question, so that corrections and new members use the same controls as the forms. */
import type { ChoiceView, Control, FactView, QuestionView } from '@/api/bindings'
import type { Value } from './controls/control'

/** A question that stands outside any form. */
export function looseQuestion(path: string, label: string, control: Control, value: Value, choices: ChoiceView[] = [], required = false): QuestionView {
  return {
    path,
    name: path,
    control,
    label,
    hint: '',
    value,
    shown: '',
    relevant: true,
    required,
    readonly: false,
    known: false,
    proposed: false,
    overridden: false,
    system_shown: null,
    explanation: null,
    choices,
    violation: null,
    warning: null,
    cancelled: [],
    former: [],
    appearance: '',
    range: null,
  }
}

/** The question that a fact answers. */
export const questionOfFact = (fact: FactView, value: Value): QuestionView =>
  looseQuestion(fact.path, fact.label, fact.control ?? 'text', value, fact.choices)

/** The value that words stand for in this fact: codes where there are choices; null when they stand for none. */
export function valueOfWords(fact: FactView, words: string): Value {
  if (words === '' || words.includes('*')) return null
  if (fact.choices.length === 0) return words
  const codes = fact.choices.filter((choice) => words.split(/[、,，]\s*/).includes(choice.label)).map((choice) => choice.code)
  if (fact.control === 'select_multiple') return codes.length > 0 ? codes : null
  return fact.choices.find((choice) => choice.label === words)?.code ?? null
}

/** The value of a fact as it is shown; nothing where it is masked. */
export const valueOfFact = (fact: FactView): Value => (fact.masked ? null : valueOfWords(fact, fact.value))
