// Every screen, in both languages and at both sizes: nothing is cut off or too small, contrast and names of controls
// hold (axe-core, WCAG 2.1 AA), and the English page speaks English.
import assert from 'node:assert/strict'
import test from 'node:test'
import { township } from '../stage/stage.mjs'
import { work } from '../stage/work.mjs'
import { browser, byTest, chineseIn, enrol, fitsADesk, fitsAHand, isReadable, nothingIsCut, picture, screens } from './browser.mjs'

const PIN = '258013'
const go = (page, path) => page.evaluate((to) => { location.hash = `#${to}` }, path)
const settle = (page) => page.waitForTimeout(350)

test('the phone, screen by screen', { timeout: 600_000 }, async (story) => {
  const stage = await township({ households: 300 })
  story.after(() => stage.close())
  const app = await stage.app('wei', screens)
  const page = await browser(story)
  const complaints = []
  const look = async (name, hand = true) => {
    await settle(page)
    await picture(page, `walk-phone-${name}`)
    for (const check of hand ? [fitsAHand, isReadable, nothingIsCut] : [isReadable, nothingIsCut]) {
      await check(page, name).catch((error) => complaints.push(error.message))
    }
  }
  const whole = async (name) => {
    await look(name)
    if (!process.env.RUHU_PICTURES) return
    const pages = await page.locator('main').first().evaluate((main) => Math.ceil(main.scrollHeight / main.clientHeight))
    for (let at = 1; at < Math.min(pages, 6); at++) {
      await page.locator('main').first().evaluate((main, to) => main.scrollTo({ top: main.clientHeight * to * 0.9 }), at)
      await settle(page)
      await picture(page, `walk-phone-${name}-${at + 1}`)
    }
  }

  for (const language of ['zh', 'en']) {
    await page.goto(app.url)
    await byTest(page, 'ticket').waitFor()
    if (language === 'en') await page.getByRole('button', { name: 'English' }).tap()
    await look(`${language}-enrol`)
  }
  await page.getByRole('button', { name: '中文' }).tap()
  await enrol(page, app.url, (await stage.ticket('wei')).ticket, PIN)
  const rows = (await app.call('households.search', { limit: 300 })).rows
  const of = async (form) => {
    for (const row of rows) {
      const view = await app.call('household.view', { id: row.id })
      if (view.forms_due?.some((due) => due.slug === form)) return row
    }
    return rows[0]
  }
  const visits = []
  for (const form of ['screening-ordinary', 'screening-priority', 'screening-lifted', 'screening-monitored', 'living-conditions']) {
    const row = await of(form)
    const visit = await app.call('visit.open', { household: row.id, form }).catch(() => undefined)
    if (visit) visits.push({ form, visit: visit.id, household: row.id })
  }
  // a household with a very long name of a hamlet, and two people who differ
  const long = rows.at(-1)
  await app.call('household.set_fact', { household: long.id, path: 'place/hamlet', value: '上南下北大榕树脚老码头旁第二十三生产队新村安置点' })

  for (const language of ['zh-CN', 'en']) {
    const short = language.slice(0, 2)
    for (const size of [17, 23]) {
      await app.call('settings.set', { language, text_size: size })
      await page.reload()
      const at = (name) => `${short}${size === 23 ? '-large' : ''}-${name}`
      for (const [path, name] of [['/', 'today'], ['/households', 'households'], ['/sync', 'sync'], ['/settings', 'settings'], ['/household/new', 'add'], [`/household/${long.id}`, 'household-long']]) {
        await go(page, path)
        await whole(at(name))
      }
      for (const tab of [1, 2, 3]) {
        await go(page, `/household/${visits[0].household}`)
        await settle(page)
        await page.getByRole('tab').nth(tab).tap()
        await whole(at(`household-tab${tab}`))
      }
      if (size === 17 && language === 'zh-CN') {
        await go(page, `/visit/${visits[0].visit}`)
        await byTest(page, 'privacy-told').waitFor()
        await whole(at('privacy'))
      }
      if (size === 17) for (const { form, visit } of visits) {
        const view = await app.call('visit.privacy_shown', { visit })
        for (const [n, section] of view.sections.filter((s) => s.relevant).entries()) {
          await go(page, `/visit/${visit}?section=${encodeURIComponent(section.path)}`)
          await settle(page)
          await whole(at(`${form}-${n + 1}`))
        }
        await go(page, `/visit/${visit}/finish`)
        await whole(at(`${form}-finish`))
        if (language === 'en') {
          const left = (await chineseIn(page, 'main')).filter((words) => !/^\S{2,4}$|^Based on: /.test(words))
          if (left.length) complaints.push(`${form} finish speaks Chinese: ${left.join(' | ')}`)
        }
      }
    }
  }
  // empty: a search without a find, a phone that never synced
  await app.call('settings.set', { language: 'zh-CN', text_size: 17 })
  await page.reload()
  await go(page, '/households')
  await page.locator('.search input').fill('没有这个人')
  await look('zh-households-none')
  await page.getByRole('button', { name: /筛选/ }).first().tap()
  await look('zh-households-filter')
  await app.call('session.lock')
  await page.reload()
  await look('zh-unlock')
  assert.deepEqual(complaints, [], complaints.join('\n\n'))
})

