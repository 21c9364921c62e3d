import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/protocol/decode.js';
import { encodeRequest } from '../../src/protocol/requests.js';
import { runs } from '../support/soak.js';

const fixture = (name: string): string[] =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');

const status = (fields: Record<string, unknown>): string =>
  JSON.stringify({
    method: 'event',
    event: 'fileRequestStatusChanged',
    fileRequestId: 'a',
    status: 2,
    directionType: 0,
    ...fields,
  });

describe('the documented events', () => {
  const inbound = {
    id: '6c0e20a7-3c79-470d-869b-7c8287587620',
    direction: 'inbound',
    name: '2.jpg',
    size: 3200,
    peer: { id: '820_1@some.server', name: '820_1' },
    conferenceId: null,
    fileId: null,
    createdAt: 1659284222850,
  };
  const outbound = {
    id: '0f8f8a63-6d2b-4c3a-9a06-6a1c0a7b7a11',
    direction: 'outbound',
    name: 'plan.docx',
    size: 52312,
    peer: { id: 'user2@some.server', name: 'user2' },
    conferenceId: null,
    fileId: '260618251',
    createdAt: 1659286530000,
  };
  const toConference = {
    ...outbound,
    id: '9d0a2c77-51e2-4f0e-8b9b-2d1f3f6b1c22',
    name: 'slides.pptx',
    size: 1048576,
    peer: null,
    conferenceId: '4567@some.server',
    fileId: '260618252',
  };
  const expected = [
    { kind: 'status', event: 'fileRequestStatusChanged', file: inbound, statusCode: 2 },
    { kind: 'implied', event: 'receivedFileRequest', file: inbound, status: 'waiting' },
    { kind: 'implied', event: 'incomingFileRequestAccepted', file: inbound, status: 'processing' },
    { kind: 'implied', event: 'incomingFileRequestRejected', file: inbound, status: 'rejected' },
    {
      kind: 'progress',
      event: 'incomingFileRequestDownloadingProgress',
      file: inbound,
      percent: 48,
      bytes: null,
    },
    {
      kind: 'progress',
      event: 'outgoingFileRequestUploadingProgress',
      file: { ...outbound, createdAt: 1659289349000 },
      percent: 36,
      bytes: null,
    },
    { kind: 'implied', event: 'outgoingFileRequestSent', file: outbound, status: 'waiting' },
    { kind: 'implied', event: 'outgoingFileRequestSentToConference', file: toConference, status: 'waiting' },
    { kind: 'status', event: 'fileRequestStatusChanged', file: toConference, statusCode: 3 },
    {
      kind: 'deleted',
      event: 'fileDeletedFromFileTransferHistory',
      file: { ...inbound, fileId: '260618253' },
      removedFromDisk: true,
    },
    { kind: 'cleared', event: 'fileTransferHistoryCleared' },
    { kind: 'availability', event: 'fileTransferAvailabilityChanged', code: 3 },
    { kind: 'authorization-needed', event: 'authorizationNeeded', cause: 1 },
  ];
  const lines = fixture('events.ndjson');

  it('are all in the table', () => expect(expected).toHaveLength(lines.length));

  it.each(lines.map((line, index) => ({ line, message: expected[index] })))(
    '$message.event',
    ({ line, message }) => {
      expect(decode(line)).toEqual({ ...message, problems: [] });
    },
  );
});

