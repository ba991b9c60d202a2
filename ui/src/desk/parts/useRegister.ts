/** The register as a window onto the core: rows are fetched in blocks as they come into view, so 100,000 households scroll. */
import { ref, shallowRef, triggerRef } from 'vue'
import { call } from '@/api/call'
import type { HouseholdQuery, HouseholdRow } from '@/api/bindings'
import { wordsOf } from '@/composables/useCall'

const BLOCK = 200

/** A row of the table; `household` is absent until its block arrives. */
export interface Slot {
  key: number
  household?: HouseholdRow
}

export function useRegister() {
  const rows = shallowRef<Slot[]>([])
  const total = ref(0)
  const trouble = ref<string>()
  const ready = ref(false)
  let query: HouseholdQuery = {}
  let generation = 0
  let asked = new Set<number>()

  async function block(at: number): Promise<void> {
    if (asked.has(at)) return
    asked.add(at)
    const mine = generation
    try {
      const page = await call('register.query', { ...query, offset: at * BLOCK, limit: BLOCK })
      if (mine !== generation) return
      if (page.total !== rows.value.length) {
        total.value = page.total
        rows.value = Array.from({ length: page.total }, (_, key) => rows.value[key] ?? { key })
      }
      page.rows.forEach((household, i) => {
        const slot = rows.value[at * BLOCK + i]
        if (slot) slot.household = household
      })
      triggerRef(rows)
      trouble.value = undefined
    } catch (error) {
      if (mine !== generation) return
      asked.delete(at)
      trouble.value = wordsOf(error)
    }
    ready.value = true
  }

  /** Starts over with another query. */
  async function search(next: HouseholdQuery): Promise<void> {
    query = next
    generation += 1
    asked = new Set()
    rows.value = []
    await block(0)
    total.value = rows.value.length
  }

  /** Fetches what is in view. */
  function show(from: number, to: number): void {
    for (let at = Math.floor(from / BLOCK); at <= Math.floor(to / BLOCK); at++) void block(at)
  }

  return { rows, total, trouble, ready, search, show }
}
