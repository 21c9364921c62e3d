import type { Command } from 'commander';
import type { Context } from '../host.js';
import type { Decision } from '../protocol/requests.js';
import type { AnswerOptions } from './answer.js';
import type { RoomOptions } from './at-room.js';
import {
  answerExamples,
  HISTORY_EXAMPLES,
  ID_HELP,
  INFO_EXAMPLES,
  LIST_EXAMPLES,
  SEAT,
  SEND_EXAMPLES,
} from './help.js';
import type { ListOptions } from './list.js';
import { addConnecting, addFilters, addNatsOptions, addOutput, ROOM_HELP } from './options.js';
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

function addAnswer(program: Command, context: Context, decision: Decision, description: string): void {
  const command = program
    .command(decision)
    .description(description)
    .argument('<id...>', 'their ids, or the beginnings of them that no other has');
  addNatsOptions(addRoomOptions(command, answerExamples(decision))).action(
    async (ids: string[], options: AnswerOptions) => {
      const { answer } = await import('./answer.js');
      context.exitCode = await answer(decision, ids, options, context.host);
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
