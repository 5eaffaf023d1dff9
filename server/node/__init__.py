"""The rooms of this node, and the way to rooms on other nodes."""
