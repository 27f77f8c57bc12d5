/** The tree of routes, drawn: each with what it takes, whom it tells, and what an alert that is tried makes of it. */

import { Badge } from "../../components/Badge";
import type { Receiver, RouteNode, RouteTest } from "./api";
import { changedGrouping, changedTiming, placeOf, sendingOf, VERDICTS } from "./routing";
import styles from "./Routing.module.css";

interface TreeProps {
  route: RouteNode;
  /** Of an alert that is tried. */
  verdicts: RouteTest["verdicts"] | undefined;
  receivers: readonly Receiver[];
}

export const RouteTree = (props: TreeProps) => (
  <ul className={styles.tree}>
    <Node {...props} parent={undefined} />
  </ul>
);

function Node({ route, parent, ...rest }: TreeProps & { parent: RouteNode | undefined }) {
  const { verdicts, receivers } = rest;
  const verdict = verdicts?.[route.id];
  const receiver = receivers.find(({ name }) => name === route.receiver);
  const [kind, sending] = receiver === undefined ? (["none", ""] as const) : sendingOf(receiver);
  const isOff = receiver?.integrations.some(({ disabled }) => disabled !== "") ?? false;
  const grouping = changedGrouping(route, parent);
  const timing = changedTiming(route, parent);
  return (
    <li>
      <div
        className={styles.node}
        data-verdict={verdict?.verdict}
        tabIndex={verdict?.verdict === "taken" ? -1 : undefined}
      >
        <p className={styles.head}>
          <span className={styles.matchers}>
            {parent === undefined ? (
              <i>every alert</i>
            ) : route.matchers.length === 0 ? (
              <i>every alert that comes here</i>
            ) : (
              route.matchers.map((text) => (
                <code key={text} title={text}>
                  {text}
                </code>
              ))
            )}
          </span>
          <span className={styles.to}>
            <span aria-hidden="true">→</span>
            <span className={styles.unseen}>goes to</span> <b>{route.receiver}</b>
          </span>
          {isOff && <Badge kind={kind}>{sending}</Badge>}
          {verdict !== undefined && (
            <Badge kind={VERDICTS[verdict.verdict][0]}>{VERDICTS[verdict.verdict][1]}</Badge>
          )}
        </p>
        {verdict !== undefined && verdict.why !== "" && <p className={styles.reason}>{verdict.why}</p>}
        <p className={styles.about}>
          {grouping !== "" && <span>grouped by {grouping}</span>}
          {timing !== "" && <span>{timing}</span>}
          {route.continue && <span>continues with the next</span>}
          {route.muteTimes.length > 0 && <span>muted during {route.muteTimes.join(", ")}</span>}
          {route.activeTimes.length > 0 && <span>active only during {route.activeTimes.join(", ")}</span>}
          {placeOf(route) !== "" && <span title={route.file}>{placeOf(route)}</span>}
        </p>
      </div>
      {route.routes.length > 0 && (
        <ul>
          {route.routes.map((child) => (
            <Node key={child.id} {...rest} route={child} parent={route} />
          ))}
        </ul>
      )}
    </li>
  );
}
