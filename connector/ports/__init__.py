"""What flows need from the outside, as Protocols."""
