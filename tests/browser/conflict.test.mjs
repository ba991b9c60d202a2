// 韦秀英 and 农秀兰 are in one household without a network and write different things. Both phones and the clerk's desk show
// one card for each; one tap settles it, and it is settled for all three.
import assert from 'node:assert/strict'
import test from 'node:test'
import { json, township } from '../stage/stage.mjs'
import { browser, byTest, chineseIn, enrol, fitsADesk, fitsAHand, isReadable, nothingIsCut, picture, screens } from './browser.mjs'

const PIN = '258013'
const PASSWORD = 'clerk-2023'
const STORY = { timeout: 400_000 }
const go = (page, path) => page.evaluate((to) => { location.hash = `#${to}` }, path)
const card = (page, id) => page.locator(`[data-conflict="${id}"]`)
const choice = (page, id, text) => card(page, id).locator('li', { hasText: text })

/** Every question below a node, whatever holds it. */
const questions = (node) => (node.node === 'question' ? [node] : (node.nodes ?? node.instances ?? node.sections ?? []).flatMap(questions))

/** A visit to the house in which the phone number is corrected. */
async function visited(app, household, method, phone) {
  const { id: visit } = await app.call('visit.open', { household, form: 'screening-lifted' })
  await app.call('visit.privacy_shown', { visit })
  const say = async (name, value) => {
    const question = questions(await app.call('visit.view', { visit })).find((each) => each.name === name)
    if (question) await app.call('visit.answer', { visit, path: question.path, value })
  }
  await say('method', method)
  await say('phone', phone)
  await app.call('visit.finish', { visit, outcome: 'nobody_home', leaflets_given: [] })
}

async function stageFor(story) {
  const stage = await township({ households: 600 })
  story.after(() => stage.close())
  await stage.colleague()
  const wei = await stage.app('wei', screens)
  const nong = await stage.app('lan', screens)
  const desk = await stage.app('qin', screens)
  return { stage, wei, nong, desk }
}

test('two phones, no network, one household: one card each, settled by one tap on both phones and at the desk', STORY, async (story) => {
  const { stage, wei, nong, desk } = await stageFor(story)
  const page = await browser(story)
  await enrol(page, wei.url, (await stage.ticket('wei')).ticket, PIN)
  const second = await browser(story)
  await enrol(second, nong.url, (await stage.ticket('lan')).ticket, PIN)
  const screen = await browser(story, { width: 1440, height: 900 }, false)
  await screen.goto(desk.url.replace('/#', '/desk.html#'))
  await screen.locator('#ticket').fill((await stage.ticket('qin')).ticket)
  await screen.locator('#pin').fill(PASSWORD)
  await screen.locator('#again').fill(PASSWORD)
  await screen.getByRole('button', { name: '登记' }).click()
  await screen.getByRole('heading', { name: /排查进度/ }).waitFor({ timeout: 90_000 })

  // Without a network: each writes in the same household, unknown to the other.
  await stage.stopServer()
  const both = (await wei.call('households.search', { limit: 500 })).rows.map((row) => row.id)
  const theirs = (await nong.call('households.search', { limit: 500 })).rows
  const household = theirs.find((row) => both.includes(row.id) && row.list === 'lifted')
  assert.ok(household, 'both hold a household')
  await nong.call('household.set_fact', { household: household.id, path: 'profile/phone', value: '13912990078' })
  await new Promise((later) => setTimeout(later, 1_100))
  await visited(wei, household.id, 'home', '13912340078')
  const { members } = await wei.call('household.view', { id: household.id })
  const last = members.at(-1).id
  await wei.call('member.remove', { household: household.id, member: last, living: 'moved_out' })
  await nong.call('household.set_fact', { household: household.id, path: `members/${last}/schooling`, value: null })
  await nong.call('household.set_fact', { household: household.id, path: `members/${last}/work`, value: 'weak' })
  await stage.startServer()
  for (const each of [wei, nong, wei, desk]) await each.call('sync.now')

  // The first page leads to the cards.
  await page.reload()
  await byTest(page, 'conflicts').getByText('1 户有待核对的内容').waitFor()
  await picture(page, 'phone-today-conflict')
  await byTest(page, 'conflicts').tap()
  await card(page, 'profile/phone').waitFor()
  assert.equal(await page.locator('[data-conflict]').count(), 2)
  await fitsAHand(page, 'the cards')
  await isReadable(page, 'the cards')
  await nothingIsCut(page, 'the cards')
  await picture(page, 'phone-conflicts')

  // In the household: both values, who, when, how; the numbers are masked and can still be told apart.
  await go(page, `/household/${household.id}`)
  const phone = card(page, 'profile/phone')
  await phone.scrollIntoViewIfNeeded()
  const words = await phone.innerText()
  assert.ok(!words.includes('13912340078') && !words.includes('13912990078'), 'no whole number on the card')
  const [one, other] = await Promise.all([choice(page, 'profile/phone', '韦秀英'), choice(page, 'profile/phone', '农秀兰')].map((li) => li.locator('.value').innerText()))
  assert.notEqual(one, other, 'two numbers that look alike when masked are told apart')
  assert.match(await choice(page, 'profile/phone', '韦秀英').innerText(), /入户访问[\s\S]*建议/)
  await page.locator('.marks', { hasText: '暂定' }).first().waitFor()
  await picture(page, 'phone-household-conflict')

  // One tap, without a network.
  await stage.stopServer()
  await choice(page, 'profile/phone', '韦秀英').locator('.use').tap()
  await card(page, 'profile/phone').waitFor({ state: 'detached' })
  await card(page, `settled/removed/${last}`).locator('[data-choice="present"] .use').tap()
  await card(page, `settled/removed/${last}`).waitFor({ state: 'detached' })
  assert.equal(await page.locator('[data-conflict]').count(), 0)
  assert.equal(await page.locator('.head .mark', { hasText: '暂定' }).count(), 0, 'nothing is provisional any more')
  await picture(page, 'phone-household-settled')

  // The desk still shows it until it hears of it; then nobody does.
  await screen.evaluate(() => { location.hash = '#/conflicts' })
  await card(screen, 'profile/phone').waitFor()
  await fitsADesk(screen, 'the list of cards')
  await isReadable(screen, 'the list of cards')
  await picture(screen, 'desk-conflicts')
  await screen.evaluate((id) => { location.hash = `#/household/${id}` }, household.id)
  await byTest(screen, 'household-conflicts').waitFor()
  await isReadable(screen, 'a household with cards')
  await picture(screen, 'desk-household-conflict')
  await screen.evaluate(() => { location.hash = '#/register?progress=conflict' })
  await screen.getByText('暂定').first().waitFor()
  await stage.startServer()
  for (const each of [wei, nong, desk]) await each.call('sync.now')
  await screen.evaluate(() => { location.hash = '#/conflicts' })
  await screen.getByText('没有待核对的内容').waitFor()
  await picture(screen, 'desk-conflicts-none')
  await go(second, `/household/${household.id}`)
  await second.getByRole('tab', { name: '情况' }).waitFor()
  assert.equal(await second.locator('[data-conflict]').count(), 0)
  for (const each of [wei, nong, desk]) {
    assert.equal((await each.call('conflicts.list', {})).households, 0)
    const { members: now } = await each.call('household.view', { id: household.id })
    assert.equal(now.find((member) => member.id === last).removed, false)
  }
  for (const each of [page, second, screen]) assert.deepEqual(each.complaints, [])
})

