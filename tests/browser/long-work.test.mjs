// Long work is watched and can be stopped: 黄志明 enrols the station's computer from a picture of the ticket, over a link that
// is slow, stops half-way and goes on later; 韦秀英 sees on her phone what comes, and what the server has signed for.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import { link } from '../stage/link.mjs'
import { township } from '../stage/stage.mjs'
import { browser, byTest, fitsADesk, fitsAHand, picture, screens, typePin } from './browser.mjs'

const STORY = { timeout: 300_000 }
const PASSWORD = 'station-2023'
const PIN = '258013'
const HOUSEHOLDS = 2400

test('at the desk: a ticket from a picture, a first fetch that is stopped and gone on with, receipts', STORY, async (story) => {
  const stage = await township({ households: HOUSEHOLDS })
  story.after(() => stage.close())
  const slow = await link(stage.url)
  story.after(() => slow.close())
  const app = await stage.app('huang', screens)
  const page = await browser(story, { width: 1440, height: 900 }, false)
  const png = join(stage.home, 'ticket.png')
  const { ticket } = await stage.ticket('huang', { url: slow.url, more: ['--png', png] })

  await page.goto(app.url.replace('/#', '/desk.html#'))
  await page.locator('#ticket').waitFor()
  const empty = join(stage.home, 'empty.png')
  await page.screenshot({ path: empty })
  await page.locator('input[type=file]').setInputFiles(empty)
  await page.getByRole('alert').filter({ hasText: '图片里没有找到登记码' }).waitFor()
  await page.locator('input[type=file]').setInputFiles(png)
  await page.waitForFunction(() => document.querySelector('#ticket').value.startsWith('ruhu:'))
  assert.equal(await page.locator('#ticket').inputValue(), ticket)
  await page.locator('#pin').fill(PASSWORD)
  await page.locator('#again').fill(PASSWORD)
  await fitsADesk(page, 'enrol from a picture')

  // enrolment, pack and the first answer come; the second answer stays on its way
  slow.meet(undefined, undefined, undefined, 'held')
  await page.getByRole('button', { name: '登记', exact: true }).click()
  await page.waitForFunction(() => Number(document.querySelector('[data-test=round]')?.dataset.households ?? 0) > 0, undefined, { timeout: 90_000 })
  await page.getByText(/已取得 \d+ 户/).waitFor()
  await fitsADesk(page, 'first fetch')
  await picture(page, 'desk-enrol-progress')
  await byTest(page, 'sync-stop').click()
  await page.getByText('正在停止').waitFor()
  slow.release()
  await page.getByRole('heading', { name: /排查进度/ }).waitFor({ timeout: 60_000 })

  await page.getByRole('link', { name: '同步' }).click()
  await page.getByRole('alert').filter({ hasText: '已按要求停止' }).waitFor()
  const half = await app.call('sync.status')
  assert.ok(half.households_held > 0 && half.households_held < HOUSEHOLDS, `${half.households_held} held`)
  assert.equal(half.receipts.proven, half.households_held)
  await fitsADesk(page, 'sync, stopped')
  await picture(page, 'desk-sync-stopped')

  slow.meet('held')
  await byTest(page, 'sync-now').click()
  await byTest(page, 'sync-stop').waitFor()
  await picture(page, 'desk-sync-progress')
  slow.release()
  await page.waitForFunction((all) => document.querySelector('[data-test=proven]')?.textContent === all, HOUSEHOLDS.toLocaleString(), { timeout: 90_000 })
  assert.equal(await byTest(page, 'unproven').innerText(), '0')
  assert.equal((await app.call('sync.status')).trouble, null)
  assert.equal((await app.call('sync.progress')).running, false)
  assert.deepEqual(page.complaints, [])
})

test('on the phone: what comes is shown, and which households the server has signed for', STORY, async (story) => {
  const stage = await township({ households: 1200 })
  story.after(() => stage.close())
  const slow = await link(stage.url)
  story.after(() => slow.close())
  const app = await stage.app('wei', screens)
  const page = await browser(story)
  const { ticket } = await stage.ticket('wei', { url: slow.url })
  await page.goto(app.url)
  await byTest(page, 'ticket').locator('textarea').fill(ticket)
  await byTest(page, 'to-pin').tap()
  await typePin(page, PIN, 'pin-next')
  slow.meet(undefined, undefined, 'held')
  await typePin(page, PIN, 'enrol')
  await page.locator('[data-test=round][data-phase=exchanging]').waitFor()
  await page.getByText(/收到 .*送出/).waitFor()
  await fitsAHand(page, 'first fetch')
  await picture(page, 'phone-enrol-progress')
  slow.release()
  await byTest(page, 'today').waitFor({ timeout: 60_000 })

  const [first] = (await app.call('households.search', { limit: 1 })).rows
  await app.call('household.set_fact', { household: first.id, path: 'place/hamlet', value: '下韦屯' })
  await page.locator('.tabs button', { hasText: '同步' }).tap()
  await byTest(page, 'receipts').waitFor()
  assert.equal(await byTest(page, 'unproven').innerText(), '1')
  const { receipts, households_held } = await app.call('sync.status')
  assert.equal(receipts.proven, households_held - 1)
  assert.equal(await byTest(page, 'proven').innerText(), String(receipts.proven))
  await byTest(page, 'receipts').getByText('有修改还没有上传').waitFor()
  await fitsAHand(page, 'receipts')
  await picture(page, 'phone-receipts')
  await byTest(page, 'receipts').getByText(first.head_name).tap()
  await page.waitForURL(new RegExp(first.id))
  await page.goBack()
  slow.meet('held')
  await byTest(page, 'sync-now').tap()
  await byTest(page, 'sync-stop').waitFor()
  await fitsAHand(page, 'sync under way')
  await picture(page, 'phone-sync-progress')
  slow.release()
  await page.waitForFunction(() => document.querySelector('[data-test=unproven]')?.textContent === '0', undefined, { timeout: 60_000 })
  assert.deepEqual(page.complaints, [])
})

test('a wrong password is said in the language of the screen', STORY, async (story) => {
  const stage = await township({ households: 30 })
  story.after(() => stage.close())
  const app = await stage.app('huang', screens)
  await app.call('session.enrol', { server: '', ticket: (await stage.ticket('huang')).ticket, pin: PASSWORD })
  await app.call('session.lock')
  const page = await browser(story, { width: 1440, height: 900 }, false)
  await page.goto(app.url.replace('/#', '/desk.html#'))
  await page.getByRole('button', { name: 'English' }).click()
  await page.locator('#pin').fill('wrong-password')
  await page.getByRole('button', { name: 'Open' }).click()
  const said = page.getByRole('alert')
  await said.waitFor()
  assert.doesNotMatch(await said.innerText(), /\p{Script=Han}/u)
  assert.deepEqual(page.complaints, [])
})
