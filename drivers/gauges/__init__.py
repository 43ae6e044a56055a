"""Battery gauges on I2C: registers in, volts and charge out."""
