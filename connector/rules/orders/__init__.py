"""Orders: forms, the two reviews, authentication, payment and its slips, and when an order takes effect (R4)."""
