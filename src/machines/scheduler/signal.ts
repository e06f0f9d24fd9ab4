import { audit, map, merge, Observable, Subject } from 'rxjs'

/** Runs a function soon, after what is being done now: `queueMicrotask`, or the simulator's own. */
export type Defer = (fn: () => void) => void

/** What can make a placement possible, and the one signal that comes of it. */
export interface PassSignal {
  freed(): void
  added(): void
  joined(): void
  left(): void
  cancelled(): void
  /** Placing goes on after a start or a pause, or a retry is due. */
  resumed(): void
  /** More may be placed than was: the next pass comes after whatever else waits for its turn. */
  unfinished(): void
  /** Once for all that has come since the last pass. */
  readonly pass$: Observable<{ readonly type: 'scheduler.pass' }>
}

/**
 * Merges what happens into one coalesced signal: the first event asks for a pass, those up to it are taken along.
 * `later` runs a function in a further turn of the event loop.
 */
export function createPassSignal(defer: Defer, later: Defer = defer): PassSignal {
  const [freed$, added$, joined$, left$, cancelled$, resumed$] = Array.from(
    { length: 6 },
    () => new Subject<void>(),
  ) as [Subject<void>, Subject<void>, Subject<void>, Subject<void>, Subject<void>, Subject<void>]
  const soon$ = new Observable<void>(subscriber => defer(() => subscriber.next()))
  return {
    freed: () => freed$.next(),
    added: () => added$.next(),
    joined: () => joined$.next(),
    left: () => left$.next(),
    cancelled: () => cancelled$.next(),
    resumed: () => resumed$.next(),
    unfinished: () => later(() => resumed$.next()),
    pass$: merge(freed$, added$, joined$, left$, cancelled$, resumed$).pipe(
      audit(() => soon$),
      map(() => ({ type: 'scheduler.pass' as const })),
    ),
  }
}
