// A link that can be cut: a TCP proxy between an app and the server. It carries one HTTP request at a time, so that a
// fault hits a whole request and not some bytes of it.
import { connect, createServer } from 'node:net'

/** What may happen to the next request:
 *  'no-signal' it does not arrive · 'answer-lost' the server does its work, the answer is lost · 'answer-torn' half of
 *  the answer arrives · 'held' the answer waits until `release()`. */
export async function link(target) {
  const { hostname, port } = new URL(target)
  const faults = []
  const open = new Set()
  let held = []
  let cut = false
  let seen = 0
  let waiting = []
  const server = createServer((client) => {
    open.add(client)
    client.on('close', () => open.delete(client))
    client.on('error', () => client.destroy())
    let bytes = Buffer.alloc(0)
    client.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      const length = whole(bytes)
      if (length === 0) return
      const request = bytes.subarray(0, length)
      bytes = bytes.subarray(length)
      seen++
      for (const then of waiting.splice(0)) then()
      const fault = cut ? 'no-signal' : faults.shift()
      if (fault === 'no-signal') return client.destroy()
      const wait = { free: fault !== 'held', go: () => undefined }
      if (!wait.free) held.push(wait)
      const up = connect(Number(port), hostname)
      let answer = Buffer.alloc(0)
      up.on('error', () => client.destroy())
      up.on('data', (part) => {
        answer = Buffer.concat([answer, part])
        const size = whole(answer)
        if (size === 0) return
        up.destroy()
        if (fault === 'answer-lost') return client.destroy()
        if (fault === 'answer-torn') return client.end(answer.subarray(0, Math.floor(size / 2)), () => client.destroy())
        if (wait.free) return client.write(answer)
        wait.go = () => client.write(answer)
      })
      up.write(request)
    })
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** What happens to the next request. */
    meet: (...next) => faults.push(...next),
    /** No signal from here on; and signal again. */
    cut: () => { cut = true },
    mend: () => { cut = false; faults.length = 0 },
    /** Held answers arrive, also those still on their way here, and no later one is held. */
    release: () => {
      for (const wait of held.splice(0)) { wait.free = true; wait.go() }
      faults.splice(0, faults.length, ...faults.filter((fault) => fault !== 'held'))
    },
    /** Resolves when the next request has come in. */
    asked: () => new Promise((then) => waiting.push(then)),
    seen: () => seen,
    close: () => { for (const socket of open) socket.destroy(); server.close() },
  }
}

/** Length of a whole HTTP message at the beginning of these bytes; 0 while it is not whole. */
function whole(bytes) {
  const at = bytes.indexOf('\r\n\r\n')
  if (at < 0) return 0
  const head = bytes.subarray(0, at).toString('latin1').toLowerCase()
  const length = Number(/\ncontent-length: *(\d+)/.exec(head)?.[1] ?? 0)
  return bytes.length >= at + 4 + length ? at + 4 + length : 0
}
