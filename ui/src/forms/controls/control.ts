/** What every control takes and gives: the question, and an answer when its field is left. */
import { ref, watch, type Ref } from 'vue'
import type { AnswerRequest, QuestionView } from '@/api/bindings'

export interface ControlProps {
  question: QuestionView
  disabled?: boolean
}

export type Value = AnswerRequest['value']

export interface ControlEmits {
  answer: [value: Value]
}

/** The value as text for a typed field. */
export const textOf = (value: Value): string => (value === null || Array.isArray(value) ? '' : String(value))

export interface Draft {
  text: Ref<string>
  begin(): void
  /** The field is left: sends the text if it changed. */
  leave(): void
}

/** Text being typed. While the field is held, answers from elsewhere do not overwrite it. */
export function useDraft(question: () => QuestionView, send: (text: string) => void): Draft {
  const text = ref(textOf(question().value))
  let held = false
  watch(
    () => [question().path, question().value] as const,
    () => {
      if (!held) text.value = textOf(question().value)
    },
  )
  return {
    text,
    begin: () => {
      held = true
    },
    leave: () => {
      held = false
      const typed = text.value.trim()
      text.value = typed
      if (typed !== textOf(question().value)) send(typed)
    },
  }
}
