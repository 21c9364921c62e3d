import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyOf } from '../../src/relay/publisher.js';
import {
  decodeToken,
  encodeToken,
  isSubjectOf,
  RoomSubjects,
  roomSubject,
  transferSubject,
} from '../../src/relay/subjects.js';

const HOSTILE = [
  '',
  ' ',
  '*',
  '>',
  '.',
  'a.b',
  '=',
  '=41',
  'a\r\nb',
  '\0',
  'Переговорная 5',
  '🎉',
  '\ud800',
  'x\udfffy',
  '\ufffd',
  '$JS.API.>',
];

describe('subject tokens', () => {
  test.each(HOSTILE)('%j is a valid token and decodes back', (text) => {
    const token = encodeToken(text);
    expect(token).toMatch(/^[A-Za-z0-9_=-]{1,96}$/);
    expect(decodeToken(token)).toBe(text);
  });

  test('any text is a valid token, which decodes back unless it was capped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const token = encodeToken(text);
        expect(token).toMatch(/^[A-Za-z0-9_=-]{1,96}$/);
        expect([text, null]).toContain(decodeToken(token));
        if (token.includes('=h')) expect(decodeToken(token)).toBeNull();
        else expect(decodeToken(token)).toBe(text);
      }),
    );
  });

  test('different texts have different tokens', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ unit: 'binary', maxLength: 200 }),
        (one, other) => {
          expect(encodeToken(one) === encodeToken(other)).toBe(one === other);
        },
      ),
    );
  });

  test('any token decodes to nothing or to the text whose token it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_=-]{0,20}$/), (token) => {
        const text = decodeToken(token);
        if (text !== null) expect(encodeToken(text)).toBe(token);
      }),
    );
  });
});

describe('subjects and their records', () => {
  test('a record only stands under the subject of its own Room and transfer', () => {
    const record = { type: 'transfer', room: '10.0.0.5', id: 'a.b' };
    expect(isSubjectOf(transferSubject('10.0.0.5', 'a.b'), record)).toBe(true);
    expect(isSubjectOf(transferSubject('10.0.0.6', 'a.b'), record)).toBe(false);
    expect(isSubjectOf(transferSubject('10.0.0.5', 'a'), record)).toBe(false);
    expect(isSubjectOf(roomSubject('10.0.0.5', 'link'), record)).toBe(false);
    expect(isSubjectOf(roomSubject('10.0.0.5', 'link'), { type: 'connection', room: '10.0.0.5' })).toBe(true);
  });
});

describe('what is stored', () => {
  const TIME = '2026-01-01T00:00:00.000Z';

  test.each(HOSTILE)('of the transfer %j in a Room of that name is where it is looked for', (text) => {
    const subjects = new RoomSubjects(text);
    expect(subjects.stored({ transfer: text }, 'waiting', TIME).subject).toBe(transferSubject(text, text));
    expect(subjects.stored('link', 'link-live', TIME).subject).toBe(roomSubject(text, 'link'));
    const progress = { type: 'progress', room: text, id: text };
    expect(isSubjectOf(subjects.progress(text), progress)).toBe(true);
  });

  test('has an id of its own where changes share a millisecond and a status', () => {
    const subjects = new RoomSubjects('r');
    const made = [1, 2, 3].map(() => subjects.stored({ transfer: 't' }, 'waiting', TIME).messageId);
    expect(new Set(made).size).toBe(3);
    expect(made[0]).toBe(`r.t.waiting.${TIME}`);
    expect(subjects.stored('link', 'link-live', TIME).messageId).toBe(`r.=.link-live.${TIME}`);
  });
});

test.each(['a', 'a\ud800', '\udfff'])('the body of a record with the id %j is that of its subject', (id) => {
  const base = { v: 1, time: '2022-07-31T16:17:03.120Z', room: '10.0.0.5' } as const;
  const body = bodyOf({ ...base, type: 'removed', id, reason: 'gone', removedFromDisk: null });
  expect(JSON.parse(body)).toMatchObject({ id });
  expect(isSubjectOf(transferSubject('10.0.0.5', id), JSON.parse(body))).toBe(true);
});

test('the body of a record has no half characters in what strangers chose', () => {
  const base = { v: 1, time: '2022-07-31T16:17:03.120Z', room: '10.0.0.5', code: 'x', count: 1 } as const;
  const body = bodyOf({ ...base, type: 'warning', message: 'a\ud800', id: null });
  expect(body).toContain('"message":"a\ufffd"');
});
