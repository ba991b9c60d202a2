/** ISO dates to wheels and to words. No time zones: a day is a day. */
import type { Control } from '@/api/bindings'

const TWO = 2
const OLDEST_YEARS = 110
const YEARS_AHEAD = 2

const two = (value: number): string => String(value).padStart(TWO, '0')

/** The ISO day of a local date. */
export const isoDay = (date: Date): string => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`

/** The day that many days later. */
export function daysLater(date: Date, days: number): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days)
}

/** The years a wheel offers. */
export const daysAround = (now: Date): { from: Date; to: Date } => ({
  from: new Date(now.getFullYear() - OLDEST_YEARS, 0, 1),
  to: new Date(now.getFullYear() + YEARS_AHEAD, 11, 31),
})

/** Where the wheels stand when they open: at the value, or at now. */
export function partsOfDate(value: string, now: Date): { day: string[]; time: string[] } {
  const day = /(\d{4})-(\d{2})(?:-(\d{2}))?/.exec(value)
  const time = /(\d{2}):(\d{2})/.exec(value)
  return {
    day: day ? [day[1] ?? '', day[2] ?? '', day[3] ?? '01'] : isoDay(now).split('-'),
    time: time ? [time[1] ?? '', time[2] ?? ''] : [two(now.getHours()), two(now.getMinutes())],
  }
}

/** 2023-05-20 → 2023年5月20日. */
export function dateInWords(value: string, control: Control, language: string): string | undefined {
  if (value === '') return undefined
  const clock = /(\d{2}:\d{2})/.exec(value)?.[1] ?? ''
  if (control === 'time') return clock || value
  const found = /^(\d{4})-(\d{2})(?:-(\d{2}))?/.exec(value)
  if (!found) return value
  const [year, month, date] = [Number(found[1]), Number(found[2]), Number(found[3] ?? 1)]
  const whole = control !== 'year_month'
  const words =
    language === 'en'
      ? new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: 'short', ...(whole ? { day: 'numeric' } : {}) }).format(new Date(year, month - 1, date))
      : `${year}年${month}月${whole ? `${date}日` : ''}`
  return control === 'date_time' && clock ? `${words} ${clock}` : words
}
