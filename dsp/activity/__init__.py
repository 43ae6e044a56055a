"""What the wearer does besides taking steps: how much each half second moves."""
