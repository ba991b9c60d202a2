/** Times of the core (ISO, local) in words: today's by the clock, others by the day. */
import { dateInWords, isoDay } from '@/forms/controls/dates'

const CLOCK = /T(\d{2}:\d{2})/

/** An instant with a zone is brought to this device's day and clock; one without stays as it is. */
function local(iso: string): string {
  if (!/T.*(Z|[+-]\d{2}:?\d{2})$/.test(iso)) return iso
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : `${isoDay(at)}T${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
}

/** 10:32 today; 5月20日 10:32 before; 2022年5月20日 in another year. */
export function whenInWords(iso: string, language: string, now = new Date()): string {
  const at = local(iso)
  const clock = CLOCK.exec(at)?.[1] ?? ''
  const day = at.slice(0, 10)
  if (day === isoDay(now) && clock) return clock
  const sameYear = day.startsWith(`${now.getFullYear()}-`)
  const words = dateInWords(day, 'date', language) ?? iso
  if (!sameYear) return words
  const short = language === 'en' ? words.replace(/ \d{4}$/, '') : words.replace(/^\d{4}年/, '')
  return clock ? `${short} ${clock}` : short
}

/** The day alone. */
export const dayInWords = (iso: string, language: string): string => dateInWords(local(iso).slice(0, 10), 'date', language) ?? iso

/** The clock alone, of something that happened just now. */
export const clockOf = (iso: string): string => CLOCK.exec(local(iso))?.[1] ?? ''
