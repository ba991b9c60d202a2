// The main story, without a display: two workers, two phones and a desk; the server is away; visits on all five forms;
// the server comes back; everyone agrees. Ends 0 only if every line of it held.
import { strict as assert } from 'node:assert'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { answers } from '../tests/stage/answers.mjs'
import { json, run, township } from '../tests/stage/stage.mjs'

const households = Number(process.env.RUHU_HOUSEHOLDS ?? 3000)
const say = (text) => console.log(text)
const step = (text) => console.log(`\n\x1b[1m${text}\x1b[0m`)

const stage = await township({ households })
const pins = { wei: '258013', li: '470926', huang: 'station-2023' }
const phone = (who, args, options) => json('ruhu', ['phone', '--data', join(stage.home, who), '--pin', pins[who], '--json', ...args], options)
const traffic = []

async function sync(who, note) {
  const round = await phone(who, ['sync'])
  traffic.push({ who, note, ...round })
  return round
}

let file = 0
async function visit(who, household, form, given, extra = []) {
  const path = join(stage.home, `answers-${file++}.json`)
  await writeFile(path, JSON.stringify(given))
  return phone(who, ['visit', household, '--form', form, '--answers', path, ...extra])
}

try {
  step('1 A township is imported and people are added')
  say(`  ${stage.imported.founded} households, ${stage.imported.people} people, server at ${stage.url}`)

  step('2 Two phones and a desk are enrolled by ticket and fetch their area')
  for (const who of ['wei', 'li', 'huang']) {
    const { ticket } = await stage.ticket(who)
    await phone(who, ['enrol', '--ticket', ticket, '--device-name', `${stage.person[who].name}的设备`])
    const round = await sync(who, 'first sync')
    const held = (await phone(who, ['status'])).households
    say(`  ${stage.person[who].name}: ${held} households, ${round.bytes_down} B down in ${round.round_trips} round trips`)
    assert.ok(held > 0, 'the area has households')
  }
  const again = await run('ruhu', ['phone', '--data', join(stage.home, 'stranger'), '--pin', '000000', '--json', 'enrol', '--server', stage.url, '--ticket', 'AAAAA-BBBBBB-CCCCCC'])
  assert.equal(again.code, 3, 'a wrong ticket is refused')

  step('3 The server goes away; visits are made in the villages')
  await stage.stopServer()
  const list = async (who, kind) => (await phone(who, ['households', '--list', kind])).households
  const held = { wei: await list('wei', 'ordinary'), li: await list('li', 'ordinary') }
  const someone = async (kind, wanted = () => true) => {
    for (const who of ['wei', 'li']) {
      const found = (await list(who, kind)).find(wanted)
      if (found) return { who, household: found }
    }
    throw new Error(`no household on the list ${kind}`)
  }
  const visited = []
  const record = (who, household, form, done) => { visited.push({ who, household: household.id, form, bytes: done.bytes }); say(`  ${stage.person[who].name} · ${household.head_name} · ${form} · ${done.bytes} B`) }

  const plain = held.wei.find((row) => !row.priority)
  record('wei', plain, 'screening-ordinary', await visit('wei', plain.id, 'screening-ordinary', answers.ordinary))
  const lifted = await someone('lifted')
  record(lifted.who, lifted.household, 'screening-lifted', await visit(lifted.who, lifted.household.id, 'screening-lifted', answers.lifted))
  const monitored = await someone('monitored')
  record(monitored.who, monitored.household, 'screening-monitored', await visit(monitored.who, monitored.household.id, 'screening-monitored', answers.monitored))

  const risky = held.li.find((row) => !row.priority && row.population >= 3)
  const found = await visit('li', risky.id, 'screening-ordinary', answers.ordinaryAtRisk)
  record('li', risky, 'screening-ordinary', found)
  const escalated = await phone('li', ['show', risky.id])
  assert.ok(escalated.forms.some((form) => form.slug === 'screening-priority' && !form.done), 'a risk found makes the priority form due')
  const roster = escalated.facts.members.length
  record('li', risky, 'screening-priority', await visit('li', risky.id, 'screening-priority', answers.priority))
  const judged = await phone('li', ['show', risky.id])
  const priority = judged.visits.find((item) => item.form === 'screening-priority')
  assert.equal(judged.facts.members.length, roster, 'the roster was shown, not typed again')
  assert.equal(priority.answers.suggestion, 'enrol', 'the suggestion follows from the answers')
  say(`    ${priority.answers.risk_narrative}`)
  say(`    per head ${priority.answers.per_head_after}, ${priority.answers.versus_line} the line; at risk: ${priority.answers.at_risk}; suggestion: ${priority.answers.suggestion}`)
  record('li', risky, 'living-conditions', await visit('li', risky.id, 'living-conditions', answers.living))

  const away = held.li.find((row) => row.id !== risky.id && !row.priority)
  record('li', away, 'screening-ordinary (nobody home)', await visit('li', away.id, 'screening-ordinary', { _outcome: 'nobody_home' }))

  const offline = await run('ruhu', ['phone', '--data', join(stage.home, 'wei'), '--pin', pins.wei, '--json', 'sync'])
  assert.equal(offline.code, 3)
  say(`  without signal, sync says: ${JSON.parse(offline.out).error.words}`)
  for (const who of ['wei', 'li']) {
    const status = await phone(who, ['status'])
    assert.ok(status.waiting_changes > 0, 'the visits wait on the phone')
    say(`  ${stage.person[who].name}: ${status.waiting_changes} changes wait on the phone`)
  }

  step('4 The server comes back; everyone syncs')
  await stage.startServer()
  for (const who of ['wei', 'li', 'huang', 'wei', 'li']) {
    const round = await sync(who, 'after the visits')
    say(`  ${stage.person[who].name}: ${round.changes_up} up (${round.bytes_up} B), ${round.changes_down} down (${round.bytes_down} B), ${round.round_trips} round trip(s)`)
  }
  const idle = await sync('wei', 'nothing to do')

  step('5 Phones, desk and server agree')
  const server = (await json('ruhu-server', ['digest', '--data', stage.data, '--json'])).households
  for (const who of ['wei', 'li', 'huang']) {
    const mine = (await phone(who, ['digest'])).households
    for (const [id, hash] of Object.entries(mine)) assert.equal(hash, server[id], `household ${id} of ${who}`)
    const before = mine
    await phone(who, ['rebuild'])
    assert.deepEqual((await phone(who, ['digest'])).households, before)
    const status = await phone(who, ['status'])
    assert.equal(status.waiting_changes, 0)
    assert.deepEqual(status.refused, [])
    say(`  ${stage.person[who].name}: ${Object.keys(mine).length} households, each equal to the server's`)
  }
  const desk = (await phone('huang', ['digest'])).households
  for (const item of visited) assert.equal(desk[item.household], server[item.household])
  const atDesk = await phone('huang', ['show', risky.id])
  assert.equal(atDesk.visits.length, 3, 'the desk sees the three visits')
  const wei = (await phone('wei', ['digest'])).households
  assert.equal(wei[risky.id], undefined, "a worker's phone holds no household of another grid")
  const check = await json('ruhu-server', ['check', '--data', stage.data, '--json'])
  assert.deepEqual(check.problems, [])

  step('On the wire')
  say('  who      what               trips      up B    down B  changes up/down')
  for (const row of traffic) {
    say(`  ${stage.person[row.who].name}   ${row.note.padEnd(17)} ${String(row.round_trips).padStart(5)} ${String(row.bytes_up).padStart(9)} ${String(row.bytes_down).padStart(9)}  ${row.changes_up}/${row.changes_down}`)
  }
  assert.equal(idle.round_trips, 1)
  say('\nThe story held.')
} finally {
  await stage.close()
}
