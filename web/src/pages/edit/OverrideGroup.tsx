/** Overrides: for some fields, what is set otherwise than for all. */

import { useState } from "react";
import { Button } from "../../components/Button";
import { asText } from "../../model/json";
import type { RawPanel } from "../../edit/doc";
import type { Pair } from "../../edit/options";
import {
  addOverride,
  addProperty,
  faultOfPattern,
  FIELD_TYPES,
  MATCHERS,
  matcherText,
  moveOverride,
  OVERRIDES,
  overridesOf,
  removeOverride,
  removeProperty,
  sayJson,
  sayMatcher,
  sayProperties,
  setMatcher,
  setMatcherText,
  setProperty,
  type RawOverride,
  type RawProperty,
} from "../../edit/overrides";
import { propertiesOf, propertyOf } from "../../edit/properties";
import { getAt } from "../../edit/tree";
import { Card, useOpenCard } from "./Card";
import { ChoiceField, Group, TextField } from "./fields";
import { useFocusOnNew } from "./focusNew";
import type { Change } from "./OptionFields";
import { PropertyField } from "./PropertyField";
import { useSeen } from "./seen";
import cards from "./Card.module.css";
import chips from "./Chips.module.css";
import styles from "./OverrideGroup.module.css";

interface PartProps {
  panel: RawPanel;
  at: number;
  override: RawOverride;
  onChange: Change;
}

/** For which fields. */
function Matcher({ at, override, onChange }: PartProps) {
  const { matcher, options } = override;
  const { fields, queries } = useSeen();
  const text = matcherText(override);
  const set = (next: string): void => onChange((before) => setMatcherText(before, at, next), `matcher ${at}`);
  const fault = matcher === "byRegexp" && text !== undefined ? faultOfPattern(text) : undefined;
  const chosen = (choices: readonly Pair[]) => (
    <ChoiceField bare label="Which" value={text ?? ""} choices={choices} onChange={set} />
  );
  return (
    <div className={styles.matcher}>
      <ChoiceField
        label="For fields"
        value={matcher}
        choices={MATCHERS}
        onChange={(id) => onChange((before) => setMatcher(before, at, id, queries[0] ?? "A"))}
      />
      {text === undefined || !MATCHERS.some(([id]) => id === matcher) ? (
        <code className={cards.json}>{sayJson(options)}</code>
      ) : matcher === "byType" ? (
        chosen(FIELD_TYPES)
      ) : matcher === "byFrameRefID" ? (
        chosen(queries.map((refId): Pair => [refId, `Query ${refId}`]))
      ) : (
        <TextField
          bare
          label="Which"
          value={text}
          mono={matcher === "byRegexp"}
          placeholder={matcher === "byRegexp" ? "/error/" : "Name of a field"}
          {...(matcher === "byName" ? { list: fields } : {})}
          fault={fault}
          {...(matcher === "byNames" ? { hint: "One on each line.", rows: 2 } : {})}
          onChange={set}
        />
      )}
    </div>
  );
}

/** What opens below the edge is seen at once. */
const intoView = (element: HTMLElement | null): void => element?.scrollIntoView({ block: "nearest" });

/** One field, whose label says what is set. */
const isShort = ({ id }: RawProperty): boolean => {
  const known = propertyOf(id);
  return (
    known?.editor === "unit" || known?.editor === "color" || (known?.options.length === 1 && !known.editor)
  );
};

function Properties({ panel, at, override, onChange }: PartProps) {
  const [choosing, setChoosing] = useState(override.properties.length === 0);
  const type = asText(panel.type) ?? "";
  const { properties } = override;
  const honoured = propertiesOf(type);
  const free = honoured.filter(({ id }) => !properties.some((one) => one.id === id));
  const list = useFocusOnNew<HTMLDivElement>(properties.length);
  return (
    <>
      <div ref={list} className={styles.properties}>
        {properties.map((property, place) => {
          const called = propertyOf(property.id)?.label ?? property.id;
          const drawn = honoured.some(({ id }) => id === property.id);
          const isLine = isShort(property);
          return (
            <div
              key={`${property.id} ${place}`}
              className={isLine ? styles.line : styles.property}
              role="group"
              aria-label={called}
            >
              {!isLine && (
                <p className={styles.title}>
                  {called}
                  {!drawn && <small>this type does not draw by it</small>}
                </p>
              )}
              <Button
                quiet
                icon="trash"
                className={styles.unset}
                aria-label={`Do not set ${called}`}
                title="Do not set it"
                onClick={() => onChange((before) => removeProperty(before, at, place))}
              />
              <div className={styles.form}>
                <PropertyField
                  property={property}
                  ofSeries={type === "timeseries"}
                  onChange={(change, key) =>
                    onChange(
                      (before) => {
                        const value = getAt(before, [...OVERRIDES, at, "properties", place, "value"]);
                        return setProperty(before, at, place, change(value));
                      },
                      key === "" ? undefined : `override ${at} ${key}`,
                    )
                  }
                />
                {isLine && !drawn && <small>This type does not draw by it.</small>}
              </div>
            </div>
          );
        })}
      </div>
      {free.length > 0 && (
        <>
          <div>
            <Button icon="plus" aria-expanded={choosing} onClick={() => setChoosing(!choosing)}>
              Set a property
            </Button>
          </div>
          {choosing && (
            <ul ref={intoView} className={chips.chips} aria-label="Properties">
              {free.map(({ id, label }) => (
                <li key={id}>
                  <button
                    type="button"
                    onClick={() => {
                      setChoosing(false);
                      onChange((before) => addProperty(before, at, id));
                    }}
                  >
                    {label}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </>
  );
}

export function OverrideGroup({ panel, onChange }: { panel: RawPanel; onChange: Change }) {
  const overrides = overridesOf(panel);
  const open = useOpenCard();
  const count = overrides.length;
  return (
    <Group title="Overrides" summary={count > 0 ? String(count) : undefined} open={count > 0}>
      <div className={cards.cards}>
        {count === 0 && (
          <p className={styles.about}>For some fields, another unit, colour, axis or line than for all.</p>
        )}
        {overrides.map((override, at) => (
          <Card
            key={at}
            name={sayMatcher(override)}
            about={sayProperties(override)}
            at={at}
            count={count}
            open={open.isOpen(at)}
            onOpen={(now) => open.set(now ? at : undefined)}
            onMove={(step) => {
              onChange((before) => moveOverride(before, at, step));
              open.moved(at, step, count);
            }}
            onRemove={() => {
              open.set(undefined);
              onChange((before) => removeOverride(before, at));
            }}
          >
            <Matcher {...{ panel, at, override, onChange }} />
            <Properties {...{ panel, at, override, onChange }} />
          </Card>
        ))}
        <div>
          <Button
            icon="plus"
            onClick={() => {
              onChange((before) => addOverride(before));
              open.set(count);
            }}
          >
            Add an override
          </Button>
        </div>
      </div>
    </Group>
  );
}
