/** The annotation lists of the dashboard: what people have marked, and what Prometheus expressions say. */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button } from "../../components/Button";
import { asList, asNumber, asObject, asText, asTexts, type Json } from "../../model/json";
import { isOurs, parseEventLists, sourceVariables } from "../../annotations/definitions";
import { queryInstant } from "../../api/frames";
import { shortFault } from "../../model/fault";
import { interpolate } from "../../model/interpolate";
import { expandMacros, makeGrid } from "../../model/step";
import { rangeAt, type RawRange } from "../../model/timerange";
import { everyPanel, idOf, isRow, moveEntry, titleOf } from "../../edit/doc";
import { LISTS, listsOf, newList, placeOf, placeOfSource, setList, textAt } from "../../edit/eventlists";
import { writeSource } from "../../edit/queries";
import { getAt, setAt, type Path } from "../../edit/tree";
import { Card, useOpenCard } from "./Card";
import { Chips } from "./Chips";
import { ColorPicker } from "./ColorPicker";
import { ChoiceField, Field, NumberField, SwitchField, TextField } from "./fields";
import { useEditing } from "./session";
import { SourceField } from "./SourceField";
import { TagsField } from "./TagsField";
import { useOffers } from "./VariableList";
import cards from "./Card.module.css";

interface FormProps {
  list: Json;
  set: (path: Path, value: unknown) => void;
}

/** Typing rests this long before the query is asked. */
const REST_MS = 600;
/** What macros of time stand for: any step will do. */
const STEP_MS = 60_000;

/** What is wrong with the query of a list, once typing rests. */
function useFault(list: Json, raw: RawRange): string | undefined {
  const { doc, opened } = useEditing();
  const [rested, setRested] = useState(list);
  useEffect(() => {
    const timer = setTimeout(() => setRested(list), REST_MS);
    return () => clearTimeout(timer);
  }, [list]);
  const { states, variables, waiting } = useOffers(opened.uid, doc.templating, raw);
  const known = sourceVariables(states.map(({ variable }) => variable));
  const query = parseEventLists({ list: [rested] }, known).find((one) => one.kind === "query");
  const { error } = useQuery({
    queryKey: ["event query", query?.source, query?.expr, raw, variables],
    queryFn: async ({ signal }) => {
      const range = rangeAt(raw, Date.now());
      const [source, written] = [query!.source, query!.expr];
      const filled = interpolate(written, variables, "promql");
      const expr = expandMacros(filled, makeGrid(range, STEP_MS, "step"), range, STEP_MS);
      const answer = queryInstant(source.includes("$") ? "default" : source, expr, range.toMs, signal);
      await answer.catch(async (refused: unknown) => {
        throw (await import("../../query/why")).asTyped(refused, written, expr);
      });
      return true;
    },
    enabled: query !== undefined && waiting.size === 0,
    retry: false,
    staleTime: Infinity,
  });
  const isNew = textAt(list, "expr") !== textAt(rested, "expr");
  return error === null || isNew ? undefined : shortFault(error.message);
}

/** What an expression's events are called, and when there are any. */
function QueryForm({ list, set, raw }: FormProps & { raw: RawRange }) {
  const fault = useFault(list, raw);
  const field = (
    name: string,
    label: string,
    placeholder: string,
    more: { hint?: string; mono?: true } = {},
  ) => (
    <TextField
      label={label}
      value={textAt(list, name)}
      placeholder={placeholder}
      {...more}
      onChange={(text) => set(placeOf(list, name), text)}
    />
  );
  return (
    <>
      <TextField
        label="Query"
        mono
        rows={2}
        value={textAt(list, "expr")}
        placeholder="changes(process_start_time_seconds[1m]) > 0"
        fault={fault}
        hint="An event is where the answer is above zero; neighbouring ones are one span."
        onChange={(text) => set(placeOf(list, "expr"), text)}
      />
      <SourceField
        value={getAt(list, placeOfSource(list))}
        onChange={(name) => set(placeOfSource(list), writeSource(name))}
      />
      <div className={cards.two}>
        {field("titleFormat", "Title of an event", "{{job}} restarted")}
        {field("textFormat", "Text", "{{instance}}")}
        {field("tagKeys", "Labels as tags", "job, instance")}
        {field("step", "Smallest step", "auto, or 1m")}
      </div>
      <SwitchField
        label="The value is the time of the event, in ms"
        value={list.useValueForTime === true || list.useValueForTime === "on"}
        onChange={(on) => set(["useValueForTime"], on ? true : undefined)}
      />
    </>
  );
}

/** Grafana 7 and before wrote these at the top. */
const markedAt = (list: Json): Path =>
  list.target === undefined && list.type !== undefined ? [] : ["target"];

