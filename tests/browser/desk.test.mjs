// The supervisor's desk at 1440×900, driving the real core: 黄志明 of the township station signs in, sees what is left in
// which village, finds a household and reads what was answered there.
import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { township } from '../stage/stage.mjs'
import { work } from '../stage/work.mjs'
import { browser, byTest, fitsADesk, picture, screens } from './browser.mjs'

const deskSize = { width: 1440, height: 900 }
const PASSWORD = 'station-2023'

/** Nothing reaches over the right edge; no text is cut inside its box without an ellipsis. */
async function fitsTheDesk(page, where) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(wide <= 0, `${where} is ${wide} px too wide`)
}

test('黄志明 signs in at the desk and follows a risk from the overview to the answers', { timeout: 300_000 }, async (story) => {
  const stage = await township({ households: 600 })
  story.after(() => stage.close())
  for (const key of ['wei', 'li', 'nong']) await work(stage, key, 8)
  const exports = join(stage.home, 'exports')
  const app = await stage.app('huang', [...screens, '--exports', exports])
  const page = await browser(story, deskSize, false)
  const { ticket } = await stage.ticket('huang')

  await page.goto(app.url.replace('/#', '/desk.html#'))
  await page.getByRole('heading', { name: '登记这台电脑' }).waitFor()
  await picture(page, 'desk-enrol')
  await page.locator('#ticket').fill(ticket)
  await page.locator('#pin').fill(PASSWORD)
  await page.locator('#again').fill('station-2022')
  await page.getByRole('alert').filter({ hasText: '不一样' }).waitFor()
  await page.locator('#again').fill(PASSWORD)
  await page.getByRole('button', { name: '登记' }).click()

  await page.getByRole('heading', { name: /排查进度/ }).waitFor({ timeout: 90_000 })
  await page.locator('table.data tbody tr').first().waitFor()
  await fitsTheDesk(page, 'overview')
  // each village says by when and how much is left; what stands out is reckoned apart and says how
  await byTest(page, 'clusters').getByText('不说明原因').waitFor({ timeout: 60_000 })
  assert.match(await page.locator('td.deadlines').first().innerText(), /还有\s*\d+\s*天，余\s*\d+\s*户/)
  assert.equal(await page.locator('table.data tbody tr').first().locator('td.deadlines').count(), 2, 'visits and data checks, a column each')
  await fitsADesk(page, 'overview')
  await picture(page, 'desk-overview')
  if (process.env.RUHU_PICTURES) await page.screenshot({ path: `${process.env.RUHU_PICTURES}/desk-overview-whole.png`, fullPage: true })
  const view = await app.call('overview.view', {})
  assert.equal(view.totals.households, 600)
  assert.ok(view.totals.done > 0 && view.totals.attempted > 0, 'visits reached the desk')
  assert.equal(await page.locator('table.data tbody tr').count(), view.areas.length)
  assert.equal(view.areas.reduce((sum, area) => sum + area.left, 0), view.totals.left)
  const shownLeft = (await page.locator('.figure', { hasText: '未排查' }).locator('.number').innerText()).replaceAll(',', '')
  assert.equal(Number(shownLeft), view.totals.left)

  // into a village, then into the register of one grid
  await page.locator('table.data tbody tr').first().getByRole('button').click()
  await page.getByRole('heading', { name: '各网格剩余工作' }).waitFor()
  await fitsTheDesk(page, 'overview of a village')
  await picture(page, 'desk-village')
  await page.locator('table.data tbody tr').first().getByRole('button').click()
  await page.getByRole('heading', { name: '户登记册' }).waitFor()
  await page.locator('.el-table-v2__row').first().waitFor()

  // the register: search by pinyin initials and by risk
  await page.getByRole('button', { name: '清除条件' }).click()
  await page.getByRole('status').filter({ hasText: '600' }).waitFor()
  await fitsTheDesk(page, 'register')
  await picture(page, 'desk-register')
  // ordered by a column and the other way round, and taken out as a workbook
  await page.locator('[data-sort=population]').click()
  const people = async () => (await page.locator('.el-table-v2__row').evaluateAll((rows) => rows.map((row) => Number(row.querySelectorAll('.el-table-v2__row-cell')[2].innerText)))).slice(0, 8)
  const most = (await app.call('register.query', { sort: 'population', limit: 8 })).rows.map((row) => row.population)
  await page.waitForFunction((first) => Number(document.querySelectorAll('.el-table-v2__row')[0]?.querySelectorAll('.el-table-v2__row-cell')[2]?.innerText) === first, most[0])
  assert.deepEqual(await people(), most)
  assert.deepEqual([...most].sort((a, b) => b - a), most)
  await page.locator('[data-sort=population]').click()
  await page.waitForFunction(() => Number(document.querySelectorAll('.el-table-v2__row')[0]?.querySelectorAll('.el-table-v2__row-cell')[2]?.innerText) === 1)
  await byTest(page, 'export').click()
  await byTest(page, 'exported').getByText('600').waitFor({ timeout: 60_000 })
  const [file] = await readdir(exports)
  assert.match(file, /^户登记册-\d{4}-\d\d-\d\d\.xlsx$/)
  assert.equal((await readFile(join(exports, file))).subarray(0, 2).toString(), 'PK')
  await fitsADesk(page, 'register')
  await picture(page, 'desk-register-export')
  await page.locator('[data-sort=place]').click()
  // the longest kind of household is read whole
  const cleared = (await app.call('register.query', { list: 'lifted', limit: 200 })).rows.find((row) => row.standing === 'cleared')
  await page.getByRole('textbox', { name: /姓名/ }).fill(cleared.head_name)
  const kind = page.locator('.el-table-v2__row .cell', { hasText: cleared.standing_label }).first()
  await kind.waitFor()
  assert.ok(await kind.evaluate((cell) => cell.scrollWidth <= cell.clientWidth), `${cleared.standing_label} is cut off`)
  const atRisk = (await app.call('register.query', { at_risk: true, limit: 10 })).rows[0]
  await page.getByRole('textbox', { name: /姓名/ }).fill(atRisk.head_name)
  await page.locator('.el-table-v2__row', { hasText: atRisk.hamlet }).first().waitFor()
  await picture(page, 'desk-register-search')
  await page.locator('.el-table-v2__row', { hasText: atRisk.id_tail }).first().getByRole('button').click()

  await page.getByRole('heading', { name: atRisk.head_name, level: 1 }).waitFor()
  await fitsTheDesk(page, 'household')
  await picture(page, 'desk-household')
  if (process.env.RUHU_PICTURES) await page.screenshot({ path: `${process.env.RUHU_PICTURES}/desk-household-whole.png`, fullPage: true })
  // as it was known before the visit, and what was written since
  await byTest(page, 'time-machine').click()
  const then = byTest(page, 'as-of')
  await then.getByRole('heading', { name: /的情况/ }).waitFor()
  const { days } = await app.call('household.at', { id: atRisk.id, on: '2030-01-01' })
  assert.ok(days.length >= 2, `founded and visited on one day: ${days}`)
  await page.locator('#as-of-day').fill(days[0])
  await then.getByText('还没有入户记录').waitFor()
  await then.getByText(`${days[0]}以后的修改`).waitFor()
  // what came later is said in the words of the form, though the file of that day knew no such visit
  assert.doesNotMatch(await then.innerText(), /has_risk|leaflet_application/)
  await fitsADesk(page, 'as of a day')
  await then.scrollIntoViewIfNeeded()
  await picture(page, 'desk-time')
  await byTest(page, 'time-machine').click()

  const text = await page.locator('main').innerText()
  const revealed = (await app.call('reveal', { household: atRisk.id, member: (await app.call('household.view', { id: atRisk.id })).members[0].id, what: 'id_number' })).value
  assert.match(revealed, /^999999/)
  assert.ok(!text.includes(revealed), 'ID numbers are masked until somebody asks')
  await page.getByRole('button', { name: '显示完整号码' }).last().click()
  await page.getByText('已记录本次查看').waitFor()

  await page.getByRole('button', { name: '查看', exact: true }).first().click()
  await page.getByRole('heading', { name: /风险排查/ }).waitFor()
  // whose visit, by whom, when, from which device, how it ended; and the note of the reveal does not lie on it
  const visit = (await app.call('household.view', { id: atRisk.id })).visits[0]
  const head = page.locator('.el-drawer__header')
  for (const words of [visit.form_title, visit.head_name, visit.collector, visit.date, `${visit.collector}的手机`, visit.outcome_label]) await head.getByText(words).first().waitFor()
  const [note, title] = [await page.locator('.el-message').boundingBox(), await head.boundingBox()]
  assert.ok(!note || note.y > title.y + title.height || note.x + note.width < title.x, 'the note covers the head of the visit')
  await picture(page, 'desk-visit')
  await page.keyboard.press('Escape')

  await page.getByRole('link', { name: '同步' }).click()
  await page.getByRole('button', { name: '立即同步' }).click()
  await page.getByText('全部内容已在服务器上').waitFor()
  await picture(page, 'desk-sync')

  await page.getByRole('link', { name: '设置' }).click()
  await page.getByText('政策包版本').waitFor()
  await fitsTheDesk(page, 'settings')
  await picture(page, 'desk-settings')
  await page.getByRole('link', { name: '同步' }).click()

  // no signal: the desk says so, and still works
  await stage.stopServer()
  await page.getByRole('button', { name: '立即同步' }).click()
  await page.getByRole('alert').filter({ hasText: '连不上服务器' }).waitFor({ timeout: 60_000 })
  await picture(page, 'desk-offline')
  await page.getByRole('link', { name: '户登记册' }).click()
  await page.locator('.el-table-v2__row').first().waitFor()
  await page.getByRole('textbox', { name: /姓名/ }).fill('查无此人')
  await page.getByText('没有符合条件的户').waitFor()
  await picture(page, 'desk-empty')

  // locked, a wrong password, and in again
  await page.getByRole('button', { name: '锁定' }).click()
  await page.getByRole('heading', { name: '登录' }).waitFor()
  await page.getByText('忘记密码').waitFor()
  await picture(page, 'desk-sign-in')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByText('Password forgotten?').waitFor()
  await page.getByRole('button', { name: '中文' }).click()
  await page.locator('#pin').fill('wrong-password')
  await page.getByRole('button', { name: '打开' }).click()
  await page.getByRole('alert').filter({ hasText: '密码' }).waitFor()
  await picture(page, 'desk-wrong-password')
  assert.deepEqual(page.complaints, [])
})

