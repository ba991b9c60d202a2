// A real browser on the real screens over the real core. Chromium is the engine of Android's WebView.
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { root } from '../stage/stage.mjs'

/** The screens as they lie in ui/dist: what is tested is what was built last. */
export const screens = ['--screens', join(root, 'ui/dist')]

export const phoneSize = { width: 412, height: 915 }

/** Opens a browser for the story and closes it with it. Anything the page complains about fails the story at its end. */
export async function browser(story, size = phoneSize, touch = true, args = []) {
  const program = await chromium.launch({ executablePath: process.env.RUHU_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', ...args] })
  const context = await program.newContext({ viewport: size, hasTouch: touch, isMobile: touch, reducedMotion: 'reduce', locale: 'zh-CN' })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const complaints = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (line) => line.type() === 'error' && !/favicon/.test(line.location().url) && complaints.push(line.text()))
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') complaints.push(`asked outside: ${hostname}`)
  })
  story.after(() => program.close())
  page.complaints = complaints
  return page
}

/** Keeps a picture where RUHU_PICTURES says, whole pages included. */
export async function picture(page, name) {
  const folder = process.env.RUHU_PICTURES
  if (!folder) return
  await mkdir(folder, { recursive: true })
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  await page.waitForTimeout(200)
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

export const byTest = (page, name) => page.locator(`[data-test="${name}"]`)

/** Types a PIN on the keypad, key by key, and confirms. */
export async function typePin(page, pin, confirm) {
  for (const digit of pin) await page.locator('.keys button', { hasText: new RegExp(`^${digit}$`) }).tap()
  await byTest(page, confirm).tap()
}

/** Enrols on the phone's screens as a person does. */
export async function enrol(page, url, ticket, pin) {
  await page.goto(url)
  await byTest(page, 'ticket').locator('textarea').fill(ticket)
  await byTest(page, 'to-pin').tap()
  await typePin(page, pin, 'pin-next')
  await typePin(page, pin, 'enrol')
  await byTest(page, 'today').waitFor({ timeout: 60_000 })
}

/** The card of a question, by its name in the form; within a member's card when `member` is given. */
export const card = (page, name, within = page) => within.locator(`section[data-name="${name}"]`)

/** Answers a question with a tap on a choice. */
export async function choose(page, name, ...labels) {
  for (const label of labels) await card(page, name).getByRole('button', { name: label }).or(card(page, name).getByRole('radio', { name: label })).or(card(page, name).getByRole('checkbox', { name: label })).first().tap()
  await saved(page)
}

/** Types into a question and leaves its field. */
export async function type(page, name, text) {
  const field = card(page, name).locator('input, textarea')
  await field.fill(text)
  await field.blur()
  await saved(page)
}

/** The page says that everything is written. */
export const saved = (page) => page.locator('.saved[data-saving="false"]').waitFor()

/** What must hold on every page of the phone: nothing is cut off sideways, nothing is too small to read or to hit. */
export const fitsAHand = (page, where) => isLargeEnough(page, where, { body: 17, text: 17, target: 48, main: 48 })

/** At the desk: text of 17 px (what is secondary 15), rows and tables to be hit at 40 px, what a page is about at 48. */
export const fitsADesk = (page, where) => isLargeEnough(page, where, { body: 17, text: 15, target: 40, main: 48 })

async function isLargeEnough(page, where, least) {
  const wrong = await page.evaluate(({ body, text, target, main }) => {
    const seen = (element) => {
      const box = element.getBoundingClientRect()
      return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden' && !element.closest('[aria-hidden="true"]')
    }
    const found = []
    if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} px wide`)
    if (parseFloat(getComputedStyle(document.body).fontSize) < body) found.push(`the text of the page is ${getComputedStyle(document.body).fontSize}`)
    for (const element of document.querySelectorAll('button, input:not([type=file]), textarea, [role=tab], a[href]')) {
      if (!seen(element)) continue
      // At the desk a link within a sentence is as high as its line (WCAG 2.5.8 excepts it).
      if (target < 48 && element.matches('a') && getComputedStyle(element).display === 'inline') continue
      // A field inside a frame that is drawn around it is hit wherever the frame is.
      const box = (element.closest('.el-input__wrapper, .el-select__wrapper, .el-radio-button, .el-radio, .el-checkbox') ?? element).getBoundingClientRect()
      const wanted = (element.matches('.el-button--primary') ? main : target) - 0.5
      if (box.height < wanted || box.width < wanted) found.push(`${Math.round(box.width)}×${Math.round(box.height)} target: ${element.textContent?.trim().slice(0, 20) || element.className}`)
      if (box.right > innerWidth + 1 || box.left < -1) found.push(`cut off: ${element.textContent?.trim().slice(0, 20)}`)
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const holder = node.parentElement
      if (!node.textContent?.trim() || !holder || ['STYLE', 'SCRIPT'].includes(holder.tagName) || !seen(holder)) continue
      const size = parseFloat(getComputedStyle(holder).fontSize)
      if (size < text) found.push(`${size} px text: ${node.textContent.trim().slice(0, 20)}`)
    }
    return [...new Set(found)]
  }, least)
  assert.deepEqual(wrong, [], `${where}: ${wrong.join('; ')}`)
}

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds wrong for WCAG 2.1 AA: contrast as it is painted, names of controls, roles, languages. */
export async function isReadable(page, where) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe)
  const wrong = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] })
    // Vant's curtain behind a sheet is a button without a name; each sheet has a button that closes it.
    for (const rule of violations) if (rule.id === 'aria-command-name') rule.nodes = rule.nodes.filter((node) => !node.target.includes('.van-overlay'))
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} (${node.any[0]?.message ?? node.all[0]?.message ?? ''})`))
  })
  assert.deepEqual(wrong, [], `${where}:\n${wrong.join('\n')}`)
}

/** No words are cut inside their box: nothing hides what does not fit, unless it says so with an ellipsis. */
export async function nothingIsCut(page, where) {
  const cut = await page.evaluate(() => {
    const found = []
    for (const element of document.querySelectorAll('body *')) {
      const style = getComputedStyle(element)
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim())
      if (!own || !element.getClientRects().length || style.visibility === 'hidden' || element.closest('[aria-hidden="true"]')) continue
      const hides = (name) => style[name] === 'hidden' || style[name] === 'clip'
      if (hides('overflowX') && style.textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1) found.push(`sideways: ${element.textContent.trim().slice(0, 30)}`)
      if (hides('overflowY') && element.scrollHeight > element.clientHeight + 2 && !style.webkitLineClamp) found.push(`below: ${element.textContent.trim().slice(0, 30)}`)
    }
    return found
  })
  assert.deepEqual(cut, [], `${where}: ${cut.join('; ')}`)
}

/** Chinese words on an English page, but for what people wrote and what has no English: names, places, sources (said to be Chinese). */
export const chineseIn = (page, within = 'body') =>
  page.locator(within).evaluate((root) => {
    const found = new Set()
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const holder = node.parentElement
      if (!holder || ['STYLE', 'SCRIPT'].includes(holder.tagName) || !holder.getClientRects().length || holder.closest('[lang^="zh"]:not(html)')) continue
      if (/\p{Script=Han}/u.test(node.textContent)) found.add(node.textContent.trim())
    }
    return [...found]
  })
