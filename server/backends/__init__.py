"""What joins nodes: each backend is a protocol with a local and a Redis form."""
