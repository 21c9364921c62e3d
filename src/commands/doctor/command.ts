import { type Command, Option } from 'commander';
import { parseDuration } from '../parsers.js';
import type { Context } from '../program.js';
import { addConnecting, addOutput, ROOM_HELP } from '../shared-options.js';
import type { DoctorOptions } from './doctor.js';

export function addDoctor(program: Command, context: Context): void {
  const command = program
    .command('doctor')
    .description('check, step by step, that a Room can be reached and watched, and say what to do')
    .argument('[room]', ROOM_HELP);
  addConnecting(command)
    .option('--demo', 'check a simulated Room; the same as the address "demo"')
    .option('--no-sign-in', 'check only what needs no seat of the Room')
    .addOption(
      new Option('--step-timeout <duration>', 'longest wait of each step')
        .argParser(parseDuration)
        .default(STEP_MS, '10s'),
    );
  addOutput(command)
    .addHelpText('after', HELP)
    .action(async (room: string | undefined, options: DoctorOptions) => {
      const { doctor } = await import('./doctor.js');
      context.exitCode = await doctor(room, options, context.host);
    });
}

const STEP_MS = 10_000;

const HELP = `
Examples:
  trueconf-files doctor 10.0.0.5
  trueconf-files doctor 10.0.0.5 --no-sign-in
  trueconf-files doctor 10.0.0.5 --json | jq 'select(.ok == false)'

Signing in takes the seat of whoever holds it (--role), for as long as the check
lasts; --no-sign-in leaves the seats alone.`;
