/** Shows a personal number in full, once; the core writes the look down. */
import type { Revealed } from '@/api/bindings'
import { call } from '@/api/call'

export const revealer =
  (household: string, what: Revealed, member?: string): (() => Promise<string | undefined>) =>
  () =>
    call('reveal', member ? { household, what, member } : { household, what }).then(
      (answer) => answer.value,
      () => undefined,
    )
