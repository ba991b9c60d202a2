// 莫局长 of the county changes forms and policy at her desk at 1440×900, driving the real core: she saves the running pack as a
// workbook, uploads a faulty one and reads what is wrong by cell, mends it, reads the difference, asks what it would do to
// the register, and fills a form of it for trying on the phone's own pages.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { json, township } from '../stage/stage.mjs'
import { phone, work } from '../stage/work.mjs'
import { browser, isReadable, nothingIsCut, picture, screens } from './browser.mjs'

const deskSize = { width: 1440, height: 900 }
const PASSWORD = 'county-2023'

async function fits(page, where) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(wide <= 0, `${where} is ${wide} px too wide`)
}
/** What must hold on each of these screens. */
async function holds(page, where) {
  // colours pass over into one another for a moment
  await page.waitForTimeout(400)
  await fits(page, where)
  await isReadable(page, where)
  await nothingIsCut(page, where)
}
/** A person of the county, who may publish. */
export async function ofCounty(stage, key, name) {
  const user = await json('ruhu-server', ['user', 'add', '--data', stage.data, '--name', name, '--title', 'county_bureau', '--area', '999999', '--json'])
  stage.person[key] = { key, name, id: user.id }
}
async function enrolDesk(page, app, ticket) {
  await page.goto(app.url.replace('/#', '/desk.html#'))
  await page.locator('#ticket').fill(ticket)
  await page.locator('#pin').fill(PASSWORD)
  await page.locator('#again').fill(PASSWORD)
  await page.getByRole('button', { name: '登记' }).click()
  await page.getByRole('heading', { name: /排查进度/ }).waitFor({ timeout: 90_000 })
}
/** The running pack as a folder, and a workbook of it after some cells were changed: `edits` = file → [from, to]. */
async function workbook(app, home, name, edits) {
  const file = await app.call('policy.export', {})
  const folder = await mkdtemp(join(home, 'pack-'))
  const saved = join(home, `${name}-running.xlsx`)
  await writeFile(saved, Buffer.from(file.content, 'base64'))
  await json('ruhu', ['pack', 'import', saved, '--to', folder])
  for (const [path, from, to] of edits) {
    const text = await readFile(join(folder, path), 'utf8')
    assert.ok(text.includes(from), `${path} has no ${from}`)
    await writeFile(join(folder, path), text.replace(from, to))
  }
  const changed = join(home, `${name}.xlsx`)
  await json('ruhu', ['pack', 'export', '--pack', folder, '--to', changed])
  return changed
}
const go = (page, part) => page.getByRole('navigation', { name: '表单与政策的各部分' }).getByRole('link', { name: part }).click()
const select = (page, name) => page.locator('.el-select__wrapper', { has: page.getByRole('combobox', { name, exact: true }) })
const pill = (page, words) => page.locator('.mark', { hasText: words }).first()

