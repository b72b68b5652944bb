"""One module for each file of known answers."""
