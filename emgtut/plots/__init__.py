"""Every figure of the package; no other room draws."""
