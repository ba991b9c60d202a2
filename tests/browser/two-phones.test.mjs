// 韦秀英 has two phones. What she began on one and finished on the other comes back to the first: she sees both and
// chooses. And what does not fit is said at the field of the member concerned.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import { township } from '../stage/stage.mjs'
import { browser, byTest, enrol, fitsAHand, picture, screens } from './browser.mjs'

const PIN = '258013'
const STORY = { timeout: 300_000 }
const go = (page, path) => page.evaluate((to) => { location.hash = `#${to}` }, path)

async function enrolled(story) {
  const stage = await township({ households: 600 })
  story.after(() => stage.close())
  const app = await stage.app('wei', screens)
  const page = await browser(story)
  await enrol(page, app.url, (await stage.ticket('wei')).ticket, PIN)
  return { stage, app, page }
}

/** Every question below a node, whatever holds it. */
const questions = (node) => (node.node === 'question' ? [node] : (node.nodes ?? node.instances ?? node.sections ?? []).flatMap(questions))

async function say(app, visit, name, value) {
  const view = await app.call('visit.view', { visit })
  const question = questions(view).find((each) => each.name === name)
  assert.ok(question, `the form asks ${name}`)
  await app.call('visit.answer', { visit, path: question.path, value })
}

test('a form begun here and finished on her other phone: both are shown, nothing is written over, she chooses', STORY, async (story) => {
  const { stage, app, page } = await enrolled(story)
  const other = await stage.app('wei', [], join(stage.home, 'app-wei-second'))
  await other.call('session.enrol', { server: '', ticket: (await stage.ticket('wei')).ticket, pin: PIN })
  await other.call('sync.now')
  const [household] = (await app.call('households.search', { list: 'ordinary', progress: 'left', limit: 1 })).rows
  const { id: visit } = await app.call('visit.open', { household: household.id, form: 'screening-ordinary' })
  await app.call('visit.privacy_shown', { visit })
  await say(app, visit, 'has_risk', 'no')
  await app.call('visit.put_down', { visit })
  await app.call('sync.now')

  await other.call('sync.now')
  const there = (await other.call('visit.reopen', { household: household.id, visit })).id
  assert.equal(there, visit)
  await say(other, visit, 'leaflet_application', 'yes')
  await app.call('visit.reopen', { household: household.id, visit })
  await say(app, visit, 'leaflet_application', 'no')
  await other.call('visit.finish', { visit, outcome: 'nobody_home', leaflets_given: [] })
  await other.call('sync.now')
  await app.call('sync.now')

  await go(page, `/visit/${visit}`)
  await byTest(page, 'went-on').waitFor()
  await picture(page, 'phone-went-on')
  await fitsAHand(page, 'a visit that went on elsewhere')
  assert.ok(await byTest(page, 'to-finish').isDisabled().catch(() => true), 'nothing is finished before she has chosen')
  await byTest(page, 'keep-mine').tap()
  await byTest(page, 'went-on').waitFor({ state: 'detached' })
  const kept = questions(await app.call('visit.view', { visit }))
  assert.equal(kept.find((each) => each.name === 'leaflet_application').value, 'no', 'what she typed here since')
  assert.equal(kept.find((each) => each.name === 'has_risk').value, 'no')
  assert.deepEqual(page.complaints, [])
})

test('a member who is disabled without a certificate is asked about at his own field', STORY, async (story) => {
  const { app, page } = await enrolled(story)
  const { rows } = await app.call('households.search', { list: 'lifted', limit: 50 })
  const { id: visit } = await app.call('visit.open', { household: rows[0].id, form: 'screening-lifted' })
  await app.call('visit.privacy_shown', { visit })
  await say(app, visit, 'health', ['disabled'])
  const said = (await app.call('visit.checks', { visit })).find((check) => check.rule === 'disabled-certificate')
  assert.ok(said, 'the check speaks')
  await go(page, `/visit/${visit}`)
  await page.locator('.bar .aside button').tap()
  await page.locator('.sections .choice', { hasText: '成员' }).first().tap()
  const [member] = said.path.match(/^.*\]/)
  await page.locator(`[data-instance="${member}"] .face`).tap()
  await page.locator(`[data-path="${said.path}"]`).getByText(said.words).waitFor()
  await page.locator(`[data-path="${said.path}"]`).scrollIntoViewIfNeeded()
  await picture(page, 'phone-check')
  await fitsAHand(page, 'a check at the field')
  assert.deepEqual(page.complaints, [])
})
