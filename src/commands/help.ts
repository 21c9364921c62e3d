import type { Decision } from '../protocol/requests.js';

export const EXIT_CODES = `
Exit codes:
  0 done   1 fault of the program   2 wrong usage   3 Room unreachable or lost
  4 sign-in refused   5 taken over by another client   6 a watched transfer failed
  7 the Room refused what was asked of it, or knows no such id
  124 timeout   129 SIGHUP   130 Ctrl-C   143 SIGTERM

Credentials come from --credentials-file, $TRUECONF_FILES_CREDENTIALS or a hidden
prompt. A Room has one seat per mode (administrator, user): signing in takes it
from whoever held it. Use --role to keep out of each other's way.`;

export const SCHEMA_EXAMPLE = `
Examples:
  trueconf-files schema > records.schema.json`;

export const WATCH_EXAMPLES = `
Examples:
  trueconf-files watch 10.0.0.5
  trueconf-files watch 10.0.0.5 --role user --direction inbound
  trueconf-files watch 10.0.0.5 --id ID --until complete --timeout 10m
  trueconf-files watch 10.0.0.5 --json | jq --unbuffered 'select(.type == "transfer")'

A Room has one seat per mode: watching takes it from whoever held it (--role).`;

export const RELAY_EXAMPLES = `
Examples:
  trueconf-files relay 10.0.0.5 --to nats://10.0.0.9
  trueconf-files relay --rooms rooms.txt --claim 8 --to tls://nats.example

Everybody else then watches from there: trueconf-files watch nats://10.0.0.9
A Room has one seat per mode: relaying takes it from whoever held it (--role).`;

export const SIMULATE_EXAMPLES = `
Examples:
  trueconf-files simulate --port 8080
  trueconf-files simulate --pin 1234 --rate 20 --seed 7 --json | jq --unbuffered -r .webSocketUrl

Then, in another terminal: trueconf-files watch 127.0.0.1:8080`;

export const COMPLETION_HELP = `
Examples:
  source <(trueconf-files completion bash)    # in ~/.bashrc
  source <(trueconf-files completion zsh)     # in ~/.zshrc, after compinit
  trueconf-files completion fish > ~/.config/fish/completions/trueconf-files.fish`;

export const DOCTOR_HELP = `
Examples:
  trueconf-files doctor 10.0.0.5
  trueconf-files doctor 10.0.0.5 --no-sign-in
  trueconf-files doctor 10.0.0.5 --json | jq 'select(.ok == false)'

Signing in takes the seat of whoever holds it (--role), for as long as the check
lasts; --no-sign-in leaves the seats alone.`;

export const REPLAY_EXAMPLES = `
Examples:
  trueconf-files watch 10.0.0.5 --record room.ndjson
  trueconf-files replay room.ndjson --speed 10
  trueconf-files replay room.ndjson --json | jq 'select(.type == "transfer")'
  zcat room.ndjson.gz | trueconf-files replay -

On the table Space pauses, and the right arrow steps to the next change.`;

export const ID_HELP = 'its id, or the beginning of it that no other has';

export const LIST_EXAMPLES = `
Examples:
  trueconf-files list 10.0.0.5
  trueconf-files list 10.0.0.5 --status waiting --direction inbound
  trueconf-files list 10.0.0.5 --json \\
    | jq -r 'select(.type == "transfer" and .status == "failed") | .name'
`;

export const INFO_EXAMPLES = `
Examples:
  trueconf-files info 6c0e20a7 --room 10.0.0.5
  trueconf-files info 6c0e20a7 --room 10.0.0.5 --json | jq 'select(.type == "transfer") | .peer'
`;

export const HISTORY_EXAMPLES = `
Examples:
  trueconf-files history 10.0.0.5
  trueconf-files history 10.0.0.5 --json \\
    | jq -s 'map(select(.type == "transfer") | .size) | add'
`;

export const answerExamples = (decision: Decision): string => `
Examples:
  trueconf-files ${decision} 6c0e20a7 --room 10.0.0.5
  trueconf-files list 10.0.0.5 --status waiting --direction inbound --json \\
    | jq -r 'select(.type == "transfer") | .id' \\
    | xargs -r trueconf-files ${decision} --room 10.0.0.5
  trueconf-files ${decision} 6c0e20a7 --room nats://10.0.0.9

Where --room names a NATS server, the relay that holds the Room is asked; it must
run with --allow-commands. That takes nobody's seat.
`;

export const SEND_EXAMPLES = `
Examples:
  trueconf-files send plan.docx --to user2@some.server --room 10.0.0.5
  trueconf-files send slides.pptx --conference --room 10.0.0.5
  trueconf-files send plan.docx --to user2@some.server --room 10.0.0.5 --json \\
    | jq --unbuffered 'select(.type == "progress") | .percent'

No page of the API describes uploading: what is tried is known from one client.
`;

export const SEAT = `Signing in takes the seat of the Room's operator, as a Room has one per mode
(administrator, user); it is free again at the end. Use --role to keep out of
each other's way.`;
