/** What stands in a panel's frame: its drawing, its table, or why there is neither. */

import { lazy, Suspense, useMemo } from "react";
import { ApiError } from "../../api/http";
import type { Size } from "../../components/measure";
import { Empty, Failed, Skeleton } from "../../components/states";
import type { Panel } from "../../model/dashboard";
import { shortFault } from "../../model/fault";
import type { RawRange } from "../../model/timerange";
import { asksFor, FALLBACK, type AnyModule, type PanelType } from "../../panels";
import { absentFrames } from "../../panels/absent";
import type { PanelProps } from "../../panels/module";
import type { PanelData } from "../../query/panel";
import { valuesOf } from "../../query/samples";
import { isSourceGone } from "../../query/sources";
import { useTheme } from "../../state/theme";
import { TableView } from "./TableView";

const WhyEmpty = lazy(async () => ({ default: (await import("./PanelViewEmpty")).WhyEmpty }));
const NoValue = lazy(async () => ({ default: (await import("./PanelViewEmpty")).NoValue }));

/** Less room than this has none for names and buttons. */
const SMALL_PX = 130;

/** What a panel says of an error; of a source that is gone, the page says more, once. */
export function describeError(error: Error): string {
  if (isSourceGone(error)) return "Its source does not answer.";
  return error instanceof ApiError && error.errorType !== "" && !error.unreachable
    ? `${error.errorType}: ${error.message}`
    : error.message;
}

/** A panel whose data are of a kind that is not kept here. */
const Elsewhere = ({ needs }: { needs: string }) => (
  <Empty title="Its data are not here">This panel needs {needs}.</Empty>
);

type DrawingProps = { module: AnyModule } & Omit<PanelProps<unknown>, "options">;

/** The panel's own component; options are read once, so that a drawing changes only with its data. */
function Drawing({ module, ...props }: DrawingProps) {
  const { panel } = props;
  const options = useMemo(() => module.parseOptions(panel), [module, panel]);
  const Draw = module.Component;
  return <Draw {...props} options={options} />;
}

interface ContentProps {
  panel: Panel;
  data: PanelData;
  raw: RawRange;
  type: PanelType;
  module: AnyModule | Error | undefined;
  size: Size | undefined;
  asTable: boolean;
  onRetry: () => void;
  onShowQuery: () => void;
}

interface FailureProps extends Pick<ContentProps, "onRetry" | "onShowQuery"> {
  error: Error;
  small: boolean;
}

function Failure({ error, small, onRetry, onShowQuery }: FailureProps) {
  if (isSourceGone(error)) return <Failed title="No answer" message={describeError(error)} small={small} />;
  return (
    <Failed
      title="Query failed"
      message={shortFault(describeError(error))}
      detail={describeError(error)}
      onRetry={onRetry}
      onShowQuery={onShowQuery}
      small={small}
    />
  );
}

export function Content(props: ContentProps) {
  const { panel, data, raw, type, module, size, asTable, onRetry, onShowQuery } = props;
  const theme = useTheme();
  const queries = asksFor(type, panel);
  if (panel.needs !== undefined) return <Elsewhere needs={panel.needs} />;
  const small = size !== undefined && size.height < SMALL_PX;
  if (data.error !== null && data.frames.length === 0)
    return <Failure error={data.error} small={small} onRetry={onRetry} onShowQuery={onShowQuery} />;
  if (module instanceof Error)
    return <Failed title="Panel not loaded" message={module.message} onRetry={() => location.reload()} />;
  if (module === undefined || size === undefined || (queries && data.frames.length === 0))
    return <Skeleton />;
  const values = valuesOf(data.frames);
  const absent = queries && !asTable ? absentFrames(type, panel, data, values) : undefined;
  if (absent !== undefined)
    return <Drawing module={module} panel={panel} frames={absent} size={size} theme={theme} />;
  if (queries && values === "none")
    return (
      <Suspense fallback={<Skeleton />}>
        <WhyEmpty title={panel.fields.defaults.noValue} data={data} raw={raw} small={small} />
      </Suspense>
    );
  const undrawable = values === "not a number" || (values === "infinite" && type.anchor === "step");
  if (queries && undrawable && !asTable && type !== FALLBACK)
    return (
      <Suspense fallback={<Skeleton />}>
        <NoValue values={values} data={data} small={small} />
      </Suspense>
    );
  const { frames, tables } = data.shaped;
  if (asTable) return <TableView table={module.toTable(frames, panel, tables)} theme={theme} />;
  return <Drawing module={module} panel={panel} frames={frames} tables={tables} size={size} theme={theme} />;
}
