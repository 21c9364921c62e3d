import { expect, it } from 'vitest';
import { encodeRequest, isNumericId, type Request } from '../../src/protocol/requests.js';
import { Secret } from '../../src/protocol/secrets.js';

it.each<[request: Request, frame: object]>([
  [
    { method: 'auth', credentials: new Secret('4711'), role: 'admin' },
    { method: 'auth', requestId: '9', type: 'secured', credentials: '4711', role: 'admin' },
  ],
  [
    { method: 'auth', credentials: null, role: null },
    { method: 'auth', requestId: '9', type: 'unsecured' },
  ],
  [{ method: 'getAppState' }, { method: 'getAppState', requestId: '9' }],
  [
    { method: 'acceptIncomingFileRequest', fileRequestId: '12' },
    { method: 'acceptIncomingFileRequest', requestId: '9', fileRequestId: '12' },
  ],
  [
    { method: 'acceptFile', fileRequestId: '12' },
    { method: 'acceptFile', requestId: '9', id: 12 },
  ],
  [
    { method: 'getFileInfo', fileRequestId: 'a"b' },
    { method: 'getFileInfo', requestId: '9', id: 'a"b' },
  ],
  [
    { method: 'clearFileTransferHistory', deleteFilesFromDisk: true },
    { method: 'clearFileTransferHistory', requestId: '9', deleteFilesFromDisk: true },
  ],
  [
    { method: 'sendFile', fileId: '77', callId: 'a@b' },
    { method: 'sendFile', requestId: '9', callId: 'a@b', fileId: 77 },
  ],
  [
    { method: 'sendFileToConference', fileId: 'x' },
    { method: 'sendFileToConference', requestId: '9', fileId: 'x' },
  ],
  [
    { method: 'sendConferenceFile', fileId: '1' },
    { method: 'sendConferenceFile', requestId: '9', fileId: 1 },
  ],
  [
    { method: 'deleteFileTransferFile', fileId: '0' },
    { method: 'deleteFileTransferFile', requestId: '9', fileId: 0 },
  ],
])('%j', (request, frame) => {
  expect(JSON.parse(encodeRequest(request, '9'))).toEqual(frame);
});

it.each([
  ['0', true],
  ['12', true],
  ['9'.repeat(20), true],
  ['9'.repeat(21), false],
  ['', false],
  ['012', false],
  ['-1', false],
  ['1a', false],
  ['a1', false],
  ['1.5', false],
])('%j can be the number of a file: %s', (id, isNumeric) => {
  expect(isNumericId(id)).toBe(isNumeric);
});
