/** All events of the page in a list: the way to them without a pointer. */

import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import type { ChartEvent } from "../charts/events";
import { isSpan } from "../charts/events";
import { resolveColor } from "../model/colors";
import { describeAge, formatTime } from "../model/timerange";
import { setRange } from "../state/range";
import { useTheme } from "../state/theme";
import { draftOf, type Draft } from "./context";
import styles from "./EventsDialog.module.css";

/** How much is seen around an event that one goes to, at least. */
const AROUND_MS = 10 * 60_000;

/** When it was, and how long. */
export const whenOf = (event: ChartEvent): string =>
  isSpan(event)
    ? `${formatTime(event.fromMs)}, for ${describeAge(event.toMs - event.fromMs)}`
    : formatTime(event.fromMs);

function goTo({ fromMs, toMs }: ChartEvent): void {
  const around = Math.max(AROUND_MS, toMs - fromMs);
  setRange({ from: String(Math.round(fromMs - around)), to: String(Math.round(toMs + around)) });
}

interface EventsDialogProps {
  events: readonly ChartEvent[];
  onClose: () => void;
  onEdit: (draft: Draft) => void;
}

export function EventsDialog({ events, onClose, onEdit }: EventsDialogProps) {
  const theme = useTheme();
  const ordered = [...events].sort((a, b) => b.fromMs - a.fromMs);
  return (
    <Dialog title="Events on the charts" wide onClose={onClose}>
      <ul className={styles.list}>
        {ordered.map((event, at) => (
          <li key={at}>
            <span className={styles.mark} style={{ background: resolveColor(event.color, theme) }} />
            <div className={styles.about}>
              <b title={event.title}>{event.title}</b>
              <span className={styles.when}>
                {whenOf(event)} · {event.list}
                {event.by !== "" && ` · ${event.by}`}
              </span>
              {event.text !== "" && <p>{event.text}</p>}
              {event.tags.length > 0 && (
                <span className={styles.tags}>
                  {event.tags.map((tag) => (
                    <i key={tag}>{tag}</i>
                  ))}
                </span>
              )}
            </div>
            <span className={styles.tools}>
              {event.id !== undefined && (
                <Button quiet aria-label={`Edit ${event.title}`} onClick={() => onEdit(draftOf(event))}>
                  Edit
                </Button>
              )}
              <Button
                aria-label={`Go to ${event.title}`}
                onClick={() => {
                  onClose();
                  goTo(event);
                }}
              >
                Go there
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
