/** The foot of an event's line: what it is on pointing at it, all about it on a click. */

import { useRef, type CSSProperties } from "react";
import type { ChartEvent } from "../charts/events";
import { hideTooltip, showTooltip } from "../charts/tooltip";
import { Button } from "../components/Button";
import { Toggletip } from "../components/Toggletip";
import { resolveColor } from "../model/colors";
import { useTheme } from "../state/theme";
import { whenOf } from "./EventsDialog";
import styles from "./ChartOverlay.module.css";

interface EventHandleProps {
  event: ChartEvent;
  /** px from the plot's left edge. */
  from: number;
  to: number;
  onEdit: (() => void) | undefined;
}

function Details({ event, onEdit }: Pick<EventHandleProps, "event" | "onEdit">) {
  return (
    <div className={styles.details}>
      <b>{event.title}</b>
      <span className={styles.when}>
        {whenOf(event)} · {event.list}
        {event.by !== "" && ` · ${event.by}`}
      </span>
      {event.text !== "" && <p>{event.text}</p>}
      {event.tags.length > 0 && <span className={styles.when}>{event.tags.join(", ")}</span>}
      {onEdit !== undefined && (
        <Button className={styles.edit} onClick={onEdit}>
          Edit
        </Button>
      )}
    </div>
  );
}

export function EventHandle({ event, from, to, onEdit }: EventHandleProps) {
  const color = resolveColor(event.color, useTheme());
  const place = useRef<HTMLDivElement>(null);
  const show = (): void => {
    const { left, top } = place.current!.getBoundingClientRect();
    const rows = [{ name: event.title, value: event.tags.join(", "), color, near: true }];
    showTooltip(left, top - 72, { title: whenOf(event), rows, more: 0 });
  };
  return (
    <div
      ref={place}
      className={styles.handle}
      style={{ left: from, "--event": color, "--long": `${Math.max(0, to - from)}px` } as CSSProperties}
      onPointerEnter={show}
      onPointerLeave={hideTooltip}
      onPointerDown={hideTooltip} // what opens says more
    >
      <i className={styles.span} />
      <Toggletip
        label={`${event.title}, ${whenOf(event)}`}
        title=""
        className={styles.foot}
        face={<span className={styles.arrow} />}
      >
        <Details event={event} onEdit={onEdit} />
      </Toggletip>
    </div>
  );
}
