"""A validation, in its narrow form: a specialist records the visit, a supervisor confirms, the standing rises."""
