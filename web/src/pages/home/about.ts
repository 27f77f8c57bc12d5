/** What is said of a dashboard beside its title: what it is, and who saved it when. Pure. */

import type { DashboardHit } from "../../api/catalog";
import type { IconName } from "../../components/icons";
import { formatMoment } from "../../model/clock";
import { describeAge } from "../../model/timerange";
import { kindOf, type Kind } from "./listing";

export const ICONS: Readonly<Record<Kind, IconName>> = {
  saved: "grid",
  file: "file",
  pack: "pack",
  builtin: "machine",
  automatic: "auto",
};

/** Nobody logs in yet: that name says nothing. */
const isNamed = (name: string | undefined): name is string =>
  name !== undefined && name !== "" && name !== "anonymous";

interface About {
  text: string;
  /** The whole of it, on pointing at it. */
  title: string;
}

function savedAbout({ updatedMs = 0, updatedBy }: DashboardHit, nowMs: number): About {
  const who = isNamed(updatedBy) ? ` by ${updatedBy}` : "";
  const text = `Saved ${describeAge(Math.max(0, nowMs - updatedMs))} ago${who}`;
  return { text, title: `Saved${who} at ${formatMoment(updatedMs, nowMs)}` };
}

/** One short line. */
export function aboutOf(hit: DashboardHit, nowMs: number): About {
  const kind = kindOf(hit);
  if (kind === "saved") return savedAbout(hit, nowMs);
  if (kind === "file") {
    const when = formatMoment(hit.updatedMs ?? 0, nowMs);
    const how =
      hit.canSave === true ? "It may be saved over until the file changes." : "It is changed in its file.";
    return {
      text: `From ${hit.file ?? "a file"}`,
      title: `From the file ${hit.file ?? ""}, as of ${when}. ${how}`,
    };
  }
  if (kind === "pack") return { text: "Pack", title: "Comes with its pack, and is read-only" };
  if (kind === "builtin") return { text: "Built in", title: "Comes with Watchglass, and is read-only" };
  return {
    text: "Automatic",
    title: "Made by Watchglass from what the target exposes; it follows the target",
  };
}
