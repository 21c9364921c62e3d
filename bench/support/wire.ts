/** What the bench's Room says. */
export interface Plan {
  readonly events: number;
  /** Events a second; `null` is as fast as they are taken. */
  readonly perSecond: number | null;
  /** The statuses that each transfer goes through, one event each. */
  readonly statuses: readonly number[];
  /** Transfers that go through their statuses side by side. */
  readonly atOnce: number;
  /** Transfers under way that the outbound list names. */
  readonly listed: number;
  /** Events tell of statuses, or of the progress of what is listed. */
  readonly tells: 'statuses' | 'progress';
  /** The file's name tells when the event was made: nanoseconds of the machine's own clock. */
  readonly isStamped: boolean;
}

/** Each transfer is asked for, begins and ends, a hundred of them side by side. */
export const BLAST: Plan = {
  events: 200_000,
  perSecond: null,
  statuses: [1, 2, 3],
  atOnce: 100,
  listed: 0,
  tells: 'statuses',
  isStamped: false,
};

/** Event number `index` of a plan, field by field as the API's pages show it. */
export function eventText(index: number, plan: Plan): string {
  const { statuses, atOnce } = plan;
  if (plan.tells === 'progress') return progressText(index, plan.listed);
  const round = Math.floor(index / (statuses.length * atOnce));
  const place = index % (statuses.length * atOnce);
  const transfer = round * atOnce + (place % atOnce);
  const status = statuses[Math.floor(place / atOnce)] ?? 1;
  const name = plan.isStamped ? `at-${process.hrtime.bigint()}` : `report-${transfer}.pdf`;
  const peer = transfer % PEERS;
  return `{"method":"event","event":"fileRequestStatusChanged","fileRequestId":"${idOf(transfer)}","status":${status},"directionType":0,"fileName":"${name}","timestamp":${FIRST_AT + transfer},"fileSize":${3_200 + transfer},"peerId":"820_${peer}@some.server","peerDisplayName":"820_${peer}"}`;
}

/** Each transfer that is listed gets a little further, one after the other, and begins anew after all of it. */
function progressText(index: number, listed: number): string {
  const transfer = index % listed;
  const percent = Math.floor(index / listed) % 100;
  const peer = transfer % PEERS;
  return `{"method":"event","event":"outgoingFileRequestUploadingProgress","fileRequestId":"${idOf(transfer)}","processedPercents":${percent},"fileSize":${3_200 + transfer},"fileName":"report-${transfer}.pdf","fileId":${transfer},"peerId":"820_${peer}@some.server","peerDisplayName":"820_${peer}","timestamp":${FIRST_AT + transfer}}`;
}

function idOf(transfer: number): string {
  return `6c0e20a7-3c79-470d-869b-${String(transfer).padStart(12, '0')}`;
}

/** An answer as short as a client takes it. */
export function answerTo(method: string, requestId: string, listed = 0): string {
  const body = method === LAST_ASKED ? { outgoingFilesRequests: listOf(listed) } : ANSWERS[method];
  return JSON.stringify({ method, requestId, result: true, ...body });
}

/** Outbound requests that are under way, as a Room lists them. */
function listOf(listed: number): readonly object[] {
  return Array.from({ length: listed }, (_, transfer) => ({
    fileRequestId: idOf(transfer),
    fileName: `report-${transfer}.pdf`,
    status: 2,
    size: 3_200 + transfer,
    timestamp: FIRST_AT + transfer,
    peerId: `820_${transfer % PEERS}@some.server`,
    peerDn: `820_${transfer % PEERS}`,
    fileId: transfer,
  }));
}

/** The last request of a client before events come. */
export const LAST_ASKED = 'getOutgoingFilesRequests';

/** One text frame from server to client (RFC 6455, 5.2): not masked, in one piece. */
export function toFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const head = bytes < 126 ? 2 : 4;
  const frame = Buffer.allocUnsafe(head + bytes);
  frame[0] = 0x81;
  frame[1] = bytes < 126 ? bytes : 126;
  if (head === 4) frame.writeUInt16BE(bytes, 2);
  frame.write(text, head);
  return frame;
}

const PEERS = 50;
const FIRST_AT = 1_659_284_222_850;

const ANSWERS: Readonly<Record<string, object>> = {
  auth: { previleges: 2, token: '1*token', tokenForHttpServer: '4*token', resultCode: 0 },
  getIncomingFilesRequests: { incomingFilesRequests: [] },
  getFileTransferAvailability: { availability: 3 },
  getAppState: { appState: 3 },
};
