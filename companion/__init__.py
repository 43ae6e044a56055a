"""The laptop's side. Its commands join `gaitcoach` by the entry points `gaitcoach.commands`."""
