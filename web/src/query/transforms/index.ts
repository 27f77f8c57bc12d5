/** The table of transformations, and running a panel's list of them. A new one is a function and a row. Pure. */

import type { DataFrame } from "../../model/frame";
import { asObject, asText, entryOf, type Json } from "../../model/json";
import { matchesPattern } from "../../model/pattern";
import { CALCULATE_TRANSFORMS } from "./calculate";
import { FIELD_TRANSFORMS } from "./fields";
import { JOIN_TRANSFORMS } from "./join";
import type { Transform } from "./kinds";
import { REDUCE_TRANSFORMS } from "./reduce";
import { ROW_TRANSFORMS } from "./rows";
import { SHAPE_TRANSFORMS } from "./shape";

const TRANSFORMS: Readonly<Record<string, Transform>> = {
  ...FIELD_TRANSFORMS,
  ...ROW_TRANSFORMS,
  ...JOIN_TRANSFORMS,
  ...REDUCE_TRANSFORMS,
  ...CALCULATE_TRANSFORMS,
  ...SHAPE_TRANSFORMS,
};

/** Names of the transformations that there are. */
export const TRANSFORM_NAMES: readonly string[] = Object.keys(TRANSFORMS);

/** One step of a panel's list; an empty `id` is one that is switched off. */
export interface Step {
  id: string;
  options: Json;
  /** Only the frames that this matches are changed. */
  filter?: Json;
}

export interface Transformed {
  frames: DataFrame[];
  /** Steps that could not be done, for people. */
  notes: string[];
}

/** The frames that a step is about, and the others, which pass by. */
function divide(frames: readonly DataFrame[], filter: Json | undefined): [DataFrame[], DataFrame[]] {
  const wanted = asObject(filter);
  const pattern = asText(wanted.options);
  if (wanted.id !== "byRefId" || pattern === undefined) return [[...frames], []];
  const isMeant = ({ refId }: DataFrame): boolean => refId === pattern || matchesPattern(pattern, refId);
  return [frames.filter(isMeant), frames.filter((frame) => !isMeant(frame))];
}

/** Runs the steps in order. One that is not known passes the frames on, and so does one that fails. */
export function transformFrames(frames: readonly DataFrame[], steps: readonly Step[]): Transformed {
  return steps.reduce<Transformed>(
    (done, { id, options, filter }) => {
      if (id === "" || id === "noop") return done;
      const transform = entryOf(TRANSFORMS, id);
      if (transform === undefined) {
        return {
          ...done,
          notes: [...done.notes, `The transformation “${id}” is not known here and is left out.`],
        };
      }
      const [meant, others] = divide(done.frames, filter);
      try {
        const notes = [...done.notes];
        const made = transform(meant, options, (note) => notes.push(note));
        return { frames: [...made, ...others], notes };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        return {
          ...done,
          notes: [...done.notes, `The transformation “${id}” failed and is left out: ${why}`],
        };
      }
    },
    { frames: [...frames], notes: [] },
  );
}
