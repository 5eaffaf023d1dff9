"""One room: its round loop, bets, seats and frames. It knows nothing of a cluster."""
