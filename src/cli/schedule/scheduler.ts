/** What is to run by itself. */
export interface Job {
  /** Tells installations of several homes apart. */
  readonly name: string;
  /** The program and its arguments, with whole paths. */
  readonly command: readonly string[];
  /** Minutes: a share of an hour or of a day. */
  readonly every: number;
}

export type Installed = Pick<Job, 'command' | 'every'>;

/** One platform's way to run something again and again. */
export interface Scheduler {
  /** For people: `systemd`, `cron`. */
  readonly kind: string;
  /** What an installation writes and runs, for people to read. */
  preview(job: Job): string;
  /** Replaces what was installed under the same name. @throws {Refused} */
  install(job: Job): void;
  /** Leaves nothing behind; false when there was nothing. @throws {Refused} */
  remove(name: string): boolean;
  installed(name: string): Installed | undefined;
  /** What a user should know of it. */
  readonly hint?: string;
}
