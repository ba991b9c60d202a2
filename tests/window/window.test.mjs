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

  const page = await call(window, 'households.search', { list: 'ordinary', limit: 50 })
  const household = page.ok.rows.find((row) => !row.priority)
  assert.ok(household, 'the grid has an ordinary household')
  await window.executeScript(`location.hash = '#/household/${household.id}'`)
  await tap('start-visit')
  await see('visit')
  await painted(window)
  if (process.env.RUHU_PICTURES) await writeFile(join(process.env.RUHU_PICTURES, 'window-visit.png'), await window.takeScreenshot(), 'base64')

  const drafts = (await call(window, 'today.view')).ok.drafts
  assert.equal(drafts.length, 1)
  const answered = await call(window, 'visit.finish', { visit: drafts[0].id, outcome: 'nobody_home', leaflets_given: [] })
  assert.ok(answered.ok, JSON.stringify(answered.error))
  const synced = await call(window, 'sync.now')
  assert.equal(synced.ok.waiting_changes, 0)
  assert.equal(synced.ok.all_safe, true)

  const server = (await json('ruhu-server', ['digest', '--data', stage.data, '--json'])).households
  const view = await call(window, 'household.view', { id: household.id })
  assert.equal(view.ok.digest, server[household.id], 'window and server hold the same file')
})
