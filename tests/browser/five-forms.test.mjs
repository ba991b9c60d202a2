// The three forms that the story of phone.test.mjs does not reach, filled and finished by taps; and the five ways a
// visit ends without being done, each tapped once.
import assert from 'node:assert/strict'
import test from 'node:test'
import { json, township } from '../stage/stage.mjs'
import { browser, byTest, card, choose, enrol, fitsAHand, picture, saved, screens, type } from './browser.mjs'

const PIN = '258013'
const STORY = { timeout: 420_000 }
const go = (page, path) => page.evaluate((to) => { location.hash = `#${to}` }, path)

/** A township large enough that 韦秀英's grid has every kind of household, her phone, and a browser on it. */
async function enrolled(story) {
  const stage = await township({ households: 2000 })
  story.after(() => stage.close())
  const app = await stage.app('wei', screens)
  const page = await browser(story)
  await enrol(page, app.url, (await stage.ticket('wei')).ticket, PIN)
  return { stage, app, page }
}

/** The first household of a list that is due the form. */
async function householdFor(app, form, list) {
  const { rows } = await app.call('households.search', { list, limit: 200 })
  for (const row of rows) {
    const view = await app.call('household.view', { id: row.id })
    if (view.forms_due.some((due) => due.slug === form && !due.done)) return row
  }
  return assert.fail(`no household of the grid is due ${form}`)
}

async function start(page, household, form) {
  await go(page, `/household/${household}`)
  await page.locator(`[data-form="${form}"]`).tap()
  await byTest(page, 'privacy-told').tap()
  await page.locator('.bar .aside button').waitFor()
}
async function toSection(page, label) {
  await page.locator('.bar .aside button').tap()
  await page.locator('.sections .choice', { hasText: label }).first().tap()
}
async function toFinish(page) {
  await toSection(page, '检查并结束')
  await byTest(page, 'finish-page').waitFor()
  await page.locator('[data-outcome]').first().waitFor()
}
/** Done: nothing is missing, the outcome is tapped, the visit ended; the file says the same. */
async function done(app, page, household, form) {
  await toFinish(page)
  assert.equal(await page.locator('.problem').count(), 0, await page.locator('main').innerText())
  await page.locator('[data-outcome="done"]').tap()
  await byTest(page, 'finish').tap()
  await byTest(page, 'finished').waitFor()
  const view = await app.call('household.view', { id: household })
  const visit = view.visits.find((each) => each.form === form)
  assert.deepEqual([visit?.state, visit?.outcome], ['finished', 'done'])
}

/** Each member of the roster is opened, and what the register does not know is tapped. */
async function completeRoster(page) {
  const plain = { living: '正常', education: '初中', health: '健康', work: '普通劳动力' }
  for (let guard = 0; guard < 120; guard++) {
    const missing = page.locator('article.member', { has: page.locator('.face .mark', { hasText: /缺 \d+ 项/ }) })
    if ((await missing.count()) === 0) return
    const here = missing.first()
    if ((await here.locator('section[data-name]').count()) === 0) {
      await here.locator('.face').tap()
      await here.locator('section[data-name]').first().waitFor()
    }
    let touched = false
    for (const name of ['relation', 'living', 'education', 'health', 'work']) {
      const question = here.locator(`section[data-name="${name}"]`)
      if ((await question.count()) === 0 || (await question.locator('.chosen, .settled').count()) > 0) continue
      const opener = question.locator('.opener')
      const label = new RegExp(`^${plain[name] ?? '其他'}$`)
      if ((await opener.count()) > 0) {
        await opener.tap()
        await page.locator('.van-popup .choice', { hasText: label }).tap()
      } else await question.locator('.choice', { hasText: label }).first().tap()
      await saved(page)
      touched = true
      break
    }
    assert.ok(touched, `nothing to tap for: ${await here.innerText()}`)
  }
  assert.fail('the roster never became complete')
}

test('a lifted household: no risk, the form is filled and finished by taps', STORY, async (story) => {
  const { app, page } = await enrolled(story)
  const household = await householdFor(app, 'screening-lifted', 'lifted')
  await start(page, household.id, 'screening-lifted')
  await choose(page, 'method', '入户访问')
  await picture(page, 'phone-visit-lifted')
  await toSection(page, '家庭成员')
  await completeRoster(page)
  await toSection(page, '风险排查')
  await choose(page, 'has_risk', '否')
  assert.equal(await card(page, 'risks').count(), 0, 'without a risk no kinds are asked')
  await picture(page, 'phone-visit-lifted-risk')
  await fitsAHand(page, 'lifted')
  await toSection(page, '其他')
  await choose(page, 'leaflet_application', '是')
  if ((await card(page, 'leaflet_support').count()) > 0) await choose(page, 'leaflet_support', '是')
  await choose(page, 'outreach', '上门入户')
  await done(app, page, household.id, 'screening-lifted')
  assert.deepEqual(page.complaints, [])
})

