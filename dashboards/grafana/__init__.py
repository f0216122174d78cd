"""Grafana dashboards, built in code: every other module here is one dashboard with a `dashboard()` that gives it.

`python -m dashboards.grafana` writes them as JSON beside the modules; the JSON is committed and is what Grafana reads.
"""
