import { describe, expect, it } from 'vitest';
import { decode } from '../../src/protocol/decode.js';
import { quote } from '../../src/protocol/fields.js';
import { parseExact } from '../../src/protocol/json.js';
import { countedName } from '../../src/protocol/other-events.js';

/** What is read of a documented event with these fields, and what is said to be wrong with it. */
function read(fields: object): { readonly file: unknown; readonly problems: readonly string[] } {
  const message = decode(JSON.stringify({ event: 'fileStatus', id: 'a', status: 1, ...fields }));
  if (message.kind !== 'status') throw new Error(`it is ${JSON.stringify(message)}`);
  return { file: message.file, problems: message.problems };
}

it.each<[value: unknown, quoted: string]>([
  ['a "b"', '"a \\"b\\""'],
  ['x'.repeat(50), JSON.stringify('x'.repeat(40))],
  [[1], 'an array'],
  [{ a: 1 }, 'an object'],
  [null, 'null'],
  [undefined, 'missing'],
  [1.5, '1.5'],
  [true, 'true'],
])('%j is quoted as %s', (value, quoted) => {
  expect(quote(value)).toBe(quoted);
});

describe('a field of a message', () => {
  it.each<[field: string, value: unknown, as: string, read: unknown, problems: readonly string[]]>([
    ['fileName', 7, 'name', null, ['fileName is 7, expected a string']],
    ['fileName', null, 'name', null, []],
    ['peerDn', null, 'peer', null, []],
    ['fileId', 'x'.repeat(1_024), 'fileId', 'x'.repeat(1_024), []],
    [
      ...(['fileId', 'x'.repeat(1_025), 'fileId', null] as const),
      [`fileId is "${'x'.repeat(40)}", expected an id of at most 1024 characters`],
    ],
    ['fileSize', null, 'size', null, []],
    ['fileSize', '', 'size', null, []],
    ['fileSize', 0, 'size', 0, []],
    ['fileSize', '12', 'size', 12, []],
    ['fileSize', '1.5', 'size', null, ['fileSize is 1.5, expected a number of bytes']],
    ['timestamp', '1659286530.5', 'createdAt', 1_659_286_530_500, []],
    ['fileSize', 'a12', 'size', null, ['fileSize is "a12", expected a number']],
    ['fileSize', '12 B', 'size', null, ['fileSize is "12 B", expected a number']],
    ['fileSize', '1'.repeat(17), 'size', null, [`fileSize is "${'1'.repeat(17)}", expected a number`]],
    ['fileSize', true, 'size', null, ['fileSize is true, expected a number']],
    ['fileSize', [12], 'size', null, ['fileSize is an array, expected a number']],
    ['fileSize', -1, 'size', null, ['fileSize is -1, expected a number of bytes']],
    ['fileSize', 9_007_199_254_740_991, 'size', 9_007_199_254_740_991, []],
    ['fileSize', 1e16, 'size', null, ['fileSize is "10000000000000000", expected a number']],
    [
      ...(['fileSize', '9007199254740993', 'size', null] as const),
      ['fileSize is 9007199254740992, expected a number of bytes'],
    ],
    ['timestamp', 253_402_300_799_999, 'createdAt', 253_402_300_799_999, []],
    [
      ...(['timestamp', -1, 'createdAt', null] as const),
      ['timestamp is -1, expected a time in seconds or milliseconds'],
    ],
    ['directionType', 2, 'direction', 'unknown', ['directionType is 2, expected 0 or 1']],
    ['directionType', null, 'direction', 'unknown', []],
  ])('%s of %j', (field, value, as, expected, problems) => {
    const { file, problems: said } = read({ [field]: value });
    expect(file).toHaveProperty(as, expected);
    expect(said).toEqual(problems);
  });

  it('says eight things that are wrong at most', () => {
    const fields = [
      'fileName',
      'name',
      'fileSize',
      'size',
      'totalSize',
      'peerId',
      'peerDn',
      'peerDisplayName',
    ];
    const wrong = (names: readonly string[]) => read(Object.fromEntries(names.map((name) => [name, {}])));
    expect(wrong(fields).problems).toHaveLength(8);
    expect(wrong([...fields, 'confId', 'fileId']).problems).toHaveLength(8);
  });
});

