// Which forms are run: those of the packs, our own in forms/, and the workbooks in pyxform's source distribution that
// pyxform itself accepts today (`script/bootstrap test` unpacks it; nothing of it is committed).
import fs from 'node:fs'
import path from 'node:path'
import { execFileSync } from 'node:child_process'

const here = import.meta.dirname
const root = path.resolve(here, '../../..')
const files = (folder) => fs.existsSync(folder) ? fs.readdirSync(folder).sort() : []
const DATA = ['.csv', '.xml', '.geojson']
const tablesOf = (folder) => files(folder).filter((f) => DATA.includes(path.extname(f))).map((f) => [f, path.join(folder, f)])

function listed() {
  const packs = path.join(root, 'app-core/packs')
  const found = files(packs).flatMap((pack) => {
    const tables = tablesOf(path.join(packs, pack))
    return files(path.join(packs, pack, 'forms')).map((slug) => ({ from: 'pack', slug, source: path.join(packs, pack, 'forms', slug), tables }))
  })
  const own = path.join(here, 'forms')
  const mine = files(own).filter((f) => f.endsWith('.md'))
    .map((f) => ({ from: 'own', slug: f.slice(0, -3), source: path.join(own, f), tables: tablesOf(own) }))
  const theirs = path.join(root, '.tools/pyxform-workbooks')
  const workbooks = files(theirs).filter((f) => /\.(xlsx?|xlsm)$/.test(f))
    .map((f) => ({ from: 'pyxform', slug: `pyxform/${f}`, source: path.join(theirs, f), tables: tablesOf(theirs) }))
  return [...found, ...mine, ...workbooks]
}

export function corpus(python, scratch, only) {
  const forms = listed().filter((f) => !only || f.slug === only)
  const answers = execFileSync(python, [path.join(here, 'convert.py'), '--all', scratch],
    { input: forms.map((f) => f.source).join('\n'), maxBuffer: 1 << 26, stdio: ['pipe', 'pipe', 'ignore'] })
  answers.toString().trim().split('\n').forEach((line, i) => Object.assign(forms[i], JSON.parse(line)))
  for (const form of forms) {
    if (!form.xml) continue
    form.xml = fs.readFileSync(form.xml, 'utf8')
    form.contents = Object.fromEntries(form.tables.map(([name, file]) => [name, fs.readFileSync(file, 'utf8')]))
    form.pool = ['', ...new Set([...form.xml.matchAll(/(?:'|&apos;)([a-z_]{2,20})(?:'|&apos;)/g)].map((m) => m[1]))]
  }
  return forms
}