describe('the documented answers', () => {
  const answers = fixture('answers.ndjson').map(decode);

  it('have nothing wrong', () => {
    for (const answer of answers) expect(answer).toMatchObject({ problems: [] });
  });

  it('auth carries tokens that print as ***', () => {
    const [granted, refused] = answers;
    expect(granted).toMatchObject({
      kind: 'auth-answer',
      requestId: '1',
      result: true,
      resultCode: 0,
      privileges: 2,
    });
    expect(JSON.stringify(granted)).not.toContain('*token"');
    expect(inspect(granted)).not.toContain('1*token');
    if (granted?.kind !== 'auth-answer') throw new Error('not an auth answer');
    expect(granted.token?.reveal()).toBe('1*token');
    expect(granted.tokenForHttpServer?.reveal()).toBe('4*token');
    expect(refused).toMatchObject({ result: false, resultCode: 3, error: 'access denied', token: null });
  });

  it.each<[result: boolean, body: Readonly<Record<string, unknown>>]>([
    [true, {}],
    [true, { resultCode: 0 }],
    [false, { resultCode: 3 }],
    [false, { error: 'no' }],
    [false, { result: false }],
    [true, { resultCode: '0' }],
    [true, { result: null, resultCode: 0 }],
    [false, { result: null, resultCode: 3 }],
    [false, { result: [] }],
  ])('without a result is %s for %j, and what is wrong with it is told', (result, body) => {
    const answer = decode(JSON.stringify({ method: 'getIncomingFilesRequests', ...body }));
    const rows = decode(
      JSON.stringify({ method: 'getIncomingFilesRequests', incomingFilesRequests: [], ...body }),
    );
    expect(rows).toMatchObject({ result, files: [] });
    expect(answer).toMatchObject({ result, files: null });
    if (typeof body['result'] !== 'boolean')
      expect(rows).toMatchObject({ problems: [expect.stringContaining('result')] });
  });

  it.each([
    [{ fileRequestId: 'b', status: 2 }, true],
    [{ fileRequestId: 'b', status: '2', size: -1 }, true],
    [{ fileRequestId: 'b', status: null }, false],
    [{ fileRequestId: 'b', status: 'done' }, false],
    [{ status: 2 }, false],
    ['b', false],
  ])('a list with the row %j is whole: %j', (row, isWhole) => {
    const rows = [{ fileRequestId: 'a', status: 1 }, row];
    const answer = { method: 'getIncomingFilesRequests', result: true, incomingFilesRequests: rows };
    expect(decode(JSON.stringify(answer))).toMatchObject({ isWhole });
  });

  it('lists have sizes, statuses and times in one unit', () => {
    expect(answers[2]).toMatchObject({
      kind: 'list-answer',
      direction: 'inbound',
      files: [{ file: { direction: 'inbound', size: 3200, createdAt: 1659284222850 }, statusCode: 1 }],
    });
    expect(answers[3]).toMatchObject({
      kind: 'list-answer',
      direction: 'outbound',
      files: [
        { file: { createdAt: 1659286530000, fileId: '260618251', conferenceId: null }, statusCode: 2 },
        { file: { peer: null, conferenceId: '4567@some.server' }, statusCode: 3 },
      ],
    });
  });

  it('info, sent, availability and app state', () => {
    expect(answers[4]).toMatchObject({
      kind: 'info-answer',
      file: { file: { name: '2.jpg' }, statusCode: 2 },
    });
    expect(answers[5]).toMatchObject({
      kind: 'sent-answer',
      sentFileRequestId: '0f8f8a63-6d2b-4c3a-9a06-6a1c0a7b7a11',
    });
    expect(answers[6]).toMatchObject({
      kind: 'file-list-answer',
      files: [{ fileId: '260618251', name: 'plan.docx' }],
    });
    expect(answers[7]).toMatchObject({ kind: 'availability-answer', code: 3 });
    expect(answers[8]).toMatchObject({
      kind: 'app-state-answer',
      requestId: '',
      appState: 3,
      embeddedHttpPort: 8766,
    });
  });

  it.each([
    ['a named list', { fileTransferHistory: [{ fileRequestId: 'a', status: 3 }] }, 1],
    ['a list among other arrays', { tags: ['x'], rows: [{ fileRequestId: 'a' }, 7] }, 1],
    ['an empty list', { anything: [] }, 0],
    ['no list', { count: 3 }, null],
  ])('a history from %s', (_, body, count) => {
    const answer = decode(
      JSON.stringify({ method: 'getFileTransferHistory', requestId: '1', result: true, ...body }),
    );
    if (answer.kind !== 'history-answer') throw new Error('not a history answer');
    expect(answer.files?.length ?? null).toBe(count);
    expect(answer.problems.length).toBe(count === null ? 1 : 0);
  });
});

