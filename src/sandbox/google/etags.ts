import { BadControl } from '../core.ts';
import { invalidArgument, staleEtag } from './errors.ts';
import type { PersonInput } from './person-input.ts';
import { sourceEtagOf } from './person-view.ts';
import type { EtagOut } from './person-view.ts';

const READINGS = ['usual', 'unsteady', 'absent'] as const;

/**
 * `unsteady`: different in each answer although nothing changed, and each of them good for a
 * write; `absent`: none in any answer, and none needed. Neither is promised not to happen.
 */
export type EtagReading = (typeof READINGS)[number];

export interface Etags {
  read(reading: EtagReading): void;
  readonly out: EtagOut;
  /** @throws {GoogleFailure} when what was sent is not the contact's etag */
  check(current: string, input: PersonInput): void;
}

/** Ends an etag's own characters, which are base64. */
const MARK = '.';

export function createEtags(): Etags {
  let reading: EtagReading = 'usual';
  let serial = 0;

  function check(current: string, { etag, sourceEtag }: PersonInput): void {
    if (reading === 'absent') return;
    if (sourceEtag !== undefined) {
      if (steady(sourceEtag) !== current) throw staleEtag('person.metadata.sources.etag');
      return;
    }
    if (etag === undefined) {
      throw invalidArgument(
        'Request must set person.etag or person.metadata.sources.etag for the source that is being updated.',
      );
    }
    if (sourceEtagOf(steady(etag)) !== current) throw staleEtag('person.etag');
  }

  return {
    read(wanted) {
      if (!READINGS.includes(wanted)) throw new BadControl(`Etags are ${READINGS.join(', ')}.`);
      reading = wanted;
    },
    out(etag) {
      if (reading === 'usual') return etag;
      serial += 1;
      return reading === 'absent' ? undefined : `${etag}${MARK}${serial}`;
    },
    check,
  };
}

function steady(etag: string): string {
  return etag.split(MARK)[0] ?? etag;
}
