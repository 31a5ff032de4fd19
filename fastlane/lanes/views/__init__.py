"""Pages of the lanes: the company's requests, the port officers' queue, what would happen if, and the rules."""
