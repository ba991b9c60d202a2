/** The state of one call, for a screen: what it holds, whether it is on its way, what went wrong (words to show). */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { CallError } from '@/api/call'
import { i18n } from '@/locales'

/** Words of any failure; a call that failed without words (the core is gone) gets ours. */
export const wordsOf = (error: unknown): string =>
  (error instanceof CallError ? error.message : '') || i18n.global.t('common.coreSilent')

export interface CallState<T, A extends unknown[]> {
  data: ShallowRef<T | undefined>
  busy: Ref<boolean>
  trouble: Ref<string | undefined>
  /** Runs it; resolves to the answer, or to undefined when it failed (the words are in `trouble`). */
  run(...args: A): Promise<T | undefined>
}

/** Wraps a call. When a later run overtakes an earlier one, the earlier answer is dropped. */
export function useCall<T, A extends unknown[]>(work: (...args: A) => Promise<T>): CallState<T, A> {
  const data = shallowRef<T>()
  const busy = ref(false)
  const trouble = ref<string>()
  let latest = 0
  async function run(...args: A): Promise<T | undefined> {
    const mine = ++latest
    busy.value = true
    try {
      const answer = await work(...args)
      if (mine !== latest) return undefined
      data.value = answer
      trouble.value = undefined
      return answer
    } catch (error) {
      if (mine === latest) trouble.value = wordsOf(error)
      return undefined
    } finally {
      if (mine === latest) busy.value = false
    }
  }
  return { data, busy, trouble, run }
}
