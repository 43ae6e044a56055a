"""Pure signal processing: samples in, gait events and metrics out. No clock, thread, file or device."""
