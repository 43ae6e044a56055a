"""`gaitcoach calibrate`: what the chip is off by, and how the sensor sits on the body."""
