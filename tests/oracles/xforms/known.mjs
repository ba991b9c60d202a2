// Differences that are explained: where ODK's engine is not what the specification says, or ours differs on purpose. Each
// is told by the form, the node and both values, so narrowly that nothing else hides behind it, and with the arithmetic
// where there is any; each is counted apart and named in docs/xlsform.md by its id. `proof` is the test of ours that shows
// our side (app-core/src/xlsform/proofs.rs).
const text = (ours, reference) => ours[reference]?.value ?? ''
const at = (form, node, is) => (d) => d.reference === node && d.what === 'value' && is(d)

export const KNOWN = [
  {
    id: 'equal-numbers', form: 'numbers',
    why: 'an integer and a decimal question that hold the same number: ODK’s engine writes the decimal as 5.0 and compares texts; JavaRosa and ours compare numbers',
    proof: 'equal_numbers_are_equal',
    // By hand: the first half of the formula holds exactly when the two are the same number, and it was the only half to hold.
    is: (d, ours) => d.reference === '/data/f22' && d.theirs === 'false' && d.mine === 'true' &&
      text(ours, '/data/a') !== '' && Number(text(ours, '/data/a')) === Number(text(ours, '/data/b')) && Number(text(ours, '/data/a')) > 3,
  },
  {
    id: 'date-of-moment',
    why: 'date() of a moment is its day (“the date format” of the specification); ODK’s engine keeps the time',
    proof: 'date_is_a_day',
    is: (d) => d.what === 'value' && ((['/data/c5'].includes(d.reference) && d.theirs.includes('T') && d.theirs.startsWith(d.mine) && d.mine.length === 10) ||
      (d.reference === '/data/t5' && d.theirs === 'false' && d.mine === 'true')),
    forms: ['dates-clock', 'dates-today'],
  },
  {
    id: 'date-of-nothing', why: 'date() of something that is no date is empty; ODK’s engine says “Invalid Date”', proof: 'date_is_a_day',
    is: (d) => d.what === 'value' && d.theirs === 'Invalid Date' && d.mine === '',
  },
  {
    id: 'days-of-a-question', form: 'dates-counting', why: 'date() of a question that holds a number of days is that day; ODK’s engine takes only a bare number so',
    proof: 'date_is_a_day',
    is: (d, ours) => d.reference === '/data/d4' && d.theirs === 'Invalid Date' && d.mine === new Date(Number(text(ours, '/data/days')) * 86400000).toISOString().slice(0, 10),
  },
  {
    id: 'days-into-a-date', form: 'columns-bound',
    why: 'a number calculated into a question bound to date is that day, as in JavaRosa; ODK’s engine drops it', proof: 'days_become_a_date',
    is: at('columns-bound', '/data/when', (d) => d.theirs === '' && d.mine === '2022-01-08'),
  },
  {
    id: 'wide-integers', forms: ['columns-typed', 'columns-bound'],
    why: 'XML Schema’s int, which ODK names, ends at 2,147,483,647, and its engine drops what is beyond; ours keeps whole numbers of 64 bits: nothing typed is lost',
    proof: 'whole_numbers_have_64_bits',
    is: (d) => d.what === 'value' && d.theirs === '' && /^-?\d+$/.test(d.mine) && Math.abs(Number(d.mine)) > 2147483647,
  },
  {
    id: 'text-of-nan', form: 'numbers-texts', why: 'string(NaN) is “NaN” (XPath 1.0, 4.2); ODK’s engine says nothing', proof: 'what_is_no_number_is_called_so',
    is: at('numbers-texts', '/data/n9', (d) => d.theirs === 'false' && d.mine === 'true'),
  },
  {
    id: 'sum-of-none', form: 'select-instances', why: 'the sum of no nodes is 0 (XPath 1.0); NaN in ODK’s engine', proof: 'the_sum_of_nothing_is_0',
    is: at('select-instances', '/data/i3', (d) => d.theirs === '' && d.mine === '0'),
  },
  {
    id: 'characters', form: 'text-clean', why: 'string-length counts characters (XPath 1.0, 3.6); ODK’s engine counts halves of those beyond the first 65,536', proof: 'lengths_count_characters',
    is: at('text-clean', '/data/t5', (d) => d.theirs === '5' && d.mine === '4'),
  },
  {
    id: 'substring-after', form: 'text-slices', why: 'substring-after begins behind the whole of what is sought; ODK’s engine begins behind its first character', proof: 'after_means_behind_the_whole',
    is: (d, ours) => {
      const [a, b] = [text(ours, '/data/a'), text(ours, '/data/b')]
      const found = a.indexOf(b)
      return d.reference === '/data/s9' && found >= 0 && b.length > 1 && d.mine === a.slice(found + b.length) && d.theirs === a.slice(found + 1)
    },
  },
  {
    id: 'substring-backwards', form: 'text-slices', why: 'substring with a length below 1 is empty (XPath 1.0, 4.2); ODK’s engine takes such a length for an end', proof: 'substring_counts_as_xpath_does',
    is: (d, ours) => {
      const [n, m] = [Number(text(ours, '/data/n') || NaN), Number(text(ours, '/data/m') || NaN)]
      const kept = [...text(ours, '/data/a')].filter((_, i) => i + 1 >= Math.round(n) && i + 1 < Math.round(n) + Math.round(m)).join('')
      return d.reference === '/data/s5' && d.what === 'value' && d.mine === kept && d.theirs !== kept
    },
  },
  {
    id: 'empty-choice', why: 'an instance whose name is empty is no choice; ODK’s engine offers an empty line', proof: 'nothing_is_no_choice',
    forms: ['select-drawn', 'drawn'],
    is: (d) => d.what === 'choices' && JSON.stringify([...new Set(d.theirs.filter((v) => v !== ''))]) === JSON.stringify(d.mine),
  },
  {
    id: 'count-node', why: 'pyxform keeps a computed repeat_count in a node of its own; here the repeat has it',
    is: (d, ours) => d.what === 'node' && d.mine === 'not there' && d.reference.endsWith('_count'),
  },
  {
    id: 'trigger-in-instances', form: 'triggers-repeats', why: 'a trigger sets the value of its own instance, whichever it is; ODK’s engine only does so in the first that was there',
    proof: 'a_trigger_stays_in_its_instance',
    is: (d, ours) => {
      const who = text(ours, d.reference.replace(/[^/]+$/, 'who'))
      const greetings = Object.keys(ours).filter((r) => r.endsWith('/greeting')).sort((a, b) => Number(a.match(/\d+/)) - Number(b.match(/\d+/))).map((r) => text(ours, r))
      return d.what === 'value' && ((d.reference.endsWith('/greeting') && d.mine === `hello ${who}`) || (d.reference.endsWith('/noted') && d.mine.startsWith(`${who}@`)) ||
        (d.reference === '/data/all' && d.mine === greetings.join(',') && d.theirs.split(',').length === greetings.length))
    },
  },
  {
    id: 'external-is-text', forms: ['pyxform/select_one_external.xlsx', 'pyxform/choice_name_as_type.xls'],
    why: 'select_one_external is a text field in ODK’s engine; ours runs it as the choice it is, so an answer that is not offered any more reads as empty',
    is: (d) => d.what === 'value' && d.odk === 'input' && d.node.kind === 'select_one' && d.mine === '',
  },
  {
    id: 'uri-deviceid', why: 'uri:deviceid is filled as deviceid is; ODK’s engine leaves it empty',
    is: (d) => d.what === 'value' && d.node?.kind === 'deviceid' && d.theirs === '' && d.mine === 'ruhu' && d.reference.includes('uri'),
  },
  {
    id: 'excel-midnight', forms: ['pyxform/repeat_date_test.xls', 'pyxform/xl_date_ambiguous_v1.xlsx'],
    why: 'a cell that Excel holds as a day is that day; pyxform writes it with the hour 00:00:00, which is no date any more',
    is: (d) => d.theirs === `${d.mine} 00:00:00` || (d.reference === '/data/current_date' && d.theirs === '' && d.mine === '1900-01-01'),
  },
  {
    id: 'table-list', why: 'appearance table-list makes pyxform add two nodes that only carry labels',
    is: (d) => d.what === 'node' && d.mine === 'not there' && /\/(generated_table_list_label|reserved_name_for_field_list_labels)_\d+$/.test(d.reference),
  },
  {
    id: 'no-translation', why: 'where a label has no text in the language shown pyxform writes “-”; ours shows the language there is',
    is: (d) => (d.what.startsWith('label') || ['hint', 'message'].includes(d.what)) && d.theirs === '-',
  },
]
for (const known of KNOWN) {
  const { is, form, forms } = known
  const slugs = forms ?? (form ? [form] : null)
  known.is = (d, ours, slug) => (!slugs || slugs.includes(slug)) && is(d, ours)
}

// Of pyxform's workbooks: what ours refuses, with the words it says.
export const REFUSED = [
  { slug: 'pyxform/bad_calc.xlsx', says: 'a quotation mark is not closed', why: 'a broken formula, which ODK Validate refuses too' },
  { slug: 'pyxform/xl_date_ambiguous.xlsx', says: 'the axis label:: is not supported', why: 'a broken formula, which ODK Validate refuses too' },
]

// What ODK's engine cannot load, or what is another form there: not compared.
export const NOT_RUN = [
  { slug: 'pyxform/instance_xmlns_test.xls', why: 'ODK’s engine: Invalid URL (a namespace in its settings that is none)' },
  { slug: 'pyxform/warnings.xls', why: 'ODK’s engine: unexpected body element for a group with a label only' },
  { slug: 'pyxform/flat_xlsform_test.xlsx', why: 'setting flat: pyxform drops the groups, ours keeps them; names and answers are the same', apart: true },
]
