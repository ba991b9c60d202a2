/** Amounts as people say them, beside the digits, so that a zero too many is seen before it is saved. */

const DIGITS = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九']
const PLACES = ['', '十', '百', '千']
const GROUPS = ['', '万', '亿', '万亿']
const AMOUNT = /^(-?)(\d{1,15})(?:\.(\d{0,2}))?$/

/** Four digits in words: 3005 → 三千零五. */
function groupInWords(group: number): string {
  let words = ''
  let gap = false
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(group / 10 ** place) % 10
    if (digit === 0) gap = words !== ''
    else {
      words += (gap ? '零' : '') + DIGITS[digit] + PLACES[place]
      gap = false
    }
  }
  return words
}

/** A whole number in words: 32500 → 三万二千五百. */
function wholeInWords(whole: string): string {
  const padded = whole.padStart(Math.ceil(whole.length / 4) * 4, '0')
  const groups = padded.match(/\d{4}/g) ?? []
  let words = ''
  let gap = false
  groups.forEach((text, at) => {
    const group = Number(text)
    if (group === 0) {
      gap = words !== ''
      return
    }
    const short = words !== '' && (gap || group < 1000)
    words += (short ? '零' : '') + groupInWords(group) + (GROUPS[groups.length - 1 - at] ?? '')
    gap = false
  })
  return words === '' ? '零' : words.replace(/^一十/, '十')
}

/** 32500.5 → 三万二千五百元五角; undefined when the text is no amount in yuan and fen. */
export function moneyInChinese(text: string): string | undefined {
  const found = AMOUNT.exec(text.trim())
  if (!found) return undefined
  const [, sign = '', whole = '0', part = ''] = found
  const [jiao = 0, fen = 0] = part.padEnd(2, '0').split('').map(Number)
  const yuan = wholeInWords(whole.replace(/^0+(?=\d)/, ''))
  const cents = jiao === 0 && fen === 0 ? '' : (jiao ? `${DIGITS[jiao]}角` : '零') + (fen ? `${DIGITS[fen]}分` : '')
  return `${sign ? '负' : ''}${yuan}元${cents}`
}

/** 32500.5 → ¥32,500.50 in digits; undefined when the text is no amount. */
export function moneyGrouped(text: string): string | undefined {
  const found = AMOUNT.exec(text.trim())
  if (!found) return undefined
  const [, sign = '', whole = '0', part] = found
  const grouped = whole.replace(/^0+(?=\d)/, '').replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${grouped}${part ? `.${part.padEnd(2, '0')}` : ''}`
}

/** The words to stand beside an amount in the language of the screen; undefined for small or unreadable ones. */
export function moneyInWords(text: string, language: string): string | undefined {
  if (language === 'en') {
    const grouped = moneyGrouped(text)
    return grouped && `${grouped} yuan`
  }
  return moneyInChinese(text)
}
