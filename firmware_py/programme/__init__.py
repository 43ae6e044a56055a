"""A runner's programme on the device: kept over sessions and power cuts, carried by one file."""
