"""The loop: workers, leases, signals, health, progress."""