describe('the quirks of the wire', () => {
  it.each([
    [1659284222850, 1659284222850],
    [1659286530, 1659286530000],
    ['1659286530', 1659286530000],
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
    [0, null],
    [undefined, null],
  ])('timestamp %s is %s ms', (timestamp, createdAt) => {
    expect(decode(status({ timestamp }))).toMatchObject({ file: { createdAt }, problems: [] });
  });

  it.each([
    ['timestamp', -5],
    ['timestamp', 1e300],
    ['timestamp', 253_402_300_800_000],
    ['fileSize', -1],
    ['fileSize', 1.5],
    ['fileSize', '3.25'],
    ['fileSize', 'big'],
    ['fileName', 7],
    ['confId', {}],
    ['peerDn', ['x']],
    ['directionType', 5],
  ])('%s of %j is a problem and the rest is read', (field, value) => {
    const message = decode(status({ [field]: value }));
    expect(message).toMatchObject({ kind: 'status', statusCode: 2, file: { id: 'a' } });
    if (message.kind !== 'status') throw new Error('not a status');
    expect(message.problems).toEqual([expect.stringContaining(`${field} is `)]);
  });

  it.each([
    [{ peerDn: 'A' }, { id: null, name: 'A' }],
    [
      { peerDisplayName: 'B', peerId: 'b@s' },
      { id: 'b@s', name: 'B' },
    ],
    [{ peerId: 'b@s' }, { id: 'b@s', name: null }],
    [{ peerId: '' }, null],
    [{}, null],
  ])('peer of %j', (fields, peer) => {
    expect(decode(status(fields))).toMatchObject({ file: { peer } });
  });

  it.each([
    [260618251, '260618251'],
    ['260618251', '260618251'],
    ['', null],
    [undefined, null],
  ])('fileId %j is %j', (fileId, text) => {
    expect(decode(status({ fileId }))).toMatchObject({ file: { fileId: text } });
  });

  it.each([
    ['4567@s', '4567@s'],
    ['', null],
    [undefined, null],
  ])('confId %j is %j', (confId, conferenceId) => {
    expect(decode(status({ confId }))).toMatchObject({ file: { conferenceId } });
  });

  it.each([
    [true, [1, '1', 'true']],
    [false, [0, '0', 'false']],
  ])('%s is also written as one of %j', (yes, values) => {
    for (const result of values) {
      expect(decode(JSON.stringify({ method: 'rejectFile', result }))).toMatchObject({
        result: yes,
        problems: [],
      });
      expect(
        decode(
          JSON.stringify({
            event: 'fileDeletedFromFileTransferHistory',
            fileRequestId: 'a',
            removedFromDisk: result,
          }),
        ),
      ).toMatchObject({ removedFromDisk: yes, problems: [] });
    }
  });

  it.each([
    ['7', 7],
    ['9007199254740993', '9007199254740993'],
    ['a', 'a'],
  ])('the id %s of a request that was made is text', (id, sentFileRequestId) => {
    const answer = decode(JSON.stringify({ method: 'sendFile', result: true, sentFileRequestId }));
    expect(answer).toMatchObject({ sentFileRequestId: id, problems: [] });
  });

  it('a status outside the known ones is kept', () => {
    expect(decode(status({ status: 7 }))).toMatchObject({ kind: 'status', statusCode: 7, problems: [] });
  });

  it('a percentage outside 0 to 100 is brought inside, and said', () => {
    const event = 'incomingFileRequestDownloadingProgress';
    const message = decode(
      JSON.stringify({ method: 'event', event, fileRequestId: 'a', processedPercents: 140 }),
    );
    expect(message).toMatchObject({ kind: 'progress', percent: 100, problems: [expect.any(String)] });
  });

  it('an event without a method is an event', () => {
    expect(decode('{"event":"appStateChanged","appState":3}')).toMatchObject({
      kind: 'app-state',
      appState: 3,
    });
  });
});

