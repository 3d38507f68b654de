/** What a script may rely on. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  partly: 3,
  signInNeeded: 4,
  guarded: 5,
  locked: 75,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** With several accounts the first of these that any account gave. */
const PRECEDENCE: readonly ExitStatus[] = [
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.failed,
  EXIT.signInNeeded,
  EXIT.guarded,
  EXIT.partly,
  EXIT.done,
];

export function worst(statuses: readonly ExitStatus[]): ExitStatus {
  return PRECEDENCE.find((status) => statuses.includes(status)) ?? EXIT.done;
}
