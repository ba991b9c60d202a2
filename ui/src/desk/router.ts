/** The desk's addresses. Hash history: the files are served without a server that rewrites paths. */
import { createRouter, createWebHashHistory } from 'vue-router'
import Overview from './screens/Overview.vue'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [{ path: '/', component: Overview }],
})
