import type { EpochMs } from '../../lib/time.ts'

/** A public key as IVS holds it. */
export interface ImportedKey {
  readonly arn: string
  readonly name?: string
  /** The deployment that imported it, by its tag. */
  readonly deployment?: string
}

/** The public keys of one account and Region. */
export interface PublicKeys {
  /** `exists`: IVS already holds this very key. `full`: its three slots are taken. */
  import(key: { readonly pem: string; readonly name: string }): Promise<{ readonly arn: string } | 'exists' | 'full'>
  list(): Promise<readonly ImportedKey[]>
  get(arn: string): Promise<(ImportedKey & { readonly pem: string }) | undefined>
  remove(arn: string): Promise<void>
}

/** The one secret that holds a deployment's private keys. */
export interface SecretStore {
  readonly secretId: string
  /** Absent: never written. `since`: when this very text was written. */
  read(): Promise<{ readonly text: string; readonly since: EpochMs } | undefined>
  write(text: string): Promise<void>
}

export interface KeyPorts {
  readonly publicKeys: PublicKeys
  readonly secretStore: SecretStore
  /** The value of the tag `stagedoor:deployment`. */
  readonly deployment: string
}

/** What a command has to say. `ok: false` becomes an exit code other than 0. No line ever holds a private key. */
export interface Report {
  readonly ok: boolean
  readonly lines: readonly string[]
}

export const done = (...lines: string[]): Report => ({ ok: true, lines })
export const refused = (...lines: string[]): Report => ({ ok: false, lines })

/** Per account and Region, and AWS does not raise it (IVS facts §1.6). */
export const PUBLIC_KEY_SLOTS = 3
