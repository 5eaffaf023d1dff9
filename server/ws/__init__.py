"""The WebSocket door: a socket's life, its requests and their answers."""
