import type { Direction } from '../protocol/fields.js';
import type { RelayCounts } from '../relay/inspection.js';
import { STATUSES, type Status } from '../transfers/transfer.js';
import { LINK_STATES, type RoomTally } from './room-tally.js';
import type { ServerTally, Tally } from './tally.js';
import { type Distributions, FAILURE_REASONS } from './usage.js';

/** A value with its labels, in the order of the metric's names for them. */
type Sample = readonly [value: number, ...labels: string[]];

/** How values are spread. */
export interface HistogramMetric {
  readonly type: 'histogram';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly distributions: Distributions;
}

/** One metric. No id of a transfer and no name of a file is ever a label. */
export interface Metric {
  readonly type: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: () => readonly Sample[];
}

/** What is measured besides Rooms. */
export interface Uses {
  readonly nats: boolean;
  readonly relay: boolean;
}

/** All metrics; docs/metrics.md lists the same. */
export function metricsOf(tally: Tally, uses: Uses, version: string): readonly (Metric | HistogramMetric)[] {
  const build: Metric = {
    type: 'gauge',
    name: 'trueconf_files_build_info',
    help: 'The version of the program',
    labels: ['version'],
    samples: () => [[1, version]],
  };
  return [
    build,
    ...ofRooms(tally),
    ...ofUsage(tally),
    ...(uses.nats ? ofServers(tally) : []),
    ...(uses.relay ? ofRelay(tally) : []),
  ];
}

function ofRooms({ rooms }: Tally): readonly Metric[] {
  const each = (samples: (room: RoomTally, name: string) => readonly Sample[]) => () =>
    [...rooms].flatMap(([name, room]) => samples(room, name));
  return [
    {
      type: 'counter',
      name: 'trueconf_files_transfers_total',
      help: 'Transfers that came into a status since the start; what was there before is not counted',
      labels: ['room', 'direction', 'status'],
      samples: each(({ changes }, name) =>
        directionsIn(changes).flatMap((direction) => {
          const counts = changes.get(direction);
          return statusesIn(counts).map(
            (status): Sample => [counts?.get(status) ?? 0, name, direction, status],
          );
        }),
      ),
    },
    {
      type: 'counter',
      name: 'trueconf_files_failures_total',
      help: 'Transfers that did not arrive, by the reason',
      labels: ['room', 'reason'],
      samples: each(({ failures }, name) =>
        FAILURE_REASONS.map((reason): Sample => [failures.get(reason) ?? 0, name, reason]),
      ),
    },
    {
      type: 'counter',
      name: 'trueconf_files_transferred_bytes_total',
      help: 'Bytes moved since the start: as progress tells, and the rest of a file when it is complete',
      labels: ['room', 'direction'],
      samples: each(({ bytes }, name) => byDirection(bytes, name)),
    },
    {
      type: 'gauge',
      name: 'trueconf_files_active_transfers',
      help: 'Transfers that have not ended',
      labels: ['room', 'direction'],
      samples: each(({ active }, name) => byDirection(active, name)),
    },
    {
      type: 'gauge',
      name: 'trueconf_files_link_state',
      help: 'State of the link to a Room: 1 for the one that holds, 0 for the others',
      labels: ['room', 'state'],
      samples: each(({ linkState }, name) =>
        linkState === null
          ? []
          : LINK_STATES.map((state): Sample => [state === linkState ? 1 : 0, name, state]),
      ),
    },
    {
      type: 'gauge',
      name: 'trueconf_files_room_state',
      help: 'What a Room is doing: 0 no server, 1 connecting to it, 2 not signed in to it, 3 idle, 4 calling, 5 in a conference, 6 conference ending',
      labels: ['room'],
      samples: each(({ state }, name) => (state === null ? [] : [[state, name]])),
    },
    {
      type: 'counter',
      name: 'trueconf_files_events_total',
      help: 'Events that a Room sent, by their name; those that are not documented as other',
      labels: ['room', 'event'],
      samples: each(({ events }, name) => [...events].map(([event, count]): Sample => [count, name, event])),
    },
    {
      type: 'counter',
      name: 'trueconf_files_reconnects_total',
      help: 'How often the link to a Room came back',
      labels: ['room'],
      samples: each(({ reconnects }, name) => [[reconnects, name]]),
    },
    {
      type: 'counter',
      name: 'trueconf_files_frames_refused_total',
      help: 'Frames of a Room that could not be read',
      labels: ['room'],
      samples: each(({ framesRefused }, name) => [[framesRefused, name]]),
    },
  ];
}

