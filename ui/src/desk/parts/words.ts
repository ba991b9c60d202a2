/** Dates and shares as the desk writes them. */

/** `2026-11-24T08:05:12+08:00` → `2026-11-24 08:05`; a plain date stays one. */
export function moment(text: string): string {
  if (!text.includes('T')) return text
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) return text
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** A share as a percentage that never says 100 % or 0 % when it is not. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–'
  const percent = (part / whole) * 100
  if (percent > 0 && percent < 0.1) return '<0.1%'
  if (percent < 100 && percent > 99.9) return '>99.9%'
  return `${Number(percent.toFixed(1))}%`
}
