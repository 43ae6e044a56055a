"""`--simulate`: a simulated runner wears a simulated chip; all above them is the real thing."""
