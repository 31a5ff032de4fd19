"""The demonstration world: made-up companies and staff, brought to life through the portal's own operations."""
