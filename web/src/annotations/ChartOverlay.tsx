/** What lies over a time chart: its keys, the handles of its events, and the links of the value that was clicked. */

import { use, useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { TimeChart } from "../charts/timechart";
import { PickBox, type Pick } from "../links/PickBox";
import { seriesSubjects } from "../links/subjects";
import type { OverlayProps } from "../panels/module";
import { makeStore, useStore } from "../state/store";
import { AnnotatingContext, draftOf, type Annotating, type Draft, type Shown } from "./context";
import { EventHandle } from "./EventHandle";
import { eventsOn } from "./events";
import styles from "./ChartOverlay.module.css";

/** Where a dashboard has no events at all. */
const NOTHING = makeStore<Shown>({ lists: [], events: [] });
/** How far Shift goes at once. */
const LEAP = 10;
/** More handles than this cannot be told apart. */
const MOST_HANDLES = 60;

/** Counts the drawings of a chart, so that what lies over it moves along. */
function useDrawings(chart: TimeChart, wanted: boolean): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    const key = (): string => {
      const { left, top, width, height } = chart.box();
      return [left, top, width, height, wanted ? chart.xOf(0) : 0].join();
    };
    let before = "";
    const onDraw = (): void => {
      const now = key();
      if (now === before) return;
      before = now;
      setCount((count) => count + 1);
    };
    return chart.listen({ onDraw });
  }, [chart, wanted]);
}

/** The place that a key leads to; undefined for a key that leads nowhere. */
function placeFor(key: string, shift: boolean, at: number | undefined, count: number): number | undefined {
  const by = (shift ? LEAP : 1) * ({ ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0);
  const last = count - 1;
  if (by !== 0) return at === undefined ? last : Math.min(last, Math.max(0, at + by));
  return { Home: 0, End: last }[key];
}

interface KeysProps {
  title: string;
  chart: TimeChart;
  onMark: (ms: number) => void;
  onLinks: (ms: number) => void;
}

/** Takes the focus for the chart: arrows move the crosshair, and what stands there is read out. */
function Keys({ title, chart, onMark, onLinks }: KeysProps) {
  const [said, setSaid] = useState("");
  const place = useRef<number>(undefined);
  const leave = (): void => {
    if (place.current !== undefined) chart.unpoint();
    place.current = undefined;
    setSaid("");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    const at = place.current ?? chart.at;
    const next = placeFor(event.key, event.shiftKey, at, chart.times.length);
    if (next !== undefined && next >= 0) {
      place.current = next;
      setSaid(chart.point(next));
    } else if (event.key === "Escape" && place.current !== undefined) leave();
    else if (event.key === "m") onMark(chart.times[at ?? chart.times.length - 1] ?? Date.now());
    else if (event.key === "Enter" && at !== undefined) onLinks(chart.times[at]!);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div
        className={styles.keys}
        role="application"
        aria-roledescription="chart"
        aria-label={`Values of ${title || "the chart"}: left and right move along, m marks an event`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={leave}
      />
      <span className={styles.said} aria-live="polite">
        {said}
      </span>
    </>
  );
}

/** Opens the form for an event of this chart. */
function useMarking({ panel, chart }: OverlayProps, annotating: Annotating | undefined) {
  const mark = (fromMs: number, toMs: number): void => {
    const draft: Draft = {
      fromMs: Math.round(fromMs),
      toMs: Math.round(toMs),
      text: "",
      tags: [],
      panelId: panel.id,
      panel: { id: panel.id, title: panel.title },
    };
    annotating?.draft.set(draft);
  };
  const latest = useRef(mark);
  useEffect(() => {
    latest.current = mark;
  });
  useEffect(() => chart.listen({ onMark: (from, to) => latest.current(from, to) }), [chart]);
  return mark;
}

/** What was clicked, where it has links. */
function usePick({ panel, frames, chart }: OverlayProps) {
  const [pick, setPick] = useState<Pick>();
  const open = (ms: number, x: number, y: number): void => {
    const subjects = seriesSubjects(frames, panel, ms);
    setPick(subjects.length === 0 ? undefined : { x, y, ms, subjects });
  };
  const latest = useRef(open);
  useEffect(() => {
    latest.current = open;
  });
  useEffect(() => chart.listen({ onPick: (ms, x, y) => latest.current(ms, x, y) }), [chart]);
  return { pick, open, close: () => setPick(undefined) };
}

export default function ChartOverlay(props: OverlayProps) {
  const { panel, chart } = props;
  const annotating = use(AnnotatingContext);
  const { lists, events } = useStore(annotating?.shown ?? NOTHING);
  const own = useMemo(() => eventsOn(events, lists, panel.id), [events, lists, panel.id]);
  const mark = useMarking(props, annotating);
  const { pick, open, close } = usePick(props);
  const root = useRef<HTMLDivElement>(null);
  useDrawings(chart, own.length > 0);
  useEffect(() => chart.mark(own), [chart, own]);
  const { left, top, width, height } = chart.box();
  const seen = own.filter(({ fromMs, toMs }) => chart.xOf(toMs) >= 0 && chart.xOf(fromMs) <= width);
  const links = (ms: number): void => {
    const place = root.current!.getBoundingClientRect();
    open(ms, place.left + left + chart.xOf(ms), place.top + top);
  };
  return (
    <div ref={root} className={styles.overlay}>
      <Keys title={panel.title} chart={chart} onMark={(ms) => mark(ms, ms)} onLinks={links} />
      <div className={styles.plot} style={{ left, top, width, height }}>
        {seen.slice(-MOST_HANDLES).map((event, at) => (
          <EventHandle
            key={`${event.list}-${event.id ?? at}-${event.fromMs}`}
            event={event}
            from={Math.max(0, chart.xOf(event.fromMs))}
            to={Math.min(width, chart.xOf(event.toMs))}
            onEdit={event.id === undefined ? undefined : () => annotating?.draft.set(draftOf(event))}
          />
        ))}
      </div>
      {pick !== undefined && <PickBox pick={pick} onClose={close} />}
    </div>
  );
}
