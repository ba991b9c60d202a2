// The worker's phone at 412×915, driving the real core: 韦秀英 enrols, works without signal, and comes back.
import assert from 'node:assert/strict'
import test from 'node:test'
import { township } from '../stage/stage.mjs'
import { browser, byTest, card, choose, enrol, fitsAHand, picture, saved, screens, type, typePin } from './browser.mjs'

const PIN = '258013'
const STORY = { timeout: 240_000 }
/** Households of a township where one grid is a day's work and more. */
const GRID_OF_DAYS = 2000

/** A township with an app for one of its people, and a browser on it. */
async function stageFor(story, key = 'wei', households = 300) {
  const stage = await township({ households })
  story.after(() => stage.close())
  const app = await stage.app(key, screens)
  const page = await browser(story)
  return { stage, app, page }
}

const rows = async (app, query) => (await app.call('households.search', { limit: 100, ...query })).rows
const go = (page, path) => page.evaluate((to) => { location.hash = `#${to}` }, path)

/** Every member of the roster is complete: what is missing is filled in as a person would, from the top. */
async function completeRoster(page) {
  for (let guard = 0; guard < 80; guard++) {
    const open = page.locator('article.member.open section[data-name]')
    const missing = page.locator('article.member', { has: page.locator('.face .mark.wait') })
    if ((await missing.count()) === 0) return
    if ((await missing.first().locator('section[data-name]').count()) === 0) await missing.first().locator('.face').tap()
    const here = missing.first()
    let touched = false
    for (const [name, label] of [['living', /^正常$/], ['relation', null], ['education', /^初中$/], ['health', /^健康$/], ['work', /^普通劳动力$/]]) {
      const question = here.locator(`section[data-name="${name}"]`)
      if ((await question.count()) === 0 || (await question.locator('.chosen').count()) > 0 || (await question.locator('.settled').count()) > 0) continue
      if (label === null) {
        await question.locator('.opener').tap()
        await page.locator('.van-popup .choice', { hasText: /^其他$/ }).tap()
      } else await question.locator('.choice', { hasText: label }).tap()
      await saved(page)
      touched = true
      break
    }
    assert.ok(touched || (await open.count()) === 0, `nothing to tap for: ${await here.innerText()}`)
  }
  assert.fail('the roster never became complete')
}

const next = (page) => byTest(page, 'next-page').tap()
async function toFinish(page) {
  await page.locator('.bar .aside button').tap()
  await page.locator('.sections .choice', { hasText: '检查并结束' }).tap()
  await byTest(page, 'finish-page').waitFor()
  await page.locator('[data-outcome]').first().waitFor()
}
async function toSection(page, label) {
  await page.locator('.bar .aside button').tap()
  await page.locator('.sections .choice', { hasText: label }).tap()
}

