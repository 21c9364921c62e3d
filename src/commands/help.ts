import type { COMMAND_OPTIONS } from './command-options.js';

export const EXAMPLES = `
  trueconf-files watch demo                       no Room at hand? a simulated one
  trueconf-files watch 10.0.0.5                   the Room's host
  trueconf-files watch 10.0.0.5 --json | jq .     one record per change
  trueconf-files list 10.0.0.5 --status waiting   what waits for an answer
  trueconf-files doctor 10.0.0.5                  why does it not work?
`;

export const ENVIRONMENT = `
  TRUECONF_FILES_ROOM           the Room where no argument names one
  TRUECONF_FILES_CREDENTIALS    PIN, password or token of the Room
  TRUECONF_FILES_CONFIG         config file: names of Rooms, and defaults of options
  TRUECONF_FILES_NATS_USER      NATS user, where --nats-user names none
  TRUECONF_FILES_NATS_PASSWORD  password of the NATS user
  NODE_EXTRA_CA_CERTS           file with CA certificates to trust, for wss://
  NO_COLOR, FORCE_COLOR         no colors; colors in a pipe too
  TERM                          dumb: no colors and no table
`;

export const EXIT_STATUS = `
  0    done as asked, or the reader of the pipe went away
  1    fault of the program, or output could not be written
  2    wrong usage
  3    Room unreachable, or lost with --no-reconnect
  4    sign-in refused
  5    taken over by another client
  6    a watched or sent transfer failed; doctor found a problem that does not stop a watch;
       conform found something to report
  7    the Room refused the request, or does not know the id
  124  timeout
  129, 130, 143  SIGHUP, SIGINT (Ctrl-C), SIGTERM
`;

export const FILES = `
  ~/.config/trueconf-files/config.json names Rooms and holds defaults of options, if it is
  there (in %APPDATA% on Windows).
  watch --record makes its files for their owner alone (mode 600) and never replaces one.
  Credentials are read from --credentials-file and never written anywhere.
`;

export const SEE_ALSO = `
  jq(1), nats-server(8), prometheus(1)
  https://trueconf.com/products/trueconf-room.html
`;

export const SEATS = `
A PIN is never taken from the command line, which every user of the machine can
read: use --credentials-file, TRUECONF_FILES_CREDENTIALS or the hidden prompt.

A Room has one seat per mode (administrator, user), and signing in disconnects
its holder. Choose one with --role to keep out of each other's way.
`;

/** Text below the root help. */
export const PROGRAM_HELP = `
Examples:${EXAMPLES}
Environment:${ENVIRONMENT}
Exit codes:${EXIT_STATUS}${SEATS}`;

const SEAT = `
Signing in takes the seat of the Room's operator, as a Room has one per mode
(administrator, user); it is free again at the end. Use --role to keep out of
each other's way.
`;

const answerHelp = (decision: 'accept' | 'reject') => `
Examples:
  trueconf-files ${decision} 6c0e20a7 --room 10.0.0.5
  trueconf-files list 10.0.0.5 --status waiting --direction inbound --json \\
    | jq -r 'select(.type == "transfer") | .id' \\
    | xargs -r trueconf-files ${decision} --room 10.0.0.5
  trueconf-files ${decision} 6c0e20a7 --room nats://10.0.0.9

If --room names a NATS server, the relay that holds the Room does it; it must run
with --allow-commands. That takes no seat.
${SEAT}`;

