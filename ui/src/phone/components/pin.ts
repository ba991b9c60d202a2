/** The PIN while it is typed: 4 to 12 digits; the core decides whether it is right. */

export const LEAST = 4
export const MOST = 12

/** The PIN after a key. */
export function pressed(pin: string, key: string): string {
  if (key === 'Backspace') return pin.slice(0, -1)
  return /^\d$/.test(key) && pin.length < MOST ? pin + key : pin
}

export const mayConfirm = (pin: string): boolean => pin.length >= LEAST && pin.length <= MOST

/** A PIN that a neighbour would try first. */
export function isWeak(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, at) => Number(digit) - Number(pin[at]))
  return steps.every((step) => step === 0) || steps.every((step) => step === 1) || steps.every((step) => step === -1)
}
