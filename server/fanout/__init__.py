"""From a room to the sockets that watch it."""
