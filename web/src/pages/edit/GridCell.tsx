/** One panel on the page that is edited: the panel itself, a header to take hold of, its tools, and a corner to pull. */

import { useRef, type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { Button } from "../../components/Button";
import type { Direction, Place } from "../../edit/grid";
import styles from "./grid.module.css";

export interface Tool {
  label: string;
  icon: Parameters<typeof Button>[0]["icon"];
  run: () => void;
  /** On narrow screens only. */
  narrow?: boolean;
}

export type Grip = "move" | "resize";

interface GridCellProps {
  place: Place;
  title: string;
  /** Pixels by which the cell is off its place while it is dragged. */
  offset: CSSProperties | undefined;
  dragged: boolean;
  tools: readonly Tool[];
  onGrab: (id: number, grip: Grip, event: PointerEvent<HTMLElement>) => void;
  onNudge: (id: number, direction: Direction, resizes: boolean) => void;
  onOpen: (id: number) => void;
  children: ReactNode;
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

const at = ({ x, y, w, h }: Place): CSSProperties =>
  ({ "--x": x + 1, "--y": y + 1, "--w": w, "--h": h }) as CSSProperties;

export function GridCell({
  place,
  title,
  offset,
  dragged,
  tools,
  onGrab,
  onNudge,
  onOpen,
  children,
}: GridCellProps) {
  const { id } = place;
  const cell = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    const direction = ARROWS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    onNudge(id, direction, event.shiftKey);
    requestAnimationFrame(() => cell.current?.scrollIntoView({ block: "nearest" }));
  };
  return (
    <div
      ref={cell}
      data-panel={id}
      className={`${styles.cell} ${dragged ? styles.dragged : ""}`}
      style={{ ...at(place), ...offset }}
    >
      {children}
      <div className={styles.strip}>
        <button
          type="button"
          className={styles.handle}
          aria-label={`Move ${title}`}
          aria-describedby="edit-keys"
          onPointerDown={(event) => onGrab(id, "move", event)}
          onDoubleClick={() => onOpen(id)}
          onKeyDown={onKey}
          onClick={(event) => event.detail === 0 && onOpen(id)}
        />
        <div className={styles.tools}>
          {tools.map(({ label, icon, run, narrow = false }) => (
            <Button
              key={label}
              quiet
              {...(icon === undefined ? {} : { icon })}
              aria-label={`${label} ${title}`}
              title={label}
              className={narrow ? styles.narrow! : ""}
              onClick={run}
            />
          ))}
        </div>
      </div>
      <div
        className={styles.corner}
        aria-hidden="true"
        title="Drag to resize"
        onPointerDown={(event) => onGrab(id, "resize", event)}
      />
    </div>
  );
}
