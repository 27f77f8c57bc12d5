/** What the header of a panel says at its right: how old the data are, where they begin, or a range of its own. Pure. */

import { formatMoment } from "../../model/clock";
import type { FrameHint } from "../../components/PanelFrame";
import type { Panel } from "../../model/dashboard";
import { describeOverride } from "../../model/panelrange";
import type { Anchor } from "../../model/step";
import { describeAge, type RawRange } from "../../model/timerange";
import type { PanelData } from "../../query/panel";
import { lastSampleMs, lastValueMs } from "../../query/samples";

const FRESH_MS = 60_000;
const OWN_RANGE = "This panel has a range of its own, beside that of the page.";

export interface Hint extends FrameHint {
  /** What is drawn is old. */
  stale: boolean;
}

/** Where the data begin so late that only their part of the page's range is drawn. */
function lateHint({ frames }: PanelData): Hint | undefined {
  if (!frames.some(({ late }) => late)) return undefined;
  const begins = Math.min(...frames.filter(({ series }) => series.length > 0).map(({ times }) => times[0]!));
  const moment = formatMoment(begins);
  const about = `Nothing is known before ${moment}: only what comes after it is drawn.`;
  return { long: `data begin at ${moment}`, short: `from ${moment}`, about, stale: false };
}

/**
 * Says how old the newest sample is where the range ends now and the sample is too old for it. The last point of
 * single numbers is now itself: where it is missing, nothing newer will come; where it is no number, an older one is
 * shown.
 */
function ageHint(data: PanelData, raw: RawRange, anchor: Anchor): Hint | undefined {
  const frame = data.frames[0];
  if (frame === undefined || frame.step === 0) return undefined;
  const oldMs = anchor === "now" ? Math.max(frame.step, FRESH_MS) : 2 * frame.step + FRESH_MS;
  const old = (what: string, ms: number): Hint | undefined => {
    const ageMs = frame.range.toMs - ms;
    if (raw.to !== "now" || !Number.isFinite(ageMs) || ageMs < oldMs) return undefined;
    return {
      long: `last ${what} ${describeAge(ageMs)} ago`,
      short: `${describeAge(ageMs)} ago`,
      about: "Nothing newer has come since, so it is drawn pale.",
      stale: true,
    };
  };
  return (
    old("sample", lastSampleMs(data.frames)) ??
    (anchor === "now" ? old("value", lastValueMs(data.frames)) : undefined)
  );
}

/** The most important thing to say; undefined for nothing. */
export function hintFor(panel: Panel, data: PanelData, raw: RawRange, anchor: Anchor): Hint | undefined {
  const own = describeOverride(panel, raw);
  return (
    ageHint(data, raw, anchor) ??
    lateHint(data) ??
    (own === undefined ? undefined : { long: own, short: own, about: OWN_RANGE, stale: false })
  );
}
