/** Times of the core (ISO) in words, by China's clock as the core reckons its days: today's by the clock, others by the day. */
import { dateInWords } from '@/forms/controls/dates'

const CLOCK = /T(\d{2}:\d{2})/

const CHINA = 8 * 3600 * 1000

/** An instant with a zone as China's day and clock (`2026-05-20T09:05`), whatever the device is set to; one without stays as it is. */
export function chinaTime(iso: string): string {
  if (!/T.*(Z|[+-]\d{2}:?\d{2})$/.test(iso)) return iso
  const at = new Date(iso).getTime()
  return Number.isNaN(at) ? iso : new Date(at + CHINA).toISOString().slice(0, 16)
}

/** 10:32 today; 5月20日 10:32 before; 2022年5月20日 in another year. */
export function whenInWords(iso: string, language: string, now = new Date()): string {
  const at = chinaTime(iso)
  const clock = CLOCK.exec(at)?.[1] ?? ''
  const day = at.slice(0, 10)
  const today = chinaTime(now.toISOString()).slice(0, 10)
  if (day === today && clock) return clock
  const sameYear = day.startsWith(today.slice(0, 5))
  const words = dateInWords(day, 'date', language) ?? iso
  if (!sameYear) return words
  const short = language === 'en' ? words.replace(/ \d{4}$/, '') : words.replace(/^\d{4}年/, '')
  return clock ? `${short} ${clock}` : short
}

/** The day alone. */
export const dayInWords = (iso: string, language: string): string => dateInWords(chinaTime(iso).slice(0, 10), 'date', language) ?? iso

/** The clock alone, of something that happened just now. */
export const clockOf = (iso: string): string => CLOCK.exec(chinaTime(iso))?.[1] ?? ''
