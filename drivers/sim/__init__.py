"""Simulated chips on a simulated bus: the drivers cannot tell, and every fault can be had."""
