/** index.html: sends to the entrance that fits the person, or, before anyone is enrolled, the window. */
import { call, takeToken } from './api/call'

const DESK_WIDTH = 1000

takeToken()
void call('session.state')
  .then((session) => session.person?.at_desk ?? innerWidth >= DESK_WIDTH)
  .catch(() => innerWidth >= DESK_WIDTH)
  .then((desk) => location.replace(desk ? './desk.html' : './phone.html'))
