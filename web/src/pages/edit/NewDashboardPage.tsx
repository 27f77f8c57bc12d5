/** A new dashboard: empty, or begun with panels over the metrics that are there, by what matters of a service. */

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { fetchMetricNames } from "../../api/catalog";
import { apiOf } from "../../api/frames";
import { getData } from "../../api/http";
import { Button } from "../../components/Button";
import { Skeleton } from "../../components/states";
import { titleOf, type Doc } from "../../edit/doc";
import { browserShelf, type Draft, isNewDraft, newDraftName, readDraft } from "../../edit/drafts";
import { exprOf, queriesOf } from "../../edit/queries";
import { AREAS, compose, emptyDocument, suggest, type Suggestion } from "../../edit/suggest";
import { metricsOf, type Families, type Metric } from "../../model/families";
import { asText } from "../../model/json";
import { setParams, useAddress } from "../../state/location";
import { Page } from "../Page";
import { Editor } from "./Editor";
import { TextField } from "./fields";
import { KindIcon } from "./kindIcons";
import type { Opened } from "./session";
import styles from "./NewDashboardPage.module.css";
import { Unsaved } from "./Unsaved";

/** Panels on offer in each area. */
const MOST_SUGGESTED = 5;
const DEFAULT_TITLE = "New dashboard";

/** What is told of metrics is told of families; whether there are any, and what they are called, series say. */
const metricsQuery = {
  queryKey: ["suggestible metrics"],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Metric[]> => {
    const [names, families] = await Promise.all([
      fetchMetricNames("default", signal),
      getData<Families>(`${apiOf("default")}/metadata`, {}, signal).catch(() => ({})),
    ]);
    return metricsOf(names, families);
  },
  staleTime: 60_000,
};

/** What was chosen counts as changed; an empty page does not. */
const openedAs = (draft: string, doc: Doc, draftMs?: number): Opened => ({
  uid: "",
  draft,
  base: emptyDocument(asText(doc.title) ?? DEFAULT_TITLE),
  doc,
  folderUid: "",
  translated: 0,
  behind: false,
  ...(draftMs === undefined ? {} : { draftMs }),
});

/** The draft that the address names: a page that is loaded again goes on with it. */
function draftOpened(name: string): Opened | undefined {
  const draft = isNewDraft(name) ? readDraft(browserShelf, name, Date.now()) : undefined;
  return draft === undefined ? undefined : openedAs(name, draft.doc, draft.atMs);
}

interface AreaProps {
  area: (typeof AREAS)[number];
  suggestions: readonly Suggestion[];
  chosen: ReadonlySet<string>;
  onToggle: (key: string) => void;
}

function AreaCard({ area: { title, question }, suggestions, chosen, onToggle }: AreaProps) {
  return (
    <section className={styles.area}>
      <h2>{title}</h2>
      <p>{question}</p>
      {suggestions.length === 0 ? (
        <p className={styles.none}>No metric here tells it yet.</p>
      ) : (
        <ul>
          {suggestions.map(({ key, panel }) => (
            <li key={key}>
              <label title={exprOf(queriesOf(panel)[0] ?? {})}>
                <input type="checkbox" checked={chosen.has(key)} onChange={() => onToggle(key)} />
                <KindIcon type={String(panel.type)} size={16} />
                <span>{titleOf(panel)}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface GuideProps {
  onBegin: (doc: Doc) => void;
  onContinue: (draft: Draft) => void;
}

function Guide({ onBegin, onContinue }: GuideProps) {
  const { data, isPending } = useQuery(metricsQuery);
  const suggestions = useMemo(() => suggest(data ?? [], MOST_SUGGESTED), [data]);
  const [title, setTitle] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string): void =>
    setChosen((was) => new Set(was.has(key) ? [...was].filter((one) => one !== key) : [...was, key]));
  const name = title.trim() || DEFAULT_TITLE;
  const picked = suggestions.filter(({ key }) => chosen.has(key));
  return (
    <Page title="New dashboard" parent={{ title: "Dashboards", to: "dashboards" }}>
      <div className={styles.guide}>
        <Unsaved onContinue={onContinue} />
        <div className={styles.title}>
          <TextField label="Title" value={title} placeholder={DEFAULT_TITLE} autoFocus onChange={setTitle} />
        </div>
        <p className={styles.lead}>
          What should it tell? These five are worth watching of any service; tick what you want to see, from
          the metrics that are here. Everything can be changed afterwards.
        </p>
        {isPending ? (
          <div className={styles.loading}>
            <Skeleton />
          </div>
        ) : (
          <div className={styles.areas}>
            {AREAS.map((area) => (
              <AreaCard
                key={area.key}
                area={area}
                suggestions={suggestions.filter((one) => one.area === area.key)}
                chosen={chosen}
                onToggle={toggle}
              />
            ))}
          </div>
        )}
        <footer className={styles.foot}>
          <Button onClick={() => onBegin(emptyDocument(name))}>Start empty</Button>
          <Button primary disabled={picked.length === 0} onClick={() => onBegin(compose(name, picked))}>
            {picked.length === 0
              ? "Start with panels"
              : `Start with ${picked.length} ${picked.length === 1 ? "panel" : "panels"}`}
          </Button>
        </footer>
      </div>
    </Page>
  );
}

const setDraft = (draft: string | undefined): void => setParams({ draft }, true);

export function NewDashboardPage() {
  const name = useAddress().params.get("draft") ?? "";
  const [opened, setOpened] = useState(() => draftOpened(name));
  const begin = (next: Opened): void => {
    setOpened(next);
    setDraft(next.draft);
  };
  if (opened?.draft === name)
    return <Editor key={name} opened={opened} onRestart={() => setDraft(undefined)} />;
  return (
    <Guide
      onBegin={(doc) => begin(openedAs(newDraftName(), doc))}
      onContinue={({ uid, doc, atMs }) => begin(openedAs(uid, doc, atMs))}
    />
  );
}
