/** What a panel draws from its answers. The code of tables and transformations comes when a panel first needs it. */

import { useEffect, useMemo, useState } from "react";
import type { Panel } from "../model/dashboard";
import type { DataFrame } from "../model/frame";
import { asObject } from "../model/json";
import type { PanelFrame } from "./panel";
import { seen } from "./seen";

export interface Shaped {
  /** Series, for charts and single numbers. */
  frames: PanelFrame[];
  /** The same as tables, with how each column is written; none where the panel can do without. */
  tables: readonly DataFrame[];
  /** What could not be done, for people. */
  notes: readonly string[];
}

type Shape = (frames: readonly PanelFrame[], panel: Panel) => Shaped;

let loaded: Shape | undefined;

async function load(): Promise<Shape> {
  loaded ??= (await import("./frames")).shapeFrames;
  return loaded;
}

/** Whether a panel changes its answers, or names columns of them. */
const needsTables = ({ transformations, options }: Panel): boolean =>
  transformations.some(({ id }) => id !== "") || Boolean(asObject(options.reduceOptions).fields);

/** Tables where the panel needs them; undefined while the code is on the way. A failure to load it is thrown. */
export function useShaped(frames: PanelFrame[], panel: Panel): Shaped | undefined {
  const needed = needsTables(panel);
  const [shape, setShape] = useState<Shape | Error | undefined>(() => loaded);
  useEffect(() => {
    if (!needed || shape !== undefined) return;
    load().then(
      (made) => setShape(() => made),
      () => setShape(new Error("A part of this page could not be loaded. Reload the page.")),
    );
  }, [needed, shape]);
  return useMemo(() => {
    if (!needed) return seen({ frames, tables: [], notes: [] }, panel);
    if (shape instanceof Error) return { frames, tables: [], notes: [shape.message] };
    const made = shape?.(frames, panel);
    return made && seen(made, panel);
  }, [needed, frames, panel, shape]);
}
