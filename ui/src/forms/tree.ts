/** A visit as the screens hold it: the tree of the view, found by path, kept fresh by the patches of each answer. */
import type { GroupView, NodeView, QuestionView, RepeatInstanceView, RepeatView, SectionView, VisitPatch, VisitView } from '@/api/bindings'

export interface Index {
  questions: Map<string, QuestionView>
  groups: Map<string, GroupView | SectionView>
  repeats: Map<string, RepeatView>
  instances: Map<string, RepeatInstanceView>
}

function addNodes(index: Index, nodes: NodeView[]): void {
  for (const node of nodes) {
    if (node.node === 'question') index.questions.set(node.path, node)
    else if (node.node === 'group') {
      index.groups.set(node.path, node)
      addNodes(index, node.nodes)
    } else {
      index.repeats.set(node.path, node)
      for (const instance of node.instances) {
        index.instances.set(instance.path, instance)
        addNodes(index, instance.nodes)
      }
    }
  }
}

/** Finds everything by path. */
export function indexOf(view: VisitView): Index {
  const index: Index = { questions: new Map(), groups: new Map(), repeats: new Map(), instances: new Map() }
  for (const section of view.sections) {
    index.groups.set(section.path, section)
    addNodes(index, section.nodes)
  }
  return index
}

/** Writes what changed into the tree; answers a fresh index when whole repeats were replaced. */
export function applyPatch(view: VisitView, index: Index, patch: VisitPatch): Index {
  let fresh = index
  for (const repeat of patch.repeats) {
    const held = index.repeats.get(repeat.path)
    if (held) Object.assign(held, repeat)
  }
  if (patch.repeats.length > 0) fresh = indexOf(view)
  for (const question of patch.questions) {
    const held = fresh.questions.get(question.path)
    if (held) Object.assign(held, question)
  }
  for (const [path, relevant] of patch.groups) {
    const held = fresh.groups.get(path) ?? fresh.repeats.get(path)
    if (held) held.relevant = relevant
  }
  for (const [path, title, complete] of patch.instances) {
    const held = fresh.instances.get(path)
    if (held) Object.assign(held, { title, complete })
  }
  view.answered = patch.answered
  view.asked = patch.asked
  return fresh
}

/** Nothing was answered. */
export const isEmpty = (value: QuestionView['value']): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** A person can answer it here and now. */
export const isAsked = (question: QuestionView): boolean =>
  question.relevant && !question.readonly && question.control !== 'note' && question.control !== 'computed'

/** Something stands on the page for it; computed steps without a label are the form's own business. */
export const isShown = (question: QuestionView): boolean => question.relevant && question.label !== ''

/** The questions of some nodes that are on the page, in order, through groups and repeats. */
export function questionsIn(nodes: NodeView[]): QuestionView[] {
  return nodes.flatMap((node) => {
    if (node.node === 'question') return isShown(node) ? [node] : []
    if (!node.relevant) return []
    if (node.node === 'group') return questionsIn(node.nodes)
    return node.instances.flatMap((instance) => questionsIn(instance.nodes))
  })
}

/** What still has to be done on a page: required and empty, or wrong. */
export const openIn = (nodes: NodeView[]): QuestionView[] =>
  questionsIn(nodes).filter((q) => q.violation !== null || (isAsked(q) && q.required && isEmpty(q.value)))

/** Of a known member: only what nobody has told us yet. */
export const missingIn = (nodes: NodeView[]): QuestionView[] =>
  questionsIn(nodes).filter((q) => isAsked(q) && (isEmpty(q.value) || q.violation !== null))
