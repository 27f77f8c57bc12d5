"""Grafana dashboards as text: boxes, numbers, sparklines and charts, as wide as the terminal is."""
