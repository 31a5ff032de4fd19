"""Lane requests: a sea carrier asks, per voyage and port, to begin cargo work on arrival (AQUA)."""
