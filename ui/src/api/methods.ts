/** Every method of the dispatcher: what it asks and what it answers. The words stand in app-core/src/api/views.rs. */
import type { AddHouseholdRequest } from './bindings/AddHouseholdRequest'
import type { AnswerRequest } from './bindings/AnswerRequest'
import type { AreaView } from './bindings/AreaView'
import type { EnrolRequest } from './bindings/EnrolRequest'
import type { FactView } from './bindings/FactView'
import type { FinishedView } from './bindings/FinishedView'
import type { FinishRequest } from './bindings/FinishRequest'
import type { FinishView } from './bindings/FinishView'
import type { HouseholdPage } from './bindings/HouseholdPage'
import type { HouseholdQuery } from './bindings/HouseholdQuery'
import type { HouseholdView } from './bindings/HouseholdView'
import type { OverviewView } from './bindings/OverviewView'
import type { SessionView } from './bindings/SessionView'
import type { SetFactRequest } from './bindings/SetFactRequest'
import type { SettingsRequest } from './bindings/SettingsRequest'
import type { SyncView } from './bindings/SyncView'
import type { TodayView } from './bindings/TodayView'
import type { UnlockRequest } from './bindings/UnlockRequest'
import type { VisitPatch } from './bindings/VisitPatch'
import type { VisitView } from './bindings/VisitView'

interface Ask<A, T> {
  ask: A
  answer: T
}

export interface Methods {
  'session.state': Ask<null, SessionView>
  'session.enrol': Ask<EnrolRequest, SessionView>
  'session.unlock': Ask<UnlockRequest, SessionView>
  'session.lock': Ask<null, SessionView>
  'settings.set': Ask<SettingsRequest, SessionView>
  'today.view': Ask<null, TodayView>
  'areas.list': Ask<null, AreaView[]>
  'households.search': Ask<Partial<HouseholdQuery>, HouseholdPage>
  'register.query': Ask<Partial<HouseholdQuery>, HouseholdPage>
  'household.view': Ask<{ id: string }, HouseholdView>
  'household.reveal': Ask<{ household: string; path: string }, FactView>
  'household.set_fact': Ask<SetFactRequest, HouseholdView>
  'household.add': Ask<AddHouseholdRequest, HouseholdView>
  'visit.open': Ask<{ household: string; form?: string }, VisitView>
  'visit.view': Ask<{ visit: string }, VisitView>
  'visit.privacy_shown': Ask<{ visit: string }, null>
  'visit.answer': Ask<AnswerRequest, VisitPatch>
  'visit.add_instance': Ask<{ visit: string; path: string }, VisitPatch>
  'visit.remove_instance': Ask<{ visit: string; path: string }, VisitPatch>
  'visit.summary': Ask<{ visit: string }, FinishView>
  'visit.finish': Ask<FinishRequest, FinishedView>
  'visit.put_down': Ask<{ visit: string }, FinishedView>
  'sync.status': Ask<null, SyncView>
  'sync.now': Ask<null, SyncView>
  'overview.view': Ask<{ area?: string }, OverviewView>
}

export type Method = keyof Methods
