"""The simulator: five systems as streams of events, of which every metric of theirs follows, live and in the past."""
