"""The laptop's side. Its commands join `gaitcoach` through the entry-point group `gaitcoach.commands`."""
