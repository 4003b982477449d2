"""Component results, settling, and the two people who answer for them."""
