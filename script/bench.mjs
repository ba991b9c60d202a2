// Turns the lines of the benches into docs/benchmarks.md.
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

const rows = readFileSync(process.argv[2], 'utf8').trim().split('\n').map((line) => JSON.parse(line))
const figure = (value) => (value === undefined ? '' : Number(value).toLocaleString('en', { maximumFractionDigits: 2 }))
const title = { form: 'Forms', document: 'Household file and wire', device: 'Device database' }
console.log(`# Benchmarks

Written by \`script/bench\` (release profile) on ${cpus().length} shared cores with ${Math.round(totalmem() / 2 ** 30)} GiB, whatever else ran there. Times are a single
machine's; sizes hold anywhere. What must hold: issue's measures, below each table where it is met or missed.`)
for (const bench of ['form', 'document', 'device']) {
  console.log(`\n## ${title[bench]}\n\n| what | unit | p50 | p99 | value |\n|---|---|---:|---:|---:|`)
  for (const row of rows.filter((item) => item.bench === bench)) {
    const { bench: _, measure, what, unit, p50, p99, p50_us, p99_us, value, samples, n, ...more } = row
    const detail = Object.entries(more).map(([key, given]) => `${key} ${given}`).join(', ')
    console.log(`| ${measure ?? what ?? ''}${detail ? ` (${detail})` : ''} | ${unit ?? 'µs'} | ${figure(p50 ?? p50_us)} | ${figure(p99 ?? p99_us)} | ${figure(value)} |`)
  }
}
