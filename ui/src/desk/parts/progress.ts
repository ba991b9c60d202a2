/** A household's progress as a status mark. */
import type { HouseholdProgress } from '@/api/bindings'
import type { IconName } from '@/components/icons'

export interface Mark {
  tone: 'ok' | 'wait' | 'bad' | 'quiet' | 'accent'
  icon: IconName
}

export const progressMark: Record<HouseholdProgress, Mark> = {
  left: { tone: 'quiet', icon: 'ring' },
  draft: { tone: 'accent', icon: 'pen' },
  attempted: { tone: 'wait', icon: 'clock' },
  partly: { tone: 'wait', icon: 'half' },
  done: { tone: 'ok', icon: 'checkRing' },
}
