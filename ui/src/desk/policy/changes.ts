/** How a kind of change looks: icon, tone and word. */
import type { Mark } from '../parts/progress'

export const changeMark: Record<string, Mark> = {
  removed: { tone: 'bad', icon: 'minus' },
  choice_removed: { tone: 'wait', icon: 'minus' },
  renamed: { tone: 'accent', icon: 'pen' },
  added: { tone: 'ok', icon: 'plus' },
  choice_added: { tone: 'ok', icon: 'plus' },
  logic: { tone: 'wait', icon: 'spark' },
  changed: { tone: 'accent', icon: 'pen' },
  words: { tone: 'quiet', icon: 'pen' },
}
