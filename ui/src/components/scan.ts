/** Reads a QR code from a camera or a picture. The decoder is fetched only when someone scans. */

/** The text of a QR code in a picture, or undefined. */
async function decode(source: CanvasImageSource, width: number, height: number): Promise<string | undefined> {
  const { default: jsQR } = await import('jsqr')
  const scale = Math.min(1, 1200 / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  if (!pen || canvas.width === 0 || canvas.height === 0) return undefined
  pen.drawImage(source, 0, 0, canvas.width, canvas.height)
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height)
  return jsQR(data, canvas.width, canvas.height)?.data || undefined
}

/** From a picture that a person chose. */
export async function readPicture(file: Blob): Promise<string | undefined> {
  const picture = await createImageBitmap(file)
  try {
    return await decode(picture, picture.width, picture.height)
  } finally {
    picture.close()
  }
}

/** From a frame of a running video. */
export const readFrame = (video: HTMLVideoElement): Promise<string | undefined> => decode(video, video.videoWidth, video.videoHeight)

export const hasCamera = (): boolean => typeof navigator.mediaDevices?.getUserMedia === 'function'
