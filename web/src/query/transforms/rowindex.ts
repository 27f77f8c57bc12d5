/** Finds the row of a growing table with which another one can be one. Pure. */

import { isAbsent, type Value } from "../../model/frame";

/** A row: a number for each column, the same for equal values; 0 where there is no value. */
export interface Row {
  ids: number[];
  values: Value[];
  /** Its place in the order in which rows came. */
  at: number;
  group: Group | undefined;
}

/** Rows of one key in their order; those before `head` have gone to another group. */
interface Bucket {
  rows: Row[];
  head: number;
}

interface Index {
  columns: readonly number[];
  buckets: Map<string, Bucket>;
}

/** Rows that have a value in the same columns. */
interface Group {
  columns: readonly number[];
  rows: Row[];
  /** For rows with values in the columns of a mask: the columns in which both have one, and by these the rows. */
  indexes: Map<string, Index>;
}

/** In which columns a row has values. */
const maskOf = ({ ids }: Row): string => {
  let mask = "";
  for (const id of ids) mask += id === 0 ? "0" : "1";
  return mask;
};

const keyOf = ({ ids }: Row, columns: readonly number[]): string => {
  let key = "";
  for (const at of columns) key += `${ids[at]!},`;
  return key;
};

function put(buckets: Map<string, Bucket>, row: Row, columns: readonly number[]): void {
  const key = keyOf(row, columns);
  const bucket = buckets.get(key);
  if (bucket === undefined) {
    buckets.set(key, { rows: [row], head: 0 });
    return;
  }
  const { rows, head } = bucket;
  let place = rows.length;
  while (place > head && rows[place - 1]!.at > row.at) place -= 1;
  if (place === rows.length) rows.push(row);
  else rows.splice(place, 0, row);
}

/** The first row of a key that is still in its group. */
function firstOf(group: Group, bucket: Bucket | undefined): Row | undefined {
  if (bucket === undefined) return undefined;
  while (bucket.head < bucket.rows.length && bucket.rows[bucket.head]!.group !== group) bucket.head += 1;
  return bucket.rows[bucket.head];
}

/**
 * Rows of which two become one where they agree in all shared columns and contradict each other in none. Each is looked
 * up by its key, once for each set of columns that rows have: looking through all of them takes a large table forever.
 */
export class MergedRows {
  readonly rows: Row[] = [];
  private readonly groups = new Map<string, Group>();
  private readonly known: Map<Value, number>[];

  constructor(
    width: number,
    private readonly shared: readonly number[],
  ) {
    this.known = Array.from({ length: width }, () => new Map<Value, number>());
  }

  /** Takes in a row: into the first that it agrees with, or as a new one. */
  add(values: Value[]): void {
    const ids = values.map((value, at) => this.idOf(value, at));
    const row: Row = { ids, values, at: this.rows.length, group: undefined };
    const same = this.shared.length === 0 ? undefined : this.find(row);
    if (same === undefined) {
      this.rows.push(row);
      this.join(row);
    } else if (fill(same, row)) this.join(same);
  }

  private idOf(value: Value, at: number): number {
    if (isAbsent(value)) return 0;
    const known = this.known[at]!;
    const id = known.get(value) ?? known.size + 1;
    known.set(value, id);
    return id;
  }

  private join(row: Row): void {
    const group = this.groupOf(maskOf(row));
    row.group = group;
    group.rows.push(row);
    for (const { columns, buckets } of group.indexes.values()) put(buckets, row, columns);
  }

  private groupOf(mask: string): Group {
    const known = this.groups.get(mask);
    if (known !== undefined) return known;
    const columns = Array.from({ length: mask.length }, (_, at) => at).filter((at) => mask[at] === "1");
    const group: Group = { columns, rows: [], indexes: new Map() };
    this.groups.set(mask, group);
    return group;
  }

  private find(row: Row): Row | undefined {
    const mask = maskOf(row);
    let found: Row | undefined;
    for (const group of this.groups.values()) {
      const { columns, buckets } = group.indexes.get(mask) ?? this.indexFor(group, mask);
      const first = firstOf(group, buckets.get(keyOf(row, columns)));
      if (first !== undefined && (found === undefined || first.at < found.at)) found = first;
    }
    return found;
  }

  /** Rows are one where they say the same in all shared columns, and wherever both say something. */
  private indexFor(group: Group, mask: string): Index {
    const both = group.columns.filter((at) => mask[at] === "1" && !this.shared.includes(at));
    const index: Index = { columns: [...this.shared, ...both], buckets: new Map() };
    group.indexes.set(mask, index);
    group.rows = group.rows.filter((one) => one.group === group).sort((a, b) => a.at - b.at);
    for (const one of group.rows) put(index.buckets, one, index.columns);
    return index;
  }
}

/** Writes into a row what only the other has; whether there was something. */
function fill(row: Row, { ids, values }: Row): boolean {
  let filled = false;
  for (let at = 0; at < ids.length; at += 1) {
    if (row.ids[at] !== 0 || ids[at] === 0) continue;
    row.ids[at] = ids[at]!;
    row.values[at] = values[at]!;
    filled = true;
  }
  return filled;
}
