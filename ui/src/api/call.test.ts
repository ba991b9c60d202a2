import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { call, CallError, setCarrier, takeToken } from './call'

const globals = globalThis as { __TAURI_INTERNALS__?: unknown }

describe('the typed call', () => {
  beforeEach(() => sessionStorage.clear())
  afterEach(() => {
    delete globals.__TAURI_INTERNALS__
    setCarrier(undefined)
    vi.unstubAllGlobals()
  })

  it('goes by HTTP with the token of the address, which is then gone from the address', async () => {
    history.replaceState(null, '', '/phone.html#token=a%2Bb')
    takeToken()
    expect(location.hash).toBe('')
    const fetched = vi.fn().mockResolvedValue(new Response(JSON.stringify({ ok: { answered: 3 } })))
    vi.stubGlobal('fetch', fetched)
    expect(await call('visit.view', { visit: 'v1' })).toEqual({ answered: 3 })
    const [url, request] = fetched.mock.calls[0] as [string, RequestInit]
    expect(url).toBe('/api/call')
    expect(new Headers(request.headers).get('authorization')).toBe('Bearer a+b')
    expect(JSON.parse(String(request.body))).toEqual({ method: 'visit.view', params: { visit: 'v1' } })
  })

  it('goes by invoke in the window of the app', async () => {
    const invoke = vi.fn().mockResolvedValue({ ok: [] })
    globals.__TAURI_INTERNALS__ = { invoke }
    expect(await call('areas.list')).toEqual([])
    expect(invoke).toHaveBeenCalledWith('call', { method: 'areas.list', params: {} })
  })

  it('throws what the core said, in its words', async () => {
    setCarrier(() => Promise.resolve({ error: { kind: 'pin', words: 'PIN 不对，还能试 4 次。' } }))
    const failed = await call('session.unlock', { pin: '000000' }).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(CallError)
    expect((failed as CallError).kind).toBe('pin')
    expect((failed as CallError).message).toBe('PIN 不对，还能试 4 次。')
  })

  it('says that the core is silent when nobody answers, and when something else does', async () => {
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('failed to fetch')))
    await expect(call('today.view')).rejects.toMatchObject({ kind: 'internal' })
    vi.stubGlobal('fetch', vi.fn().mockResolvedValue(new Response('<html>404</html>', { status: 404 })))
    await expect(call('today.view')).rejects.toMatchObject({ kind: 'internal' })
    globals.__TAURI_INTERNALS__ = { invoke: vi.fn().mockRejectedValue(new Error('gone')) }
    await expect(call('today.view')).rejects.toMatchObject({ kind: 'internal' })
  })
})
