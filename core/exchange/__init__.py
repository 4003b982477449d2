"""What goes to the association and comes from it, over the net or on a stick: outbox, link, rounds, courier bundles."""
