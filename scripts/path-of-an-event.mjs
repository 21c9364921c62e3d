// Which files one event enters, and how many functions it calls, on each of its ways through the unbundled program:
// `node scripts/path-of-an-event.mjs`, with `--files` to name the files. Relays are left out without a nats-server.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { spawn as spawnInTerminal } from '@lydell/node-pty';
import { build } from 'esbuild';
import { WebSocketServer } from 'ws';

/** @typedef {{ file: string, name: string, at: number, count: number }} Call */

const PROBE = fileURLToPath(new URL('coverage-probe.mjs', import.meta.url));
/** Inside the project, so that the program finds its packages. */
const CACHE = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));
const LOOK_MS = 40;
/** After so many looks that find nothing, an event is done with. */
const QUIET_LOOKS = 3;
const showsFiles = process.argv.includes('--files');

mkdirSync(CACHE, { recursive: true });
const folder = mkdtempSync(join(CACHE, 'path-of-an-event-'));
const source = `${pathToFileURL(join(folder, 'src')).href}/`;
/** @type {Set<() => void>} */
const endings = new Set();
try {
  const common = { bundle: false, format: 'esm', platform: 'node', target: 'node20', logLevel: 'warning' };
  await build({ ...common, entryPoints: ['src/**/*.ts'], outdir: join(folder, 'src') });
  await build({ ...common, entryPoints: ['bench/support/wire.ts'], outdir: join(folder, 'bench') });
  await measure(await import(pathToFileURL(join(folder, 'bench/wire.js')).href));
} finally {
  for (const end of endings) end();
  rmSync(folder, { recursive: true, force: true });
}

/** @param {typeof import('../bench/support/wire.js')} wire */
async function measure(wire) {
  const room = await openRoom(wire);
  report('status frame → record', await pathThrough(room, ['watch', room.url, '--json']));
  report('status frame → plain line', await pathThrough(room, ['watch', room.url]));
  report('status frame → table on the screen', await pathThrough(room, ['watch', room.url], true));
  if (spawnSync('nats-server', ['--version']).status === 0) {
    const [relay, watcher] = await pathThroughRelay(room);
    report('status frame → record out through the relay', relay);
    report('record in at a watcher → record', watcher);
  } else console.error('the relay is left out: nats-server is not installed');
  report('one error (`watch ws://127.0.0.1:1`)', await pathOfError(['watch', 'ws://127.0.0.1:1']));
}

/** @param {string} what @param {readonly Call[]} calls */
function report(what, calls) {
  const files = [...new Set(calls.map(({ file }) => file))].sort();
  const functions = new Set(calls.map(keyOf)).size;
  console.log(`${what.padEnd(44)} ${String(files.length).padStart(3)} files, ${functions} functions`);
  if (showsFiles) {
    for (const file of files) {
      const names = calls.filter((call) => call.file === file).map(({ name }) => name || '(anonymous)');
      console.log(`    ${file.replace(/\.js$/, '.ts')}: ${[...new Set(names)].join(', ')}`);
    }
  }
}

/** @param {Call} call */
function keyOf({ file, name, at }) {
  return `${file} ${at} ${name}`;
}

/** A Room on which one transfer is asked for and then begins. */
async function openRoom({ answerTo, eventText, BLAST, LAST_ASKED }) {
  let onListed = () => {};
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  endings.add(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on('connection', (client) => {
    client.on('message', (data) => {
      const { method, requestId } = JSON.parse(String(data));
      client.send(answerTo(method, requestId));
      if (method === LAST_ASKED) onListed();
    });
  });
  await once(server, 'listening');
  const plan = { ...BLAST, statuses: [1, 2], atOnce: 1 };
  const tell = (index) => {
    for (const client of server.clients) client.send(eventText(index, plan));
  };
  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    /** Resolves when a client asks for the last of what is there. */
    listed: () =>
      new Promise((resolve) => {
        onListed = () => resolve(undefined);
      }),
    ask: () => tell(0),
    begin: () => tell(1),
  };
}

/** The way of one event through one program, from the frame until there is nothing more to do. */
async function pathThrough(room, args, inTerminal = false) {
  const listed = room.listed();
  const program = await startProgram(args, inTerminal);
  await listed;
  await untilQuiet(program);
  room.ask();
  await program.said(/waiting/);
  await untilQuiet(program);
  room.begin();
  await program.said(/processing/);
  const calls = await untilQuiet(program);
  await program.end();
  return calls;
}

