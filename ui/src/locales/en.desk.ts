import type words from './zh-CN.desk'

/** Words of the desk. */
const en: typeof words = {
  title: 'Household screening',
}
export default en
