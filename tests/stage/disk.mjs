// A small disk that can be filled: a tmpfs of its own, where this user may mount; else none.
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A mounted disk of so many KiB, or undefined where mounting is not allowed. */
export function disk(kib) {
  const path = mkdtempSync(join(tmpdir(), 'ruhu-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'ruhu-test', path], { stdio: 'ignore' })
  } catch {
    rmSync(path, { recursive: true, force: true })
    return undefined
  }
  const filler = join(path, 'filler')
  return {
    path,
    /** Fills what is left of it, to the last block. */
    fill() {
      for (let size = 1 << 20; size >= 1;) {
        try {
          appendFileSync(filler, Buffer.alloc(size))
        } catch {
          size >>= 1
        }
      }
    },
    /** Somebody tidies up. */
    free: () => rmSync(filler, { force: true }),
    close() {
      try { execFileSync('umount', ['-l', path], { stdio: 'ignore' }) } finally { rmSync(path, { recursive: true, force: true }) }
    },
  }
}
