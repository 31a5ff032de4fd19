"""Files of low-value parcels that a company uploads: checked, decided by a worker part by part, and kept for a time."""
