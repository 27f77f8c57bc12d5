/** What stands around all panels of a dashboard: their keys, and the events on their charts. */

import { lazy, Suspense, useMemo, useState, type ReactNode } from "react";
import { AnnotatingContext, makeAnnotating } from "../../annotations/context";
import { ErrorBoundary } from "../../components/ErrorBoundary";
import type { Dashboard } from "../../model/dashboard";
import type { Variables } from "../../model/interpolate";
import type { RawRange } from "../../model/timerange";
import { usePanelKeys } from "./PanelViewKeys";
import { SurroundingsContext } from "./PanelViewScope";

const Hub = lazy(() => import("../../annotations/Hub"));

interface SurroundProps {
  dashboard: Dashboard;
  raw: RawRange;
  variables: Variables;
  children: ReactNode;
}

export function Surround({ dashboard, raw, variables, children }: SurroundProps) {
  const [annotating] = useState(makeAnnotating);
  const surroundings = useMemo(() => ({ dashboard, notes: dashboard.notes }), [dashboard]);
  usePanelKeys();
  return (
    <SurroundingsContext value={surroundings}>
      <AnnotatingContext value={annotating}>
        <ErrorBoundary title="Events could not be shown">
          <Suspense>
            <Hub dashboard={dashboard} raw={raw} variables={variables} annotating={annotating} />
          </Suspense>
        </ErrorBoundary>
        {children}
      </AnnotatingContext>
    </SurroundingsContext>
  );
}
