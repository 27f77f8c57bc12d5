/** A value, or several, chosen from a list that is searched by typing. */

import {
  useEffect,
  useLayoutEffect,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
} from "react";
import styles from "./Combobox.module.css";
import { Icon } from "./icons";

export interface Option {
  text: string;
  value: string;
}

interface ComboboxProps {
  label: string;
  /** The label is heard and not seen. */
  bare?: boolean;
  options: readonly Option[];
  values: readonly string[];
  /** What the button shows. */
  shown: string;
  multiple?: boolean;
  /** Stands for everything, above the others. */
  all?: { chosen: boolean; onChoose: () => void };
  loading?: boolean;
  /** How many more options there are, which nobody has loaded. */
  left?: number | undefined;
  /** Why there is nothing to choose, or what is wrong with what is chosen. */
  note?: string | undefined;
  /** Also takes what is typed and not in the list. */
  free?: boolean;
  onChange: (values: string[]) => void;
}

/** More lines than these are narrowed down by typing. */
const MOST_SHOWN = 200;
const PAGE = 8;

interface Line {
  kind: "all" | "option" | "typed";
  text: string;
  value: string;
  chosen: boolean;
}

interface Lines {
  lines: Line[];
  /** How many options that fit are not among them. */
  hidden: number;
}

function linesOf(props: ComboboxProps, draft: readonly string[], search: string): Lines {
  const { all, options, free = false } = props;
  const wanted = search.trim().toLowerCase();
  const found = options.filter(({ text }) => text.toLowerCase().includes(wanted));
  const everything = all === undefined || wanted !== "" ? [] : [line("all", "All", "", all.chosen)];
  const typed =
    free &&
    wanted !== "" &&
    !options.some(({ text, value }) => text === search.trim() || value === search.trim());
  const lines = [
    ...everything,
    ...found
      .slice(0, MOST_SHOWN)
      .map(({ text, value }) => line("option", text, value, all?.chosen !== true && draft.includes(value))),
    ...(typed ? [line("typed", search.trim(), search.trim(), draft.includes(search.trim()))] : []),
  ];
  return { lines, hidden: Math.max(0, found.length - MOST_SHOWN) };
}

/** What the list ends with where it does not have everything. */
function endOf({ options, left = 0, free = false }: ComboboxProps, hidden: number): string | undefined {
  if (hidden > 0) return `${hidden} more: type to find them`;
  if (left === 0) return undefined;
  return `${options.length} are listed, +${left} more are not${free ? ": type the whole value" : "."}`;
}

const line = (kind: Line["kind"], text: string, value: string, chosen: boolean): Line => ({
  kind,
  text,
  value,
  chosen,
});

/** Closes on a click or a focus elsewhere. */
function useAway(root: RefObject<HTMLElement | null>, open: boolean, close: () => void): void {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => {
    if (!open) return;
    const away = (event: Event): void => {
      if (!root.current!.contains(event.target as Node)) latest.current();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
    };
  }, [root, open]);
}

/** What is ticked while the list is open. */
interface Draft {
  ticked: readonly string[];
  everything: boolean;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value) => b.includes(value));

/** The button with its list. Several choices are told when the list closes, so that each tick costs no query. */
export function Combobox(props: ComboboxProps) {
  const { label, bare = false, values, shown, loading = false, note } = props;
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  const [draft, setDraft] = useState<Draft>({ ticked: values, everything: false });
  const show = (): void => {
    setDraft({ ticked: values, everything: props.all?.chosen ?? false });
    setOpen(true);
  };
  const close = (refocus: boolean): void => {
    setOpen(false);
    if (refocus) root.current?.querySelector("button")?.focus();
    const { ticked, everything } = draft;
    if (props.multiple === true && !everything && ticked.length > 0 && !same(ticked, values)) {
      props.onChange([...ticked]);
    }
  };
  useAway(root, open, () => close(false));
  return (
    <div ref={root} className={styles.root}>
      {!bare && (
        <span id={`${id}-label`} className={styles.label}>
          {label}
        </span>
      )}
      <button
        type="button"
        className={note === undefined ? styles.button : styles.noted}
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-label={`${label}: ${shown === "" ? "nothing" : shown}`}
        title={note ?? shown}
        onClick={() => {
          if (open) close(false);
          else show();
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" || open) return;
          event.preventDefault();
          show();
        }}
      >
        {note !== undefined && <Icon name="warning" size={14} />}
        <span className={shown === "" ? styles.nothing : styles.shown}>
          {shown === "" ? "nothing" : shown}
        </span>
        {loading ? <span className={styles.loading} /> : <Icon name="down" size={12} />}
      </button>
      {open && <List {...props} id={id} draft={draft} onDraft={setDraft} onClose={close} />}
    </div>
  );
}

