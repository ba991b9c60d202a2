/** Dates and shares as the desk writes them. */
import { chinaTime } from '@/composables/when'

/** `2026-11-24T08:05:12+08:00` → `2026-11-24 08:05`; a plain date stays one. */
export function moment(text: string): string {
  return chinaTime(text).slice(0, 16).replace('T', ' ')
}

/** A share as a percentage that never says 100 % or 0 % when it is not. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–'
  const percent = (part / whole) * 100
  if (percent > 0 && percent < 0.1) return '<0.1%'
  if (percent < 100 && percent > 99.9) return '>99.9%'
  return `${Number(percent.toFixed(1))}%`
}
