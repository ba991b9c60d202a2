/** The desk's entrance: Element Plus, and ECharts where a screen draws a chart. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import ElementPlus from 'element-plus'
import 'element-plus/dist/index.css'
import '@/tokens.css'
import '@/themes/element.css'
import '@/base.css'
import { takeToken } from '@/api/call'
import { i18n } from '@/locales'
import App from './App.vue'
import { router } from './router'

takeToken()
createApp(App).use(createPinia()).use(i18n).use(router).use(ElementPlus).mount('#app')
