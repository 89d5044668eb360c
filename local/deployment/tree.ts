/** Reading plain data that came out of YAML. Each reader says where it stood when the data is not what it should be. */
export type Tree = Readonly<Record<string, unknown>>

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function treeAt(value: unknown, where: string): Tree {
  if (value === undefined || value === null) return {}
  if (!isTree(value)) throw new Error(`serverless.yml: ${where} should be a map`)
  return value
}

export function listAt(value: unknown, where: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Error(`serverless.yml: ${where} should be a list`)
  return value
}

export function textAt(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new Error(`serverless.yml: ${where} should be text`)
}

export const numberAt = (value: unknown, otherwise: number): number => {
  const number = Number(value)
  return value === undefined || value === null || !Number.isFinite(number) ? otherwise : number
}

/** One or several: IAM's `Action`, `Resource` and friends. */
export const textsAt = (value: unknown, where: string): readonly string[] =>
  value === undefined ? [] : (Array.isArray(value) ? value : [value]).map((entry) => textAt(entry, where))