test('韦秀英 enrols by ticket, chooses a PIN, finds and opens a household', STORY, async (story) => {
  const { stage, app, page } = await stageFor(story, 'wei', GRID_OF_DAYS)
  const { ticket } = await stage.ticket('wei')

  await page.goto(app.url)
  await byTest(page, 'ticket').waitFor()
  await picture(page, 'phone-enrol')
  await byTest(page, 'ticket').locator('textarea').fill('ruhu:broken')
  await fitsAHand(page, 'enrol')
  await byTest(page, 'to-pin').tap()
  await page.getByRole('alert').filter({ hasText: '登记码不完整或有误' }).waitFor()
  await byTest(page, 'ticket').locator('textarea').fill(ticket)
  await byTest(page, 'to-pin').tap()
  await page.locator('.keys').waitFor()
  await picture(page, 'phone-pin')
  await typePin(page, '111111', 'pin-next')
  await page.getByText('太容易被猜到').waitFor()
  await typePin(page, PIN, 'pin-next')
  await typePin(page, '258014', 'enrol')
  await page.getByText('两遍密码不一样').waitFor()
  await fitsAHand(page, 'PIN')
  await typePin(page, PIN, 'pin-next')
  await typePin(page, PIN, 'enrol')
  await byTest(page, 'today').waitFor({ timeout: 60_000 })

  const today = await app.call('today.view')
  assert.ok(today.lists.some((list) => list.left > 0), 'the grid has work')
  const ordinary = today.lists.find((list) => list.list === 'ordinary')
  assert.match(await page.locator('[data-list="ordinary"]').innerText(), new RegExp(`${ordinary.left}\\s*户待排查`))
  await picture(page, 'phone-today')
  await fitsAHand(page, 'today')

  await page.locator('.tabs button', { hasText: '农户' }).tap()
  await page.locator('.household').nth(4).waitFor()
  await picture(page, 'phone-households')
  await fitsAHand(page, 'households')
  await page.getByRole('button', { name: '筛选' }).tap()
  await page.getByRole('heading', { name: '按名单' }).waitFor()
  await picture(page, 'phone-filter')
  await fitsAHand(page, 'filter')
  const lifted = await app.call('households.search', { list: 'lifted', limit: 1 })
  await page.getByRole('button', { name: '脱贫户和已消除' }).tap()
  await page.getByRole('button', { name: `看这 ${lifted.total} 户` }).tap()
  await page.locator('.search .chip.on', { hasText: '脱贫户和已消除' }).tap()
  const [wanted] = await rows(app, { list: 'ordinary' })
  for (const text of [wanted.head_name, wanted.id_tail]) {
    await page.locator('.search input').fill(text)
    await page.locator(`[data-household="${wanted.id}"]`).waitFor()
  }
  await page.locator('.search input').fill('没有这个人')
  await page.getByText('没有找到').waitFor()
  await page.locator('.search input').fill(wanted.head_name)
  await page.locator(`[data-household="${wanted.id}"]`).tap()
  await byTest(page, 'start-visit').waitFor()
  await picture(page, 'phone-household')
  await fitsAHand(page, 'household')

  await page.getByRole('tab', { name: /成员/ }).tap()
  await page.locator('.member').first().tap()
  const number = page.locator('[data-fact$="/id_number"]')
  assert.match(await number.innerText(), /\*{4,}/, 'the ID number is covered')
  await number.getByRole('button', { name: '显示' }).tap()
  await number.getByText(/999999\d{11}[\dX]/).waitFor()
  await picture(page, 'phone-members')
  await page.getByRole('tab', { name: '情况' }).tap()
  await page.getByText('基本情况').waitFor()
  await picture(page, 'phone-household-facts')
  await fitsAHand(page, 'facts')
  await go(page, '/settings')
  await page.getByText('字的大小').waitFor()
  await picture(page, 'phone-settings')
  await fitsAHand(page, 'settings')
  assert.deepEqual(page.complaints, [])
})

