/** The desk's addresses. Hash history: the files are served without a server that rewrites paths. */
import { createRouter, createWebHashHistory } from 'vue-router'
import Overview from './screens/OverviewScreen.vue'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', name: 'overview', component: Overview },
    { path: '/register', name: 'register', component: () => import('./screens/RegisterScreen.vue') },
    { path: '/problems', name: 'problems', component: () => import('./screens/ProblemsScreen.vue') },
    { path: '/household/:id', name: 'household', props: true, component: () => import('./screens/HouseholdScreen.vue') },
    { path: '/sync', name: 'sync', component: () => import('./screens/SyncScreen.vue') },
    { path: '/settings', name: 'settings', component: () => import('./screens/SettingsScreen.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})