describe('the names before 4.1', () => {
  it.each([
    [
      { event: 'fileStatus', id: 'a', status: 3, directionType: 1 },
      { kind: 'status', statusCode: 3 },
    ],
    [
      { event: 'fileAccepted', id: 'a' },
      { kind: 'implied', status: 'processing' },
    ],
    [
      { event: 'fileRejected', id: 'a' },
      { kind: 'implied', status: 'rejected' },
    ],
    [
      { event: 'receivedFileRequest', id: 'a' },
      { kind: 'implied', status: 'waiting' },
    ],
    [
      { event: 'fileSent', id: 'a', name: 'x' },
      { kind: 'implied', file: { name: 'x', direction: 'outbound' } },
    ],
    [
      { event: 'fileConferenceSent', id: 'a', confId: 'c' },
      { kind: 'implied', file: { conferenceId: 'c' } },
    ],
    [
      { event: 'fileUploadingProgress', id: 'a', totalSize: 200, processedSize: 50 },
      { kind: 'progress', percent: 25, bytes: 50, file: { size: 200, direction: 'outbound' } },
    ],
    [{ event: 'fileTransferCleared' }, { kind: 'cleared' }],
    [
      { event: 'fileTransferAvailable', available: true },
      { kind: 'availability', code: 3 },
    ],
    [
      { event: 'fileTransferAvailable', available: false },
      { kind: 'availability', code: 0 },
    ],
    [
      { method: 'getFileRequests', files: [], result: true },
      { kind: 'list-answer', direction: 'inbound' },
    ],
    [
      { method: 'getFileUploads', files: [], result: true },
      { kind: 'list-answer', direction: 'outbound' },
    ],
  ])('%j', (wire, message) => {
    expect(decode(JSON.stringify({ method: 'event', ...wire }))).toMatchObject({ ...message, problems: [] });
  });
});

