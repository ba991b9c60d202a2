// Two phones meet in a village without signal: 农秀兰 makes a sealed file, 韦秀英 takes it in, and is the one who finds signal.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import test from 'node:test'
import { township } from '../stage/stage.mjs'
import { browser, byTest, enrol, fitsAHand, isReadable, nothingIsCut, picture, screens } from './browser.mjs'

const PIN = '258013'
const go = (page, path) => page.evaluate((to) => { location.hash = `#${to}` }, path)

test('a file goes from phone to phone without signal, and both works reach the server', { timeout: 300_000 }, async (story) => {
  const stage = await township({ households: 600 })
  story.after(() => stage.close())
  await stage.colleague()
  const wei = await stage.app('wei', screens)
  const nong = await stage.app('lan', screens)
  const hers = await browser(story)
  await enrol(hers, nong.url, (await stage.ticket('lan')).ticket, PIN)
  const page = await browser(story)
  await enrol(page, wei.url, (await stage.ticket('wei')).ticket, PIN)
  const [household] = (await nong.call('households.search', { limit: 10 })).rows
  await stage.stopServer()
  await nong.call('household.set_fact', { household: household.id, path: 'profile/phone', value: '13912990078' })

  // She takes her data along.
  await go(hers, '/sync')
  await byTest(hers, 'bundle-out').waitFor()
  const [download] = await Promise.all([hers.waitForEvent('download'), byTest(hers, 'bundle-out').click()])
  const file = await readFile(await download.path())
  assert.ok(download.suggestedFilename().endsWith('.ruhu'))
  assert.ok(!file.includes('13912990078') && !file.includes('农秀兰'), 'sealed')
  await byTest(hers, 'bundle-told').getByText('本机填写的1户').waitFor()
  await byTest(hers, 'bundle-told').scrollIntoViewIfNeeded()
  await picture(hers, 'phone-bundle-out')
  await isReadable(hers)

  // 韦秀英 opens a torn copy first, then the file.
  await go(page, '/sync')
  const give = (bytes) => byTest(page, 'bundle-file').setInputFiles({ name: download.suggestedFilename(), mimeType: 'application/octet-stream', buffer: bytes })
  await byTest(page, 'bundle-in').waitFor()
  await give(file.subarray(0, file.length / 2))
  await page.getByText('没有采用；本机内容都在').waitFor()
  await give(file)
  await byTest(page, 'bundle-told').getByText('收进农秀兰的1户').waitFor()
  assert.equal(await byTest(page, 'carrying').textContent(), '1')
  await byTest(page, 'bundle-told').scrollIntoViewIfNeeded()
  await picture(page, 'phone-bundle-in')
  await fitsAHand(page)
  await nothingIsCut(page)
  await isReadable(page)
  const view = await wei.call('household.view', { id: household.id })
  assert.ok(JSON.stringify(view).includes('0078'), 'her correction stands on his phone')

  // She hears from his phone where her work is safe; then he finds signal.
  const back = await wei.call('bundle.export', null)
  await nong.call('bundle.import', { content: back.file.content })
  assert.deepEqual((await nong.call('household.view', { id: household.id })).safety.also_on, [stage.person.wei.name])
  await stage.startServer()
  const status = await wei.call('sync.now')
  assert.equal(status.carrying, 0)
  await nong.call('sync.now')
  const done = await nong.call('household.view', { id: household.id })
  assert.equal(done.safety.on_server, true)
})
