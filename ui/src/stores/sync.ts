/** The round with the server: started by a person, goes on while they work elsewhere in the app. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { SyncView } from '@/api/bindings'
import { call } from '@/api/call'
import { wordsOf } from '@/composables/useCall'
import { useSession } from './session'

export const useSync = defineStore('sync', () => {
  const view = shallowRef<SyncView>()
  const running = ref(false)
  const trouble = ref('')
  /** counts finished rounds, so that lists on the screen know when to look again */
  const rounds = ref(0)

  async function load(): Promise<void> {
    try {
      view.value = await call('sync.status')
      if (!running.value) trouble.value = ''
    } catch (error) {
      trouble.value = wordsOf(error)
    }
  }

  async function start(): Promise<void> {
    if (running.value) return
    running.value = true
    trouble.value = ''
    try {
      view.value = await call('sync.now')
      rounds.value++
      // a round may bring the campaign, its forms and the areas
      await useSession().load()
    } catch (error) {
      const words = wordsOf(error)
      await load()
      trouble.value = words
    } finally {
      running.value = false
    }
  }

  return { view, running, trouble, rounds, load, start }
})
