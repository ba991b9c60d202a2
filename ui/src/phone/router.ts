/** The phone's addresses. Hash history: the files are served without a server that rewrites paths. The guard sends to
 *  enrolment or to the lock whatever the address says, and back to the address afterwards. */
import { createRouter, createWebHashHistory } from 'vue-router'
import { useSession } from '@/stores/session'
import AddHouseholdScreen from './screens/AddHouseholdScreen.vue'
import ConflictsScreen from './screens/ConflictsScreen.vue'
import EnrolScreen from './screens/EnrolScreen.vue'
import FinishScreen from './screens/FinishScreen.vue'
import HouseholdScreen from './screens/HouseholdScreen.vue'
import HouseholdsScreen from './screens/HouseholdsScreen.vue'
import SettingsScreen from './screens/SettingsScreen.vue'
import SyncScreen from './screens/SyncScreen.vue'
import TodayScreen from './screens/TodayScreen.vue'
import UnlockScreen from './screens/UnlockScreen.vue'
import VisitScreen from './screens/VisitScreen.vue'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', component: TodayScreen, meta: { tab: true } },
    { path: '/households', component: HouseholdsScreen, meta: { tab: true } },
    { path: '/sync', component: SyncScreen, meta: { tab: true } },
    { path: '/settings', component: SettingsScreen, meta: { tab: true } },
    { path: '/conflicts', component: ConflictsScreen },
    { path: '/enrol', component: EnrolScreen },
    { path: '/unlock', component: UnlockScreen },
    { path: '/household/new', component: AddHouseholdScreen },
    { path: '/household/:id', component: HouseholdScreen, props: true },
    { path: '/visit/:id', component: VisitScreen, props: true },
    { path: '/visit/:id/finish', component: FinishScreen, props: true },
    { path: '/:other(.*)*', redirect: '/' },
  ],
})

router.beforeEach((to) => {
  const { stage } = useSession()
  if (stage === 'new') return to.path === '/enrol' || '/enrol'
  if (stage === 'locked') return to.path === '/unlock' || { path: '/unlock', query: to.path === '/' ? {} : { then: to.fullPath } }
  return to.path === '/enrol' || to.path === '/unlock' ? '/' : true
})
