/** How a state looks: icon and colour for each word that the core gives. */
import type { HouseholdProgress, Outcome } from '@/api/bindings'
import type { IconName } from './icons'

export type Tone = 'ok' | 'wait' | 'bad' | 'quiet' | 'accent'

export const progressLook: Record<HouseholdProgress, { tone: Tone; icon: IconName }> = {
  left: { tone: 'quiet', icon: 'ring' },
  draft: { tone: 'accent', icon: 'pen' },
  attempted: { tone: 'wait', icon: 'clock' },
  partly: { tone: 'wait', icon: 'half' },
  done: { tone: 'ok', icon: 'checkRing' },
}

export const outcomeLook: Record<Outcome, { tone: Tone; icon: IconName }> = {
  done: { tone: 'ok', icon: 'checkRing' },
  nobody_home: { tone: 'wait', icon: 'clock' },
  away: { tone: 'wait', icon: 'phone' },
  refused: { tone: 'bad', icon: 'stop' },
  not_found: { tone: 'bad', icon: 'search' },
  ended: { tone: 'quiet', icon: 'close' },
}