test('莫局长 tries a change of forms and policy: report by cell, difference, what-if, and a form as on the phone', { timeout: 300_000 }, async (story) => {
  const stage = await township({ households: 400 })
  story.after(() => stage.close())
  for (const key of ['wei', 'li']) await work(stage, key, 12)
  await ofCounty(stage, 'mo', '莫丽春')
  const app = await stage.app('mo', screens)
  const home = await mkdtemp(join(tmpdir(), 'ruhu-policy-'))
  story.after(() => rm(home, { recursive: true, force: true }))
  const page = await browser(story, deskSize, false)
  await enrolDesk(page, app, (await stage.ticket('mo')).ticket)

  // what runs
  await page.getByRole('link', { name: '表单与政策' }).click()
  await page.getByRole('heading', { name: '表单与政策', level: 1 }).waitFor()
  await page.getByRole('heading', { name: '表单（5）' }).waitFor()
  await page.getByText('7500').first().waitFor()
  await holds(page, 'running')
  await picture(page, 'desk-policy')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: '导出工作簿' }).click()
  assert.match((await download).suggestedFilename(), /^guangxi-2023-2023\.1.*\.xlsx$/)
  await page.getByRole('textbox', { name: /查找/ }).fill('缺劳力')
  await page.getByText('labour-shortage').waitFor()
  await page.getByRole('textbox', { name: /查找/ }).fill('查无此项')
  await page.getByText('没有符合条件的内容').first().waitFor()

  // nothing uploaded yet; a file that is no workbook
  await go(page, '试改')
  await page.getByText('还没有上传。').waitFor()
  await picture(page, 'desk-policy-nothing')
  const choose = (path) => page.locator('input[type=file]').setInputFiles(path)
  const notes = join(home, '说明.txt')
  await writeFile(notes, 'x')
  await choose(notes)
  await page.getByRole('alert').filter({ hasText: '不是 Excel 工作簿' }).waitFor()

  // a faulty workbook: what is wrong by cell
  const faulty = await workbook(app, home, '县局改动-有误', [['forms/screening-lifted/survey.csv', "${has_risk} = 'yes'", "${has_risks} = 'yes'"]])
  await choose(faulty)
  await page.getByRole('heading', { name: '需要改正的地方' }).waitFor()
  await page.getByRole('row', { name: /screening-lifted\.survey.*relevant.*没有名为“has_risks”的问题/ }).first().waitFor()
  await holds(page, 'faults')
  await picture(page, 'desk-policy-faults')

  // mended: a question more, a choice less, another parameter
  const mended = await workbook(app, home, '县局改动', [
    ['pack.toml', 'version = "2023.1"', 'version = "2023.2"'],
    ['params.csv', 'large_household,5', 'large_household,3'],
    ['params.csv', 'labour_share,0.25', 'labour_share,1.01'],
    ['forms/screening-ordinary/choices.csv', /^outreach,poster,.*\n/m.exec(await readFile(new URL('../../app-core/packs/guangxi-2023/forms/screening-ordinary/choices.csv', import.meta.url), 'utf8'))[0], ''],
  ])
  await choose(mended)
  await pill(page, '可以使用').waitFor()
  const difference = page.locator('.difference')
  await difference.getByText('large_household').waitFor()
  await difference.locator('li', { hasText: '5 → 3' }).waitFor()
  await pill(page, '删除选项').waitFor()
  await page.getByRole('button', { name: '试算' }).click()
  await page.getByText(/户中有 .* 户会变化/).waitFor({ timeout: 60_000 })
  const what = await app.call('policy.what_if', {})
  assert.ok(what.changed > 0 && what.shifts.some((shift) => shift.what === 'labour-shortage'), JSON.stringify(what.shifts))
  await page.getByText(`${what.households} 户中有 ${what.changed} 户会变化`).waitFor()
  await holds(page, 'trial')
  await picture(page, 'desk-policy-trial')
  await page.locator('.whatif').scrollIntoViewIfNeeded()
  await page.locator('.whatif h2').evaluate((title) => title.scrollIntoView())
  await picture(page, 'desk-policy-what-if')
  assert.equal((await app.call('policy.running')).version, '2023.1', 'nothing came in force')
  const first = what.rows[0].household
  await page.locator('.whatif').getByRole('link', { name: first.head_name }).first().click()
  await page.getByRole('heading', { name: first.head_name, level: 1 }).waitFor()
  await page.goBack()
  await page.getByText('县局改动.xlsx').waitFor()

  // the form as on the phone: the same pages, and nothing is written
  const before = await app.call('household.view', { id: first.id })
  await page.getByRole('link', { name: '试填' }).last().click()
  const frame = page.frameLocator('iframe')
  await frame.locator('[data-test="privacy-told"]').waitFor()
  await picture(page, 'desk-policy-preview-notice')
  await frame.locator('[data-test="privacy-told"]').click()
  await frame.getByRole('heading', { name: '韦秀英' }).waitFor()
  await frame.locator('.card').first().waitFor()
  await holds(page, 'preview')
  await picture(page, 'desk-policy-preview')
  // an ordinary household: risks appear when there is one, and the removed choice is not offered
  await select(page, '表单').click()
  await page.getByRole('option', { name: /一般农户排查表/ }).click()
  await frame.locator('[data-test="privacy-told"]').click()
  const next = frame.locator('[data-test="next-page"]')
  while ((await frame.locator('section[data-name="has_risk"]').count()) === 0) await next.click()
  assert.equal(await frame.locator('section[data-name="risks"]').count(), 0)
  await frame.locator('section[data-name="has_risk"]').getByRole('button', { name: '是' }).or(frame.locator('section[data-name="has_risk"]').getByRole('radio', { name: '是' })).first().click()
  await frame.locator('section[data-name="risks"]').waitFor()
  await picture(page, 'desk-policy-preview-risk')
  await next.click()
  await frame.locator('section[data-name="outreach"]').waitFor()
  assert.equal(await frame.locator('section[data-name="outreach"]').getByText('公开张贴').count(), 0)
  await frame.locator('[data-test="to-finish"]').click()
  await frame.getByText('什么也没有保存').waitFor()
  assert.equal(await frame.locator('[data-test="finish"]').count(), 0, 'a trial cannot be finished')
  await picture(page, 'desk-policy-preview-end')
  // with the facts of a household of this desk
  await select(page, '用哪户的情况').click()
  await page.getByRole('combobox', { name: '用哪户的情况' }).fill(first.head_name)
  await page.getByRole('option', { name: new RegExp(first.head_name) }).first().click()
  await frame.getByRole('heading', { name: first.head_name }).waitFor()
  const after = await app.call('household.view', { id: first.id })
  assert.equal(after.digest, before.digest, 'nothing was written')
  assert.deepEqual((await app.call('sync.status')).waiting_changes, 0)

  // English, and a narrow window
  await page.getByRole('link', { name: '设置' }).click()
  await app.call('settings.set', { language: 'en' })
  await page.reload()
  await page.getByRole('link', { name: 'Forms and policy' }).click()
  await page.getByRole('heading', { name: 'Forms (5)' }).waitFor()
  await holds(page, 'running, English')
  await picture(page, 'desk-policy-en')
  await page.getByRole('link', { name: 'Try a change' }).click()
  await page.getByText('It can be used').waitFor()
  await page.locator('.difference li').first().waitFor()
  await picture(page, 'desk-policy-trial-en')
  await page.setViewportSize({ width: 700, height: 900 })
  await holds(page, 'trial, narrow')
  await picture(page, 'desk-policy-trial-narrow')
  for (const part of ['In force', 'Try a form']) {
    await page.getByRole('navigation', { name: 'Parts of forms and policy' }).getByRole('link', { name: part }).click()
    await page.waitForTimeout(400)
    await holds(page, `${part}, narrow`)
    await picture(page, `desk-policy-${part === 'In force' ? 'running' : 'preview'}-narrow`)
  }
  assert.deepEqual(page.complaints, [])
})

