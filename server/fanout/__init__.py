"""Fan-out: from rooms to the sockets that watch them."""
