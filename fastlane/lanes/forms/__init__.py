"""Forms of the lanes' pages: they validate and hand on; they save nothing."""
