"""The association's side: what it says to each centre, as a signed chain of its own in its own database."""
