/** The phone's entrance: Vant. The session is asked before the first page, so that no page is shown that may not be. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import 'vant/lib/index.css'
import '@/tokens.css'
import '@/themes/vant.css'
import '@/base.css'
import '@/forms/forms.css'
import { onLocked, takeToken } from '@/api/call'
import { i18n } from '@/locales'
import { useSession } from '@/stores/session'
import App from './App.vue'
import SilentCore from './screens/SilentCore.vue'
import { router } from './router'

takeToken()
const pinia = createPinia()

async function start(): Promise<void> {
  const session = useSession(pinia)
  try {
    await session.load()
  } catch {
    createApp(SilentCore).use(i18n).mount('#app')
    return
  }
  onLocked(() => void session.load().then(() => router.replace({ path: '/unlock', query: { then: router.currentRoute.value.fullPath } })))
  createApp(App).use(pinia).use(i18n).use(router).mount('#app')
}

void start()
