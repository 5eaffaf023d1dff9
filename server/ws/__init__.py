"""The WebSocket endpoint: connections, their requests and the replies."""
