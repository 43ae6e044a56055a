"""Published gait-event rules, written anew from their descriptions: what our detector must beat."""
