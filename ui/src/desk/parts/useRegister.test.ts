import { afterEach, describe, expect, it } from 'vitest'
import { setCarrier } from '@/api/call'
import type { HouseholdQuery } from '@/api/bindings'
import { useRegister } from './useRegister'

const settled = (): Promise<void> => new Promise((done) => setTimeout(done))

describe('the register', () => {
  afterEach(() => setCarrier(undefined))

  it('fetches only the blocks in view, each once, and drops the answers of an older query', async () => {
    const asked: HouseholdQuery[] = []
    setCarrier(async (_method, params) => {
      const query = params as HouseholdQuery
      asked.push(query)
      const count = query.text ? 1 : 1000
      const rows = Array.from({ length: Math.min(query.limit ?? 0, count) }, (_, i) => ({ id: `${query.offset ?? 0}+${i}` }))
      return { ok: { total: count, rows } }
    })
    const register = useRegister()
    await register.search({})
    expect(register.total.value).toBe(1000)
    register.show(390, 410)
    register.show(390, 410)
    await settled()
    expect(asked.map((query) => query.offset)).toEqual([0, 200, 400])
    expect(register.rows.value[400]?.household?.id).toBe('400+0')
    expect(register.rows.value[700]?.household).toBeUndefined()
    const older = register.search({})
    await register.search({ text: 'wxy' })
    await older
    expect(register.total.value).toBe(1)
  })
})
