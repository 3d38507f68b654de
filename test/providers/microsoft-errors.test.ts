import { describe, expect, it } from '@jest/globals';
import { HttpFailure } from '../../src/http/api.ts';
import {
  errorOf,
  graphError,
  isLostToken,
  isPassing,
  isStale,
  isTold,
  questionError,
  thrown,
} from '../../src/providers/microsoft/errors.ts';
import { createGate } from '../../src/providers/microsoft/gate.ts';
import { itemWait, microsoftLimits } from '../../src/providers/microsoft/limits.ts';
import { failure } from './microsoft-support.ts';

describe('what Graph answers', () => {
  it.each([
    [401, 'InvalidAuthenticationToken', 'SignInNeeded'],
    [403, 'ErrorAccessDenied', 'Forbidden'],
    [403, 'Authorization_RequestDenied', 'Forbidden'],
    [404, 'MailboxNotEnabledForRESTAPI', 'Forbidden'],
    [404, 'ErrorInvalidUser', 'Forbidden'],
    [400, 'ErrorInvalidProperty', 'Rejected'],
    [405, 'ErrorInvalidRequest', 'Rejected'],
    [413, 'RequestEntityTooLarge', 'Rejected'],
    [424, 'FailedDependency', 'Unreachable'],
    [429, 'ApplicationThrottled', 'BudgetSpent'],
    [429, 'TooManyRequests', 'BudgetSpent'],
    [509, '', 'BudgetSpent'],
    [500, 'ErrorInternalServerError', 'Unreachable'],
    [503, '', 'Unreachable'],
    [507, 'ErrorQuotaExceeded', 'Forbidden'],
    [302, '', 'BadAnswer'],
  ])('%s %s is %s', (status, code, name) => {
    expect(errorOf(failure(status, code)).name).toBe(name);
  });

  it('about a question refuses no contact', () => {
    expect(questionError(failure(400, 'ErrorInvalidUrlQuery')).name).toBe('BadAnswer');
    expect(questionError(failure(503, '')).name).toBe('Unreachable');
  });

  it('never gets its own words, which may quote the contact, into a message', () => {
    const reply = failure(400, 'ErrorInvalidProperty', 'secret@example.com is wrong');
    expect(errorOf(reply).message).not.toContain('secret');
  });

  it.each([
    [
      { error: { code: 'A', innerError: { code: 'B', innererror: { code: 'C' } } } },
      ['a', 'b', 'c'],
    ],
    [{ error: 'invalid_grant', error_description: 'AADSTS700082: ' }, ['invalid_grant']],
    ['<html>', []],
    [undefined, []],
    [{ error: null }, []],
  ])('as %j has the codes %j', (body, codes) => {
    expect(graphError(body).codes).toEqual(codes);
  });

  it('is told apart by its codes, whatever their case', () => {
    expect(isLostToken(failure(410, ''))).toBe(true);
    expect(isLostToken(failure(404, 'ERRORSYNCFOLDERNOTFOUND'))).toBe(true);
    expect(isLostToken(failure(503, ''))).toBe(false);
    expect(isStale(failure(400, 'errorIrresolvableConflict'))).toBe(true);
    expect(isPassing(failure(400, 'ErrorTooManyObjectsOpened'))).toBe(true);
    expect(isTold(failure(503, ''))).toBe(false);
  });

  it.each([
    ['unreachable', 'Unreachable'],
    ['lost', 'AnswerLost'],
    ['spent', 'BudgetSpent'],
    ['malformed', 'BadAnswer'],
    ['refused', 'BadAnswer'],
  ] as const)('or does not answer (%s) is %s', (kind, name) => {
    expect((thrown(new HttpFailure(kind, 'x')) as Error).name).toBe(name);
  });
});

describe('the limits', () => {
  const told = (header?: string) =>
    microsoftLimits().afterTooMany?.({
      status: 429,
      headers: header === undefined ? {} : { 'retry-after': header },
      bytes: new Uint8Array(),
      text: () => '',
      json: () => undefined,
    });

  it('wait as they are told, in whole seconds or not, and some time where they are not', () => {
    expect(told('7')).toEqual({ kind: 'wait', ms: 7000 });
    expect(told('2.128')).toEqual({ kind: 'wait', ms: 2128 });
    expect(told()).toMatchObject({ kind: 'wait' });
    expect(told('3600')).toMatchObject({ kind: 'spent' });
    expect(itemWait('2.5', 0)).toBe(2500);
    expect(itemWait(undefined, 0)).toBeGreaterThan(0);
  });

  it('let four in at once, of which a batch is all, in the order of their coming', async () => {
    const gate = createGate();
    const { signal } = new AbortController();
    const log: string[] = [];
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const call = (name: string, places: number) =>
      gate.through(places, signal, async () => {
        log.push(name);
        await opened;
      });
    const calls = [call('one', 1), call('two', 1), call('batch', 4), call('three', 1)];
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(log).toEqual(['one', 'two']);
    open();
    await Promise.all(calls);
    expect(log).toEqual(['one', 'two', 'batch', 'three']);
  });

  it('give the place back when a call fails, or was given up while it waited', async () => {
    const gate = createGate();
    const { signal } = new AbortController();
    const fails = gate.through(4, signal, () => Promise.reject(new Error('failed')));
    const stopped = gate.through(4, AbortSignal.abort(new Error('stopped')), async () => 'done');
    await expect(fails).rejects.toThrow('failed');
    await expect(stopped).rejects.toThrow('stopped');
    expect(await gate.through(4, signal, async () => 'done')).toBe('done');
  });
});
