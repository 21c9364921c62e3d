/** Numbers and durations as a person reads them. What is unknown or makes no sense is `-`. */
export const UNKNOWN = '-';

const MS_PER_SECOND = 1_000;
const MS_PER_MINUTE = 60 * MS_PER_SECOND;
const MS_PER_HOUR = 60 * MS_PER_MINUTE;
const MS_PER_DAY = 24 * MS_PER_HOUR;
const MS_PER_YEAR = 365 * MS_PER_DAY;
const OVER_A_YEAR = '>1y';

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** IEC units, at most 8 characters up to 1 ZiB: `512 B`, `3.1 KiB`, `31.2 MiB`, `312 GiB`. */
export function formatBytes(bytes: number | null): string {
  if (!isAmount(bytes)) return UNKNOWN;
  let value = bytes;
  let unit = 0;
  while (unit < BYTE_UNITS.length - 1 && roundedAsShown(value, unit) >= 1_024) {
    value /= 1_024;
    unit += 1;
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit] ?? ''}`;
}

/** Bytes a second, at most 10 characters: `3.1 KiB/s`. */
export function formatRate(bytesPerSecond: number | null): string {
  return isAmount(bytesPerSecond) ? `${formatBytes(bytesPerSecond)}/s` : UNKNOWN;
}

/** A length of time in at most two units: `450ms`, `3s`, `2m 5s`, `1h 12m`, `3d 4h`, `>1y`. */
export function formatDuration(milliseconds: number | null): string {
  if (!isAmount(milliseconds)) return UNKNOWN;
  const ms = Math.floor(milliseconds);
  if (ms >= MS_PER_YEAR) return OVER_A_YEAR;
  if (ms >= MS_PER_DAY) return twoUnits(ms, MS_PER_DAY, 'd', MS_PER_HOUR, 'h');
  if (ms >= MS_PER_HOUR) return twoUnits(ms, MS_PER_HOUR, 'h', MS_PER_MINUTE, 'm');
  if (ms >= MS_PER_MINUTE) return twoUnits(ms, MS_PER_MINUTE, 'm', MS_PER_SECOND, 's');
  if (ms >= MS_PER_SECOND || ms === 0) return `${Math.floor(ms / MS_PER_SECOND)}s`;
  return `${ms}ms`;
}

/** Time left, rounded up to whole seconds and at most 7 characters: `12s`, `1h 12m`. */
export function formatEta(seconds: number | null): string {
  return isAmount(seconds) ? formatDuration(Math.ceil(seconds) * MS_PER_SECOND) : UNKNOWN;
}

/** How long ago, in one unit so that it changes seldom, at most 4 characters: `12s`, `5m`, `3h`, `9d`. */
export function formatAge(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return UNKNOWN;
  // A Room's clock that runs ahead of ours makes an age negative.
  const ms = Math.max(0, milliseconds);
  if (ms >= MS_PER_YEAR) return OVER_A_YEAR;
  if (ms >= MS_PER_DAY) return `${Math.floor(ms / MS_PER_DAY)}d`;
  if (ms >= MS_PER_HOUR) return `${Math.floor(ms / MS_PER_HOUR)}h`;
  if (ms >= MS_PER_MINUTE) return `${Math.floor(ms / MS_PER_MINUTE)}m`;
  return `${Math.floor(ms / MS_PER_SECOND)}s`;
}

function isAmount(value: number | null): value is number {
  return value !== null && Number.isFinite(value) && value >= 0;
}

/** 1023.99 KiB would be shown as 1024 KiB, so it belongs to the next unit. */
function roundedAsShown(value: number, unit: number): number {
  return unit === 0 ? value : Math.round(value);
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const first = Math.floor(ms / large);
  const second = Math.floor((ms % large) / small);
  return second === 0 ? `${first}${largeName}` : `${first}${largeName} ${second}${smallName}`;
}
