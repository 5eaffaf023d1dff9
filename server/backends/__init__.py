"""The services that nodes share: each backend is a protocol with a local and a Redis form."""