describe('what is no message', () => {
  it.each([
    ['', 'not-json'],
    ['{', 'not-json'],
    ['\u0000', 'not-json'],
    ['[1]', 'not-an-object'],
    ['null', 'not-an-object'],
    ['"event"', 'not-an-object'],
    ['{}', 'unknown-message'],
    ['{"method":7}', 'unknown-message'],
    ['{"method":"event"}', 'unknown-message'],
    ['{"method":"event","event":{}}', 'unknown-message'],
    ['{"method":"event","event":"fileRequestStatusChanged","status":1}', 'missing-field'],
    ['{"method":"event","event":"fileRequestStatusChanged","fileRequestId":"","status":1}', 'missing-field'],
    [
      '{"method":"event","event":"fileRequestStatusChanged","fileRequestId":"a","status":"x"}',
      'missing-field',
    ],
    ['{"method":"event","event":"appStateChanged"}', 'missing-field'],
    ['{"method":"event","event":"fileTransferFileDeleted","file":""}', 'missing-field'],
  ])('%j is %s', (text, code) => {
    expect(decode(text)).toMatchObject({ kind: 'unreadable', code, reason: expect.stringMatching(/\w/) });
  });

  it('a nest of a million brackets is refused quietly', () => {
    expect(decode('['.repeat(1_000_000)).kind).toBe('unreadable');
    expect(decode(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`).kind).toBe('unreadable');
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('the name %s harms nothing', (name) => {
    const before = Object.getOwnPropertyNames(Object.prototype).length;
    expect(decode(`{"method":"event","event":"${name}"}`)).toMatchObject({
      kind: 'other-event',
      event: name,
    });
    expect(decode(`{"method":"${name}","result":true}`)).toMatchObject({
      kind: 'other-answer',
      method: name,
    });
    expect(decode(status({}).replace('"status"', `"${name}":{"status":3},"status"`))).toMatchObject({
      statusCode: 2,
    });
    expect(Object.getOwnPropertyNames(Object.prototype).length).toBe(before);
    expect(Object.prototype).not.toHaveProperty('status');
  });
});

describe('any input', () => {
  const kinds = expect.stringMatching(/^[a-z-]+$/);

  it('gives a message for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decode(text)).toMatchObject({ kind: kinds });
      }),
    );
  });

  it('gives a message for any JSON under any known name', () => {
    const lines = [...fixture('events.ndjson'), ...fixture('answers.ndjson')].map((line): object =>
      JSON.parse(line),
    );
    const mutated = fc
      .tuple(fc.constantFrom(...lines), fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue())
      .map(([line, extra, value]) => {
        const keys = Object.keys(line);
        const key = keys[Object.keys(extra).length % keys.length] ?? 'status';
        return JSON.stringify({ ...extra, ...line, [key]: value });
      });
    fc.assert(
      fc.property(mutated, (text) => {
        expect(decode(text)).toMatchObject({ kind: kinds });
      }),
      { numRuns: runs(2_000) },
    );
  });
});

describe('what other servers make of it', () => {
  const event = status({ fileRequestId: 'x', confId: 12345 });

  it.each([
    ['a byte order mark before it', `\ufeff${event}`],
    ['NULs after it', `${event}\0\0`],
  ])('%s is ignored', (_, text) => {
    expect(decode(text)).toEqual(decode(event));
    expect(decode(event)).toMatchObject({ kind: 'status', file: { conferenceId: '12345' } });
  });

  it('integers above 2^53 keep every digit, numbers below stay what they are', () => {
    const text =
      '{"event":"fileStatus","id":9007199254740993,"fileId":1e21,"peerId":7362791905429847964,' +
      '"status":1,"fileName":"9007199254740993 \\" 12345678901234567","fileSize":9007199254740991}';
    expect(decode(text)).toMatchObject({
      problems: [],
      file: {
        id: '9007199254740993',
        fileId: '1e21',
        peer: { id: '7362791905429847964' },
        name: '9007199254740993 " 12345678901234567',
        size: 9_007_199_254_740_991,
      },
    });
    expect(decode(`${text},`)).toMatchObject({ code: 'not-json' });
  });

  it('the rows of a list keep every digit, too', () => {
    const text =
      '{"method":"getIncomingFilesRequests","requestId":"1","result":true,"incomingFilesRequests":' +
      '[{"fileRequestId": -9007199254740993 ,"status":1}]}';
    expect(decode(text)).toMatchObject({ files: [{ file: { id: '-9007199254740993' } }] });
  });

  it.each([
    [{ totalSize: 0, processedSize: 0 }, 100],
    [{ processedPercents: null, fileSize: 100 }, null],
    [{ processedPercents: '45%', fileSize: 100 }, null],
    [{}, null],
  ])('progress of %j is %j percent', (fields, percent) => {
    const text = JSON.stringify({ event: 'fileUploadingProgress', id: 5, ...fields });
    expect(decode(text)).toMatchObject({ kind: 'progress', percent });
  });

  it.each([
    [{ fileName: '' }, ''],
    [{ name: '' }, ''],
    [{ fileName: '', name: 'a' }, 'a'],
    [{}, null],
  ])('the name in %j is %j', (fields, name) => {
    expect(decode(status(fields))).toMatchObject({ file: { name } });
  });

  it.each([
    [{ notes: [], filesRequests: [{ fileRequestId: 'a' }], more: [{ fileRequestId: 'b' }] }, ['a']],
    [{ notes: [], some: [{ fileRequestId: 'a' }], more: [{ fileRequestId: 'b' }] }, ['a', 'b']],
    [{ filesRequests: [] }, []],
  ])('the history of %j has %j', (fields, ids) => {
    const answer = decode(JSON.stringify({ method: 'getFileTransferHistory', result: true, ...fields }));
    const files = answer.kind === 'history-answer' ? (answer.files ?? []) : [];
    expect(files.map(({ file }) => file.id)).toEqual(ids);
    expect(answer).toMatchObject({ problems: [] });
  });

  it('every event that is listed is documented', () => {
    for (const line of fixture('other-events.ndjson')) {
      const { event: name } = JSON.parse(line);
      const message = decode(JSON.stringify({ method: 'event', event: name, appState: 3 }));
      expect(message).not.toMatchObject({ isDocumented: false });
    }
  });

  it.each([
    ['getFileInfo', '"id":9007199254740993'],
    ['acceptFile', '"id":9007199254740993'],
  ] as const)('%s sends back the digits that came', (method, expected) => {
    const text = encodeRequest({ method, fileRequestId: '9007199254740993' }, '1');
    expect(text).toContain(expected);
    expect(JSON.parse(text)).toMatchObject({ method, requestId: '1' });
  });
});
