"""Dashboards, alert rules, runbooks and provisioning: one product, next to the code that gives its metrics."""
