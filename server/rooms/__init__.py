"""Live rooms: where commands meet rules and money."""