test('the clerk settles at the desk what only the clerk may: two files for one household; and all of it in English', STORY, async (story) => {
  const { stage, wei, desk } = await stageFor(story)
  const nong = await stage.app('li')
  for (const [app, key] of [[wei, 'wei'], [nong, 'li'], [desk, 'qin']]) {
    await app.call('session.enrol', { server: '', ticket: (await stage.ticket(key)).ticket, pin: key === 'qin' ? PASSWORD : PIN })
    await app.call('sync.now')
  }
  const grid = (await wei.call('households.search', { limit: 1 })).rows[0].grid
  const there = (await nong.call('households.search', { limit: 1 })).rows[0].grid
  const head = { head_name: '罗大贵', head_id_number: withCheckDigit('99999919660606791'), hamlet: '坡脚屯', phone: '' }
  const first = await wei.call('household.add', { ...head, grid })
  await nong.call('household.add', { ...head, grid: there })
  for (const app of [wei, nong, desk]) await app.call('sync.now')
  await desk.call('settings.set', { language: 'en' })
  const screen = await browser(story, { width: 1440, height: 900 }, false)
  await screen.goto(desk.url.replace('/#', '/desk.html#'))
  await screen.getByRole('link', { name: 'To settle' }).click()
  const file = screen.locator('[data-kind="two_files"]')
  await file.waitFor()
  assert.equal(await screen.locator('[data-kind="two_files"]').count(), 1, 'a pair is listed once')
  assert.deepEqual(await chineseIn(screen, '.cards > section:first-child .hint'), [])
  await picture(screen, 'desk-conflicts-en')
  await file.locator(`[data-choice="${first.row.id}"] .use`).click()
  await screen.getByText('Nothing to settle').waitFor()
  assert.equal((await desk.call('conflicts.list', {})).households, 0)
  const { merged_from } = await desk.call('household.view', { id: first.row.id })
  assert.equal(merged_from.length, 1)
  assert.deepEqual(screen.complaints, [])
})

/** GB 11643 */
function withCheckDigit(body) {
  const sum = [...body].reduce((all, digit, at) => all + Number(digit) * (2 ** (17 - at) % 11), 0)
  return body + '10X98765432'[sum % 11]
}

test('a phone without a screen sees the same card and settles it by one command', STORY, async (story) => {
  const { stage } = await stageFor(story)
  const phone = (who) => (...verb) => json('ruhu', ['phone', '--data', `${stage.home}/cli-${who}`, '--pin', PIN, '--json', ...verb])
  const [wei, lan] = [phone('wei'), phone('lan')]
  for (const [each, key] of [[wei, 'wei'], [lan, 'lan']]) {
    await each('enrol', '--ticket', (await stage.ticket(key)).ticket)
    await each('sync')
  }
  const household = (await wei('households', '--limit', '1')).households[0].id
  await wei('set', household, 'place/hamlet', '坡脚屯')
  await lan('set', household, 'place/hamlet', '大榕屯')
  for (const each of [wei, lan, wei]) await each('sync')
  const [card] = (await wei('conflicts')).conflicts
  assert.deepEqual(card.values.map((value) => value.value).sort(), ['坡脚屯', '大榕屯'])
  assert.deepEqual(card.values.map((value) => value.who).sort(), ['农秀兰', '韦秀英'])
  await wei('resolve', card.id, '--choose', '大榕屯')
  await assert.rejects(wei('resolve', card.id, '--choose', '坡脚屯'), 'it is decided')
  for (const each of [wei, lan]) await each('sync')
  assert.deepEqual((await lan('conflicts')).conflicts, [])
  assert.equal((await lan('show', household)).hamlet, '大榕屯')
})
