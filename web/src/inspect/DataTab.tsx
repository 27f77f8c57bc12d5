/** The data of a panel as a table, and as a file. */

import { lazy, Suspense, useMemo, useState } from "react";
import { Button } from "../components/Button";
import { Empty, Skeleton } from "../components/states";
import { toCsv, type Writing } from "../export/csv";
import { saveSheet } from "../export/panel";
import type { Panel } from "../model/dashboard";
import type { DataFrame } from "../model/frame";
import type { PanelData } from "../query/panel";
import { copyText } from "../state/clipboard";
import { useTheme } from "../state/theme";
import { ALL, choicesOf, drawable, sheetOf, tablesOf } from "./sheets";
import styles from "./Inspector.module.css";

const DataTable = lazy(async () => ({ default: (await import("../panels/table")).DataTable }));

interface TabProps {
  panel: Panel;
  data: PanelData;
}

interface SwitchProps {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

const Switch = ({ label, on, onChange }: SwitchProps) => (
  <label>
    <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
    {label}
  </label>
);

interface FilesProps {
  title: string;
  sheet: DataFrame;
  writing: Writing;
}

function Files({ title, sheet, writing }: FilesProps) {
  return (
    <>
      <Button icon="copy" onClick={() => void copyText(toCsv(sheet, writing), "CSV")}>
        Copy CSV
      </Button>
      <Button icon="download" onClick={() => saveSheet(title, sheet, writing)}>
        Download CSV
      </Button>
    </>
  );
}

const counted = (count: number, one: string): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : `${one}s`}`;

export function DataTab({ panel, data }: TabProps) {
  const theme = useTheme();
  const [choice, setChoice] = useState(ALL);
  const [formatted, setFormatted] = useState(true);
  const [transformed, setTransformed] = useState(true);
  const tables = useMemo(() => tablesOf(panel, data, transformed), [panel, data, transformed]);
  const sheet = useMemo(() => sheetOf(tables, choice), [tables, choice]);
  const table = useMemo(
    () => (sheet === undefined ? undefined : drawable(sheet, formatted)),
    [sheet, formatted],
  );
  const choices = choicesOf(tables);
  if (sheet === undefined || table === undefined)
    return <Empty title="No data">{data.error?.message ?? "Its queries have not answered anything."}</Empty>;
  return (
    <>
      <div className={styles.bar}>
        {choices.length > 1 && (
          <select aria-label="Data of" value={choice} onChange={(event) => setChoice(event.target.value)}>
            {choices.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        )}
        <Switch label="Formatted values" on={formatted} onChange={setFormatted} />
        {panel.transformations.length > 0 && (
          <Switch label="Transformations applied" on={transformed} onChange={setTransformed} />
        )}
        <span className={styles.space} />
        <Files title={panel.title} sheet={sheet} writing={formatted ? "shown" : "raw"} />
      </div>
      <p className={styles.count}>
        {counted(table.rows.length, "row")}, {counted(table.columns.length, "column")}
      </p>
      <div className={styles.table}>
        <Suspense fallback={<Skeleton />}>
          <DataTable table={table} theme={theme} />
        </Suspense>
      </div>
    </>
  );
}
