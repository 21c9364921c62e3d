import { TrueConfFilesError } from '../../errors.js';
import { EXIT } from '../../exit-codes.js';
import { answerRecord } from '../../output/answer-record.js';
import { formatBytes } from '../../output/format.js';
import { isoTime } from '../../output/record.js';
import { safeText } from '../../output/text.js';
import { nameOf, notOffered, offer, type Recipient } from '../../visit/offer.js';
import { openSource, type SourceFile } from '../../visit/source-file.js';
import { uploadFile } from '../../visit/upload-file.js';
import type { Host } from '../host.js';
import { type AtRoom, atRoom, type RoomOptions } from './at-room.js';
import { UploadProgress } from './upload-progress.js';

export interface SendOptions extends RoomOptions {
  /** A TrueConf ID. */
  readonly to?: string;
  readonly conference?: boolean;
}

/** Uploads a file to a Room, which then offers it. Gives the exit code. */
export async function send(path: string, options: SendOptions, host: Host): Promise<number> {
  const to = recipientOf(options);
  const file = await openSource(path);
  try {
    return await atRoom(undefined, options, host, async (at) => {
      const fileId = await upload(file, at, options, host);
      const offered = await offer(fileId, to, at);
      if ('refusal' in offered) {
        tell(at, null, fileId, offered.refusal);
        throw notOffered(file, fileId, to, at, offered.refusal);
      }
      const { id } = offered;
      tell(at, id, fileId, null);
      if (!at.printer.isJson) {
        const known = id === null ? 'the Room gave no id' : `id ${safeText(id)}`;
        const who = `to ${safeText(nameOf(to))}`;
        at.printer.line(['sent', safeText(file.name), formatBytes(file.size), who, known].join('  '));
      }
      return EXIT.done;
    });
  } finally {
    await file.handle.close();
  }
}

function recipientOf({ to, conference }: SendOptions): Recipient {
  if (to !== undefined && conference !== true && to !== '') return to;
  if (conference === true && to === undefined) return null;
  throw new TrueConfFilesError(
    'usage',
    to === '' ? 'The peer to send to is empty.' : 'A file goes either to a peer or to the conference.',
    'Give --to PEER (a TrueConf ID such as user@server) or --conference.',
  );
}

async function upload(file: SourceFile, at: AtRoom, options: SendOptions, host: Host): Promise<number> {
  const { label, printer } = at;
  const progress = new UploadProgress(file, label, printer, options, host);
  const debug = (text: string) => {
    if (options.debug) printer.err.write(`${isoTime(Date.now())} ${safeText(label)} ${safeText(text)}\n`);
  };
  try {
    return await uploadFile(file, at, {
      onStart: (url) => debug(`> POST ${url}?token=*** (${file.size} bytes, "${file.name}")`),
      onProgress: (bytes) => progress.tell(bytes),
      onAnswer: ({ status, fileId }) => debug(`< HTTP ${status}, FileId ${fileId ?? 'missing'}`),
    });
  } finally {
    progress.clear();
  }
}

function tell({ printer, label }: AtRoom, id: string | null, fileId: number, error: string | null): void {
  if (!printer.isJson) return;
  const fields = { action: 'send', id, fileId: String(fileId), error } as const;
  printer.record(answerRecord(fields, Date.now(), label));
}