test('the desk, screen by screen', { timeout: 600_000 }, async (story) => {
  const stage = await township({ households: 600 })
  story.after(() => stage.close())
  for (const key of ['wei', 'li', 'nong']) await work(stage, key, 8)
  const app = await stage.app('huang', screens)
  const page = await browser(story, { width: 1440, height: 900 }, false)
  const complaints = []
  const look = async (name) => {
    await settle(page)
    await picture(page, `walk-desk-${name}`)
    for (const check of [fitsADesk, isReadable, nothingIsCut]) await check(page, name).catch((error) => complaints.push(error.message))
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (wide > 0) complaints.push(`${name} is ${wide} px too wide`)
  }
  const whole = async (name) => {
    await look(name)
    if (process.env.RUHU_PICTURES) await page.screenshot({ path: `${process.env.RUHU_PICTURES}/walk-desk-${name}-whole.png`, fullPage: true })
  }
  await page.goto(app.url.replace('/#', '/desk.html#'))
  await page.locator('#ticket').waitFor()
  await look('zh-enrol')
  await app.call('session.enrol', { server: '', ticket: (await stage.ticket('huang')).ticket, pin: 'station-2023' })
  await page.reload()
  await settle(page)
  await whole('zh-overview-empty')
  await page.getByRole('link', { name: '户登记册' }).click()
  await look('zh-register-empty')
  await app.call('sync.now')
  const seen = (await app.call('register.query', { at_risk: true, limit: 10 })).rows[0]
  for (const language of ['zh-CN', 'en']) {
    const short = language.slice(0, 2)
    await app.call('settings.set', { language })
    await page.reload()
    for (const [path, name] of [['/', 'overview'], ['/register', 'register'], [`/household/${seen.id}`, 'household'], ['/problems', 'problems'], ['/policy', 'policy'], ['/policy/try', 'policy-try'], ['/policy/preview', 'policy-preview'], ['/policy/publish', 'policy-publish'], ['/sync', 'sync'], ['/settings', 'settings']]) {
      await go(page, path)
      await settle(page)
      // what is looked at is the screen, not that it is on its way
      await page.waitForFunction(() => !/正在(核查|打开)|Opening|Checking/.test(document.querySelector('main')?.innerText ?? ''))
      await whole(`${short}-${name}`)
      if (language === 'en') {
        const left = (await chineseIn(page, 'main')).filter((words) => /[。；]/.test(words) && !/^Based on: /.test(words))
        if (left.length) complaints.push(`${name} in English still says: ${left.join(' | ')}`)
      }
    }
    await go(page, `/household/${seen.id}`)
    await page.getByRole('button', { name: language === 'en' ? 'View' : '查看' }).first().click()
    await look(`${short}-visit`)
    await page.keyboard.press('Escape')
  }
  await app.call('session.lock')
  await page.reload()
  await look('en-signin')
  assert.deepEqual(complaints, [], complaints.join('\n\n'))
})
