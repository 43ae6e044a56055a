"""Pure signal processing: samples in, gait events out. No clock, thread, file or device."""
