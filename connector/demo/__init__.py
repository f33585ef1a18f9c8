"""The demo: a day in the channel, played against the practice org while the daemon runs."""
