/** The key of a drawing: what each colour and hatching stands for, with values beside it. Entries hide and show. */

import { hatchPath, HATCH_TILE } from "../charts/canvas/hatch";
import { inkOn } from "../charts/ramp";
import { LegendBox } from "./LegendBox";
import styles from "./keys.module.css";
import legend from "./legend.module.css";

export interface KeyEntry {
  id: string;
  name: string;
  color: string;
  /** Number of the hatching; 0 or absent for plain. */
  hatch?: number;
  values: readonly string[];
}

interface KeysProps {
  entries: readonly KeyEntry[];
  /** Headings of the values. */
  headings?: readonly string[];
  right?: boolean;
  hidden?: ReadonlySet<string>;
  /** A click shows one entry alone; with a modifier it hides or shows just this one. */
  onToggle?: (id: string, alone: boolean) => void;
  onFocus?: (id: string | undefined) => void;
}

function Swatch({ color, hatch = 0 }: { color: string; hatch?: number | undefined }) {
  return (
    <svg className={styles.swatch} viewBox="0 0 12 12" aria-hidden="true">
      <rect width="12" height="12" rx="3" fill={color} />
      {hatch > 0 && (
        <path
          d={hatchPath(hatch)}
          transform={`translate(${(12 - HATCH_TILE) / 2} ${(12 - HATCH_TILE) / 2})`}
          stroke={inkOn(color)}
          strokeWidth="1.4"
          opacity="0.75"
        />
      )}
    </svg>
  );
}

function Entry({ entry, hidden, onToggle, onFocus }: { entry: KeyEntry } & Omit<KeysProps, "entries">) {
  const content = (
    <>
      <Swatch color={entry.color} hatch={entry.hatch} />
      <span className={legend.name}>{entry.name}</span>
    </>
  );
  if (onToggle === undefined)
    return (
      <span className={styles.plain} title={entry.name}>
        {content}
      </span>
    );
  const off = hidden?.has(entry.id) === true;
  return (
    <button
      type="button"
      className={off ? legend.off : legend.entry}
      title={entry.name}
      aria-pressed={!off}
      onClick={(event) => onToggle(entry.id, !(event.ctrlKey || event.metaKey || event.shiftKey))}
      onMouseEnter={() => onFocus?.(entry.id)}
      onMouseLeave={() => onFocus?.(undefined)}
      onFocus={() => onFocus?.(entry.id)}
      onBlur={() => onFocus?.(undefined)}
    >
      {content}
    </button>
  );
}

const List = ({ entries, ...rest }: KeysProps) => (
  <ul className={legend.list}>
    {entries.map((entry) => (
      <li key={entry.id} data-entry>
        <Entry {...rest} entry={entry} />
      </li>
    ))}
  </ul>
);

const Table = ({ entries, headings = [], ...rest }: KeysProps) => (
  <table className={legend.table}>
    <thead className={headings.length > 1 ? undefined : legend.unseen}>
      <tr>
        <th scope="col">
          <span className={legend.unseen}>name</span>
        </th>
        {headings.map((heading) => (
          <th key={heading} scope="col">
            {heading}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {entries.map((entry) => (
        <tr key={entry.id} data-entry>
          <td>
            <Entry {...rest} entry={entry} />
          </td>
          {entry.values.map((value, at) => (
            <td key={headings[at]}>{value}</td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

/** A list without values, a small table with them. */
export function Keys(props: KeysProps) {
  const { entries, headings = [], right = false } = props;
  return (
    <div className={right ? styles.right : styles.below}>
      <LegendBox right={right} count={entries.length} still={props.onToggle === undefined}>
        {(many) => {
          const seen = { ...props, entries: entries.slice(0, many) };
          return headings.length === 0 ? <List {...seen} /> : <Table {...seen} />;
        }}
      </LegendBox>
    </div>
  );
}

/** What is hidden after a click: others where one is to stand alone, nothing where it does already. */
export function toggleKey(
  hidden: ReadonlySet<string>,
  id: string,
  alone: boolean,
  all: readonly string[],
): Set<string> {
  const others = all.filter((other) => other !== id);
  if (!alone)
    return hidden.has(id) ? new Set([...hidden].filter((other) => other !== id)) : new Set([...hidden, id]);
  const isAlone = !hidden.has(id) && others.every((other) => hidden.has(other));
  return isAlone ? new Set() : new Set(others);
}
