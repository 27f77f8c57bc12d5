/** Files of dashboards on disk that cannot be shown as they are: which, why, and what is shown instead. */

import { useQuery } from "@tanstack/react-query";
import { fetchProvisioning } from "../../api/library";
import { Icon } from "../../components/icons";
import styles from "./DiskTroubles.module.css";

const REFRESH_MS = 5000;

export function DiskTroubles() {
  const { data } = useQuery({
    queryKey: ["provisioning"],
    queryFn: ({ signal }) => fetchProvisioning(signal),
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  const troubles = data?.troubles ?? [];
  if (troubles.length === 0) return null;
  const count = troubles.length === 1 ? "One file" : `${troubles.length} files`;
  return (
    <details className={styles.box} open={troubles.length <= 3}>
      <summary>
        <Icon name="warning" />
        <span role="status">{count} of dashboards on disk cannot be taken</span>
      </summary>
      <ul>
        {troubles.map(({ file, message, uid }) => (
          <li key={`${file} ${message}`}>
            <code>{file}</code>
            <span>{message}</span>
            {uid !== "" && <span className={styles.still}>The last good version is still shown.</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}
