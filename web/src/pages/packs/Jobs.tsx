/** The scrape jobs of a pack: how each is, where it is, or why it is not scraped. */

import { Badge } from "../../components/Badge";
import { Link } from "../../components/Link";
import { JOB_HEALTH, type PackJob } from "./data";
import styles from "./Packs.module.css";

/** What one needs to know of a job, besides how it is. */
function about({ health, reason, lastError, targets, optional }: PackJob): string {
  if (health === "off") return reason === "" ? "It has no target." : reason;
  if (health === "down") return lastError;
  return [targets.join(", "), ...(optional ? ["optional"] : [])].join(" · ");
}

export function Jobs({ jobs }: { jobs: readonly PackJob[] }) {
  return (
    <ul className={styles.jobs}>
      {jobs.map((job) => {
        const [kind, text] = JOB_HEALTH[job.health];
        return (
          <li key={job.name}>
            {job.health === "off" ? (
              <b>{job.name}</b>
            ) : (
              <Link to={`targets?pool=${encodeURIComponent(job.name)}`}>{job.name}</Link>
            )}
            <Badge kind={kind}>{text}</Badge>
            <p>{about(job)}</p>
          </li>
        );
      })}
    </ul>
  );
}
