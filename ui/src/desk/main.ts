/** The desk's entrance. Screens import the parts of Element Plus and ECharts that they use. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import 'element-plus/dist/index.css'
import '@/tokens.css'
import '@/themes/element.css'
import '@/base.css'
import './desk.css'
import { takeToken } from '@/api/call'
import { i18n } from '@/locales'
import App from './App.vue'
import { router } from './router'

takeToken()
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
