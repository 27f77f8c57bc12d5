/** What a shared dashboard asks whoever imports it for: data sources, and values of its own. */

import type { DataSource } from "../../api/catalog";
import type { Input } from "../../api/library";
import styles from "./Inputs.module.css";

interface InputsProps {
  inputs: readonly Input[];
  sources: readonly DataSource[];
  answers: Readonly<Record<string, string>>;
  onChange: (answers: Record<string, string>) => void;
}

/** Sources that we have. */
const KNOWN = ["prometheus", ""];

export function Inputs({ inputs, sources, answers, onChange }: InputsProps) {
  if (inputs.length === 0) return null;
  const answer = (name: string, value: string | undefined): void => {
    const { [name]: _before, ...others } = answers;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  return (
    <div className={styles.inputs} role="group" aria-label="What the dashboard asks for">
      {inputs.map(
        ({ name, label = name, description, type, pluginId = "", pluginName = pluginId, value = "" }) => (
          <label key={name} title={description}>
            {label}
            {type === "constant" ? (
              <input value={answers[name] ?? value} onChange={(event) => answer(name, event.target.value)} />
            ) : (
              <select
                value={answers[name] ?? ""}
                onChange={(event) => answer(name, event.target.value || undefined)}
              >
                <option value="">the default source</option>
                {sources.map(({ uid, name: source }) => (
                  <option key={uid} value={uid}>
                    {source}
                  </option>
                ))}
              </select>
            )}
            {type !== "constant" && !KNOWN.includes(pluginId) && (
              <small>It was made for {pluginName}; only metrics are asked here.</small>
            )}
          </label>
        ),
      )}
    </div>
  );
}
