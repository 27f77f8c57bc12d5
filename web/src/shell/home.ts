/** The dashboard that the landing page shows. */

export const HOME_UID = "this-machine";
