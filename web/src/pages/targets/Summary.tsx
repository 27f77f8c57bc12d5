/** Every pool in one line: how many of its targets are up. A click shows it alone. */

import type { Pool } from "./targets";
import styles from "./Summary.module.css";

interface SummaryProps {
  pools: readonly Pool[];
  chosen: string;
  onChoose: (pool: string) => void;
}

const describe = ({ up, down, unknown }: Pool): string =>
  [`${up} up`, down > 0 && `${down} down`, unknown > 0 && `${unknown} unknown`].filter(Boolean).join(", ");

export function Summary({ pools, chosen, onChoose }: SummaryProps) {
  return (
    <ul className={styles.summary} aria-label="Pools">
      {pools.map((pool) => {
        const { name, up, down, unknown, unsupported } = pool;
        const all = up + down + unknown;
        return (
          <li key={name}>
            <button
              type="button"
              aria-pressed={chosen === name}
              title={`${name}: ${describe(pool)}`}
              onClick={() => onChoose(chosen === name ? "" : name)}
            >
              <span className={styles.name}>{name}</span>
              <span className={down > 0 || unsupported.length > 0 ? styles.bad : styles.good}>
                {all === 0 && unsupported.length > 0 ? "missing" : `${up}/${all}`}
              </span>
              <span className={styles.bar} aria-hidden="true">
                {up > 0 && <i className={styles.up} style={{ flexGrow: up }} />}
                {down > 0 && <i className={styles.down} style={{ flexGrow: down }} />}
                {(unknown > 0 || all === 0) && (
                  <i className={styles.unknown} style={{ flexGrow: Math.max(unknown, 1) }} />
                )}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
