/** The phone's addresses. Hash history: the files are served without a server that rewrites paths. */
import { createRouter, createWebHashHistory } from 'vue-router'
import TodayScreen from './screens/TodayScreen.vue'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [{ path: '/', name: 'today', component: TodayScreen }],
})
