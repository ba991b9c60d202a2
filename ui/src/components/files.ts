/** Files between the screens and the core: base64 both ways. */
import type { FileView } from '@/api/bindings'

/** Reads a file that a person chose; rejects when it cannot be read. */
export async function contentOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  // in parts: a call takes only so many arguments
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** Offers a file to be saved. */
export function save(file: FileView): void {
  const bytes = Uint8Array.from(atob(file.content), (char) => char.charCodeAt(0))
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([bytes], { type: file.media }))
  link.download = file.name
  link.click()
  // the browser has taken it by then
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
