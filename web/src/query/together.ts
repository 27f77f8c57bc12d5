/** The first answers of a page are told together: told one by one, each chart waits for the frames of those before it. */

import { defaultScheduler, notifyManager } from "@tanstack/react-query";

/** What has not come by then is told when it comes. */
const PATIENCE_MS = 150;

type Tell = () => void;

/** Holds back what is told of all queries until `answers` has settled. */
export function tellTogether(answers: Promise<unknown>): void {
  const held: Tell[] = [];
  let holding = true;
  notifyManager.setScheduler((tell) => {
    if (holding) held.push(tell);
    else defaultScheduler(tell);
  });
  const release = (): void => {
    holding = false;
    defaultScheduler(() => held.splice(0).forEach((tell) => tell()));
  };
  setTimeout(release, PATIENCE_MS);
  void answers.then(release, release);
}
