/**
 * Makes `Date` of `scope` tell the real time plus the milliseconds in `offset`, read anew each time.
 * Only "now" moves: dates made from values, and timers, stay as they are.
 */
export function moveTime(scope: { Date: DateConstructor }, offset: SharedArrayBuffer): void {
  const cell = new BigInt64Array(offset)
  const RealDate = scope.Date
  const now = (): number => RealDate.now() + Number(Atomics.load(cell, 0))
  scope.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
  })
}