describe('other events', () => {
  it.each<[fields: object, message: object]>([
    [
      { event: 'fileTransferFileDeleted', file: 77 },
      { kind: 'file-deleted', fileId: '77', problems: [] },
    ],
    [
      { event: 'fileTransferFileDeleted' },
      { reason: expect.stringMatching(/file is missing, expected an id$/) },
    ],
    [
      { event: 'fileTransferAvailable', available: 2 },
      { kind: 'availability', code: 2, problems: [] },
    ],
    [
      { event: 'fileTransferAvailabilityChanged' },
      { reason: expect.stringMatching(/availability is missing, expected a number from 0 to 3$/) },
    ],
    [
      { event: 'authorizationNeeded', cause: 'x' },
      {
        cause: 0,
        problems: ['cause is "x", expected a number', 'cause is "x", expected a number from 1 to 8'],
      },
    ],
    [
      { event: 'authorizationNeeded', cause: 2 },
      { cause: 2, problems: [] },
    ],
    [{ event: 'fileStatus', status: 1 }, { reason: 'event "fileStatus": fileRequestId is missing' }],
    [
      { event: 'fileStatus', id: {}, status: 1 },
      { reason: 'event "fileStatus": id is an object, expected a string' },
    ],
    [{ event: 'somethingNew' }, { kind: 'other-event', isDocumented: false, problems: [] }],
    [
      { method: 'answer', event: 'appStateChanged' },
      { kind: 'other-answer', method: 'answer' },
    ],
    [
      { method: 7, event: 'appStateChanged' },
      { kind: 'unreadable', code: 'unknown-message' },
    ],
    [
      { event: 'fileDeletedFromFileTransferHistory', id: 'a', removedFromDisk: null },
      { removedFromDisk: null, problems: [] },
    ],
    [
      { event: 'fileDeletedFromFileTransferHistory', id: 'a' },
      { removedFromDisk: null, problems: [] },
    ],
    [
      { event: 'fileDeletedFromFileTransferHistory', id: 'a', removedFromDisk: 2 },
      { removedFromDisk: null, problems: ['removedFromDisk is 2, expected true or false'] },
    ],
    ...[0, 100].map((percent): [object, object] => [
      { event: 'fileUploadingProgress', id: 'a', processedPercents: percent },
      { percent, problems: [] },
    ]),
    [
      { event: 'fileUploadingProgress', id: 'a', processedPercents: -1 },
      { percent: 0, problems: ['processedPercents is -1, expected a number from 0 to 100'] },
    ],
    [
      { event: 'fileUploadingProgress', id: 'a', processedSize: 5 },
      { percent: null, bytes: 5 },
    ],
    [
      { event: 'fileUploadingProgress', id: 'a', processedSize: 300, totalSize: 200 },
      { percent: 100, bytes: 300 },
    ],
  ])('%j', (fields, message) => {
    expect(decode(JSON.stringify(fields))).toMatchObject(message);
  });

  it.each([
    [{ event: 'fileStatus', id: 'a', status: 1 }, 'fileStatus'],
    [{ event: 'slideAdded' }, 'slideAdded'],
    [{ event: 'chosen-by-a-stranger' }, 'other'],
  ])('%j is counted as %s', (fields, name) => {
    const message = decode(JSON.stringify(fields));
    if (!('event' in message)) throw new Error('not an event');
    expect(countedName(message)).toBe(name);
  });
});