test('without signal a risk is found, the priority form follows with its roster, and everything reaches the server', STORY, async (story) => {
  const { stage, app, page } = await stageFor(story)
  const { ticket } = await stage.ticket('wei')
  await enrol(page, app.url, ticket, PIN)
  await stage.stopServer()
  const household = (await rows(app, { list: 'ordinary' })).find((row) => !row.priority && row.population >= 2)
  assert.ok(household)

  await go(page, `/household/${household.id}`)
  await byTest(page, 'start-visit').tap()
  await byTest(page, 'privacy-told').waitFor()
  assert.match(await page.locator('blockquote').innerText(), /\p{Script=Han}{8}/u, 'the notice came with the first round')
  await picture(page, 'phone-privacy')
  await byTest(page, 'privacy-told').tap()
  await byTest(page, 'next-page').waitFor()
  await fitsAHand(page, 'first page')
  await toSection(page, '风险')
  await choose(page, 'has_risk', '是')
  await choose(page, 'risks', /^因病/)
  await picture(page, 'phone-visit-risks')
  await fitsAHand(page, 'risks')
  await page.locator('.bar .aside button').tap()
  await page.locator('.sections .choice').nth(3).waitFor()
  await picture(page, 'phone-visit-list')
  await page.locator('.sections').getByRole('button', { name: '关闭' }).tap()

  // back loses nothing, and the app may be killed
  await page.locator('.bar .back').tap()
  await page.locator('.mark', { hasText: '没填完' }).first().waitFor()
  await go(page, '/')
  await byTest(page, 'drafts').getByText('没填完，已填 2 项').waitFor()
  await app.stop('SIGKILL')
  const again = await stage.app('wei', screens)
  await page.goto(again.url)
  await byTest(page, 'pin').waitFor()
  await picture(page, 'phone-unlock')
  await typePin(page, '000000', 'unlock')
  await page.getByRole('alert').waitFor()
  await fitsAHand(page, 'lock')
  await typePin(page, PIN, 'unlock')
  await byTest(page, 'drafts').getByRole('button').first().tap()
  await byTest(page, 'visit').waitFor()
  await toSection(page, '风险')
  assert.equal(await card(page, 'risks').locator('.chosen').count(), 1, 'the tick is still there')

  // what is missing is said, and led to
  await toFinish(page)
  await page.locator('.problem').first().waitFor()
  await picture(page, 'phone-finish-problems')
  await fitsAHand(page, 'finish')
  const problems = await page.locator('.problem').count()
  assert.ok(problems > 0)
  await page.locator('.problem').first().tap()
  await page.locator('section.wrong').first().waitFor()
  await toSection(page, '家庭成员')
  await completeRoster(page)
  for (const [section, name, label] of [['基础', 'method', '入户访问'], ['其他', 'leaflet_application', '否'], ['其他', 'outreach', '上门入户']]) {
    await page.locator('.bar .aside button').tap()
    await page.locator('.sections .choice', { hasText: section }).first().tap()
    if ((await card(page, name).count()) > 0) await choose(page, name, label)
  }
  await toFinish(page)
  assert.equal(await page.locator('.problem').count(), 0, await page.locator('main').innerText())
  await page.locator('[data-outcome="done"]').tap()
  await byTest(page, 'finish').tap()
  await byTest(page, 'finished').waitFor()
  await picture(page, 'phone-finished')
  await fitsAHand(page, 'finished')

  // the priority form, handed over with why
  await byTest(page, 'start-visit').tap()
  await byTest(page, 'privacy-told').tap()
  await page.locator('article.member').first().waitFor()
  assert.ok((await page.locator('article.member').count()) >= 2, 'the roster is shown, not typed again')
  await completeRoster(page)
  await next(page)
  const population = card(page, 'population')
  assert.equal(await population.locator('input').inputValue(), String(household.population), 'counted from the roster')
  await population.getByRole('button', { name: '增加一个' }).tap()
  await population.getByText('已人工修改').waitFor()
  await population.getByText(`系统算的是：${household.population}`).waitFor()
  await population.getByRole('button', { name: '用系统的' }).tap()
  await population.locator('.system').waitFor({ state: 'detached' })
  for (const [name, value] of [['workers', '1'], ['workers_unstable', '0'], ['ill_chronic', '1']]) await type(page, name, value)
  for (const name of ['large_venture', 'supporting_children']) await choose(page, name, '否')
  if ((await card(page, 'allowance_whole').locator('.chosen').count()) === 0) await choose(page, 'allowance_whole', '否')
  await picture(page, 'phone-visit-counts')
  await fitsAHand(page, 'counts')
  await toSection(page, '收入')
  const money = card(page, 'income_net').locator('input')
  await money.fill('32500')
  await page.getByText('三万二千五百元').waitFor()
  await money.blur()
  await picture(page, 'phone-visit-money')
  await type(page, 'income_claims', '0')
  await card(page, 'income_per_head').getByText(/\d/).first().waitFor()
  await toSection(page, '支出')
  for (const [name, value] of [['spend_medical', '18000.50'], ['spend_schooling', '0'], ['spend_other', '0']]) await type(page, name, value)
  await toSection(page, '不宜纳入')
  await choose(page, 'exclusion', /^否$/)
  await toSection(page, '综合研判')
  await choose(page, 'guarantees', /^达标$/)
  await choose(page, 'burden_ahead', /^存在$/)
  await choose(page, 'can_cope', /^无$/)
  await card(page, 'at_risk').locator('.chosen', { hasText: '是' }).waitFor()
  await picture(page, 'phone-visit-judgement')
  await fitsAHand(page, 'judgement')
  await toSection(page, '排查建议')
  await card(page, 'suggestion').locator('.chosen', { hasText: '建议按程序纳入' }).waitFor()
  await toFinish(page)
  await picture(page, 'phone-finish')
  assert.equal(await page.locator('.problem').count(), 0, await page.locator('main').innerText())
  assert.ok((await page.locator('[data-line]').count()) >= 3, 'the judgement is said line by line')
  await page.locator('[data-outcome="done"]').tap()
  await byTest(page, 'finish').tap()
  await byTest(page, 'finished').waitFor()

  // no signal: said plainly; then the server is back
  await go(page, '/sync')
  await byTest(page, 'sync-now').tap()
  await page.getByRole('alert').waitFor()
  await picture(page, 'phone-sync-offline')
  await fitsAHand(page, 'sync without signal')
  await stage.startServer()
  await byTest(page, 'sync-now').tap()
  await page.locator('.state[data-safe="true"]').waitFor({ timeout: 60_000 })
  await picture(page, 'phone-sync')
  const view = await again.call('household.view', { id: household.id })
  assert.equal(view.safety.on_server, true)
  assert.equal(view.visits.filter((visit) => visit.outcome === 'done').length, 2)
  await go(page, `/household/${household.id}`)
  await page.getByRole('tab', { name: '记录' }).tap()
  await page.getByText('档案指纹').waitFor()
  await picture(page, 'phone-household-history')
  await fitsAHand(page, 'history')
  assert.deepEqual(page.complaints, [])
})

