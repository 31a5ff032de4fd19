"""The demonstration world's port calls, its rule book, and a small simulated feed of the agency's own systems."""
