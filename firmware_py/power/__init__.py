"""Battery and supply: looked at in the background, told when it matters."""
