/** The one catalogue of words. Screens never hold a string of their own; words of forms and rules come from the pack. */
import { createI18n } from 'vue-i18n'
import en from './en'
import zhCN, { type Words } from './zh-CN'

export type Language = 'zh-CN' | 'en'

export const i18n = createI18n<[Words], Language, false>({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN, en },
})

/** Sets the language of all screens. */
export function setLanguage(language: string): void {
  const known: Language = language === 'en' ? 'en' : 'zh-CN'
  i18n.global.locale.value = known
  document.documentElement.lang = known
}
