// Turns the lines of the benches into docs/benchmarks.md.
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

const rows = readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => JSON.parse(line))
const figure = (value) => (value === undefined ? '' : Number(value).toLocaleString('en', { maximumFractionDigits: 2 }))
const title = {
  form: 'Forms', document: 'Household file and wire', device: 'Device database, 10,000 households', desk: 'Device database, 100,000 households (a county at a desk)',
  server: 'Server, durable, with permission check and projection',
}
const note = {
  desk: '`rejudge_lists`: another income line comes into force and what the lists say of every household is made again; `judge_every_rule`: all rules over all households, in memory; `every_check_over_every_household` (数据核查) and `what_if` (judged by two packs): read from the database and judged on all cores.',
  server: 'The real `ruhu-server` and real phones on the same cores: keys, tokens and signatures of their own, every visit through the gate and the permits and synced to disk before its answer (`sync-server/benches/server`). What is said per visit is the processor time of the server, however busy the machine was.',
}
const of = (part) => rows.filter((row) => row.part === part)
const name = (row) => row.measure ?? row.what ?? ''
const mid = (row) => row.p50 ?? row.p50_us
const high = (row) => row.p99 ?? row.p99_us
const load = (part) => of(part).find((row) => row.what === '_load')?.value
console.log(`# Benchmarks

Written by \`script/bench\` (release profile) on ${cpus().length} shared cores with ${Math.round(totalmem() / 2 ** 30)} GiB, whatever else ran there. Times are a single
machine's; sizes hold anywhere, ratios nearly. Each part is of the last run that named it, with the machine's load then (on 2 cores\na load above 2 makes every time longer). What must hold, and what is missed: docs/PROGRESS.md.`)
for (const part of Object.keys(title)) {
  const all = of(part).filter((row) => row.what !== '_load')
  if (!all.length) continue
  console.log(`\n## ${title[part]}\n`)
  if (note[part]) console.log(`${note[part]}\n`)
  if (load(part)) console.log(`Load of the machine at the end: ${load(part)}.\n`)
  console.log('| what | unit | p50 | p99 | value |\n|---|---|---:|---:|---:|')
  for (const row of all) {
    const { part: _, bench, measure, what, unit, p50, p99, p50_us, p99_us, value, samples, n, ...more } = row
    const detail = Object.entries(more).map(([key, given]) => `${key} ${typeof given === 'number' ? figure(given) : given}`).join(', ')
    console.log(`| ${name(row)}${detail ? ` (${detail})` : ''} | ${unit ?? 'µs'} | ${figure(mid(row))} | ${figure(high(row))} | ${figure(value)} |`)
  }
}
const peers = of('peers').filter((row) => row.measure)
if (peers.length) {
  console.log(`\n## Beside @getodk/xforms-engine

The same forms (by pyxform) and rosters under Node with jsdom (\`tests/oracles/xforms/bench.mjs\`), on this machine. Times in µs. The
form of 250 questions lies beside it (\`wide.md\`).

Load of the machine at the end: ${load('peers')}; with ours: ${load('form')}.

| what | ODK p50 | ours p50 | ratio | ODK p99 | ours p99 | ratio |\n|---|---:|---:|---:|---:|---:|---:|`)
  for (const row of peers) {
    const ours = of('form').find((mine) => name(mine) === name(row))
    if (!ours) continue
    const times = (theirs, mine) => `${figure(theirs)} | ${figure(mine)} | ${figure(Math.round(theirs / mine))}×`
    console.log(`| ${name(row)} | ${times(mid(row), mid(ours))} | ${times(high(row), high(ours))} |`)
  }
}

const wire = of('peers').filter((row) => row.what !== '_load' && row.what)
if (wire.length) {
  const bytes = (row) => {
    if (!row) return ''
    const [way, other] = row.down === undefined ? ['', row.up] : ['up', row.down]
    return `${figure(row.value)} ${way}${other === undefined ? '' : `, ${figure(other)} ${way ? 'down' : 'up'}`}; ${figure(row.requests)}`
  }
  const theirs = (peer, what) => bytes(wire.find((row) => name(row).startsWith(`${peer}: ${what}`)))
  const ours = (measure) => figure(of('document').find((row) => name(row) === measure)?.value)
  console.log(`\n## Beside PouchDB and automerge-repo, bytes on the wire

PouchDB 9 → express-pouchdb (gzip where it answers so) and automerge-repo 2.5 with its websocket server, all in memory, through a
proxy that counts every byte of the TCP streams (\`tests/peers\`); after the semicolon requests or websocket messages. Ours are
bodies, one round trip each; HTTP heads add some 400 bytes a round trip. The same 300 households and the same 30 visits.

| what | ours | PouchDB | automerge-repo |\n|---|---:|---:|---:|
| first sync, 300 households of one visit | ${ours('wire first sync, 300 households of 1 visits')} | ${theirs('PouchDB', 'first')} | ${theirs('automerge-repo', 'first')} |
| a day of 30 visits of six facts | ${ours('wire push body, 30 visits of 6 facts')} | ${theirs('PouchDB', 'a day')} | ${theirs('automerge-repo', 'a day')} |
| nothing to do | ${ours('wire nothing to do, up and down')} | ${theirs('PouchDB', 'nothing')} | ${theirs('automerge-repo', 'nothing')} |`)
}
