"""The exam day: the exercise's clock, topic cards, works and recordings."""