test('黄志明 goes through the data checks: by check, by village, to the household, and one is gone when corrected', { timeout: 300_000 }, async (story) => {
  const stage = await township({ households: 240 })
  story.after(() => stage.close())
  for (const key of ['wei', 'li']) await work(stage, key, 6)
  const app = await stage.app('huang', screens)
  const page = await browser(story, deskSize, false)
  const { ticket } = await stage.ticket('huang')
  await page.goto(app.url.replace('/#', '/desk.html#'))
  await page.locator('#ticket').fill(ticket)
  await page.locator('#pin').fill(PASSWORD)
  await page.locator('#again').fill(PASSWORD)
  await page.getByRole('button', { name: '登记' }).click()
  await page.getByRole('heading', { name: /排查进度/ }).waitFor({ timeout: 90_000 })

  const before = await app.call('problems.view', { limit: 200 })
  assert.equal(before.households, 240)
  assert.ok(before.checks.length > 0, 'an invented township has something to correct')
  await page.getByRole('link', { name: '数据核查' }).click()
  await page.getByRole('heading', { name: '按问题' }).waitFor()
  await fitsTheDesk(page, 'data checks')
  await picture(page, 'desk-problems')
  const check = before.checks[0]
  await page.locator('.checks button').first().click()
  await page.getByRole('heading', { name: `（${check.households.toLocaleString()}）` }).waitFor()
  assert.equal(await page.locator('.checks button[aria-pressed=true]').count(), 1)
  const only = await app.call('problems.view', { check: check.check, limit: 1 })
  assert.equal(only.total, check.households)

  // a missing phone number is corrected at the desk's core, and the household leaves the list
  const missing = (await app.call('problems.view', { check: 'phone-missing', limit: 1 })).rows[0]
  if (missing) {
    await app.call('household.set_fact', { household: missing.household.id, path: 'profile/phone', value: '13900005678' })
    const after = await app.call('problems.view', { check: 'phone-missing', limit: 200 })
    assert.ok(!after.rows.some((row) => row.household.id === missing.household.id))
  }
  await page.getByRole('button', { name: '清除条件' }).click()
  await page.locator('table.data tbody button').first().click()
  await page.waitForURL(/area=\d{12}/)
  await page.locator('.households a').first().click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.deepEqual(page.complaints, [])
})
