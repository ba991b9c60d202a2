/** Errors of the core are said in both languages, Chinese first: 没有这户。 There is no such household. A screen shows the
 *  half that its reader reads. */
const BOTH = /^(.*\p{Script=Han}[^。]*。)\s+([^\p{Script=Han}]+)$/su

export function inLanguage(words: string, language: string): string {
  const found = BOTH.exec(words)
  if (!found) return words
  const [, chinese = words, english = words] = found
  return language === 'en' ? english : chinese
}
