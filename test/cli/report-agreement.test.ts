import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { Monitor } from '../../src/monitor/monitor.js';
import { readEntry } from '../../src/recording/format.js';
import { Publications } from '../../src/relay/publisher.js';
import { ensureStream } from '../../src/relay/stream.js';
import { useRooms } from '../simulator/rooms.js';
import { useFolder } from '../support/folder.js';
import { hasNatsServer, useNatsServers } from '../support/nats-server.js';
import { EVENING, NIGHT } from '../support/nights.js';
import { usePrograms } from '../support/program.js';

const { run } = usePrograms();
const { room: startRoom } = useRooms();
const { natsServer } = useNatsServers();
const { newPath } = useFolder();

const FORMS = [['--csv'], ['--json'], ['--json', '--by', 'day,status'], []];

/** A report in each form, of the same source. */
async function reports(source: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const form of FORMS) {
    const program = run(['report', source, ...form], { env: { TZ: 'Europe/Moscow' } });
    expect(await program.ended, program.report).toBe(0);
    expect(program.stderr.text).toBe('');
    texts.push(program.stdout.text);
  }
  return texts;
}

async function replayed(path: string): Promise<string> {
  const program = run(['replay', path, '--json']);
  expect(await program.ended, program.report).toBe(0);
  const records = newPath('records.ndjson');
  writeFileSync(records, program.stdout.text);
  return records;
}

/** Records a busy Room, whose names are made to break what shows them. */
async function recorded(): Promise<string> {
  const path = newPath('demo.ndjson');
  const { url } = await startRoom({ rate: 100, seed: 5 });
  const program = run(['watch', url, '--json', '--count', '80', '--record', path]);
  expect(await program.ended, program.report).toBe(0);
  return path;
}

/** Has a stream hold what a relay would have published of the same entries. */
async function publish(url: string, path: string): Promise<void> {
  const connection = await connect({ servers: url.replace('nats://', '') });
  try {
    const day = 24 * 3_600_000;
    const limits = { name: 'TCFILES', maxAgeMs: 30 * day, maxBytes: 2 ** 26, replicas: [1] };
    await ensureStream(await jetstreamManager(connection), limits);
    const js = jetstream(connection);
    const rooms = new Map<string, { readonly monitor: Monitor; readonly publications: Publications }>();
    for (const line of readFileSync(path, 'utf8').trimEnd().split('\n').slice(1)) {
      const parsed = readEntry(line);
      if (!('entry' in parsed)) throw new Error(`${line} ${parsed.fault}`);
      const { entry, room } = parsed;
      const made = rooms.get(room) ?? { monitor: new Monitor(), publications: new Publications(room) };
      rooms.set(room, made);
      for (const notice of made.monitor.feed(entry)) {
        const publication = made.publications.of(notice);
        if (publication?.kind !== 'stored') continue;
        const { subject, messageId, body } = publication.item;
        await js.publish(subject, body, { msgID: messageId });
      }
    }
  } finally {
    await connection.close();
  }
}

describe('a recording, the records of its replay, and the stream of a relay', () => {
  it.each(['a night', 'a busy Room'])('give the same reports of %s, byte for byte', async (what) => {
    const file = what === 'a night' ? EVENING : await recorded();
    const expected = await reports(file);
    expect(expected.every((text) => text.length > 500)).toBe(true);
    expect(await reports(await replayed(file))).toEqual(expected);
    if (!hasNatsServer) return;
    const nats = await natsServer();
    await publish(nats.url, file);
    expect(await reports(nats.url)).toEqual(expected);
  });

  it('give the same of several files as of their replay as one', async () => {
    expect(await reports(await replayed(NIGHT))).toEqual(await reports(NIGHT));
  });
});

it.skipIf(!hasNatsServer)('a stream is read of one Room alone; one that is missing is said so', async () => {
  const nats = await natsServer();
  const missing = run(['report', nats.url]);
  expect(await missing.ended, missing.report).toBe(3);
  expect(missing.stderr.text).toContain('there is no stream "TCFILES"');
  await publish(nats.url, EVENING);
  const one = run(['report', `${nats.url}/10.0.0.6`, '--json']);
  expect(await one.ended, one.report).toBe(0);
  expect(new Set(one.records.map(({ room }) => room))).toEqual(new Set(['10.0.0.6']));
  expect(one.records).toHaveLength(5);
});

const hasOffice = spawnSync('soffice', ['--version']).status === 0;
if (!hasOffice) console.warn('LibreOffice is not installed: what it makes of a CSV is not tested');

it.skipIf(!hasOffice)(
  'LibreOffice shows a CSV with every name, and computes nothing',
  { timeout: 120_000 },
  async () => {
    const path = newPath('night.csv');
    const program = run(['report', NIGHT, '--csv', '--bom', '--utc']);
    expect(await program.ended, program.report).toBe(0);
    writeFileSync(path, program.stdout.text);
    const folder = dirname(path);
    const args = [
      '--headless',
      `-env:UserInstallation=file://${newPath('office')}`,
      '--infilter=CSV:44,34,76',
      '--convert-to',
      'fods',
    ];
    const office = spawnSync('soffice', [...args, '--outdir', folder, path], { encoding: 'utf8' });
    expect(office.status, office.stderr).toBe(0);
    const sheet = readFileSync(path.replace(/csv$/, 'fods'), 'utf8');
    expect(sheet).not.toContain('table:formula');
    const cells = [...sheet.matchAll(/<text:p>([^<]*)<\/text:p>/g)].map(([, text]) => text);
    for (const name of [
      'Протокол.pdf',
      '設計図.iso',
      '陳 偉',
      '&apos;=cmd|&apos; /C calc&apos;!A0.xlsx',
      'Dora &quot;D&quot; Lang, Berlin',
      'tab\\x09and\\x0aline.csv',
    ]) {
      expect(cells).toContain(name);
    }
    // Times are times.
    expect(sheet).toContain('office:date-value="2026-11-24T20:16:10"');
  },
);
