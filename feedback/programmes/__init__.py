"""Programmes over several sessions: what is prescribed, where a runner stands, what comes next."""
