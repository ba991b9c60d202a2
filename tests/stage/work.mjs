// A worker's days, done by `ruhu phone`: enrols, visits the first households of the grid with what is true of them,
// syncs. Deterministic, so that desk screens and demos show the same township every time.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answers } from './answers.mjs'
import { json, run } from './stage.mjs'

export const PIN = '470926'

/** The phone of a person: `call(args)` → JSON; `visit(id, form, answers)`. */
export async function phone(stage, key, pin = PIN) {
  const data = join(stage.home, `phone-${key}`)
  const call = (args) => json('ruhu', ['phone', '--data', data, '--pin', pin, '--json', ...args])
  const { ticket } = await stage.ticket(key)
  await call(['enrol', '--ticket', ticket, '--device-name', `${stage.person[key].name}的手机`])
  await call(['sync'])
  let file = 0
  return {
    data,
    call,
    visit: async (id, form, given) => {
      const path = join(stage.home, `${key}-${file++}.json`)
      await writeFile(path, JSON.stringify(given))
      return call(['visit', id, '--form', form, '--answers', path])
    },
    /** As `visit`, for a form whose open questions are not known: a refusal is an answer too. */
    try: async (id, form, given) => {
      const path = join(stage.home, `${key}-${file++}.json`)
      await writeFile(path, JSON.stringify(given))
      return (await run('ruhu', ['phone', '--data', data, '--pin', pin, '--json', 'visit', id, '--form', form, '--answers', path])).code === 0
    },
  }
}

const risks = [['illness'], ['schooling', 'labour'], ['work'], ['illness', 'disability'], ['housing'], ['venture']]

/** Visits up to `count` households of the person's grid; every fifth ordinary one has a risk, every seventh is not met. */
export async function work(stage, key, count) {
  const device = await phone(stage, key)
  const { households } = await device.call(['households'])
  let turn = 0
  for (const household of households.slice(0, count)) {
    turn += 1
    const form = household.forms.find((item) => !item.done && !item.optional)?.slug
    if (!form) continue
    if (turn % 7 === 0) {
      await device.visit(household.id, form, { _outcome: turn % 2 ? 'away' : 'nobody_home' })
    } else if (form === 'screening-ordinary') {
      const risk = turn % 5 === 0
      await device.visit(household.id, form, risk ? { ...answers.ordinaryAtRisk, risks: risks[turn % risks.length] } : answers.ordinary)
      if (risk && turn % 10 === 0) {
        await device.try(household.id, 'screening-priority', answers.priority) && await device.try(household.id, 'living-conditions', answers.living)
      }
    } else if (form === 'screening-lifted') {
      await device.try(household.id, form, answers.lifted)
    } else if (form === 'screening-monitored') {
      await device.try(household.id, form, answers.monitored)
    } else {
      await device.try(household.id, form, { ...answers.priority, method: 'home', leaflet_application: 'yes', leaflet_support: 'yes', outreach: ['door'], income_net: 60_000 + turn * 1000, can_cope: 'yes', burden_ahead: 'no' })
    }
  }
  await device.call(['sync'])
  return device
}
