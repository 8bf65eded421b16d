"""How a set of sessions gets from a server into the cache, whole or not at all."""
