/** The visit on the screen. Each answer is sent when its field is left, one after the other, and is durable when the core
 *  answers; leaving the screen waits for the last one. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { AnswerRequest, FieldCheck, QuestionView, VisitPatch, VisitView } from '@/api/bindings'
import { call } from '@/api/call'
import { wordsOf } from '@/composables/useCall'
import { applyPatch, indexOf, type Index } from '@/forms/tree'

/** A form filled for trying goes through `preview.*`, which answer as `visit.*` do and write nothing. */
export const isTrial = (visit: string): boolean => visit.startsWith('preview-')

export const useVisit = defineStore('visit', () => {
  const view = ref<VisitView>()
  let index: Index | undefined
  const savedAt = ref<string>()
  const waiting = ref(0)
  /** what could not be saved, by question; the value stays on the screen and can be sent again */
  const unsaved = ref(new Map<string, { words: string; value: AnswerRequest['value'] }>())
  /** errors of unanswered questions are shown from the moment someone wanted to finish */
  const strict = shallowRef(false)
  let queue: Promise<unknown> = Promise.resolve()
  /** what the data checks say, by question; asked for when nothing is on its way */
  const checks = ref(new Map<string, FieldCheck[]>())
  let asking = 0

  async function check(): Promise<void> {
    const visit = view.value?.id
    const mine = ++asking
    if (!visit) return
    // Checks help; the form goes on without them.
    const said = await call(isTrial(visit) ? 'preview.checks' : 'visit.checks', { visit }).catch(() => undefined)
    if (!said || mine !== asking || view.value?.id !== visit) return
    const next = new Map<string, FieldCheck[]>()
    for (const line of said) next.set(line.path, [...(next.get(line.path) ?? []), line])
    checks.value = next
  }

  function take(next: VisitView): VisitView {
    const same = view.value?.id === next.id
    view.value = next
    index = indexOf(view.value)
    if (!same) {
      savedAt.value = undefined
      checks.value = new Map()
      strict.value = false
      unsaved.value.clear()
    }
    return view.value
  }

  function takePatch(patch: VisitPatch): void {
    if (!view.value || !index) return
    index = applyPatch(view.value, index, patch)
    savedAt.value = patch.saved_at
    const visit = view.value.id
    // A sync brought another form while this one was on the screen: the answer is safe, and the page tells what changed.
    if (patch.form_changed && view.value.changes?.acknowledged !== false) void enqueue(async () => take(await call('visit.view', { visit }))).catch(() => undefined)
  }

  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    waiting.value++
    const done = queue.then(work).finally(() => {
      waiting.value--
      if (waiting.value === 0) void check()
    })
    queue = done.catch(() => undefined)
    return done
  }

  async function answer(path: string, value: AnswerRequest['value']): Promise<void> {
    const visit = view.value?.id
    if (!visit) return
    const held = index?.questions.get(path)
    if (held) held.value = value
    try {
      takePatch(await enqueue(() => call(isTrial(visit) ? 'preview.answer' : 'visit.answer', { visit, path, value })))
      unsaved.value.delete(path)
    } catch (error) {
      unsaved.value.set(path, { words: wordsOf(error), value })
    }
  }

  return {
    view,
    savedAt,
    unsaved,
    strict,
    saving: computed(() => waiting.value > 0),
    checks,
    load: async (visit: string) => {
      const next = take(await call(isTrial(visit) ? 'preview.view' : 'visit.view', { visit }))
      void check()
      return next
    },
    privacyShown: async () => {
      const visit = view.value?.id
      if (visit) take(await call(isTrial(visit) ? 'preview.privacy_shown' : 'visit.privacy_shown', { visit }))
    },
    /** What changed in the form was read. */
    changesSeen: async () => {
      if (view.value) take(await call('visit.changes_seen', { visit: view.value.id }))
    },
    /** Chooses between what was typed here (`mine`) and what the other phone brought. */
    keep: async (mine: boolean) => {
      if (view.value) take(await call('visit.keep', { visit: view.value.id, mine }))
      void check()
    },
    answer,
    /** Sends what could not be saved once more. */
    retry: async () => {
      for (const [path, { value }] of [...unsaved.value]) await answer(path, value)
    },
    addInstance: async (path: string) => {
      const visit = view.value?.id
      if (visit) takePatch(await enqueue(() => call(isTrial(visit) ? 'preview.add_instance' : 'visit.add_instance', { visit, path })))
    },
    removeInstance: async (path: string, living?: string) => {
      const visit = view.value?.id
      if (visit) takePatch(await enqueue(() => call(isTrial(visit) ? 'preview.remove_instance' : 'visit.remove_instance', living ? { visit, path, living } : { visit, path })))
    },
    /** A personal number was opened in full: the core writes that down. */
    revealed: (path: string) => {
      const household = view.value?.household
      const member = /\[([^\]]+)\]/.exec(path)?.[1]
      const what = index?.questions.get(path)?.control === 'phone' ? 'phone' : 'id_number'
      if (household) void call('reveal', member ? { household, what, member } : { household, what }).catch(() => undefined)
    },
    /** Waits until everything that was sent is saved. */
    settled: () => queue,
    /** Whose question it is, in a roster. */
    ownerOf: (path: string): string => {
      const holder = /^(.*\[[^\]]+\])\//.exec(path)?.[1]
      return (holder && index?.instances.get(holder)?.title) || ''
    },
    question: (path: string): QuestionView | undefined => index?.questions.get(path),
  }
})