describe('answers', () => {
  const answer = (method: string, fields: object) => decode(JSON.stringify({ method, ...fields }));
  const OK = { requestId: '1', result: true };

  it.each<[what: string, method: string, fields: object, read: object]>([
    ['an id that is a number', 'getAppState', { requestId: 7, result: true }, { requestId: '7' }],
    ['no id', 'getAppState', { requestId: {}, result: true }, { requestId: '' }],
    ['a request before 4.1', 'getFileInfo', { ...OK, id: 5, status: 1 }, { file: { file: { id: '5' } } }],
    ['a request that is not known', 'getFileInfo', { result: false }, { kind: 'info-answer', file: null }],
    [
      'a request without its id',
      'getFileRequestInfo',
      { ...OK, status: 1 },
      { file: null, problems: ['fileRequestId is missing, expected an id'] },
    ],
    [
      'a request without a status',
      'getFileRequestInfo',
      { ...OK, fileRequestId: 'a' },
      { file: null, problems: ['status is missing, expected a number'] },
    ],
    ['a file sent to a conference', 'sendFileToConference', { ...OK, sentFileRequestId: 'a' }, sentAs('a')],
    ['a file sent before 4.1', 'sendConferenceFile', { ...OK, sentFileRequestId: 'b' }, sentAs('b')],
    ['an empty token', 'getTokenForHttpServer', { ...OK, token: '' }, { token: null, problems: [] }],
    ['no token', 'getTokenForHttpServer', OK, { kind: 'token-answer', token: null, problems: [] }],
    ['a token of null', 'getTokenForHttpServer', { ...OK, token: null }, { token: null, problems: [] }],
    [
      'a token that is none, of which nothing is quoted',
      'getTokenForHttpServer',
      { ...OK, token: 4711 },
      { token: null, problems: ['token is "***", expected a string'] },
    ],
    [
      'a list that is none',
      'getFileUploads',
      { ...OK, files: 'none' },
      { files: null, problems: ['files is "none", expected an array'] },
    ],
    ['a refused list', 'getFileUploads', { result: false }, { files: null, problems: [] }],
    [
      'a list with rows that are none',
      'getFileUploads',
      { ...OK, files: ['x', { id: 'a', status: 1 }] },
      { files: [{ file: { id: 'a' } }], problems: ['a listed file is "x", expected an object'] },
    ],
    ['a refused history', 'getFileTransferHistory', { result: false }, { files: null, problems: [] }],
    [
      'a history of nothing but what has no id',
      'getFileTransferHistory',
      { ...OK, tags: ['x'], more: [] },
      {
        files: null,
        problems: ['filesRequests is missing, expected an array of objects with a fileRequestId'],
      },
    ],
    [
      'a history with a row without an id',
      'getFileTransferHistory',
      { ...OK, filesRequests: [null, { status: 1 }, { fileRequestId: 'a', status: 3, directionType: 1 }] },
      { files: [{ file: { id: 'a', direction: 'outbound' }, statusCode: 3 }] },
    ],
    ['a refused list of files', 'getFileList', { result: false }, { files: null, problems: [] }],
    [
      'a list of files that is none',
      'getFileList',
      OK,
      { files: null, problems: ['fileList is missing, expected an array'] },
    ],
    [
      'a list of files with a row without an id',
      'getFileList',
      { ...OK, fileList: [{ fileName: 'x' }, 5, { fileId: 7, fileName: '' }] },
      {
        files: [{ fileId: '7', name: '' }],
        problems: [
          'a row of fileList is an object, expected an object with a fileId',
          'a row of fileList is 5, expected an object with a fileId',
        ],
      },
    ],
    ...[true, false, 'yes', undefined].map((value): [string, string, object, object] => [
      `a setting of ${value}`,
      'getSettings',
      { ...OK, settings: [null, { name: 'a', value: 1 }, { name: 'changeUserAuthPinAfterConf', value }] },
      { kind: 'settings-answer', changesPinAfterConference: typeof value === 'boolean' ? value : null },
    ]),
    ['no settings', 'getSettings', OK, { kind: 'settings-answer', changesPinAfterConference: null }],
    ['other settings', 'getSettings', { ...OK, settings: [] }, { changesPinAfterConference: null }],
    ['any other answer', 'getNews', OK, { kind: 'other-answer', result: true, error: null, problems: [] }],
  ])('%s', (_, method, fields, expected) => {
    const message = answer(method, fields);
    expect(message).toMatchObject(expected);
    // Only what was reported is to be wrong.
    if ('files' in expected && !('problems' in expected)) expect(message).toMatchObject({ problems: [] });
  });

  it('a token of the HTTP server is read', () => {
    const message = answer('getTokenForHttpServer', { ...OK, token: 't' });
    expect(message.kind === 'token-answer' && message.token?.reveal()).toBe('t');
  });
});

function sentAs(id: string): object {
  return { kind: 'sent-answer', sentFileRequestId: id, problems: [] };
}

describe('exact numbers', () => {
  it.each<[text: string, value: unknown]>([
    ['\ufeff1', 1],
    ['"\ufeff"\0\0', '\ufeff'],
    ['1\0', 1],
    ['[9007199254740993, 1.5, 7, "9007199254740993"]', ['9007199254740993', 1.5, 7, '9007199254740993']],
    ['[-9007199254740993, 1e3]', ['-9007199254740993', 1_000]],
    ['[1e21, "x\\"1e21"]', ['1e21', 'x"1e21']],
    ['[9007199254740991, -9007199254740991]', [9_007_199_254_740_991, -9_007_199_254_740_991]],
    [
      '{"a": {"b": 9007199254740993}, "c": "9007199254740993"}',
      { a: { b: '9007199254740993' }, c: '9007199254740993' },
    ],
  ])('%j', (text, value) => {
    expect(parseExact(text)).toEqual(value);
  });

  it('are exact however deep they stand', () => {
    const text = (levels: number) => `${'['.repeat(levels)}9007199254740993${']'.repeat(levels)}`;
    for (const levels of [1, 99, 100, 101, 200]) {
      expect(JSON.stringify(parseExact(text(levels))), String(levels)).toContain('"9007199254740993"');
    }
  });

  it.each(['\0 1', '1 \ufeff', '1\0x'])('%j is not JSON', (text) => {
    expect(() => parseExact(text)).toThrow(SyntaxError);
  });
});