async function pathThroughRelay(room) {
  const child = spawn('nats-server', ['-js', '-sd', join(folder, 'nats'), '-a', '127.0.0.1', '-p', '-1']);
  const end = () => child.kill('SIGKILL');
  endings.add(end);
  const address = await firstMatch(child.stderr, /client connections on (\S+)/);
  const nats = `nats://${address}`;
  const listed = room.listed();
  const relay = await startProgram(['relay', room.url, '--to', nats]);
  await listed;
  const watcher = await startProgram(['watch', nats, '--json']);
  // The relay's own word of the Room: from then on records come.
  await watcher.said(/"availability"/);
  room.ask();
  await watcher.said(/waiting/);
  await Promise.all([relay, watcher].map(untilQuiet));
  room.begin();
  await watcher.said(/processing/);
  const calls = await Promise.all([relay, watcher].map(untilQuiet));
  await Promise.all([relay, watcher].map((program) => program.end()));
  end();
  return calls;
}

/** All that is called from the start of the program to its end, beyond what loading the same modules calls. */
async function pathOfError(args) {
  const calls = await runToEnd(args, {});
  const modules = [...new Set(calls.map(({ file }) => `${source}${file}`))];
  const loading = await runToEnd([], { COVERAGE_IMPORTS: JSON.stringify(modules) });
  const loaded = new Map(loading.map((call) => [keyOf(call), call.count]));
  return calls.filter((call) => call.count > (loaded.get(keyOf(call)) ?? 0));
}

async function runToEnd(args, env) {
  const file = join(folder, 'calls.json');
  const child = spawn(process.execPath, [PROBE, ...args], {
    env: { ...process.env, COVERAGE_SOURCE: source, COVERAGE_FILE: file, ...env },
    stdio: 'ignore',
  });
  await once(child, 'exit');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What was called until a look finds nothing new. @returns {Promise<Call[]>} */
async function untilQuiet(program) {
  const calls = new Map();
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const fresh = await program.take();
    for (const call of fresh) calls.set(keyOf(call), call);
    quiet = fresh.length === 0 ? quiet + 1 : 0;
    await delay(LOOK_MS);
  }
  return [...calls.values()];
}

/** The program with a probe that can be asked what was called since it was last asked. */
async function startProgram(args, inTerminal = false) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const env = { ...process.env, COVERAGE_SOURCE: source, COVERAGE_PORT: String(server.address().port) };
  const output = watchOutput();
  const program = inTerminal ? inPseudoTerminal(args, env, output) : inPipe(args, env, output);
  endings.add(program.kill);
  const early = program.ended.then((said) => {
    throw new Error(`${args.join(' ')} ended too early: ${said}`);
  });
  early.catch(() => {});
  const [control] = await once(server, 'connection');
  server.close();
  const answers = createInterface({ input: control })[Symbol.asyncIterator]();
  return {
    said: (pattern) => Promise.race([output.until(pattern), early]),
    /** @returns {Promise<Call[]>} */
    take: async () => {
      control.write('take\n');
      return JSON.parse((await answers.next()).value);
    },
    end: async () => {
      program.kill();
      await program.ended;
      control.destroy();
    },
  };
}

function inPipe(args, env, output) {
  const child = spawn(process.execPath, [PROBE, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8').on('data', output.add);
  let notes = '';
  child.stderr.on('data', (chunk) => {
    notes += chunk;
  });
  return { kill: () => child.kill('SIGTERM'), ended: once(child, 'close').then(() => notes) };
}

function inPseudoTerminal(args, env, output) {
  const terminal = spawnInTerminal(process.execPath, [PROBE, ...args], {
    cols: 120,
    rows: 40,
    env: { ...env, TERM: 'xterm-256color' },
  });
  terminal.onData(output.add);
  const ended = new Promise((resolve) => terminal.onExit(() => resolve('on a terminal')));
  return { kill: () => terminal.kill('SIGTERM'), ended };
}

/** Output since the last thing that was waited for. */
function watchOutput() {
  let text = '';
  let look = () => {};
  return {
    add: (chunk) => {
      text += chunk;
      look();
    },
    until: (pattern) =>
      new Promise((resolve) => {
        look = () => {
          if (!pattern.test(text)) return;
          text = '';
          look = () => {};
          resolve(undefined);
        };
        look();
      }),
  };
}

async function firstMatch(input, pattern) {
  for await (const line of createInterface({ input })) {
    const [, found] = pattern.exec(line) ?? [];
    if (found !== undefined) return found;
  }
  throw new Error(`nothing matched ${pattern}`);
}
