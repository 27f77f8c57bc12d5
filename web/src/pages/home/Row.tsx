/** One dashboard of the list. */

import { useState, type KeyboardEvent } from "react";
import type { DashboardHit } from "../../api/catalog";
import { Button } from "../../components/Button";
import { Icon } from "../../components/icons";
import { Link } from "../../components/Link";
import { Choice, Popover } from "../../components/Popover";
import { aboutOf, ICONS } from "./about";
import { isOwn, kindOf } from "./listing";
import styles from "./Row.module.css";

/** What may happen to one. */
export interface RowActions {
  onSelect: (hit: DashboardHit) => void;
  onStar: (hit: DashboardHit) => void;
  onTag: (tag: string) => void;
  onExport: (hit: DashboardHit, form: "saved" | "grafana") => void;
  onMove: (hits: DashboardHit[]) => void;
  onDelete: (hits: DashboardHit[]) => void;
}

function Menu({ hit, actions }: { hit: DashboardHit; actions: RowActions }) {
  const [open, setOpen] = useState(false);
  const choice = (icon: Parameters<typeof Icon>[0]["name"], text: string, run: () => void) => (
    <Choice
      icon={<Icon name={icon} />}
      onChoose={() => {
        setOpen(false);
        run();
      }}
    >
      {text}
    </Choice>
  );
  return (
    <Popover label={`More of ${hit.title}`} icon="more" quiet open={open} onOpen={setOpen}>
      {choice("download", "Export as saved", () => actions.onExport(hit, "saved"))}
      {choice("download", "Export as Grafana JSON", () => actions.onExport(hit, "grafana"))}
      {isOwn(hit) && choice("folder", "Move…", () => actions.onMove([hit]))}
      {isOwn(hit) && choice("trash", "Delete…", () => actions.onDelete([hit]))}
    </Popover>
  );
}

interface RowProps {
  hit: DashboardHit;
  selected: boolean;
  /** The folder is named where the heading does not. */
  withFolder: boolean;
  nowMs: number;
  actions: RowActions;
}

const MOST_TAGS = 3;

export function Row({ hit, selected, withFolder, nowMs, actions }: RowProps) {
  const { title, description = "", folderTitle, tags, trouble, isStarred = false } = hit;
  const about = aboutOf(hit, nowMs);
  const shown = tags.filter((tag) => tag !== "automatic");
  const onKey = (event: KeyboardEvent): void => {
    const run = { x: () => actions.onSelect(hit), s: () => actions.onStar(hit) }[event.key];
    if (run === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };
  return (
    <li className={selected ? styles.selected : styles.row} data-row={hit.uid}>
      <label className={styles.check}>
        <input
          type="checkbox"
          className={styles.input}
          checked={selected}
          aria-label={`Select ${title}`}
          onChange={() => actions.onSelect(hit)}
        />
        <span>{selected && <Icon name="check" size={12} />}</span>
      </label>
      <Link to={hit.url.replace(/^\//, "")} className={styles.link} onKeyDown={onKey} data-dashboard="">
        <Icon name={ICONS[kindOf(hit)]} />
        <span className={styles.names} title={description === "" ? title : `${title}: ${description}`}>
          <span className={styles.title}>{title}</span>
          {description !== "" && <span className={styles.description}>{description}</span>}
        </span>
      </Link>
      <span className={styles.tags}>
        {shown.slice(0, MOST_TAGS).map((tag) => (
          <button
            key={tag}
            type="button"
            title={`Only what has the tag ${tag}`}
            onClick={() => actions.onTag(tag)}
          >
            {tag}
          </button>
        ))}
        {shown.length > MOST_TAGS && <span title={shown.join(", ")}>+{shown.length - MOST_TAGS}</span>}
      </span>
      <span className={styles.about} title={trouble ?? about.title}>
        {trouble !== undefined && <Icon name="warning" size={13} />}
        {withFolder && folderTitle !== undefined && <>{folderTitle} · </>}
        {trouble === undefined ? about.text : "File is wrong: shown as it was"}
      </span>
      <Button
        quiet
        icon="star"
        className={isStarred ? styles.starred! : styles.star!}
        aria-label={`Star ${title}`}
        aria-pressed={isStarred}
        title={isStarred ? "Take the star off" : "Star"}
        onClick={() => actions.onStar(hit)}
      />
      <Menu hit={hit} actions={actions} />
    </li>
  );
}
