/**
 * The one typed call into the core, and its two carriers: Tauri's `invoke` in the app's own window, HTTP to the same
 * dispatcher (`ruhu-app --serve`) in a browser. Nothing else in the screens knows that there is a core behind them.
 */
import type { ErrorView, Kind, Methods, Nothing } from './bindings'

/** The name of a method. */
export type Method = keyof Methods

/** What the dispatcher answers. */
export type Answer<T> = { ok: T } | { error: ErrorView }

/** Brings a call to the dispatcher and its answer back. */
export type Carrier = (method: string, params: unknown) => Promise<Answer<unknown>>

/** A failed call: what the core said, ready to show. */
export class CallError extends Error {
  readonly kind: Kind
  constructor(error: ErrorView) {
    super(error.words)
    this.name = 'CallError'
    this.kind = error.kind
  }
}

interface TauriInternals {
  invoke(command: string, args: Record<string, unknown>): Promise<unknown>
}

type Holder = { __TAURI_INTERNALS__?: TauriInternals; parent?: Holder }

/** Of this page, or of the page that shows it in a frame (the preview of a form at the desk). */
function tauri(): TauriInternals | undefined {
  const here = globalThis as unknown as Holder
  try {
    return here.__TAURI_INTERNALS__ ?? here.parent?.__TAURI_INTERNALS__
  } catch {
    // a frame of another origin: not ours
    return undefined
  }
}

const isAnswer = (value: unknown): value is Answer<unknown> =>
  typeof value === 'object' && value !== null && ('ok' in value || 'error' in value)

/** The core itself did not answer (its process ended): not a question of signal. The screens have words for it. */
const silent: Answer<never> = { error: { kind: 'internal', words: '' } }

export const tauriCarrier: Carrier = async (method, params) => {
  try {
    const answer = await tauri()?.invoke('call', { method, params })
    return isAnswer(answer) ? answer : silent
  } catch {
    return silent
  }
}

export const httpCarrier: Carrier = async (method, params) => {
  try {
    const response = await fetch('/api/call', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token()}` },
      body: JSON.stringify({ method, params }),
    })
    const answer: unknown = await response.json()
    return isAnswer(answer) ? answer : silent
  } catch {
    return silent
  }
}

const TOKEN_KEY = 'ruhu.token'

/** Takes the token out of `#token=…` (so that it is not left in the address) and keeps it for this tab. */
export function takeToken(): void {
  const found = /[#&/]token=([^&]+)/.exec(location.hash)
  if (!found?.[1]) return
  sessionStorage.setItem(TOKEN_KEY, decodeURIComponent(found[1]))
  history.replaceState(null, '', location.pathname + location.search)
}

const token = (): string => sessionStorage.getItem(TOKEN_KEY) ?? ''

let carrier: Carrier | undefined

/** Replaces the carrier; for tests. */
export function setCarrier(next: Carrier | undefined): void {
  carrier = next
}

const chosen = (): Carrier => carrier ?? (tauri() ? tauriCarrier : httpCarrier)

let locked: (() => void) | undefined

/** What to do when the core has locked itself behind a page. */
export function onLocked(then: () => void): void {
  locked = then
}

/** Calls the core. Throws `CallError` with words for the person. */
export async function call<M extends Method>(
  method: M,
  ...[params]: Methods[M]['request'] extends Nothing ? [] : [params: Methods[M]['request']]
): Promise<Methods[M]['answer']> {
  const answer = await chosen()(method, params ?? {})
  if ('error' in answer) {
    if (answer.error.kind === 'locked' && !method.startsWith('session.')) locked?.()
    throw new CallError(answer.error)
  }
  return answer.ok as Methods[M]['answer']
}
