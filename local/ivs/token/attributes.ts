import type { Assumptions } from '../assumptions.ts'

const MAX_ATTRIBUTES_BYTES = 1024

/** Whether attributes keep to IVS's 1 KB, under the reading in force. */
export function attributesFit(attributes: Readonly<Record<string, string>>, assume: Assumptions): boolean {
  const text =
    assume.attributesCount === 'json' ? JSON.stringify(attributes) : Object.entries(attributes).flat().join('')
  return Buffer.byteLength(text) <= MAX_ATTRIBUTES_BYTES
}