test('莫丽春 proposes, 农志强 publishes, and a phone takes it with its next sync', { timeout: 300_000 }, async (story) => {
  const stage = await township({ households: 120 })
  story.after(() => stage.close())
  await ofCounty(stage, 'mo', '莫丽春')
  await ofCounty(stage, 'nong2', '农志强')
  const home = await mkdtemp(join(tmpdir(), 'ruhu-policy-'))
  story.after(() => rm(home, { recursive: true, force: true }))
  const worker = await phone(stage, 'wei')
  assert.equal((await worker.call(['pack', 'proposals'])).in_force.version, '2023.1')

  const mo = await stage.app('mo', screens)
  const hers = await browser(story, deskSize, false)
  await enrolDesk(hers, mo, (await stage.ticket('mo')).ticket)
  const book = await workbook(mo, home, '低线调整', [
    ['pack.toml', 'version = "2023.1"', 'version = "2023.2"'],
    ['params.csv', 'large_household,5', 'large_household,4'],
  ])
  // the same from a terminal: over the households of one phone
  const asked = await worker.call(['what-if', book])
  assert.equal(asked.pack.version, '2023.2')
  assert.equal(asked.households, (await worker.call(['households'])).total)
  assert.equal(asked.listed.length, asked.changed)
  await hers.getByRole('link', { name: '表单与政策' }).click()
  await go(hers, '发布')
  await hers.getByText('还没有提议。').waitFor()
  await hers.getByText('还没有可以提议的内容').waitFor()
  await holds(hers, 'publish, empty')
  await picture(hers, 'desk-policy-publish-empty')
  await go(hers, '试改')
  await hers.locator('input[type=file]').setInputFiles(book)
  await pill(hers, '可以使用').waitFor()
  await go(hers, '发布')
  const propose = hers.getByRole('button', { name: '提议发布' })
  assert.ok(await propose.isDisabled(), 'not without a reason')
  await hers.getByRole('textbox', { name: /为什么改/ }).fill('县里把人口较多的标准由五人改为四人')
  await propose.click()
  await hers.getByRole('heading', { name: '提议（1）' }).waitFor()
  await hers.getByText('县里把人口较多的标准由五人改为四人').waitFor()
  await hers.getByText(/莫丽春.*提议/).waitFor({ timeout: 30_000 })
  const own = hers.locator('.proposals').getByRole('button', { name: '发布', exact: true })
  assert.ok(await own.isDisabled(), 'the one who proposed may not publish')
  const why = await own.getAttribute('aria-describedby')
  assert.ok((await hers.locator(`[id="${why}"]`).innerText()).length > 4, 'and is told why')
  await holds(hers, 'proposed')
  await picture(hers, 'desk-policy-proposed')
  assert.equal((await mo.call('policy.running')).version, '2023.1', 'a proposal is in force nowhere')

  // the second person looks and publishes
  const nong = await stage.app('nong2', screens)
  const his = await browser(story, deskSize, false)
  await enrolDesk(his, nong, (await stage.ticket('nong2')).ticket)
  await his.getByRole('link', { name: '表单与政策' }).click()
  await go(his, '发布')
  await his.getByText('县里把人口较多的标准由五人改为四人').waitFor()
  await his.getByRole('button', { name: '与现行版本的差别' }).click()
  await his.locator('.difference li', { hasText: '5 → 4' }).waitFor()
  await holds(his, 'before publishing')
  await picture(his, 'desk-policy-publish')
  await his.locator('.proposals').getByRole('button', { name: '发布', exact: true }).click()
  const sure = his.getByRole('dialog')
  await sure.getByText('下次同步').waitFor()
  await sure.getByRole('button', { name: '发布' }).click()
  await his.getByRole('status').filter({ hasText: '版本 2023.2' }).waitFor({ timeout: 60_000 })
  await his.getByRole('row', { name: /2023\.2.*莫丽春.*农志强/ }).waitFor()
  await holds(his, 'published')
  await picture(his, 'desk-policy-published')

  // who proposed sees it, and a phone has it after one sync
  await mo.call('sync.now')
  await hers.reload()
  await hers.getByRole('row', { name: /2023\.2.*莫丽春.*农志强/ }).waitFor()
  await worker.call(['sync'])
  const { in_force: taken } = await worker.call(['pack', 'proposals'])
  assert.equal(taken.version, '2023.2')
  assert.equal((await worker.call(['status'])).pack, taken.hash, 'its files are on the phone')
  assert.deepEqual([...hers.complaints, ...his.complaints], [])
})
