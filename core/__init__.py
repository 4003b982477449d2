"""Everything except the window: the store, the rooms and the command line. Imports no Qt."""
