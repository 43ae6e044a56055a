"""The appliance: session life, LED, button, watchdog; `gaitcoach serve` runs it."""
