"""Words for people, Swedish first: for pages, terminal, problems in configuration and warnings alike."""
