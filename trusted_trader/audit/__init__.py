"""The auditor's rooms: histories, reveals, the state of the chain, and a case as one bundle."""
