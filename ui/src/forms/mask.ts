/** Personal numbers on the page: the beginning and the end, so that a person can be recognised and not copied. */
export function maskNumber(value: string): string {
  if (value.length <= 4) return value
  const head = value.length >= 15 ? 6 : value.length >= 11 ? 3 : 0
  return value.slice(0, head) + '*'.repeat(value.length - head - 4) + value.slice(-4)
}
