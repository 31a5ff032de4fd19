"""WHO takes part, and what makes every app accountable: policy, events, effects, notices."""
