// The app as a worker gets it: a real window, a real server. 韦秀英 types her ticket, sets a PIN, and the households of
// her grid arrive; she visits one and syncs.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { createRequire } from 'node:module'
import { bins, json, township } from '../stage/stage.mjs'

const { Builder, By, Capabilities, until } = createRequire(new URL('../browser/package.json', import.meta.url))('selenium-webdriver')

/** One session start in two hundred fails in GTK: the start is tried again, never an assertion. */
async function open(args) {
  const wanted = new Capabilities()
  wanted.setBrowserName('wry')
  wanted.set('webkitgtk:browserOptions', { binary: join(bins, 'ruhu-app'), args })
  for (let left = 3; ; left--) {
    try {
      return await new Builder().usingServer(process.env.RUHU_DRIVER).withCapabilities(wanted).build()
    } catch (error) {
      if (left === 0) throw error
    }
  }
}

const painted = (window) =>
  window.executeAsyncScript('const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(1)))')

/** The real call of the screens, from inside the window. */
const call = (window, method, params = {}) =>
  window.executeAsyncScript(
    'const done = arguments[arguments.length - 1]; window.__TAURI_INTERNALS__.invoke("call", { method: arguments[0], params: arguments[1] }).then(done, (e) => done({ error: { words: String(e) } }))',
    method, params)

test('韦秀英 enrols, visits and syncs in the real window', { timeout: 240_000 }, async (story) => {
  const stage = await township({ households: 120 })
  story.after(() => stage.close())
  const { ticket } = await stage.ticket('wei')
  const window = await open(['--data', join(stage.home, 'window'), '--screen', 'phone'])
  story.after(() => window.quit())
  const see = (id, ms = 20_000) => window.wait(until.elementLocated(By.css(`[data-test="${id}"]`)), ms, `no ${id}`)
  const tap = async (id) => { await painted(window); await (await see(id)).click() }
  const keys = async (digits) => {
    for (const digit of digits) {
      await painted(window)
      await (await window.wait(until.elementLocated(By.xpath(`//*[contains(@class,"keys")]//button[normalize-space()="${digit}"]`)), 20_000)).click()
    }
  }

  await (await (await see('ticket')).findElement(By.css('textarea'))).sendKeys(ticket)
  await tap('to-pin')
  await keys('258013')
  await tap('pin-next')
  await keys('258013')
  await tap('enrol')
  await see('today', 60_000)
  await painted(window)
  if (process.env.RUHU_PICTURES) await writeFile(join(process.env.RUHU_PICTURES, 'window-today.png'), await window.takeScreenshot(), 'base64')

  // From here every step is a click or a key, as she does it; `call` only reads.
  const press = async (css) => {
    const found = await window.wait(until.elementLocated(By.css(css)), 20_000, `no ${css}`)
    await window.executeScript('arguments[0].scrollIntoView({ block: "center" })', found)
    await painted(window)
    await found.click()
    return found
  }
  const chosen = (css) => window.wait(until.elementLocated(By.css(`${css}[aria-checked="true"]`)), 20_000, `not chosen: ${css}`)
  const keep = async (name) => {
    await painted(window)
    if (process.env.RUHU_PICTURES) await writeFile(join(process.env.RUHU_PICTURES, `${name}.png`), await window.takeScreenshot(), 'base64')
  }
  const page = await call(window, 'households.search', { list: 'ordinary', limit: 50 })
  const household = page.ok.rows.find((row) => !row.priority)
  assert.ok(household, 'the grid has an ordinary household')
  await press('.tabs button:nth-child(2)')
  await (await window.wait(until.elementLocated(By.css('.search input')), 20_000)).sendKeys(household.head_name)
  await press(`[data-household="${household.id}"]`)
  await press('[data-test="start-visit"]')
  await see('visit')
  await press('[data-test="privacy-told"]')
  await see('next-page')

  // One question is answered on its page by a click and is safe at once.
  const method = 'section[data-name="method"] button[role="radio"]'
  for (let left = 9; (await window.findElements(By.css(method))).length === 0; left--) {
    assert.ok(left > 0, 'no page asks how the visit was made')
    await press('[data-test="next-page"]')
  }
  await press(method)
  await chosen(method)
  await window.wait(until.elementLocated(By.css('.saved[data-saving="false"]')), 20_000)
  await keep('window-visit')
  const draft = (await call(window, 'today.view')).ok.drafts[0]
  assert.equal(draft.household, household.id)
  assert.equal(draft.answered, 1, 'the click is in the draft')

  // To the finish page, an outcome, the end of the visit.
  await press('.bar .aside button')
  await (await window.wait(until.elementLocated(By.xpath('//*[contains(@class,"sections")]//button[contains(., "检查并结束")]')), 20_000)).click()
  await see('finish-page')
  await press('[data-outcome="refused"]')
  await chosen('[data-outcome="refused"]')
  await keep('window-finish')
  await press('[data-test="finish"]')
  await see('finished')

  // And the button that brings it to the server.
  await press('.bottom .big:last-child')
  await see('today')
  await press('.tabs button:nth-child(3)')
  await window.wait(until.elementLocated(By.css('.state[data-safe="false"]')), 20_000, 'the visit waits on this device')
  await press('[data-test="sync-now"]')
  await window.wait(until.elementLocated(By.css('.state[data-safe="true"]')), 60_000, 'the server confirmed')
  await keep('window-sync')

  const server = (await json('ruhu-server', ['digest', '--data', stage.data, '--json'])).households
  const view = await call(window, 'household.view', { id: household.id })
  assert.equal(view.ok.digest, server[household.id], 'window and server hold the same file')
  assert.deepEqual(view.ok.visits.map((visit) => [visit.state, visit.outcome]), [['finished', 'refused']])
})
