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
    appearance: '',
    range: null,
  }
}

/** The question that a fact answers. */
export const questionOfFact = (fact: FactView, value: Value): QuestionView =>
  looseQuestion(fact.path, fact.label, fact.control ?? 'text', value, fact.choices)

/** The value that a fact's words stand for: codes where there are choices, nothing where it is masked. */
export function valueOfFact(fact: FactView): Value {
  if (fact.masked || fact.value === '') return null
  if (fact.choices.length === 0) return fact.value
  const codes = fact.choices.filter((choice) => fact.value.split(/[、,，]\s*/).includes(choice.label)).map((choice) => choice.code)
  if (fact.control === 'select_multiple') return codes.length > 0 ? codes : null
  return fact.choices.find((choice) => choice.label === fact.value)?.code ?? null
}