/** Which marks are shown. */
function MarkedForm({ list, set }: FormProps) {
  const at = markedAt(list);
  const { type, tags, matchAny, limit } = at.length === 0 ? list : asObject(list.target);
  const byTags = type === "tags";
  return (
    <>
      <ChoiceField
        label="Marks"
        value={byTags ? "tags" : "dashboard"}
        choices={[
          ["dashboard", "Of this dashboard"],
          ["tags", "Of any dashboard, by tags"],
        ]}
        onChange={(next) => set([...at, "type"], next)}
      />
      {byTags && (
        <div className={cards.two}>
          <TagsField tags={asTexts(tags)} onChange={(next) => set([...at, "tags"], next)} />
          <ChoiceField
            label="A mark needs"
            value={matchAny === true ? "any" : "all"}
            choices={[
              ["all", "All of them"],
              ["any", "One of them"],
            ]}
            onChange={(next) => set([...at, "matchAny"], next === "any")}
          />
        </div>
      )}
      <NumberField
        inline
        label="Marks at most"
        value={asNumber(limit)}
        placeholder="100"
        min={1}
        max={1000}
        onChange={(most) => set([...at, "limit"], most)}
      />
    </>
  );
}

/** On which panels. */
function PanelsForm({ list, set }: FormProps) {
  const { doc } = useEditing();
  const { ids, exclude } = asObject(list.filter);
  const chosen = asList(ids).map(String);
  const mode = list.filter === undefined ? "all" : exclude === true ? "but" : "only";
  const offered = everyPanel(doc)
    .filter((panel) => !isRow(panel))
    .map((panel) => [String(idOf(panel)), titleOf(panel) || `Panel ${idOf(panel)}`] as const);
  return (
    <>
      <ChoiceField
        label="Shown on"
        value={mode}
        choices={[
          ["all", "All panels"],
          ["only", "Only these"],
          ["but", "All but these"],
        ]}
        onChange={(next) =>
          set(["filter"], next === "all" ? undefined : { exclude: next === "but", ids: asList(ids) })
        }
      />
      {mode !== "all" && (
        <Chips
          label="Panels"
          value={chosen}
          choices={offered}
          onChange={(next) => set(["filter", "ids"], next.map(Number))}
        />
      )}
    </>
  );
}

export function EventListEditor({ raw }: { raw: RawRange }) {
  const { doc, apply } = useEditing();
  const lists = listsOf(doc);
  const open = useOpenCard();
  const add = (): void => {
    apply("Added an annotation query", (before) => setAt(before, LISTS, [...lists, newList(lists)]));
    open.set(lists.length);
  };
  return (
    <div className={cards.cards}>
      {lists.length === 0 && (
        <p className={cards.none}>
          Events on the charts: marks of people, or where an expression is above zero.
        </p>
      )}
      {lists.map((list, at) => {
        const name = asText(list.name) ?? "Annotations";
        const twice = lists.some((other, place) => place !== at && other.name === list.name);
        const set = (path: Path, value: unknown): void =>
          apply(
            `Changed the annotations “${name}”`,
            (before) => setList(before, at, path, value),
            `annotations ${at} ${path.join(".")}`,
          );
        const form = { list, set };
        return (
          <Card
            key={at}
            name={name}
            about={isOurs(list) ? "What people and programs have marked" : textAt(list, "expr")}
            at={at}
            count={lists.length}
            off={list.enable === false}
            open={open.isOpen(at)}
            onOpen={(now) => open.set(now ? at : undefined)}
            onMove={(step) => {
              apply("Moved annotations", (before) => moveEntry(before, LISTS, at, at + step));
              open.moved(at, step, lists.length);
            }}
            {...(isOurs(list) && asNumber(list.builtIn) === 1
              ? {}
              : {
                  onRemove: () => {
                    open.set(undefined);
                    apply(`Removed the annotations “${name}”`, (before) =>
                      setAt(before, [...LISTS, at], undefined),
                    );
                  },
                })}
          >
            <div className={cards.two}>
              <TextField
                label="Name"
                value={name}
                fault={twice ? "Another list has this name: only the first is shown." : undefined}
                onChange={(text) => set(["name"], text)}
              />
              <Field label="Colour">
                {() => (
                  <ColorPicker
                    label="Colour of the events"
                    value={asText(list.iconColor) ?? "blue"}
                    onChange={(color) => set(["iconColor"], color)}
                  />
                )}
              </Field>
            </div>
            {isOurs(list) ? <MarkedForm {...form} /> : <QueryForm {...form} raw={raw} />}
            <PanelsForm {...form} />
            <div className={cards.switches}>
              <SwitchField
                label="On when the page opens"
                value={list.enable !== false}
                onChange={(on) => set(["enable"], on)}
              />
              <SwitchField
                label="Without a switch above the panels"
                value={list.hide === true}
                onChange={(on) => set(["hide"], on)}
              />
            </div>
          </Card>
        );
      })}
      <div>
        <Button icon="plus" onClick={add}>
          Add an annotation query
        </Button>
      </div>
    </div>
  );
}
