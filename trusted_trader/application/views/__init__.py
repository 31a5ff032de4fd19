"""The company's pages: HTTP into one operation, its answer back into HTTP."""
