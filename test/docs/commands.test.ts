import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as help from '../../src/commands/help.js';
import { RoomSimulator } from '../../src/simulator/index.js';
import { hasNatsServer, NatsServer } from '../support/nats-server.js';
import { writeLastNight } from '../support/nights.js';
import { PLAIN_ENV } from '../support/program.js';

const PAGES = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

/** Needs what a test should not touch or has not: each with the reason. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^(?:npm|npx) /, 'other tests install and build'],
  [/tls:\/\/nats\.example/, 'the tests of signing in to NATS use TLS'],
  [/nats:\/\/10\.0\.1\.1,/, 'the tests of clusters start three servers'],
  [/^nats-server /, 'the test starts one of its own'],
  [/^some-websocket-client/, 'stands for any client'],
  [/^nats /, 'the tool of NATS is not needed'],
  [/\bssh backup/, 'stands for any other machine'],
  [/^man /, 'the test of the package reads the man page'],
  [/^trueconf-files (?:rm|clear) (?!.*--yes)/, 'asks on a terminal, as the tests of deleting have it'],
  [/^(?:docker|podman|systemctl|sudo|git|curl|openssl) /, 'not of this program'],
  [
    /completion (?:install )?(?:zsh|fish|powershell)|pwsh|PowerShell/,
    'the tests of completion run each shell',
  ],
];

/** One command line of a page or of the help, continuation lines joined. */
interface Line {
  readonly where: string;
  readonly text: string;
}

const helpTexts = Object.values(help).filter((part) => typeof part !== 'function');
const lines = [...PAGES.flatMap(linesOfPage), ...helpTexts.flatMap(linesOfHelp)];
const unique = [...new Map(lines.map((line) => [line.text, line])).values()];
const run = unique.filter(({ text }) => !NOT_RUN.some(([pattern]) => pattern.test(text)));

let folder: string;
/** Each takes the seat of the one before: what a relay holds is another Room than the one that commands sign in to. */
let room: RoomSimulator;
let relayed: RoomSimulator;
let nats: NatsServer | null = null;
let relay: Running | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trueconf-files-docs-'));
  mkdirSync(join(folder, 'bin'));
  const launcher = `#!/bin/sh\nexec "${process.execPath}" "${resolve('bin/trueconf-files.js')}" "$@"\n`;
  writeFileSync(join(folder, 'bin/trueconf-files'), launcher, { mode: 0o755 });
  // Writes each result at once, as jq does in a terminal.
  const jq = `#!/bin/sh\nPATH="${PLAIN_ENV['PATH']}"\nexec jq --unbuffered "$@"\n`;
  writeFileSync(join(folder, 'bin/jq'), jq, { mode: 0o755 });
  room = await RoomSimulator.start({ transferMs: 50 });
  relayed = await RoomSimulator.start({ transferMs: 50 });
  prepare();
  if (hasNatsServer) {
    nats = await NatsServer.start();
    relay = start(`trueconf-files relay ${hostOf(relayed)} --to ${nats.url} --allow-commands --json`);
    await relay.said(/"state":"connected"/);
  }
});

afterAll(async () => {
  await relay?.stop();
  await nats?.close();
  await room.close();
  await relayed.close();
  rmSync(folder, { recursive: true });
});

describe('each command of the pages and of the help', () => {
  it('is found', () => {
    expect(run.length).toBeGreaterThan(40);
  });

  it('asks for the type of record that it is about, where it reads records of a Room', () => {
    const recipes = lines.filter(({ text }) =>
      /trueconf-files (?!doctor|simulate|schema).*--json.*\bjq\b/.test(text),
    );
    expect(recipes.filter(({ text }) => !/\.type == "|\bjq \.$/.test(text))).toEqual([]);
    expect(recipes.length).toBeGreaterThan(10);
  });

  it.for(run)('$where: $text', async ({ text }, { skip }) => {
    if (text.includes('nats://') && nats === null) skip('nats-server is not installed');
    prepare();
    const running = start(onThisMachine(text));
    if (!endsByItself(text)) {
      await running.said(/./);
      await running.stop();
    }
    const { code, stderr, text: all } = await running.ended;
    expect({ code, stderr }, all).toMatchObject({
      code: endsByItself(text) ? 0 : expect.toBeOneOf([0, 130, 143]),
    });
    expect(stderr).not.toMatch(/unknown option|unknown command|a fault of the program|Usage|wrong usage/);
  });
});

/** What the pages speak of: a request that waits, files to send, a recording. */
function prepare(): void {
  for (const name of readdirSync(folder)) if (name !== 'bin') rmSync(join(folder, name), { recursive: true });
  const entry = '{"method":"event","event":"fileTransferAvailabilityChanged","availability":3}\n';
  for (const name of ['meeting.ndjson', 'messages.ndjson', 'frames.log'])
    writeFileSync(join(folder, name), entry);
  const at = '2022-07-31T16:17:02.000Z';
  const first = JSON.stringify({ type: 'recording', v: 1, time: at, rooms: ['lobby'] });
  const received = JSON.stringify({ at, room: 'lobby', kind: 'received', text: entry.trim() });
  const recording = `${first}\n${received}\n`;
  for (const name of ['room.ndjson', 'shared.ndjson']) writeFileSync(join(folder, name), recording);
  for (const name of ['room.ndjson.gz', 'old.ndjson.gz'])
    writeFileSync(join(folder, name), gzipSync(recording));
  writeLastNight(join(folder, 'rec'), Date.now());
  for (const name of ['plan.docx', 'slides.pptx']) writeFileSync(join(folder, name), 'content');
  writeFileSync(join(folder, 'rooms.txt'), `${hostOf(room)}\n`);
  const rooms = { lobby: { address: hostOf(room), tags: ['floor2'] } };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ rooms }), { mode: 0o600 });
  for (const one of [room, relayed]) {
    for (const { id } of one.transfers) one.delete(id);
    one.receive({ id: WAITING_ID, peerId: 'ann@example.com' });
    one.setStatus(one.receive({ id: COMPLETE_ID }).id, 3);
    one.setStatus(one.receive().id, 0);
  }
}