test('a monitored household: measures are ticked, development support follows from them, and it is finished', STORY, async (story) => {
  const { app, page } = await enrolled(story)
  const household = await householdFor(app, 'screening-monitored', 'monitored')
  await start(page, household.id, 'screening-monitored')
  await choose(page, 'method', '入户访问')
  await toSection(page, '家庭成员')
  await completeRoster(page)
  await toSection(page, '帮扶措施')
  const venture = card(page, 'm_venture')
  await venture.waitFor()
  if ((await venture.locator('.settled').count()) > 0) await venture.getByRole('button', { name: '修改' }).tap()
  const tick = venture.getByRole('checkbox').first()
  const ticked = (await tick.innerText()).trim()
  assert.ok(ticked)
  if ((await tick.getAttribute('aria-checked')) !== 'true') await tick.tap()
  await saved(page)
  await card(page, 'development').locator('.chosen', { hasText: '已实施' }).waitFor()
  await picture(page, 'phone-visit-monitored')
  await fitsAHand(page, 'monitored')
  await toSection(page, '其他')
  await choose(page, 'leaflet_application', '是')
  await choose(page, 'leaflet_support', '否')
  await choose(page, 'outreach', '上门入户')
  await done(app, page, household.id, 'screening-monitored')
  const after = await app.call('household.view', { id: household.id })
  assert.ok(after.measures.some((fact) => fact.label.includes(ticked)), `${ticked} is in the file`)
  assert.deepEqual(page.complaints, [])
})

test('living conditions: areas are typed, the rest is tapped, and it is finished', STORY, async (story) => {
  const { app, page } = await enrolled(story)
  const household = await householdFor(app, 'living-conditions', 'priority')
  await start(page, household.id, 'living-conditions')
  for (const [name, value] of [['farmland', '2.4'], ['woodland', '6'], ['retired_land', '0'], ['orchard', '0.8'], ['pasture', '0'], ['water_surface', '0']]) await type(page, name, value)
  for (const name of ['cooperative', 'leading_firm', 'leading_person']) await choose(page, name, /^否$/)
  await page.locator('main').evaluate((main) => main.scrollTo({ top: 0 }))
  await picture(page, 'phone-visit-living-conditions')
  await fitsAHand(page, 'living conditions')
  await toSection(page, '生活条件')
  // what cannot be an area is said at the field, and corrected there
  await type(page, 'floor_area', '-5')
  await card(page, 'floor_area').getByRole('alert').waitFor()
  for (const [name, value] of [['road_distance', '1.2'], ['floor_area', '96']]) await type(page, name, value)
  await card(page, 'floor_area').getByRole('alert').waitFor({ state: 'detached' })
  for (const name of ['road_kind', 'fuel']) {
    await card(page, name).getByRole('radio').first().tap()
    await saved(page)
  }
  for (const [name, label] of [['electricity', /^是$/], ['broadcast', /^是$/], ['safe_water', /^是$/], ['dangerous_house', /^否$/]]) await choose(page, name, label)
  await done(app, page, household.id, 'living-conditions')
  assert.deepEqual(page.complaints, [])
})

test('five ways a visit ends without being done: each is tapped, ended, and reaches the server', STORY, async (story) => {
  const { stage, app, page } = await enrolled(story)
  const { rows } = await app.call('households.search', { list: 'ordinary', progress: 'left', limit: 20 })
  const outcomes = ['nobody_home', 'away', 'refused', 'not_found', 'ended']
  const ended = new Map()
  for (const [turn, outcome] of outcomes.entries()) {
    const household = rows[turn].id
    await start(page, household, 'screening-ordinary')
    await toFinish(page)
    await page.locator(`[data-outcome="${outcome}"]`).tap()
    await page.locator(`[data-outcome="${outcome}"][aria-checked="true"]`).waitFor()
    // only somebody who may be met another day is asked for one
    assert.equal(await card(page, 'try_again').count(), outcome === 'nobody_home' ? 1 : 0)
    await byTest(page, 'finish').tap()
    await byTest(page, 'finished').waitFor()
    ended.set(household, outcome)
  }
  await go(page, '/sync')
  await byTest(page, 'sync-now').tap()
  await page.locator('.state[data-safe="true"]').waitFor({ timeout: 60_000 })
  const { households: server } = await json('ruhu-server', ['digest', '--data', stage.data, '--json'])
  for (const [household, outcome] of ended) {
    const view = await app.call('household.view', { id: household })
    assert.deepEqual(view.visits.map((visit) => visit.outcome), [outcome])
    assert.equal(view.digest, server[household], `phone and server hold the same file after ${outcome}`)
  }
  assert.deepEqual(page.complaints, [])
})
