"""What a call costs, side by side with other clients. `make bench` runs it."""