/** Text below the help of each command: examples first. */
export const COMMAND_HELP: Readonly<Record<keyof typeof COMMAND_OPTIONS, string>> = {
  watch: `
Examples:
  trueconf-files watch 10.0.0.5
  trueconf-files watch 10.0.0.5 --role user --direction inbound
  trueconf-files watch 10.0.0.5 --id ID --until complete --timeout 10m
  trueconf-files watch 10.0.0.5 --where 'size > 10 * MB && !ended'
  trueconf-files watch 10.0.0.5 --accept 'peer.id.endsWith("@example.com")' --dry-run
  trueconf-files watch 10.0.0.5 --format '{time} {status:10} {name:.40} {size:>9bytes}'
  trueconf-files watch 10.0.0.5 --json | jq --unbuffered 'select(.type == "transfer")'
  trueconf-files watch 10.0.0.5 --record 'rec/%Y-%m-%d.ndjson' --record-keep 30d

In the name of --record, codes stand for local time, as in strftime:
%Y %y %m %d %j %H %M %S %F %T %s, and %% for a percent sign.

A Room has one seat per mode: watching disconnects its holder (--role).
If the connection drops, the program reconnects until you stop it, lists again to
find what it missed, and never reports a change twice.
`,
  list: `
Examples:
  trueconf-files list 10.0.0.5
  trueconf-files list 10.0.0.5 --status waiting --direction inbound
  trueconf-files list 10.0.0.5 --columns name,size,peer-id,time
  trueconf-files list 10.0.0.5 --format '{id}\\t{name:json}\\t{peer.id}'
  trueconf-files list 10.0.0.5 --json \\
    | jq -r 'select(.type == "transfer" and .status == "failed") | .name'
${SEAT}`,
  info: `
Examples:
  trueconf-files info 6c0e20a7 10.0.0.5
  trueconf-files info 6c0e20a7 --room 10.0.0.5 --json \\
    | jq 'select(.type == "transfer") | .peer'
${SEAT}`,
  history: `
Examples:
  trueconf-files history 10.0.0.5
  trueconf-files history 10.0.0.5 --json \\
    | jq -s 'map(select(.type == "transfer").size) | add'
${SEAT}`,
  accept: answerHelp('accept'),
  reject: answerHelp('reject'),
  send: `
Examples:
  trueconf-files send plan.docx --to user2@some.server --room 10.0.0.5
  trueconf-files send plan.docx slides.pptx --to a@b.com --room 10.0.0.5 --wait
  trueconf-files send slides.pptx --conference --room 10.0.0.5
  trueconf-files send --file-id 260618251 --to user2@some.server --room 10.0.0.5
  trueconf-files send plan.docx --to user2@some.server --room 10.0.0.5 --json \\
    | jq --unbuffered 'select(.type == "progress") | .percent'

The API's pages don't describe uploading; the program does what TrueConf's own
client does.
${SEAT}`,
  files: `
Examples:
  trueconf-files files 10.0.0.5
  trueconf-files files 10.0.0.5 --json \\
    | jq -r 'select(.type == "file" and .requests == []) | .fileId'
${SEAT}`,
  rm: `
Examples:
  trueconf-files rm 260618251 --room 10.0.0.5
  trueconf-files rm 260618251 --room 10.0.0.5 --yes

It asks first; where there is no terminal to ask on, it needs --yes.
${SEAT}`,
  clear: `
Examples:
  trueconf-files clear 10.0.0.5
  trueconf-files clear 10.0.0.5 --from-disk --yes

It asks first; where there is no terminal to ask on, it needs --yes. A Room before
4.1 can only clear its history together with the files, so it needs --from-disk.
${SEAT}`,
  replay: `
Examples:
  trueconf-files watch 10.0.0.5 --record room.ndjson
  trueconf-files replay room.ndjson --speed 10
  trueconf-files replay room.ndjson --json | jq 'select(.type == "transfer")'
  trueconf-files replay rec/ old.ndjson.gz
  zcat room.ndjson.gz | trueconf-files replay -

Several recordings are played as one, in order of time.
On the table Space pauses, and the right arrow steps to the next change.
`,
  report: `
Examples:
  trueconf-files report rec/ --since yesterday --where 'status == "failed"'
  trueconf-files report room.ndjson --by peer,day
  trueconf-files report room.ndjson --csv --bom > transfers.csv
  trueconf-files report nats://10.0.0.9 --since -7d --by room,status
  trueconf-files report 10.0.0.5 --json \\
    | jq -r 'select(.type == "outcome" and .status == "failed") | .name'

A transfer counts at the time at which its status last changed. A day is its
beginning: --since yesterday --until-time today is the whole of yesterday.
`,
  relay: `
Examples:
  trueconf-files relay 10.0.0.5 --to nats://10.0.0.9
  trueconf-files relay --rooms rooms.txt --claim 8 --to tls://nats.example

Everyone else then watches from there: trueconf-files watch nats://10.0.0.9
A Room has one seat per mode: relaying disconnects its holder (--role).
`,
  simulate: `
Examples:
  trueconf-files simulate --port 8080
  trueconf-files simulate --pin 1234 --rate 20 --seed 7 --json \\
    | jq --unbuffered -r .webSocketUrl

It serves until Ctrl-C. In another terminal: trueconf-files watch 127.0.0.1:8080
`,
  redact: `
Examples:
  trueconf-files redact room.ndjson -o shared.ndjson
  trueconf-files redact rec/ -o - | gzip > shared.ndjson.gz
  trueconf-files replay shared.ndjson

The same name, person, id or Room has the same pseudonym throughout the file, and
what became of each transfer stays as it was. Sizes and times stay, too.
`,
  conform: `
Examples:
  trueconf-files conform 10.0.0.5 --listen 1m
  trueconf-files conform room.ndjson
  trueconf-files conform 10.0.0.5 --share > report.txt    # for a bug report
  trueconf-files conform room.ndjson --json | jq 'select(.type == "finding")'

It asks a Room only what changes nothing, and listens. Exit code 6 means that
there is something to report.
${SEAT}`,
  doctor: `
Examples:
  trueconf-files doctor 10.0.0.5
  trueconf-files doctor 10.0.0.5 --no-sign-in
  trueconf-files doctor 10.0.0.5 --json | jq 'select(.ok == false)'
  trueconf-files doctor nats://10.0.0.9           # NATS, relays, their Rooms

While it runs, the check takes the seat that --role names and disconnects its
holder; --no-sign-in leaves the seats alone.
`,
  completion: `
Examples:
  trueconf-files completion install --dry-run    # for your shell: what it would write
  trueconf-files completion install
  source <(trueconf-files completion bash)       # in ~/.bashrc
  source <(trueconf-files completion zsh)        # in ~/.zshrc, after compinit
  mkdir -p ~/.config/fish/completions
  trueconf-files completion fish > ~/.config/fish/completions/trueconf-files.fish
  trueconf-files completion powershell | Out-String | Invoke-Expression    # in $PROFILE
`,
  schema: `
Examples:
  trueconf-files schema > records.schema.json
  trueconf-files schema config > config.schema.json
`,
  rooms: `
Examples:
  trueconf-files rooms
  trueconf-files rooms --json | jq -r 'select(.type == "configured") | .address'
`,
};
