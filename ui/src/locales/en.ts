import desk from './en.desk'
import type { Words } from './zh-CN'

/** English words; the keys are those of zh-CN.ts. */
const en: Words = {
  app: { name: 'Ruhu', tagline: 'Household screening' },
  common: {
    back: 'Back',
    cancel: 'Cancel',
    ok: 'OK',
    save: 'Save',
    close: 'Close',
    retry: 'Try again',
    loading: 'Opening',
    coreSilent: 'The program does not answer. Everything saved is still on this phone. Please close it and open it again.',
    trouble: 'Not done',
  },
  desk,
}

export default en
