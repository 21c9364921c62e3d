import type { Command } from 'commander';
import type { Response } from '../../room/respond.js';
import { addNatsOptions } from '../nats-options.js';
import type { Context } from '../program.js';
import { addConnecting, addFilters, addOutput, ROOM_HELP } from '../shared-options.js';
import type { AnswerOptions } from './answer.js';
import type { RoomOptions } from './at-room.js';
import type { ListOptions } from './list.js';
import type { SendOptions } from './send.js';

/** The commands that ask a Room for something, and are done. */
export function addRoomCommands(program: Command, context: Context): void {
  addList(program, context);
  addInfo(program, context);
  addHistory(program, context);
  addAnswer(program, context, 'accept', 'let the Room take files that are offered to it');
  addAnswer(program, context, 'reject', 'refuse files that are offered to the Room');
  addSend(program, context);
}

function addList(program: Command, context: Context): void {
  const command = program
    .command('list')
    .description('show the file requests that a Room holds now, once')
    .argument('[room]', ROOM_HELP);
  addRoomOptions(addFilters(command), LIST_EXAMPLES)
    .option('--plain', 'lines, on a terminal too')
    .action(async (room: string | undefined, options: ListOptions) => {
      const { list } = await import('./list.js');
      context.exitCode = await list(room, options, context.host);
    });
}

function addInfo(program: Command, context: Context): void {
  const command = program
    .command('info')
    .description('show all that a Room tells of one file request')
    .argument('<id>', ID_HELP);
  addRoomOptions(command, INFO_EXAMPLES).action(async (id: string, options: RoomOptions) => {
    const { info } = await import('./info.js');
    context.exitCode = await info(id, options, context.host);
  });
}

function addHistory(program: Command, context: Context): void {
  const command = program
    .command('history')
    .description('show the transfer history of a Room: what was received or sent as a whole')
    .argument('[room]', ROOM_HELP);
  addRoomOptions(command, HISTORY_EXAMPLES)
    .option('--plain', 'lines, on a terminal too')
    .action(async (room: string | undefined, options: ListOptions) => {
      const { history } = await import('./history.js');
      context.exitCode = await history(room, options, context.host);
    });
}

function addAnswer(program: Command, context: Context, response: Response, description: string): void {
  const command = program
    .command(response)
    .description(description)
    .argument('<id...>', 'their ids, or the beginnings of them that no other has');
  addNatsOptions(addRoomOptions(command, answerExamples(response))).action(
    async (ids: string[], options: AnswerOptions) => {
      const { answer } = await import('./answer.js');
      context.exitCode = await answer(response, ids, options, context.host);
    },
  );
}

function addSend(program: Command, context: Context): void {
  const command = program
    .command('send')
    .description('upload a file to a Room, which offers it to a peer or to its conference')
    .argument('<file>', 'the file')
    .option('--to <peer>', 'to whom: a TrueConf ID, such as user@server')
    .option('--conference', 'to all in the conference that the Room is in');
  addRoomOptions(command, SEND_EXAMPLES).action(async (file: string, options: SendOptions) => {
    const { send } = await import('./send.js');
    context.exitCode = await send(file, options, context.host);
  });
}

function addRoomOptions(command: Command, examples: string): Command {
  command
    .option(
      '--room <room>',
      'the Room, as host, host:port, ws://host:port or demo; default: $TRUECONF_FILES_ROOM',
    )
    .option('--demo', 'a simulated Room; the same as the address "demo"');
  return addOutput(addConnecting(command)).addHelpText('after', `${examples}\n${SEAT}`);
}

const ID_HELP = 'its id, or the beginning of it that no other has';

const LIST_EXAMPLES = `
Examples:
  trueconf-files list 10.0.0.5
  trueconf-files list 10.0.0.5 --status waiting --direction inbound
  trueconf-files list 10.0.0.5 --json | jq -r 'select(.status == "failed") | .name'
`;

const INFO_EXAMPLES = `
Examples:
  trueconf-files info 6c0e20a7 --room 10.0.0.5
  trueconf-files info 6c0e20a7 --room 10.0.0.5 --json | jq .peer
`;

const HISTORY_EXAMPLES = `
Examples:
  trueconf-files history 10.0.0.5
  trueconf-files history 10.0.0.5 --json | jq -s 'map(.size) | add'
`;

const answerExamples = (response: Response): string => `
Examples:
  trueconf-files ${response} 6c0e20a7 --room 10.0.0.5
  trueconf-files list 10.0.0.5 --status waiting --direction inbound --json \\
    | jq -r .id | xargs -r trueconf-files ${response} --room 10.0.0.5
  trueconf-files ${response} 6c0e20a7 --room nats://10.0.0.9

Where --room names a NATS server, the relay that holds the Room is asked; it must
run with --allow-commands. That takes nobody's seat.
`;

const SEND_EXAMPLES = `
Examples:
  trueconf-files send plan.docx --to user2@some.server --room 10.0.0.5
  trueconf-files send slides.pptx --conference --room 10.0.0.5
  trueconf-files send plan.docx --to user2@some.server --room 10.0.0.5 --json \\
    | jq --unbuffered 'select(.type == "progress") | .percent'

No page of the API describes uploading: what is tried is known from one client.
`;

const SEAT = `Signing in takes the seat of the Room's operator, as a Room has one per mode
(administrator, user); it is free again at the end. Use --role to keep out of
each other's way.`;
