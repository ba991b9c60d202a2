/** Who is here and where the app stands: the first call of every entrance. Applies language and text size to the page. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { EnrolRequest, SessionView, SettingsRequest } from '@/api/bindings'
import { call } from '@/api/call'
import { i18n, setLanguage } from '@/locales'

export const useSession = defineStore('session', () => {
  const view = shallowRef<SessionView>()

  function take(next: SessionView): SessionView {
    view.value = next
    setLanguage(next.language)
    if (document.documentElement.dataset.entrance === 'phone')
      document.documentElement.style.setProperty('--text-body-px', `${next.text_size}px`)
    return next
  }

  return {
    view,
    stage: computed(() => view.value?.stage),
    person: computed(() => view.value?.person ?? undefined),
    campaign: computed(() => view.value?.campaign ?? undefined),
    load: async () => take(await call('session.state')),
    enrol: async (request: EnrolRequest) => take(await call('session.enrol', request)),
    /** A wrong PIN is said in the language of the screen, which a locked device may not know yet. */
    unlock: async (pin: string) => take(await call('session.unlock', { pin, language: i18n.global.locale.value })),
    lock: async () => take(await call('session.lock')),
    set: async (request: SettingsRequest) => take(await call('settings.set', request)),
  }
})
