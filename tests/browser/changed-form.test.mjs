// The county changes a form in mid-campaign. 韦秀英 has it half filled: she is told once what that means for her draft, goes to
// each field from there, and finds the page again later. What was answered in the old form is read in the old form.
import assert from 'node:assert/strict'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { json, pack, township } from '../stage/stage.mjs'
import { browser, byTest, enrol, fitsAHand, picture, screens } from './browser.mjs'

const PIN = '258013'
const STORY = { timeout: 300_000 }
const FORM = 'living-conditions'
const go = (page, path) => page.evaluate((to) => { location.hash = `#${to}` }, path)
const questions = (node) => (node.node === 'question' ? [node] : (node.nodes ?? node.instances ?? node.sections ?? []).flatMap(questions))

async function say(app, visit, name, value) {
  const question = questions(await app.call('visit.view', { visit })).find((each) => each.name === name)
  assert.ok(question, `the form asks ${name}`)
  await app.call('visit.answer', { visit, path: question.path, value })
}

/** As somebody at the county does it in Excel: the sheet's rows, changed. */
async function publish(stage, change) {
  const folder = join(stage.home, `pack-${Math.random()}`)
  await cp(pack, folder, { recursive: true })
  const edit = async (sheet, work) => {
    const path = join(folder, 'forms', FORM, `${sheet}.csv`)
    const before = await readFile(path, 'utf8')
    const after = work(before)
    assert.notEqual(after, before, `${sheet} is changed`)
    await writeFile(path, after)
  }
  await change(edit)
  await json('ruhu-server', ['pack', 'publish', folder, '--data', stage.data, '--field-phase-now', '--json'])
}

test('a form that changed under a draft: she is told once, goes to the fields from there, and nothing is lost', STORY, async (story) => {
  const stage = await township({ households: 600 })
  story.after(() => stage.close())
  const app = await stage.app('wei', screens)
  const page = await browser(story)
  await enrol(page, app.url, (await stage.ticket('wei')).ticket, PIN)
  const [household] = (await app.call('households.search', { list: 'ordinary', progress: 'left', limit: 1 })).rows
  const { id: visit } = await app.call('visit.open', { household: household.id, form: FORM, anyway: true })
  await app.call('visit.privacy_shown', { visit })
  for (const [name, value] of [['farmland', '2.5'], ['pasture', '0.3'], ['cooperative', 'yes'], ['fuel', 'coal'], ['venture_support', ['crops', 'tourism']], ['floor_area', '96']]) await say(app, visit, name, value)

  await publish(stage, async (edit) => {
    await edit('settings', (text) => text.replace('2023051501', '2023052001'))
    await edit('choices', (text) => text.replace(/^fuel,coal.*\n/m, '').replace(/^venture_support,tourism.*\n/m, ''))
    await edit('survey', (text) => text
      .replace(/^decimal,pasture,.*\n/m, '')
      .replace('select_one yes_no,cooperative,是否加入农民专业合作社', 'integer,cooperative,加入农民专业合作社几年')
      .replace(/^(select_one yes_no,electricity,.*)\n/m, (line) => `${line}${line.replace('electricity,是否通生活用电,Household electricity', 'internet,是否通网络,Internet')}`)
      .replace(/^(decimal,floor_area,.*)". >= 0 and . = round\(\., 2\)",应不小于0，最多两位小数。/m, '$1". >= 0 and . <= 80",应在0至80之间，请核对。'))
  })
  await app.call('sync.now')

  await go(page, `/visit/${visit}`)
  await byTest(page, 'changed-form').waitFor()
  await picture(page, 'phone-form-changed')
  await fitsAHand(page, 'a changed form')
  const kinds = await page.locator('[data-kind]').evaluateAll((items) => items.map((item) => item.dataset.kind))
  assert.deepEqual([...new Set(kinds)].sort(), ['choice', 'constraint', 'gone', 'new', 'type'])
  await page.locator('[data-kind="type"]').getByText('原来填的：是').waitFor()
  await page.locator('[data-kind="gone"]').getByText('牧草地面积').waitFor()
  await page.locator('[data-kind="choice"]').first().scrollIntoViewIfNeeded()

  // From the page to the field; the old choice is told there no more than it needs to be.
  await page.locator('[data-kind="choice"] button', { hasText: '主要燃料类型' }).tap()
  await byTest(page, 'changed-form').waitFor({ state: 'detached' })
  const fuel = page.locator('section[data-name="fuel"]')
  await fuel.waitFor()
  await picture(page, 'phone-form-changed-field')
  await fuel.getByRole('radio', { name: '清洁能源' }).or(fuel.getByRole('button', { name: '清洁能源' })).first().tap()
  await page.locator('.saved[data-saving="false"]').waitFor()

  // Acknowledged once; reachable from the visit.
  await page.reload()
  await page.locator('[data-test="visit"]').waitFor()
  assert.equal(await byTest(page, 'changed-form').count(), 0)
  await byTest(page, 'changes-again').tap()
  await page.locator('[data-kind="replaced"]').getByText('煤炭').waitFor()
  await picture(page, 'phone-form-changed-again')
  await fitsAHand(page, 'a changed form, looked at again')
  await byTest(page, 'changes-seen').tap()
  await byTest(page, 'changed-form').waitFor({ state: 'detached' })

  // In English it is said in English.
  await app.call('settings.set', { language: 'en', text_size: 17 })
  const said = (await app.call('visit.view', { visit })).changes
  assert.ok(said.acknowledged && said.items.every((item) => !/[一-龥]/.test(item.note)), JSON.stringify(said.items))
  assert.equal(said.items.find((item) => item.kind === 'gone').label, 'Pasture')
  await app.call('settings.set', { language: 'zh-CN', text_size: 17 })

  // It ends as it is; the file keeps what has no place.
  await app.call('visit.finish', { visit, outcome: 'away', leaflets_given: [] })
  await app.call('sync.now')
  const read = await app.call('visit.view', { visit })
  assert.deepEqual(read.retired.map((fact) => fact.value).sort(), ['0.3', '乡村文旅', '是', '煤炭'].sort())
  assert.deepEqual(page.complaints, [])
})
