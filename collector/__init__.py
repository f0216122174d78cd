"""Takes the reports in, judges them against requirement profiles, shows the verdicts and warns in time."""
