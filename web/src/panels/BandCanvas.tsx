/** A chart of rows over time as a component: made once, given new data, never rendered on hover. */

import { useEffect, useRef } from "react";
import { BandChart, type BandModel, type BandSetup } from "../charts/canvas/bandchart";
import { chartColors } from "../charts/palette";
import type { Size } from "../components/measure";
import type { ThemeName } from "../model/colors";
import { useDashboardScope } from "./module";

interface BandCanvasProps {
  model: BandModel;
  size: Size;
  theme: ThemeName;
  /** What screen readers say. */
  label: string;
  /** Something was clicked, at a place of the window. */
  onPick?: BandSetup["onPick"];
}

export function BandCanvas({ model, size, theme, label, onPick }: BandCanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<BandChart>(null);
  const { syncKey, sharedTooltip = false, zoom, zoomOut } = useDashboardScope();
  const latest = useRef({ model, size, onPick });

  useEffect(() => {
    latest.current = { model, size, onPick };
    chart.current?.resize(size);
    chart.current?.update(model);
  }, [model, size, onPick]);

  useEffect(() => {
    const { model: first, size: firstSize } = latest.current;
    const setup: BandSetup = {
      colors: chartColors(),
      syncKey,
      sharedTooltip,
      onZoom: zoom,
      onZoomOut: zoomOut,
      onPick: (...place) => latest.current.onPick?.(...place),
    };
    const made = new BandChart(host.current!, first, setup, firstSize);
    chart.current = made;
    return () => {
      made.destroy();
      chart.current = null;
    };
  }, [theme, syncKey, sharedTooltip, zoom, zoomOut]);

  return <div ref={host} role="img" aria-label={label} style={size} />;
}