function ofUsage({ usage }: Tally): readonly HistogramMetric[] {
  const labels = ['direction', 'outcome'];
  return [
    {
      type: 'histogram',
      name: 'trueconf_files_transfer_duration_seconds',
      help: 'Time from a request to its end, of transfers whose end was seen',
      labels,
      distributions: usage.durations,
    },
    {
      type: 'histogram',
      name: 'trueconf_files_transfer_size_bytes',
      help: 'Sizes of the files of transfers that ended',
      labels,
      distributions: usage.sizes,
    },
  ];
}

function ofServers({ servers }: Tally): readonly Metric[] {
  const each = (value: (server: ServerTally) => number) => () =>
    [...servers].map(([name, server]): Sample => [value(server), name]);
  return [
    {
      type: 'gauge',
      name: 'trueconf_files_nats_up',
      help: 'Whether the link to a NATS server is there',
      labels: ['server'],
      samples: each(({ reason }) => (reason === null ? 1 : 0)),
    },
    {
      type: 'counter',
      name: 'trueconf_files_nats_reconnects_total',
      help: 'How often the link to a NATS server came back',
      labels: ['server'],
      samples: each(({ reconnects }) => reconnects),
    },
    {
      type: 'counter',
      name: 'trueconf_files_records_refused_total',
      help: 'Messages from NATS that were no records, or stood under the subject of another',
      labels: ['server'],
      samples: each(({ refused }) => refused),
    },
  ];
}

function ofRelay(tally: Tally): readonly Metric[] {
  const one = (value: (counts: RelayCounts) => number) => (): readonly Sample[] => [
    [value(tally.relayCounts)],
  ];
  return [
    {
      type: 'counter',
      name: 'trueconf_files_records_published_total',
      help: 'Records that the relay stored',
      labels: [],
      samples: one(({ published }) => published),
    },
    {
      type: 'gauge',
      name: 'trueconf_files_records_waiting',
      help: 'Records that the relay has not stored yet',
      labels: [],
      samples: one(({ waiting }) => waiting),
    },
    {
      type: 'counter',
      name: 'trueconf_files_records_left_out_total',
      help: 'Records that the relay left out because its buffer was full, or another relay took the Room',
      labels: [],
      samples: one(({ leftOut }) => leftOut),
    },
    {
      type: 'counter',
      name: 'trueconf_files_records_cut_total',
      help: 'Records stored with their texts cut, as the stream takes no larger ones',
      labels: [],
      samples: one(({ cut }) => cut),
    },
    {
      type: 'counter',
      name: 'trueconf_files_records_dropped_total',
      help: 'Records dropped because the stream takes none of that size',
      labels: [],
      samples: one(({ dropped }) => dropped),
    },
    {
      type: 'counter',
      name: 'trueconf_files_problems_total',
      help: 'How often a problem began that keeps the relay from its work',
      labels: ['reason'],
      samples: () => [...tally.problemCounts].map(([reason, count]): Sample => [count, reason]),
    },
    {
      type: 'gauge',
      name: 'trueconf_files_rooms_held',
      help: 'Rooms that the relay holds',
      labels: [],
      samples: one(({ held }) => held),
    },
  ];
}

function byDirection(values: ReadonlyMap<Direction, number>, name: string): readonly Sample[] {
  return directionsIn(values).map((direction): Sample => [values.get(direction) ?? 0, name, direction]);
}

/** The usual ones from the start: what begins at 1 has no first increase to be seen. `unknown` where it came. */
function directionsIn(values: ReadonlyMap<Direction, unknown>): readonly Direction[] {
  return [...new Set<Direction>(['inbound', 'outbound', ...values.keys()])];
}

function statusesIn(values: ReadonlyMap<Status, unknown> | undefined): readonly Status[] {
  return STATUSES.filter((status) => status !== 'unknown' || values?.has(status));
}
