"""The page that measures in a browser, for machines that take no agent."""
