/** What changed, by what it is about: came, went, or is another now. */

import type { Change } from "../../edit/diff";
import styles from "./ChangeList.module.css";

const SIGNS = { added: "+", removed: "−", changed: "~" } as const;
const WORDS = { added: "added", removed: "removed", changed: "changed" } as const;

/** Long lists tell nothing; the rest is counted. */
const MOST_SHOWN = 80;

function Line({ change: { kind, what, before, after } }: { change: Change }) {
  return (
    <li className={styles[kind]}>
      <span className={styles.sign} aria-label={WORDS[kind]}>
        {SIGNS[kind]}
      </span>
      <span className={styles.what}>{what === "" ? `whole ${WORDS[kind]}` : what}</span>
      {before !== undefined && <del>{before}</del>}
      {before !== undefined && after !== undefined && <span aria-hidden="true">→</span>}
      {after !== undefined && <ins>{after}</ins>}
    </li>
  );
}

export function ChangeList({ changes }: { changes: readonly Change[] }) {
  const shown = changes.slice(0, MOST_SHOWN);
  const groups = [...Map.groupBy(shown, ({ where }) => where)];
  return (
    <div className={styles.list}>
      {groups.map(([where, lines]) => {
        const whole = lines.length === 1 && lines[0]!.what === "" ? lines[0]! : undefined;
        return (
          <section key={where} className={styles.group}>
            <h3>
              {where}
              {whole !== undefined && <span className={styles[whole.kind]}> {WORDS[whole.kind]}</span>}
            </h3>
            {whole === undefined && (
              <ul>
                {lines.map((change, at) => (
                  <Line key={at} change={change} />
                ))}
              </ul>
            )}
          </section>
        );
      })}
      {changes.length > MOST_SHOWN && <p>and {changes.length - MOST_SHOWN} more</p>}
    </div>
  );
}