test('nobody is home: it takes three taps, and the day to try again is on the first page', STORY, async (story) => {
  const { stage, app, page } = await stageFor(story)
  await enrol(page, app.url, (await stage.ticket('wei')).ticket, PIN)
  const [household] = await rows(app, { list: 'ordinary', progress: 'left' })
  await go(page, `/household/${household.id}`)
  await byTest(page, 'start-visit').tap()
  await page.getByRole('button', { name: '没见到人' }).tap()
  await page.locator('[data-outcome="nobody_home"].chosen').waitFor()
  await byTest(page, 'finish').tap()
  await byTest(page, 'finished').waitFor()
  await page.getByRole('button', { name: '回到今天' }).tap()
  await page.getByText('要再去一趟的').waitFor()
  await page.locator('.row', { hasText: household.head_name }).first().waitFor()
  const top = async (locator) => (await locator.boundingBox()).y
  assert.ok((await top(byTest(page, 'try-again'))) < (await top(page.locator('[data-list="ordinary"]'))), 'where to go again stands above what is left')
  assert.deepEqual(page.complaints, [])
})

test('韦秀英 and 覃桂花 write different phone numbers without signal: the first page leads to that household', STORY, async (story) => {
  const { stage, app, page } = await stageFor(story)
  await enrol(page, app.url, (await stage.ticket('wei')).ticket, PIN)
  const clerk = await stage.app('qin')
  await clerk.call('session.enrol', { server: '', ticket: (await stage.ticket('qin')).ticket, pin: PIN })
  await clerk.call('sync.now')
  const [household] = await rows(app, { list: 'ordinary' })
  await app.call('household.set_fact', { household: household.id, path: 'profile/phone', value: '13900005678' })
  await clerk.call('household.set_fact', { household: household.id, path: 'profile/phone', value: '13900001234' })
  for (const each of [clerk, app]) await each.call('sync.now')
  const told = (await app.call('today.view')).conflicts
  assert.ok(told > 0, 'both values are kept')
  await page.reload()
  await byTest(page, 'conflicts').tap()
  const cards = page.locator('[data-conflict]')
  await cards.first().waitFor()
  assert.equal(await cards.count(), 1, 'only what is in question is listed')
  await go(page, '/households?progress=conflict')
  const marked = page.locator('.household', { hasText: '有冲突' })
  await marked.first().waitFor()
  assert.equal(await marked.first().getAttribute('data-household'), household.id)
  await picture(page, 'phone-conflict-row')
  await marked.first().tap()
  await byTest(page, 'household-conflicts').waitFor()
  await page.getByRole('tab', { name: '记录' }).tap()
  const server = page.locator('.row', { hasText: '在服务器上' })
  const { safety } = await app.call('household.view', { id: household.id })
  assert.equal(safety.on_server, true)
  assert.ok(!(await server.innerText()).includes('还没有'), 'what is on the server is not also said to be missing there')
  assert.deepEqual(page.complaints, [])
})

