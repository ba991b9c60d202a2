/** The desk's addresses. Hash history: the files are served without a server that rewrites paths. Every screen is loaded
 *  at the start: when the core is gone a click must still lead to words that say so. */
import { createRouter, createWebHashHistory } from 'vue-router'
import Household from './screens/HouseholdScreen.vue'
import Overview from './screens/OverviewScreen.vue'
import Register from './screens/RegisterScreen.vue'
import Settings from './screens/SettingsScreen.vue'
import Sync from './screens/SyncScreen.vue'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', name: 'overview', component: Overview },
    { path: '/register', name: 'register', component: Register },
    { path: '/problems', name: 'problems', component: () => import('./screens/ProblemsScreen.vue') },
    { path: '/conflicts', name: 'conflicts', component: () => import('./screens/ConflictsScreen.vue') },
    { path: '/policy/:part(try|preview|publish)?', name: 'policy', props: true, component: () => import('./screens/PolicyScreen.vue') },
    { path: '/household/:id', name: 'household', props: true, component: Household },
    { path: '/sync', name: 'sync', component: Sync },
    { path: '/settings', name: 'settings', component: Settings },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})
