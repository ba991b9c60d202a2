/** 中文词条（主语言）。en.ts 键必须一致；键按屏幕分组。 */
import desk from './zh-CN.desk'

const zhCN = {
  app: { name: '入户', tagline: '防止返贫监测帮扶集中排查' },
  common: {
    back: '返回',
    cancel: '取消',
    ok: '确定',
    save: '保存',
    close: '关闭',
    retry: '再试一次',
    loading: '正在打开',
    coreSilent: '程序没有回应。已保存的内容都还在这台手机上。请关闭后重新打开。',
    trouble: '没有完成',
  },
  desk,
}

export type Words = typeof zhCN
export default zhCN
