/** Everything about events that is not on the charts: switches, the list of them, and marking one. */

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, type CSSProperties } from "react";
import { Button } from "../components/Button";
import { Icon } from "../components/icons";
import { Toggletip } from "../components/Toggletip";
import { resolveColor } from "../model/colors";
import type { Dashboard } from "../model/dashboard";
import { dashboardsQuery } from "../query/dashboards";
import { setParamLists, useAddress } from "../state/location";
import { useStore } from "../state/store";
import { useTheme } from "../state/theme";
import type { Annotating } from "./context";
import { alertList, alertRulesQuery, concernsOf, type AlertRule } from "./alertmarks";
import { parseEventLists, sourceVariables, type EventList } from "./definitions";
import { EventEditor } from "./EventEditor";
import { EventsDialog } from "./EventsDialog";
import { DashboardsByTag, linksByTag } from "../links/DashboardsByTag";
import { useEvents, type ListState, type Page } from "./useEvents";
import styles from "./Hub.module.css";

/** Names of the lists that are switched other than the dashboard has them. */
const PARAM = "switched";

/** A switch is in the address, as every choice of the page. */
function useSwitches(): { isOn: (list: EventList) => boolean; toggle: (list: EventList) => void } {
  const { params } = useAddress();
  const switched = new Set(params.getAll(PARAM));
  return {
    isOn: ({ name, enabled }) => enabled !== switched.has(name),
    toggle: ({ name }) => {
      if (!switched.delete(name)) switched.add(name);
      setParamLists({ [PARAM]: [...switched] }, true);
    },
  };
}

function Switch({ state: { list, on, count, error }, onToggle }: { state: ListState; onToggle: () => void }) {
  const color = resolveColor(list.color, useTheme());
  return (
    <span className={styles.switch}>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        title={`${on ? "Hide" : "Show"} ${list.name}`}
        onClick={onToggle}
      >
        <span className={styles.mark} style={{ "--mark": color } as CSSProperties} />
        <span className={styles.name}>{list.name}</span>
        {on && count > 0 && <span className={styles.count}>{count}</span>}
      </button>
      {on && error !== null && (
        <Toggletip
          label={`${list.name}: ${error.message}`}
          className={styles.fault}
          face={<Icon name="warning" size={14} />}
        >
          {error.message}
        </Toggletip>
      )}
    </span>
  );
}

/** The lists of the dashboard, and that of the alerts that concern it. */
function useLists(dashboard: Dashboard): readonly EventList[] {
  const { data: rules = NO_RULES } = useQuery(alertRulesQuery);
  const { data: hits } = useQuery(dashboardsQuery);
  const pack = hits?.find(({ uid }) => uid === dashboard.uid)?.pack;
  return useMemo(() => {
    const own = parseEventLists(dashboard.raw.annotations, sourceVariables(dashboard.variables));
    const concerns = concernsOf(rules, dashboard, pack);
    return concerns.size === 0 ? own : [...own, alertList(concerns)];
  }, [dashboard, rules, pack]);
}

const NO_RULES: readonly AlertRule[] = [];

interface HubProps extends Page {
  annotating: Annotating;
}

export default function Hub({ annotating, ...page }: HubProps) {
  const { dashboard } = page;
  const lists = useLists(dashboard);
  const { isOn, toggle } = useSwitches();
  const states = useEvents(lists, isOn, page, annotating);
  const { events } = useStore(annotating.shown);
  const draft = useStore(annotating.draft);
  const [listed, setListed] = useState(false);
  const switches = states.filter(
    ({ list, on, count }) =>
      !list.hidden && (count > 0 || (list.kind === "query" && (list.concerns === undefined || !on))),
  );
  const byTag = useMemo(() => linksByTag(dashboard.raw.links), [dashboard]);
  const close = (): void => annotating.draft.set(undefined);
  return (
    <>
      {(switches.length > 0 || events.length > 0 || byTag.length > 0) && (
        <div className={styles.bar} role="group" aria-label="Events and links">
          {switches.map((state) => (
            <Switch key={state.list.name} state={state} onToggle={() => toggle(state.list)} />
          ))}
          {events.length > 0 && (
            <Button quiet icon="list" className={styles.all} onClick={() => setListed(true)}>
              {events.length === 1 ? "1 event" : `${events.length} events`}
            </Button>
          )}
          {byTag.length > 0 && <DashboardsByTag links={byTag} own={dashboard.uid} />}
        </div>
      )}
      {listed && (
        <EventsDialog
          events={events}
          onClose={() => setListed(false)}
          onEdit={(next) => {
            setListed(false);
            annotating.draft.set(next);
          }}
        />
      )}
      {draft !== undefined && <EventEditor draft={draft} dashboard={dashboard} onClose={close} />}
    </>
  );
}
