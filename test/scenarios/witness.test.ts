import { describe, expect, it } from '@jest/globals';
import type { ConflictRule } from '../../src/plan/model.ts';
import { playWatched } from '../support/history/history.ts';
import { createWitness, type Witness } from '../support/history/witness.ts';
import { createStage, editRecord, theId, type Stage } from '../support/scenario/stage.ts';

/* What the random histories take to be lost. */

describe('somebody is deleted in the CRM and added again, and edited at the provider meanwhile', () => {
  it.each(['newest', 'crm'] as const)(
    'a name that gave way to another name under “%s” is contested',
    async (onConflict) => {
      const { witness } = await told(onConflict, [
        'google has Ada: email ada@example.com',
        'sync',
        'crm deletes Ada',
        'google edits Ada: given t1x',
        'wait 1 minutes',
        'crm has Augusta: email ada@example.com',
        'sync',
      ]);
      expect(witness.missing()).toEqual(['1']);
      expect([...witness.contested()]).toEqual(['1']);
    },
  );

  it('a title that meets no other title is not contested, and is lost if it goes', async () => {
    const { stage, witness } = await told('crm', [
      'google has Ada: email ada@example.com',
      'sync',
      'crm deletes Ada',
      'google edits Ada: title t1x',
      'crm has Augusta: email ada@example.com',
      'sync',
    ]);
    expect(witness.missing()).toEqual([]);

    const google = stage.actor('google');
    editRecord(google, theId(google, 'Ada'), ({ jobTitle: _title, ...rest }) => rest);

    expect(witness.missing()).toEqual(['1']);
    expect(witness.contested().size).toBe(0);
  });

  it('a phone that stands beside another phone is not contested, and is lost if it goes', async () => {
    const { stage, witness } = await told('crm', [
      'google has Ada: email ada@example.com, phone +49 30 5550101',
      'sync',
      'crm deletes Ada',
      'google edits Ada: change phone +49 30 5550101 to +49 30 7000001',
      'crm has Augusta: email ada@example.com, phone +49 30 5550102',
      'sync',
    ]);
    expect(witness.missing()).toEqual([]);

    const google = stage.actor('google');
    editRecord(google, theId(google, 'Ada'), (contact) => ({ ...contact, phones: [] }));

    expect(witness.missing()).toEqual(['1']);
    expect(witness.contested().size).toBe(0);
  });
});

async function told(
  onConflict: ConflictRule,
  sentences: readonly string[],
): Promise<{ readonly stage: Stage; readonly witness: Witness }> {
  const stage = createStage({ rules: { onConflict } });
  const witness = createWitness(stage);
  for (const sentence of sentences) await playWatched(stage, witness, sentence);
  return { stage, witness };
}
