// The wire rows of docs/benchmarks.md with two peers: PouchDB → express-pouchdb (HTTP, gzip where it answers so) and
// automerge-repo with its websocket server. The same households and visits as ours (`cargo bench --bench document -- dump
// FILE`), all in memory, on 127.0.0.1, through a proxy that counts every byte of the TCP streams.
//
//   node bench.mjs FILE
import fs from 'node:fs'
import net from 'node:net'
import express from 'express'
import compression from 'compression'
import PouchCore from 'pouchdb-core'
import memory from 'pouchdb-adapter-memory'
import http from 'pouchdb-adapter-http'
import replication from 'pouchdb-replication'
import mapreduce from 'pouchdb-mapreduce'
import expressPouch from 'express-pouchdb'
import { Repo } from '@automerge/automerge-repo'
import { WebSocketClientAdapter, WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket'
import { WebSocketServer } from 'ws'

const { grid, day } = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const say = (what, unit, value, more) => console.log(JSON.stringify({ what, unit, value, ...more }))

// counts bytes up and down, and requests by their first lines
async function proxy(target) {
  const seen = { up: 0, down: 0, requests: 0 }
  const server = net.createServer((client) => {
    const remote = net.connect(target, '127.0.0.1')
    client.on('data', (bytes) => {
      seen.up += bytes.length
      seen.requests += (bytes.toString('latin1').match(/(^|\r\n|[}\n])(GET|POST|PUT|DELETE) \/[^\r]* HTTP\/1\.1\r\n/g) ?? []).length
      remote.write(bytes)
    })
    remote.on('data', (bytes) => { seen.down += bytes.length; client.write(bytes) })
    for (const [one, other] of [[client, remote], [remote, client]]) {
      one.on('close', () => other.destroy())
      one.on('error', () => other.destroy())
    }
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return { seen, port: server.address().port, close: () => server.close() }
}
const taken = (seen) => { const copy = { ...seen }; Object.assign(seen, { up: 0, down: 0, requests: 0 }); return copy }

function rows(peer, first, work, nothing) {
  say(`${peer}: first sync of ${grid.length} households of one visit`, 'bytes', first.down, { up: first.up, requests: first.requests })
  say(`${peer}: a day of ${day.length} visits`, 'bytes', work.up, { down: work.down, requests: work.requests })
  say(`${peer}: nothing to do`, 'bytes', nothing.up + nothing.down, { requests: nothing.requests })
}

async function pouch() {
  const Pouch = PouchCore.plugin(memory).plugin(http).plugin(replication).plugin(mapreduce).defaults({ adapter: 'memory' })
  const app = express()
  app.use(compression({ threshold: 0 }))
  app.use(expressPouch(Pouch, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: '/dev/null' }))
  const listening = await new Promise((done) => { const s = app.listen(0, '127.0.0.1', () => done(s)) })
  const there = new Pouch('grid')
  await there.bulkDocs(grid.map(({ id, facts }) => ({ _id: id, ...facts })))
  const between = await proxy(listening.address().port)
  const far = new Pouch(`http://127.0.0.1:${between.port}/grid`, { adapter: "http" })
  const here = new Pouch('phone')
  const options = { batch_size: 1000, batches_limit: 10 }
  await here.replicate.from(far, options)
  const held = (await here.info()).doc_count
  if (held < grid.length) throw new Error(`PouchDB holds ${held}`)
  const first = taken(between.seen)
  for (const { id, facts } of day) await here.put({ ...(await here.get(id)), ...facts })
  await here.replicate.to(far, options)
  await here.replicate.from(far, options)
  const work = taken(between.seen)
  await here.replicate.to(far, options)
  await here.replicate.from(far, options)
  rows('PouchDB', first, work, taken(between.seen))
  between.close()
  listening.closeAllConnections()
  listening.close()
}

const quiet = async (seen) => { // until nothing has moved for a second
  for (let before = -1; before !== seen.up + seen.down;) {
    before = seen.up + seen.down
    await new Promise((done) => setTimeout(done, 3000))
  }
}

async function automerge() {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((done) => sockets.on('listening', done))
  let messages = 0
  sockets.on('connection', (socket) => {
    socket.on('message', () => { messages += 1 })
    const send = socket.send
    socket.send = (...given) => { messages += 1; return send.apply(socket, given) }
  })
  const there = new Repo({ network: [new WebSocketServerAdapter(sockets)], peerId: 'server', sharePolicy: async () => false })
  const urls = new Map(grid.map(({ id, facts }) => [id, there.create({ id, ...structuredClone(facts) }).url]))
  const between = await proxy(sockets.address().port)
  const phone = () => new Repo({ network: [new WebSocketClientAdapter(`ws://127.0.0.1:${between.port}`)], peerId: `phone-${Math.random()}` })
  const cpu = process.cpuUsage()
  const here = phone()
  const held = await Promise.all([...urls].map(async ([id, url]) => [id, await here.find(url)]))
  await quiet(between.seen)
  const counted = () => { const n = messages; messages = 0; return n }
  const spent = process.cpuUsage(cpu)
  const first = { ...taken(between.seen), requests: counted() }
  const merge = (to, from) => { // only what differs, as an app writes it
    for (const [key, value] of Object.entries(from)) {
      if (JSON.stringify(to[key]) === JSON.stringify(value)) continue
      if (value && to[key] && typeof value === 'object' && typeof to[key] === 'object' && Array.isArray(value) === Array.isArray(to[key])) merge(to[key], value)
      else to[key] = value
    }
  }
  const handles = new Map(held)
  for (const { id, facts } of day) handles.get(id).change((doc) => merge(doc, structuredClone(facts)))
  await quiet(between.seen)
  const lacking = day.filter(({ id, facts }) => JSON.stringify(handles.get(id).doc().visits?.length) !== JSON.stringify(facts.visits.length)).length
  if (lacking) throw new Error(`${lacking} visits are not in the documents`)
  const work = { ...taken(between.seen), requests: counted() }
  // The phone comes back another day with what it held, and nothing new on either side.
  const bytes = [...handles.values()].map((handle) => [handle.documentId, handle])
  const { save } = await import('@automerge/automerge')
  const stored = bytes.map(([documentId, handle]) => [documentId, save(handle.doc())])
  await here.shutdown()
  await quiet(between.seen)
  taken(between.seen)
  counted()
  const again = phone()
  stored.forEach(([docId, binary]) => again.import(binary, { docId }))
  await quiet(between.seen)
  rows('automerge-repo', first, work, { ...taken(between.seen), requests: counted() })
  say('automerge-repo: first sync, both ends in one process: CPU', 'ms', Math.round((spent.user + spent.system) / 1000))
  await again.shutdown()
  between.close()
  sockets.close()
}

await pouch()
await automerge()
process.exit(0)
