import type { CryptoKey } from 'jose'
import type { UnverifiedLogin } from './unverified-login.ts'

/**
 * Where one issuer's verification keys come from. Nothing: no key of this issuer fits the header.
 * Throws a `Fault` when the keys cannot be had at all.
 */
export interface LoginKeys {
  keyFor(header: UnverifiedLogin['header']): Promise<CryptoKey | Uint8Array | undefined>
}

/** Reads the text of a key set. Rejects when it cannot, whatever the reason. */
export type KeySetFetch = (url: string) => Promise<string>
