"""The packs that ship: a folder of data for each system that Watchglass knows."""
