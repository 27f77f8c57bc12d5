/** What the Targets page shows: the answer of the server, sorted so that what is wrong comes first. Pure but for the fetches. */

import { queryInstant } from "../../api/frames";
import { getData, getJson } from "../../api/http";

export type Health = "up" | "down" | "unknown";

export interface Target {
  discoveredLabels: Record<string, string>;
  labels: Record<string, string>;
  scrapePool: string;
  scrapeUrl: string;
  health: Health;
  lastError: string;
  /** RFC 3339; year 1 when never scraped. */
  lastScrape: string;
  /** seconds */
  lastScrapeDuration: number;
  /** Prometheus durations: `15s`. */
  scrapeInterval: string;
  scrapeTimeout: string;
}

export interface Dropped {
  discoveredLabels: Record<string, string>;
  scrapePool: string;
  /** Ours alone: why. */
  reason?: string;
}

export interface Answer {
  activeTargets: Target[];
  droppedTargets: Dropped[];
  droppedTargetCounts: Record<string, number> | null;
  unsupportedDiscoveries?: { scrapePool: string; kind: string }[];
}

export const fetchAll = (signal: AbortSignal): Promise<Answer> =>
  getData("api/v1/targets", { state: "any" }, signal);

/** Samples of the last scrape, by job and instance. */
export async function fetchSamples(signal: AbortSignal): Promise<Map<string, number>> {
  const frame = await queryInstant("embedded", "scrape_samples_scraped", Date.now(), signal);
  return new Map(frame.series.map(({ labels, values }) => [keyOf(labels), values[0]!]));
}

export const keyOf = (labels: Readonly<Record<string, string>>): string =>
  `${labels.job ?? ""}\n${labels.instance ?? ""}`;

interface HealthReport {
  components: Record<string, { status: string; detail?: string }>;
}

/** What discovery complains of; empty where it does not. */
export const fetchDiscoveryTrouble = async (signal: AbortSignal): Promise<string> => {
  const { components } = await getJson<HealthReport>("health", {}, signal);
  const { status = "ok", detail = "" } = components.discovery ?? {};
  return status === "ok" || status === "starting" ? "" : detail;
};

export interface Filter {
  state: "all" | Health;
  pool: string;
  search: string;
}

/** Every word of the search stands in the address, a label or the error. */
function passes(target: Target, { state, pool, search }: Filter): boolean {
  if (state !== "all" && target.health !== state) return false;
  if (pool !== "" && target.scrapePool !== pool) return false;
  const labels = Object.entries(target.labels).map(([name, value]) => `${name}=${value} ${name}="${value}"`);
  const text = `${target.scrapeUrl} ${labels.join(" ")} ${target.lastError}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const WORST: Readonly<Record<Health, number>> = { down: 0, unknown: 1, up: 2 };

export interface Pool {
  name: string;
  up: number;
  down: number;
  unknown: number;
  /** Those that pass the filter, the worst first. */
  targets: Target[];
  unsupported: string[];
  dropped: number;
}

/** The pools with what is in them; those with most targets down come first. */
export function makePools(answer: Answer, filter: Filter): Pool[] {
  const { activeTargets, unsupportedDiscoveries = [], droppedTargetCounts } = answer;
  const names = new Set([
    ...activeTargets.map(({ scrapePool }) => scrapePool),
    ...unsupportedDiscoveries.map(({ scrapePool }) => scrapePool),
    ...Object.keys(droppedTargetCounts ?? {}),
  ]);
  const pools = [...names].map((name): Pool => {
    const own = activeTargets.filter(({ scrapePool }) => scrapePool === name);
    const count = (health: Health): number => own.filter((target) => target.health === health).length;
    const targets = own.filter((target) => passes(target, filter));
    targets.sort((a, b) => WORST[a.health] - WORST[b.health] || a.scrapeUrl.localeCompare(b.scrapeUrl));
    return {
      name,
      up: count("up"),
      down: count("down"),
      unknown: count("unknown"),
      targets,
      unsupported: unsupportedDiscoveries
        .filter(({ scrapePool }) => scrapePool === name)
        .map(({ kind }) => kind),
      dropped: droppedTargetCounts?.[name] ?? 0,
    };
  });
  const trouble = (pool: Pool): number => pool.down + pool.unsupported.length;
  return pools.sort((a, b) => trouble(b) - trouble(a) || a.name.localeCompare(b.name));
}

/** Whether there is anything of a pool to be seen: a target that passes, or what is not supported and nothing filters. */
export const isShown = ({ name, targets, unsupported }: Pool, { state, pool, search }: Filter): boolean =>
  targets.length > 0 ||
  (unsupported.length > 0 && search === "" && state === "all" && [name, ""].includes(pool));

/** How many targets are in which state. */
export const countStates = (pools: readonly Pool[]): Record<Filter["state"], number> =>
  pools.reduce(
    (sum, { up, down, unknown }) => ({
      all: sum.all + up + down + unknown,
      up: sum.up + up,
      down: sum.down + down,
      unknown: sum.unknown + unknown,
    }),
    { all: 0, up: 0, down: 0, unknown: 0 },
  );
