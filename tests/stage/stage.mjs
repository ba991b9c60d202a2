// Sets the stage for demos, walkthrough, browser and window tests: a real server over an invented township,
// named people, tickets, and `ruhu-app --serve` for each of them. Everything on 127.0.0.1, in a folder of its own.
import { spawn, execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, mkdir, readFile, rm, access } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
export const bins = process.env.RUHU_BINS ?? join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug')
export const pack = join(root, 'app-core/packs/guangxi-2023')

/** Runs a program to its end; resolves to {code, out, err}. Never throws for a refused command: the caller reads `code`. */
export function run(program, args, { env = {}, input } = {}) {
  return new Promise((done) => {
    const child = execFile(join(bins, program), args, { env: { ...process.env, ...env }, maxBuffer: 256 << 20 },
      (error, out, err) => done({ code: error ? (error.code ?? 1) : 0, out, err }))
    if (input !== undefined) child.stdin.end(input)
  })
}

/** Runs a program that must succeed and answers with JSON. */
export async function json(program, args, options) {
  const { code, out, err } = await run(program, args, options)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended ${code}: ${err || out}`)
  return JSON.parse(out)
}

/** Starts a long-running program and waits for its first line of JSON on stdout. */
function start(program, args, env = {}) {
  return new Promise((ready, fail) => {
    const child = spawn(join(bins, program), args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = '', err = ''
    child.stderr.on('data', (chunk) => { err = (err + chunk).slice(-20000) })
    child.stdout.on('data', (chunk) => {
      out += chunk
      const end = out.indexOf('\n')
      if (end > 0) { try { ready({ child, first: JSON.parse(out.slice(0, end)), log: () => err }) } catch { /* more to come */ } }
    })
    child.on('exit', (code) => fail(new Error(`${program} ended ${code} before it was ready: ${err || out}`)))
    child.on('error', fail)
  })
}

/** Ends a program that this stage started, gently, then surely. */
export async function end(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((done) => child.once('exit', done))
  child.kill(signal)
  const late = setTimeout(() => child.kill('SIGKILL'), 5000)
  await gone
  clearTimeout(late)
}

/** The invented people of the demo. Two workers share a village but not a grid. */
export const people = [
  { key: 'wei', name: '韦秀英', title: 'grid_worker1', area: '999999101201-01' },
  { key: 'li', name: '李建国', title: 'grid_worker1', area: '999999101201-02' },
  { key: 'nong', name: '农小妹', title: 'grid_worker2', area: '999999101203-01' },
  { key: 'qin', name: '覃桂花', title: 'data_clerk', area: '999999101201' },
  { key: 'huang', name: '黄志明', title: 'township_station', area: '999999101' },
]

/** A township: server, register, people. `households` 3000 for the demo, fewer for tests. */
export async function township({ folder, households = 3000, seed = 7, listen = '127.0.0.1:0', keep = false, tls = false } = {}) {
  const own = folder === undefined
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'ruhu-stage-')))
  await mkdir(home, { recursive: true })
  const data = join(home, 'server')
  const fresh = await access(join(data, 'ruhu-server.sqlite')).then(() => false, () => true)
  const started = []
  const stage = { home, data, url: '', person: {}, server: null }
  // Stopped between init and import, a kept township would stay empty for good.
  const empty = async () => Object.keys((await json('ruhu-server', ['digest', '--data', data, '--json'])).households).length === 0
  if (fresh) {
    await json('ruhu-server', ['init', '--data', data, '--name', '龙泉镇（虚构）防返贫监测', '--county', '999999', '--pack', pack, '--field-phase-now', '--json'])
  }
  if (fresh || (await empty())) {
    const register = join(home, 'register.xlsx')
    await json('ruhu-server', ['demo-register', register, '--seed', String(seed), '--households', String(households), '--json'])
    stage.imported = await json('ruhu-server', ['import', register, '--data', data, '--json'])
  }
  const known = (await json('ruhu-server', ['user', 'list', '--data', data, '--json'])).users
  for (const person of people) {
    const had = known.find((user) => user.name === person.name)
    const user = had ?? await json('ruhu-server', ['user', 'add', '--data', data, '--name', person.name, '--title', person.title, '--area', person.area, '--json'])
    stage.person[person.key] = { ...person, id: user.id }
  }
  stage.listen = listen
  stage.startServer = async () => {
    const { child, first, log } = await start('ruhu-server', ['serve', '--data', data, '--listen', stage.listen, ...(tls ? [] : ['--no-tls']), '--json'])
    stage.server = child
    stage.serverLog = log
    stage.url = first.url
    // A phone knows one address: the server comes back where it was.
    stage.listen = new URL(first.url).host
  }
  stage.stopServer = async (signal) => { if (stage.server) await end(stage.server, signal); stage.server = null }
  /** A ticket; `url` for a link in between, `hours` 0 for one that has expired, `more` for a QR code. */
  stage.ticket = async (key, { url = stage.url, hours = 72, more = [] } = {}) =>
    json('ruhu-server', ['ticket', '--data', data, '--user', stage.person[key].id, '--url', url, '--hours', String(hours), ...more, '--json'])
  /** A second worker in 韦秀英's grid: 农秀兰, with the key `lan`. */
  stage.colleague = async () => {
    const name = '农秀兰', { area } = stage.person.wei
    const { id } = await json('ruhu-server', ['user', 'add', '--data', data, '--name', name, '--title', 'grid_worker2', '--area', area, '--json'])
    stage.person.lan = { ...stage.person.wei, name, id }
  }
  stage.app = async (key, extra = [], folderOfApp = join(home, `app-${key}`)) => {
    const token = randomUUID()
    const { child, first, log } = await start('ruhu-app', ['--data', folderOfApp, '--serve', '127.0.0.1:0', '--token', token, ...extra])
    const app = { child, url: first.url, data: folderOfApp, log, stop: (signal) => end(child, signal) }
    app.call = async (method, params = null) => {
      const origin = new URL(first.url).origin
      const answer = await fetch(`${origin}/api/call`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ method, params }),
      })
      const body = await answer.json()
      if (body.error) throw Object.assign(new Error(body.error.words), body.error)
      return body.ok
    }
    started.push(app)
    return app
  }
  stage.close = async () => {
    for (const app of started) await app.stop()
    await stage.stopServer()
    if (own && !keep) await rm(home, { recursive: true, force: true })
  }
  await stage.startServer()
  return stage
}

/** Reads a JSON file. */
export const read = async (path) => JSON.parse(await readFile(path, 'utf8'))