test('a household that is on no list is added, and a wrong ID number is refused in words', STORY, async (story) => {
  const { stage, app, page } = await stageFor(story)
  await enrol(page, app.url, (await stage.ticket('wei')).ticket, PIN)
  await go(page, '/household/new')
  const add = page.getByRole('button', { name: '添加这一户' })
  await add.tap()
  assert.equal(await page.locator('section.wrong').count(), 2, 'name and hamlet are asked for')
  await picture(page, 'phone-add')
  await fitsAHand(page, 'add')
  await page.locator('[data-name="head_name"] input').fill('覃桂花')
  await page.locator('[data-name="head_id_number"] input').fill('999999198001010010')
  await page.locator('[data-name="hamlet"] input').fill('新屯')
  await page.locator('[data-name="hamlet"] input').blur()
  await add.tap()
  await page.getByRole('alert').first().waitFor()
  await page.locator('[data-name="head_id_number"] input').fill('')
  await page.locator('[data-name="head_id_number"] input').blur()
  await add.tap()
  await byTest(page, 'start-visit').waitFor()
  assert.equal((await rows(app, { text: 'qgh' })).some((row) => row.head_name === '覃桂花'), true, 'found by initials')
  assert.deepEqual(page.complaints, [])
})

test('a whole township on one phone: the list stays short in memory and reaches its end', STORY, async (story) => {
  const { stage, app, page } = await stageFor(story, 'huang', 3000)
  // Straight to the phone's page: the entrance would send a wide window, or a station's person, to the desk.
  await enrol(page, app.url.replace('/#', '/phone.html#'), (await stage.ticket('huang')).ticket, PIN)
  await go(page, '/households')
  await page.locator('.household').first().waitFor()
  const { total } = await app.call('households.search', { limit: 1 })
  assert.ok(total > 2900)
  await page.locator('.long').evaluate((list) => list.scrollTo({ top: list.scrollHeight }))
  const last = (await app.call('households.search', { offset: total - 1, limit: 1 })).rows[0]
  await page.locator(`[data-household="${last.id}"]`).waitFor()
  assert.ok((await page.locator('.household').count()) < 40, 'only what is seen exists')
  assert.deepEqual(page.complaints, [])
})

test('every page fits a hand at the largest text, in both languages', STORY, async (story) => {
  const { stage, app, page } = await stageFor(story, 'wei', GRID_OF_DAYS)
  await enrol(page, app.url, (await stage.ticket('wei')).ticket, PIN)
  const household = (await rows(app, { list: 'ordinary' })).find((row) => !row.priority)
  const visit = await app.call('visit.open', { household: household.id, form: 'screening-ordinary' })
  await app.call('visit.privacy_shown', { visit: visit.id })
  for (const [language, name] of [['zh-CN', 'large'], ['en', 'large-en']]) {
    await app.call('settings.set', { language, text_size: 23 })
    await page.reload()
    for (const path of ['/', '/households', '/sync', '/settings', '/household/new', `/household/${household.id}`, `/visit/${visit.id}`, `/visit/${visit.id}/finish`]) {
      await go(page, path)
      await page.waitForTimeout(400)
      await fitsAHand(page, `${path} in ${language}`)
      await picture(page, `phone-${name}-${path.split('/')[1] || 'today'}${path.endsWith('finish') ? '-finish' : path.endsWith('new') ? '-new' : ''}`)
    }
  }
  assert.deepEqual(page.complaints, [])
})
