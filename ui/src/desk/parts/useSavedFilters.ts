/** Filters a person keeps under a name, on this computer. They hold no household data, so the browser's store will do. */
import { ref } from 'vue'

export interface SavedFilter {
  name: string
  filter: Record<string, string>
}

const KEY = 'ruhu.desk.filters'

function stored(): SavedFilter[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(found) ? (found as SavedFilter[]) : []
  } catch {
    return []
  }
}

export function useSavedFilters() {
  const all = ref<SavedFilter[]>(stored())
  const keep = (next: SavedFilter[]): void => {
    all.value = next
    localStorage.setItem(KEY, JSON.stringify(next))
  }
  return {
    all,
    /** A search text may be a name, so it is not kept. */
    add: (name: string, filter: Record<string, string>) => keep([...all.value.filter((item) => item.name !== name), { name, filter: { ...filter, text: '' } }]),
    remove: (name: string) => keep(all.value.filter((item) => item.name !== name)),
  }
}
