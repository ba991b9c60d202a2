// The demo that stays up: a server on an invented township, the app of a grid worker and of the township's station,
// already enrolled. Windows where there is a display; addresses and logins in any case. Ctrl-C ends all of it.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { bins, root, township } from '../tests/stage/stage.mjs'
import { work } from '../tests/stage/work.mjs'

const pins = { wei: '258013', huang: 'station-2023' }
const stage = await township({ folder: join(root, '.ruhu/demo'), listen: '127.0.0.1:8740' })
// Two colleagues have been out already, so that the desk has something to show.
if (stage.imported) for (const key of ['li', 'nong']) await work(stage, key, 12)
const apps = []
for (const key of ['wei', 'huang']) {
  const app = await stage.app(key)
  const state = await app.call('session.state')
  if (state.stage === 'new') {
    const { ticket } = await stage.ticket(key)
    await app.call('session.enrol', { server: '', ticket, pin: pins[key] })
    await app.call('sync.now')
    await app.call('session.lock')
  }
  apps.push({ key, app })
}
const page = { wei: 'phone.html', huang: 'desk.html' }
const display = process.env.DISPLAY || process.env.WAYLAND_DISPLAY
console.log('\nRuhu 入户 · an invented township\n')
for (const { key, app } of apps) {
  const { name, title } = stage.person[key]
  const url = new URL(app.url)
  console.log(`  ${name} (${title}) · ${key === 'huang' ? 'password' : 'PIN'} ${pins[key]}`)
  if (!display) console.log(`    http://${url.host}/${page[key]}${url.hash}`)
}
if (display) {
  for (const { key, app } of apps) {
    // A window owns its database: the served app makes room for it.
    await app.stop()
    spawn(join(bins, 'ruhu-app'), ['--data', app.data, '--screen', key === 'huang' ? 'desk' : 'phone'], { stdio: 'inherit' })
  }
}
const { ticket } = await stage.ticket('li')
console.log(`\n  a ticket for one more phone (李建国): ${ticket}`)
console.log(`  server: ${stage.url} · data: .ruhu/demo · Ctrl-C ends the demo`)
const stop = async () => { await stage.close(); process.exit(0) }
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
setInterval(() => {}, 1 << 30)
