"""Service discovery: from what a job says about where targets are to groups of addresses, kept up to date."""
