/** What a change of the form leaves to do. */
import type { FormChangesView } from '@/api/bindings'

/** How many questions are to be answered, again or for the first time. */
export const toDo = (changes: FormChangesView): number => changes.items.filter((item) => !item.done && item.path !== null).length
