/** The round with the server: started by a person, goes on while they work elsewhere in the app, is watched and may be stopped. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { SyncProgressView, SyncView } from '@/api/bindings'
import { call } from '@/api/call'
import { wordsOf } from '@/composables/useCall'
import { useSession } from './session'

/** How often a round under way is looked at, in milliseconds. */
const LOOK = 300

export const useSync = defineStore('sync', () => {
  const view = shallowRef<SyncView>()
  const progress = shallowRef<SyncProgressView>()
  const running = ref(false)
  const trouble = ref('')
  /** counts finished rounds, so that lists on the screen know when to look again */
  const rounds = ref(0)

  /** Looks on for as long as `while_` holds. What goes wrong with the round is said by the round. */
  async function watch(while_: () => boolean): Promise<void> {
    while (while_()) {
      const now = await call('sync.progress').catch(() => undefined)
      if (while_()) progress.value = now
      await new Promise((then) => setTimeout(then, LOOK))
    }
  }

  /** A round that this page did not start (it was loaded anew meanwhile) is watched to its end. */
  async function join(): Promise<void> {
    if (running.value) return
    const now = await call('sync.progress').catch(() => undefined)
    if (!now?.running || running.value) return
    running.value = true
    progress.value = now
    await watch(() => progress.value?.running === true)
    running.value = false
    rounds.value++
    await load()
  }

  async function load(): Promise<void> {
    try {
      view.value = await call('sync.status')
      if (!running.value) trouble.value = ''
    } catch (error) {
      trouble.value = wordsOf(error)
    }
    void join()
  }

  async function start(): Promise<void> {
    if (running.value) return
    running.value = true
    progress.value = undefined
    trouble.value = ''
    void watch(() => running.value)
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

  /** Asks the round to stop before its next request; what came until then stays. */
  async function stop(): Promise<void> {
    progress.value = await call('sync.cancel').catch(() => progress.value)
  }

  return { view, progress, running, trouble, rounds, load, start, stop, watch }
})
