"""One file, one probe. The folder is the list: `agent.runner` finds every module here that has a `PROBE`."""
