/** Sizes as people read them: 812 B, 4.8 KB, 1.2 MB (1 KB = 1,000 bytes). */
export function bytesInWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} KB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
