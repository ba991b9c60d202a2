/** The phone's entrance: Vant. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import 'vant/lib/index.css'
import '@/tokens.css'
import '@/themes/vant.css'
import '@/base.css'
import { takeToken } from '@/api/call'
import { i18n } from '@/locales'
import App from './App.vue'
import { router } from './router'

takeToken()
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