/** A press on what takes no focus would give it to the page, and the list would close. */
function keepFocus(event: MouseEvent): void {
  if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
}

interface ListProps extends ComboboxProps {
  id: string;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  onClose: (refocus: boolean) => void;
}

/** Where a key leads in the list; undefined for keys that mean something else. */
function moved(key: string, at: number, count: number): number | undefined {
  const last = count - 1;
  const to: Record<string, number> = {
    ArrowDown: at >= last ? 0 : at + 1,
    ArrowUp: at <= 0 ? last : at - 1,
    PageDown: Math.min(last, at + PAGE),
    PageUp: Math.max(0, at - PAGE),
  };
  return to[key];
}

function List(props: ListProps) {
  const { id, label, multiple = false, all, note, loading = false } = props;
  const { draft, onDraft, onClose, onChange } = props;
  const [search, setSearch] = useState("");
  const { ticked, everything } = draft;
  const shownAll = all === undefined ? {} : { all: { ...all, chosen: everything } };
  const { lines, hidden } = linesOf({ ...props, ...shownAll }, ticked, search);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      lines.findIndex(({ chosen }) => chosen),
    ),
  );
  const list = useRef<HTMLUListElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current!.focus(), []); // before the next key, so that no letter is lost
  useEffect(() => {
    list.current!.querySelector("[data-active]")?.scrollIntoView({ block: "nearest" });
  }, [active, search]);
  const tick = (value: string): void => {
    const others = ticked.filter((one) => one !== value);
    const next = everything ? [value] : others.length < ticked.length ? others : [...ticked, value];
    onDraft({ ticked: next, everything: false });
  };
  const choose = ({ kind, value }: Line): void => {
    if (kind === "all") {
      onDraft({ ticked: [], everything: true });
      all!.onChoose();
      onClose(true);
    } else if (multiple) {
      tick(value);
    } else {
      onClose(true);
      onChange([value]);
    }
  };
  const onKey = (event: KeyboardEvent): void => {
    const to = moved(event.key, active, lines.length);
    if (to !== undefined) setActive(to);
    else if (event.key === "Enter" && lines[active] !== undefined) choose(lines[active]);
    else if (event.key === "Escape") onClose(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const cut = endOf(props, hidden);
  return (
    <div className={styles.box} onMouseDown={keepFocus}>
      <input
        ref={input}
        role="combobox"
        aria-label={`Search ${label}`}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={lines[active] === undefined ? undefined : `${id}-${active}`}
        aria-autocomplete="list"
        className={styles.search}
        placeholder={props.free === true ? "Search or type a value" : "Search"}
        value={search}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setSearch(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      {note !== undefined && <p className={styles.note}>{note}</p>}
      <ul
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={label}
        aria-multiselectable={multiple}
        className={styles.list}
      >
        {lines.map((one, at) => (
          <li
            key={`${one.kind} ${one.value}`}
            id={`${id}-${at}`}
            role="option"
            aria-selected={one.chosen}
            data-active={at === active ? "" : undefined}
            className={styles.option}
            title={one.text}
            onPointerMove={() => setActive(at)}
            onClick={() => choose(one)}
          >
            <span className={multiple ? styles.box16 : styles.mark}>
              {one.chosen && <Icon name="check" size={12} />}
            </span>
            <span className={styles.text}>
              {one.kind === "typed" ? `Use “${one.text}”` : one.text || "(empty)"}
            </span>
          </li>
        ))}
      </ul>
      {lines.length === 0 && <p className={styles.empty}>{loading ? "Loading…" : "Nothing to choose"}</p>}
      {cut !== undefined && <p className={styles.empty}>{cut}</p>}
      {multiple && (
        <div className={styles.foot}>
          <span aria-live="polite">{everything ? "All" : `${ticked.length} chosen`}</span>
          <button type="button" className={styles.done} onClick={() => onClose(true)}>
            Apply
          </button>
        </div>
      )}
    </div>
  );
}
