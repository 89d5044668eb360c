/** Seeds from 1 up to so many, unless the environment's `SEEDS` names others: one (`7`), or from one to another (`1-50`). */
export function seedsOr(count: number): readonly number[] {
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(process.env.SEEDS ?? `1-${count}`) ?? []
  if (from === undefined) throw new Error('SEEDS is a number, or two with a hyphen between them')
  return Array.from({ length: Number(to ?? from) - Number(from) + 1 }, (_, index) => Number(from) + index)
}
