"""Pages about WHO: HTTP into one operation, its answer back into HTTP."""
