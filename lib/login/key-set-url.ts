const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Whether a URL may be used without TLS: it never leaves this machine. */
export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname)

/** An https URL without credentials or fragment; plain http to loopback only. Nothing for any other text. */
export function parseKeySetUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
  return safe && url.username === '' && url.password === '' && url.hash === '' ? url : undefined
}
