"""The page that measures in a browser, for machines that take no agent.

The scripts in `static/` hold the agent's estimator a second time, because a run has to know while it goes on whether it
has seen enough, and nothing but JavaScript runs in a browser without a toolchain. Tests give both the same runs and ask
for the same numbers.
"""