/** The line with the hosts, ports, ids and new files of the pages replaced by those that are there. */
function onThisMachine(text: string): string {
  return text
    .replace(/(?<=conform 10\.0\.0\.5\b)(?!.*--listen)/, ' --listen 200ms')
    .replaceAll('nats://10.0.0.9/10.0.0.5', `${nats?.url}/${hostOf(relayed)}`)
    .replaceAll('nats://10.0.0.9', nats?.url ?? '')
    .replaceAll('ws://10.0.0.5:8765', room.webSocketUrl)
    .replaceAll(/10\.0\.0\.[56]|127\.0\.0\.1:8080/g, hostOf(room))
    .replaceAll(/--port \d+/g, '--port 0')
    .replaceAll(/--listen \S+/g, '--listen 200ms')
    .replaceAll(/--metrics \S+/g, '--metrics 127.0.0.1:0')
    .replaceAll('--record room.ndjson', '--record new.ndjson')
    .replaceAll('-o shared.ndjson', '-o new.ndjson')
    .replaceAll('260618251', String(room.transfers.find(({ id }) => id === COMPLETE_ID)?.fileId))
    .replaceAll(/"\$(?:ID|id)"|(?<=--id )ID\b/g, COMPLETE_ID);
}

const hostOf = ({ url }: RoomSimulator): string => new URL(url).host;

/** Whether the command ends without being stopped. */
function endsByItself(text: string): boolean {
  if (/--(?:once|count|until|timeout|help)\b|\$\(trueconf-files (?!watch|relay|simulate)/.test(text))
    return true;
  return !/trueconf-files (?:watch|relay|simulate)\b/.test(text);
}

interface Running {
  /** Resolves once stdout and stderr together match. */
  said(pattern: RegExp): Promise<void>;
  /** Ctrl-C, as a terminal sends it: to all of the line. */
  stop(): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string; readonly text: string }>;
}

function start(text: string): Running {
  // A home of its own: `completion install` writes there.
  const env = {
    ...PLAIN_ENV,
    HOME: join(folder, 'bin'),
    TRUECONF_FILES_CONFIG: join(folder, 'config.json'),
    SHELL: '/bin/bash',
    PATH: `${join(folder, 'bin')}:${PLAIN_ENV['PATH']}`,
  };
  const child = spawn('bash', ['-o', 'pipefail', '-c', text], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let all = '';
  let stderr = '';
  let look = () => {};
  child.stdout.on('data', (data) => {
    all += data;
    look();
  });
  child.stderr.on('data', (data) => {
    all += data;
    stderr += data;
    look();
  });
  const ended = new Promise<{ code: number | null; stderr: string; text: string }>((done) => {
    child.once('close', (code, signal) => {
      // Where Ctrl-C ended the last of a line, the shell ends by the same signal.
      done({ code: signal === 'SIGINT' ? 130 : code, stderr, text: all });
      look();
    });
  });
  return {
    ended,
    said: (pattern) =>
      new Promise((done) => {
        look = () => {
          if (pattern.test(all) || child.exitCode !== null) done();
        };
        look();
      }),
    stop: async () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
      await ended;
    },
  };
}

/** The command lines of the `sh` blocks of a page. */
function linesOfPage(page: string): readonly Line[] {
  const blocks = readFileSync(page, 'utf8').matchAll(/^```(\w*)\n(.*?)^```$/gms);
  return [...blocks]
    .filter(([, language]) => language === 'sh')
    .flatMap(([, , block = '']) => linesOf(page, block));
}

/** Lines of help that are commands: those set in under "Examples", without what is said of them. */
function linesOfHelp(part: string | Readonly<Record<string, string>>): readonly Line[] {
  if (typeof part !== 'string') return Object.values(part).flatMap(linesOfHelp);
  const text = part.replaceAll(/(?<=\S) {2,}[A-Za-z].*$/gm, '');
  const examples = text.split('\n').filter((line) => /^ {2,}(?:trueconf-files|\||source|zcat)/.test(line));
  return linesOf('help', examples.map((line) => line.trim()).join('\n'));
}

function linesOf(where: string, block: string): readonly Line[] {
  return block
    .replaceAll(/ *\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s+)# .*$/, '').trim())
    .filter((line) => line !== '')
    .map((text) => ({ where, text }));
}

const WAITING_ID = '6c0e20a7-3c79-470d-869b-7c8287587620';
const COMPLETE_ID = '0f8f8a63-6d2b-4c3a-9a06-6a1c0a7b7a11';
