"""The device: composes drivers, dsp and feedback; traces, sessions and the command line."""
