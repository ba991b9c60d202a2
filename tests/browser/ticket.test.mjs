// 韦秀英 gets her ticket as a QR code: as a picture sent to her phone, as a bad photograph of a print, and held before the
// camera. Each time it is the code that `ruhu-server ticket` made.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { run, township } from '../stage/stage.mjs'
import { browser, byTest, isReadable, picture, screens, typePin } from './browser.mjs'

const PIN = '258013'
const STORY = { timeout: 180_000 }

async function withPin(page) {
  await byTest(page, 'pin').waitFor()
  await typePin(page, PIN, 'pin-next')
  await typePin(page, PIN, 'enrol')
  await byTest(page, 'today').waitFor({ timeout: 60_000 })
}
const chooseFile = (page, files) => page.locator('input[type=file]').setInputFiles(files)

test('from a picture: what is no ticket is said, a crooked photograph is read, and she is enrolled', STORY, async (story) => {
  const stage = await township({ households: 120 })
  story.after(() => stage.close())
  const app = await stage.app('wei', screens)
  const page = await browser(story)
  const png = join(stage.home, 'ticket.png')
  await stage.ticket('wei', { more: ['--png', png] })

  await page.goto(app.url)
  await byTest(page, 'ticket').waitFor()
  const empty = join(stage.home, 'empty.png')
  await page.screenshot({ path: empty })
  await chooseFile(page, empty)
  await page.getByRole('alert').filter({ hasText: '图片里没有找到登记码' }).waitFor()
  await picture(page, 'ticket-picture-without-code')

  // a print on a grey table, photographed from the side
  const photo = join(stage.home, 'photo.png')
  const table = await page.context().newPage()
  await table.setViewportSize({ width: 900, height: 700 })
  await table.setContent(`<body style="margin:0;height:700px;background:linear-gradient(120deg,#8a8378,#b9b2a4);display:grid;place-items:center">
    <img style="width:420px;padding:24px;background:#f4f0e6;transform:rotate(11deg) skew(4deg);filter:blur(.6px) contrast(.8)" src="data:image/png;base64,${(await readFile(png)).toString('base64')}">`)
  await table.waitForTimeout(200)
  await table.screenshot({ path: photo })
  await table.close()
  await chooseFile(page, photo)
  await withPin(page)
  assert.deepEqual(page.complaints, [])
})

test('from the camera', STORY, async (story) => {
  const stage = await township({ households: 120 })
  story.after(() => stage.close())
  const app = await stage.app('wei', screens)
  const png = join(stage.home, 'ticket.png')
  await stage.ticket('wei', { more: ['--png', png] })
  // Chromium's fake camera plays a raw film; a browser draws its one frame.
  const film = join(stage.home, 'camera.y4m')
  const painter = await browser(story)
  const [width, height] = [640, 640]
  const luma = await painter.evaluate(async ({ data, width, height }) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob())
    const pen = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d')
    pen.fillStyle = '#999'
    pen.fillRect(0, 0, width, height)
    pen.drawImage(image, 70, 70, 500, 500)
    const pixels = pen.getImageData(0, 0, width, height).data
    return Array.from({ length: width * height }, (_, at) => 16 + Math.round((pixels[at * 4] * 219) / 255))
  }, { data: (await readFile(png)).toString('base64'), width, height })
  const frame = Buffer.concat([Buffer.from('FRAME\n'), Buffer.from(luma), Buffer.alloc((width * height) / 2, 128)])
  await writeFile(film, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F5:1 Ip A1:1 C420jpeg\n`), frame, frame]))

  const page = await browser(story, undefined, undefined, ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${film}`])
  await page.goto(app.url)
  await page.getByRole('button', { name: '扫描登记码' }).tap()
  await withPin(page)
  assert.deepEqual(page.complaints, [])
})

test('a camera that shows no ticket: the sheet says what to do and has ways out', STORY, async (story) => {
  const stage = await township({ households: 30 })
  story.after(() => stage.close())
  const app = await stage.app('wei', screens)
  const page = await browser(story, undefined, undefined, ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'])
  await page.goto(app.url)
  await page.getByRole('button', { name: '扫描登记码' }).tap()
  await byTest(page, 'scan').locator('video').waitFor()
  await page.waitForFunction(() => document.querySelector('video')?.videoWidth > 0)
  await picture(page, 'phone-scan')
  await isReadable(page)
  await byTest(page, 'scan').getByRole('button', { name: '从图片识别' }).waitFor()
  await byTest(page, 'scan').getByRole('button').last().tap()
  await byTest(page, 'ticket').waitFor()
})

test('on the terminal of the office', STORY, async (story) => {
  const stage = await township({ households: 30 })
  story.after(() => stage.close())
  const { out } = await run('ruhu-server', ['ticket', '--data', stage.data, '--user', stage.person.wei.id, '--qr'])
  assert.match(out, /[█▀▄]{8}/)
  assert.match(out, /ruhu:http/)
})
