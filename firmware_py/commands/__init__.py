"""The commands of `gaitcoach`, one module each, found through the entry-point group `gaitcoach.commands`."""
